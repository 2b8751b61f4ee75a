import { Button } from "@mantine/core";
import { useState } from "react";
import { api, isProblem, Unreachable } from "../api/client";
import type { ReviewHeld } from "../api/contract";
import { useKeys } from "../ui/keys";
import { useNow } from "../ui/useNow";
import classes from "./ReviewPage.module.css";
import { doneWords, secondsLeft } from "./undo";
import type { Handed } from "./VerdictForm";

/** A verdict that was handed in, with all that it takes to have the answer in hand again. */
export interface Given extends Handed {
  held: ReviewHeld;
}

/** What was done, and for how long it can be undone. Nothing moves for it: it lies over the foot of the page. */
export function UndoBar({ engagement, given, onBack, onOver }: { engagement: string; given: Given; onBack: (given: Given) => void; onOver: () => void }) {
  const left = secondsLeft(given.until, useNow(500).getTime());
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const undo = async () => {
    if (busy || left === 0 || refused !== null) return;
    setBusy(true);
    try {
      await api.withdraw(engagement, given.held.review);
      onBack(given);
    } catch (error) {
      setRefused(why(error));
      setBusy(false);
    }
  };
  useKeys({ U: () => void undo() });
  const done = doneWords(given.verdict, given.change !== null);
  if (left === 0 && refused === null && !busy) return null;
  return (
    <aside className={classes["undo"]} aria-label="The last verdict">
      <span className="vh" role="status">{done}. It can be taken back for half a minute: U.</span>
      {refused === null ? (
        <>
          <span aria-hidden="true"><b>{done}.</b></span>
          <Button onClick={() => void undo()} disabled={busy}>Undo <span className={classes["seconds"]} aria-hidden="true">({left} s)</span> <kbd>U</kbd></Button>
        </>
      ) : (
        <>
          <p role="alert"><b>{done}; not taken back.</b> {refused}</p>
          <Button onClick={onOver}>Close</Button>
        </>
      )}
    </aside>
  );
}

function why(error: unknown): string {
  if (error instanceof Unreachable) return "The server does not answer; whether it was taken back is not known. Reload to see what is in your hands.";
  if (!isProblem(error)) return "Something went wrong on the way. Reload to see what is in your hands.";
  const said = error.problem.detail ?? error.problem.title;
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
