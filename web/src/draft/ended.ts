/** Where this browser's windows tell each other, by id alone, that a task was handed in or given back. */
const CHANNEL = "cf.ended";

interface Wire {
  postMessage: (assignment: string) => void;
  close: () => void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const open = (): Wire | null => (typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL));

export function tellEnded(assignment: string, wire: Wire | null = open()): void {
  wire?.postMessage(assignment);
  wire?.close();
}

/** Calls `then` when another window ended that task; what is returned stops listening. */
export function onEnded(assignment: string, then: () => void, wire: Wire | null = open()): () => void {
  if (wire !== null) wire.onmessage = (event) => { if (event.data === assignment) then(); };
  return () => wire?.close();
}
