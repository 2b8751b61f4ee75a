/** Where this browser's windows tell each other, by id alone, that a task was handed in or given back, or a verdict on an answer. */
const CHANNEL = "cf.ended";

interface Wire {
  postMessage: (id: string) => void;
  close: () => void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const open = (): Wire | null => (typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL));

export function tellEnded(id: string, wire: Wire | null = open()): void {
  wire?.postMessage(id);
  wire?.close();
}

/** Calls `then` when a window ended that task or review, this one too; what is returned stops listening. */
export function onEnded(id: string, then: () => void, wire: Wire | null = open()): () => void {
  if (wire !== null) wire.onmessage = (event) => { if (event.data === id) then(); };
  return () => wire?.close();
}
