import { Button, Textarea } from "@mantine/core";
import { useId, useRef, useState, type RefObject } from "react";
import { useAttempt } from "../api/attempt";
import { api, isProblem, Unreachable } from "../api/client";
import type { Json, ReviewHeld, Verdict } from "../api/contract";
import { isTyping, useKeys } from "../ui/keys";
import { errorsOf, type FieldErrors, type Form } from "../work/form";
import { missing } from "../work/missing";
import { sameAnswer } from "./changes";
import classes from "./ReviewPage.module.css";
import { untilOf } from "./undo";
import { handIn, obstacle, UNDECIDED, VERDICTS, type Obstacle } from "./verdict";

/** What was handed in. */
export interface Handed {
  verdict: Verdict;
  comment: string;
  /** The answer as it was changed; null where it is its author's. */
  change: Json | null;
  /** Until when it can be taken back, by this device's clock. */
  until: number;
}

const COMMENT_FOR = {
  undecided: "Returning or rejecting needs one.",
  accept: "Optional.",
  return: "The author reads this.",
  reject: "Why it does not count. It stays with the verdict.",
};

interface VerdictFormProps {
  engagement: string;
  held: ReviewHeld;
  form: Form;
  /** The answer as it is being changed: it is accepted so, or gone back on first. */
  change: Json | null;
  comment: string;
  onComment: (comment: string) => void;
  area: RefObject<HTMLTextAreaElement | null>;
  onProblem: (errors: FieldErrors, of: Json) => void;
  onGiven: (handed: Handed) => Promise<void>;
  /** Whether another window gave the verdict. */
  over: boolean;
}

/** Nothing is chosen until the reviewer chooses, and nothing is handed in before. */
export function VerdictForm({ engagement, held, form, change, comment, onComment, area, onProblem, onGiven, over }: VerdictFormProps) {
  const [chosen, setVerdict] = useState<Verdict | typeof UNDECIDED>(UNDECIDED);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Obstacle | { at: "server"; text: string } | null>(null);
  const attempt = useAttempt();
  const choices = useRef<HTMLDivElement>(null);
  const why = useId();
  const changing = change !== null;
  const changed = changing && !sameAnswer(change, held.answer);
  const verdict = changing ? "accept" : chosen;
  const focusChoice = (value: Verdict | undefined) => choices.current?.querySelector<HTMLInputElement>(value === undefined ? "input" : `input[value="${value}"]`)?.focus();

  const decide = async () => {
    if (busy || over) return;
    const hindered = obstacle(verdict, comment);
    setSaid(hindered);
    if (hindered?.at === "verdict") focusChoice(undefined);
    if (hindered?.at === "comment") area.current?.focus();
    if (hindered !== null || verdict === UNDECIDED) return;
    const lacking = changed ? missing(form, held.input, change) : null;
    if (lacking !== null && changed) {
      onProblem(lacking.errors, change);
      return setSaid({ at: "server", text: `Not decided yet: ${lacking.said}` });
    }
    setBusy(true);
    try {
      const text = comment.trim();
      const body = { verdict, ...(text === "" ? {} : { comment: text }), ...(changed ? { answer: change } : {}) };
      const until = await judge(engagement, held.review, body, attempt.keyOf(body));
      // Taken back, it is given anew: the key of the old one would tell of the old one.
      attempt.taken();
      await onGiven({ verdict, comment, change: changed ? change : null, until });
    } catch (error) {
      if (isProblem(error, "invalid") && changed) onProblem(errorsOf(error.problem), change);
      setSaid({ at: "server", text: refused(error) });
    } finally {
      setBusy(false);
    }
  };
  const choose = (value: Verdict) => {
    setVerdict(value);
    setSaid(null);
  };
  const comments = () => area.current?.focus();
  useKeys({
    C: comments,
    "mod+Enter": () => void decide(),
    Escape: (event) => {
      if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
    },
  });
  // While the answer is in hand its own keys are the ones that are meant.
  useKeys({
    ...Object.fromEntries(VERDICTS.map(({ key, value }) => [key, () => {
      choose(value);
      if (value === "accept") focusChoice(value);
      else comments();
    }])),
    R: comments,
  }, { off: changing });

  return (
    <div className={classes["verdict"]}>
      <div role="radiogroup" aria-label="Verdict" className={classes["choices"]} ref={choices}>
        {changing ? (
          <label data-on>
            <input type="radio" name="verdict" value="accept" className="vh" checked readOnly />
            <span><b>{changed ? "Accept as changed" : "Accept"}</b></span>
            <span className="i2 sm">{changed ? "What you changed is delivered; its author’s stays beside it." : "You changed nothing yet: it is accepted as its author gave it."} To return or reject it, go back to the author’s first.</span>
          </label>
        ) : VERDICTS.map((option) => (
          <label key={option.value} data-on={verdict === option.value || undefined}>
            <input type="radio" name="verdict" value={option.value} className="vh" checked={verdict === option.value} onChange={() => choose(option.value)} />
            <span><b>{option.label}</b> <kbd>{option.key}</kbd></span>
            <span className="i2 sm">{option.what}</span>
          </label>
        ))}
      </div>
      <Textarea ref={area} label="Comment" description={COMMENT_FOR[verdict ?? "undecided"]} value={comment} onChange={(event) => onComment(event.currentTarget.value)} error={said?.at === "comment" ? said.text : undefined} readOnly={busy || over} autosize minRows={3} maxRows={12} dir="auto" />
      {said?.at === "server" && <p className="err" role="alert">{said.text}</p>}
      <Button variant="filled" onClick={() => void decide()} disabled={busy || over || verdict === UNDECIDED} aria-describedby={verdict === UNDECIDED ? why : undefined}>{handIn(verdict, changed)} <kbd>Ctrl ↵</kbd></Button>
      <p className={said?.at === "verdict" ? "err sm" : "i2 sm"} id={why} role="status">{verdict === UNDECIDED ? obstacle(verdict, comment)?.text : ""}</p>
    </div>
  );
}

/** Hands it in; until when it can be taken back. */
async function judge(...verdict: Parameters<typeof api.review>): Promise<number> {
  const sent = Date.now();
  return untilOf((await api.review(...verdict)).firm, sent);
}

function refused(error: unknown): string {
  if (error instanceof Unreachable) return "Not decided: the server does not answer. What you wrote stays here; try again.";
  if (isProblem(error, "invalid") && (error.problem.errors ?? []).some(({ field }) => /^\/?answer\b/.test(field))) return "Not decided yet: see what is marked in the answer.";
  if (isProblem(error)) return `Not decided: ${error.problem.detail ?? error.problem.title}`;
  return "Not decided. What you wrote stays here; try again.";
}
