import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAttempt } from "../api/attempt";
import { api } from "../api/client";
import type { Question, Role } from "../api/contract";
import { useMe } from "../app/session";
import { isBlank } from "../ui/blank";
import { useKept, wordsKey } from "../ui/kept";
import { Sheet } from "../ui/Sheet";
import classes from "./Questions.module.css";
import { asked, unsent } from "./questions";

interface BrokenProps {
  engagement: string;
  assignment: string;
  task: string;
  role: Role;
  stopped: boolean;
  /** Gives the task back; what it throws is told in words by `notBack`. */
  giveBack: () => Promise<void>;
  notBack: (error: unknown) => string;
  onReported: (question: Question) => void;
  onClose: () => void;
}

/** A task that cannot be done: what is wrong with it, then back it goes. Two steps, and the first stands without the second. */
export function BrokenDialog({ engagement, assignment, task, role, stopped, giveBack, notBack, onReported, onClose }: BrokenProps) {
  const me = useMe();
  const [text, setText] = useKept(wordsKey("broken", me.principal, assignment));
  const [reported, setReported] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = useAttempt();
  const report = async () => {
    const body = { text: text.trim(), assignment, broken: true };
    const said = await api.ask(engagement, body, attempt.keyOf(body));
    attempt.taken();
    onReported(asked(said, { role, task, broken: true, text: text.trim() }));
    setText("");
    setReported(true);
  };
  const go = async () => {
    if (busy || (stopped && !reported)) return;
    if (!reported && isBlank(text)) return setSaid("Say in a line what is wrong.");
    setBusy(true);
    setSaid(null);
    let first = !reported;
    try {
      if (first) await report();
      first = false;
      await giveBack();
    } catch (error) {
      setSaid(first ? unsent(error, "reported") : `Your report stands. ${notBack(error)}`);
      setBusy(false);
    }
  };
  return (
    <Sheet title="This task is broken" size={480} onClose={onClose}>
      <form className={classes["compose"]} onSubmit={(event) => { event.preventDefault(); void go(); }}>
        {reported ? <p className="i2">It is reported. What is left is to give it back.</p> : (
          <>
            <p className="i2">For a task that cannot be done as it is: a text is missing, cut off, or not what the prompt speaks of. It goes back, and not to you again. Hours worked at it stand.</p>
            <TextInput label="What is wrong" value={text} onChange={(event) => { setText(event.currentTarget.value); setSaid(null); }} dir="auto" readOnly={busy} data-autofocus maxLength={4000} autoComplete="off" />
          </>
        )}
        {said !== null && <p className="err" role="alert">{said}</p>}
        {stopped && !reported && <p className="i2 sm">It can be reported when the halt ends. What you write is kept on this device.</p>}
        <div className="row">
          <Button type="submit" variant="filled" disabled={busy || (stopped && !reported)}>{reported ? "Give it back" : "Report and give it back"}</Button>
          <Button onClick={onClose} disabled={busy}>{reported ? "Keep it" : "Stay"}</Button>
        </div>
      </form>
    </Sheet>
  );
}
