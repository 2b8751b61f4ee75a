import { useEffect } from "react";

/** What turns the direction of a text: a name that holds one would turn what follows it too. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What a window is called: what it shows, then for whom or where, as far as that is known; then the application. */
export function titleOf(...parts: (string | undefined)[]): string {
  const known = parts.map((part) => part?.replace(TURNS, "").trim() ?? "").filter((part) => part !== "");
  return [...known, "Cofferdam"].join(" · ");
}

/** Names the window after its screen. Titles stay in histories and on shared screens: no word of a task comes into one. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = titleOf(...parts);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
