import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/** What the server may say happened. Events carry ids, never content; whatever they touch is asked for again. */
const KINDS = ["halted", "resumed", "engagement-ended", "engaged", "submitted", "reviewed", "delivered", "delivery-decided", "imported", "access", "changed"];
const TOGETHER_MS = 250;
/** Not for every event: what leaves an entry in a ledger when it is read, what is computed over much of a ledger, what a page asks for each of its projects, and what another program is asked. */
const UNMOVED = new Set<unknown>(["guideline", "report", "exposure", "placement", "inventory", "ways", "rotation", "keyholder"]);

/** Renews what is on screen when the server says that something changed. Polling goes on where this is refused. */
export function useLiveEvents(on: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!on || typeof EventSource === "undefined") return;
    const source = new EventSource("/api/v1/events");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ predicate: (query) => !UNMOVED.has(query.queryKey[0]) });
      }, TOGETHER_MS);
    };
    // What was said while the connection was lost was said to nobody.
    let lost = false;
    source.onerror = () => { lost = true; };
    source.onopen = () => {
      if (lost) changed();
      lost = false;
    };
    source.addEventListener("message", changed);
    for (const kind of KINDS) source.addEventListener(kind, changed);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, on]);
}
