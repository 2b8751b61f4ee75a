import { useEffect, useRef, useState } from "react";
import type { Json } from "../api/contract";
import { onEnded } from "../draft/ended";
import { keepChange, readChange, type Changing } from "../draft/local";
import { begun, takenUp } from "./changing";

/** The answer as it is changed here, and what gave way to another beginning: kept on this device, as long as `keeps` says so. */
export function useChange(key: string, author: Json, keeps: () => boolean) {
  const [changing, setChanging] = useState(() => readChange(localStorage, key));
  const put = (next: Changing) => {
    setChanging(next);
    if (keeps()) keepChange(localStorage, key, next, Date.now());
  };
  return {
    ...changing,
    edit: (answer: Json) => put({ ...changing, change: answer }),
    begin: (answer: Json | null) => put(begun(changing, author, answer)),
    takeUp: () => put(takenUp(changing, author)),
  };
}

/** Whether a verdict was handed in: from then on nothing that is still typed here is kept. `elsewhere`: another window did. */
export function useDecided(review: string) {
  const decided = useRef(false);
  const [elsewhere, setElsewhere] = useState(false);
  useEffect(() => onEnded(review, () => {
    // This window hears of its own, too.
    if (!decided.current) setElsewhere(true);
    decided.current = true;
  }), [review]);
  return {
    elsewhere,
    undecided: () => !decided.current,
    decide: () => {
      decided.current = true;
    },
  };
}
