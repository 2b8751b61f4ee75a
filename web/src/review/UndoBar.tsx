import { Button } from "@mantine/core";
import { useState } from "react";
import type { Json, ReviewHeld } from "../api/contract";
import { useKeys } from "../ui/keys";
import { useNow } from "../ui/useNow";
import classes from "./ReviewPage.module.css";
import { doneWords, secondsLeft, undoTrouble, type UndoTrouble } from "./undo";
import type { Handed } from "./VerdictForm";

/** A verdict that was handed in, with all that it takes to have the answer in hand again. */
export interface Given extends Handed {
  held: ReviewHeld;
  /** What had given way to another beginning, the last of it first. */
  left: readonly Json[];
  /** The key of its withdrawal: tried again after a lost reply, it is the same one. */
  withdrawal: string;
}

/** What was done, and for how long it can be undone. Nothing moves for it: it lies over the foot of the page. */
export function UndoBar({ given, onUndo, onOver }: { given: Given; onUndo: (given: Given) => Promise<void>; onOver: () => void }) {
  const left = secondsLeft(given.until, useNow(500).getTime());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<UndoTrouble | null>(null);
  // A withdrawal that the server may have is asked about also when its time is over.
  const may = trouble?.again ?? left > 0;
  const undo = async () => {
    if (busy || !may) return;
    setBusy(true);
    try {
      await onUndo(given);
    } catch (error) {
      setTrouble(undoTrouble(error));
      setBusy(false);
    }
  };
  useKeys({ U: () => void undo() });
  const done = doneWords(given.verdict, given.change !== null);
  if (left === 0 && trouble === null && !busy) return null;
  return (
    <aside className={classes["undo"]} aria-label="The last verdict">
      <span className="vh" role="status">{done}. It can be taken back for half a minute: U.</span>
      {trouble === null ? (
        <>
          <span aria-hidden="true"><b>{done}.</b></span>
          <Button onClick={() => void undo()} disabled={busy}>Undo <span className={classes["seconds"]} aria-hidden="true">({left} s)</span> <kbd>U</kbd></Button>
        </>
      ) : (
        <>
          <p role="alert"><b>{done}; {trouble.again ? "whether it was taken back is not known" : "not taken back"}.</b> {trouble.said}</p>
          {trouble.again && <Button onClick={() => void undo()} disabled={busy}>Try again <kbd>U</kbd></Button>}
          <Button onClick={onOver} disabled={busy}>Close</Button>
        </>
      )}
    </aside>
  );
}
