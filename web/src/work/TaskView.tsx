import { Button } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useAttempt } from "../api/attempt";
import { api, isProblem, Unreachable } from "../api/client";
import type { EngagementView, Held, Json, Question } from "../api/contract";
import { useMe, useStale } from "../app/session";
import { useDraft } from "../draft/useDraft";
import { Elsewhere, type DraftStatus } from "../draft/keeper";
import { BrokenDialog } from "../questions/BrokenDialog";
import { focusFirstError } from "../ui/focus";
import { moment } from "../ui/format";
import { isTyping, useKeys } from "../ui/keys";
import { isSearched } from "./choices";
import { blank, errorsOf, stillSo, strayErrors, type FieldErrors, type Form } from "./form";
import { Interaction } from "./Interaction";
import { missing } from "./missing";
import classes from "./TaskView.module.css";

interface TaskViewProps {
  engagement: EngagementView;
  held: Held;
  form: Form;
  guidelineVersion: number;
  halted: boolean;
  notice: ReactNode;
  footer: ReactNode;
  /** What became of the task before. */
  told: string | null;
  /** Whether it is being said that the task is broken. */
  broken: boolean;
  onBroken: (open: boolean) => void;
  onAsked: (question: Question) => void;
  onDone: (told?: string) => Promise<void>;
}

const TOLD_BROKEN = "The task before was reported as broken and given back. The hours you worked at it stand.";

const NONE: FieldErrors = new Map();

/** One task in hand: its input, the answer, and what becomes of it. */
export function TaskView({ engagement, held, form, guidelineVersion, halted, notice, footer, told, broken, onBroken, onAsked, onDone }: TaskViewProps) {
  const me = useMe();
  const stale = useStale();
  const { answer, setAnswer, status, settle, aside, takeBack, dropAside, end } = useDraft(me.principal, engagement.id, held, blank(form, held.input), halted);
  const [problem, setProblem] = useState<{ errors: FieldErrors; of: Json } | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState<"submit" | "skip" | null>(null);
  const [asking, setAsking] = useState(false);
  const attempt = useAttempt();
  const errors = stillSo(problem?.errors ?? NONE, problem?.of, answer);
  useEffect(() => {
    if (problem !== null) focusFirstError(document);
  }, [problem]);
  const main = useRef<HTMLElement>(null);
  // Whoever submits by keyboard goes on at the next task, and not before the whole page.
  useEffect(() => {
    main.current?.focus({ preventScroll: true });
  }, [held.assignment]);
  const over = status.state === "over";
  const stopped = halted || over;
  const begun = JSON.stringify(answer) !== JSON.stringify(blank(form, held.input));

  const act = async (what: "submit" | "skip", call: (after: number) => Promise<unknown>) => {
    if (busy !== null || stopped) return;
    setBusy(what);
    setProblem(null);
    setTrouble(null);
    try {
      await end(call);
      await onDone();
    } catch (error) {
      if (isProblem(error, "invalid")) setProblem({ errors: errorsOf(error.problem), of: answer });
      if (isProblem(error, "halted", "ended")) stale();
      setTrouble(sentenceOf(error, what));
    } finally {
      setBusy(null);
    }
  };
  const submit = () => {
    if (busy !== null || stopped) return;
    const lacking = missing(form, held.input, answer);
    if (lacking !== null) {
      setProblem({ errors: lacking.errors, of: answer });
      setTrouble(`Not submitted yet: ${lacking.said}`);
      return;
    }
    const key = attempt.keyOf(answer);
    void act("submit", (after) => api.submit(engagement.id, held.assignment, answer, after, key));
  };
  const choose = (which: "these" | "those") => {
    setTrouble(null);
    settle(which);
  };
  const skip = () => void act("skip", (after) => api.skip(engagement.id, held.assignment, after));
  const askToSkip = () => (begun ? setAsking(true) : skip());

  useKeys({
    "mod+Enter": submit,
    // A letter that was meant for a field gives nothing back.
    S: () => setAsking(!over),
    Escape: (event) => {
      if (asking) setAsking(false);
      else if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
    },
  });

  const stray = strayErrors(errors, form);
  const actions = (
    <div className={classes["go"]}>
      <div className={classes["said"]} aria-live="polite">
        {trouble !== null && (problem === null || errors.size > 0) && <p className="err">{trouble}</p>}
        {stray.map((reason) => <p key={reason} className="err">{reason}</p>)}
        {asking && !over && <p>{begun ? "Skipping gives the task back; what you wrote here goes with it." : "Skipping gives the task back, and it does not come to you again."}</p>}
      </div>
      {asking && !over ? (
        <>
          <Button className={classes["skip"] ?? ""} onClick={skip} disabled={busy !== null}>Skip and leave it</Button>
          <Button className={classes["submit"] ?? ""} onClick={() => setAsking(false)} autoFocus>Stay <kbd>Esc</kbd></Button>
        </>
      ) : (
        <>
          <button type="button" className={`link sm ${classes["broken"]}`} onClick={() => onBroken(true)} disabled={over || busy !== null}>This task is broken…</button>
          <Button className={classes["skip"] ?? ""} onClick={askToSkip} disabled={stopped || busy !== null}>Skip <kbd>S</kbd></Button>
          <Button className={classes["submit"] ?? ""} variant="filled" onClick={submit} disabled={stopped || busy !== null}>Submit and next <kbd>Ctrl ↵</kbd></Button>
        </>
      )}
    </div>
  );
  return (
    <>
      <main ref={main} tabIndex={-1} aria-label="Task" className={classes["main"]} data-interaction={form.interaction} data-halted={halted || undefined}>
        {notice}
        {told !== null && !halted && <p role="status" className="i2">{told}</p>}
        {held.rework !== null && !halted && <Rework rework={held.rework} />}
        {status.state === "elsewhere" && (
          <section className={classes["elsewhere"]} role="alert">
            <p><b>{status.theirs.saved === null ? "The task has gone on since you wrote this." : `Another window of yours kept other words${at(status.theirs.saved)}.`}</b> What stands here is on this device only, until you say which stay. The ones you leave can be taken back until you submit.</p>
            <Button variant="filled" onClick={() => choose("these")}>Keep these words</Button>
            <Button onClick={() => choose("those")}>Take the others</Button>
          </section>
        )}
        {over && (
          <section className={classes["elsewhere"]} role="alert">
            <p><b>Another window of yours handed this task in, or gave it back.</b> What stands here is kept nowhere any more. Copy what you still need of it.</p>
            <Button variant="filled" onClick={() => void onDone()}>Go on with the next task</Button>
          </section>
        )}
        {aside.length > 0 && !over && status.state !== "elsewhere" && (
          <section className={classes["elsewhere"]} role="status">
            <p>{aside.length === 1 ? "The words that you left are still on this device." : `Words that you left are still on this device: ${aside.length} versions, the last first.`}</p>
            <Button onClick={takeBack}>Change back to them</Button>
            <Button onClick={dropAside}>Drop them</Button>
          </section>
        )}
        {guidelineVersion !== held.guideline_version && !halted && <p className="m sm">This task was handed out under guideline version {held.guideline_version}; version {guidelineVersion} is shown.</p>}
        <div className={classes["work"]}>
          <Interaction form={form} input={held.input} answer={answer} onChange={setAnswer} readOnly={over} errors={errors} veiled={halted} actions={actions} />
        </div>
      </main>
      <footer className={classes["footer"]}>
        <Hints form={form} />
        <span className="grow" />
        <DraftLine status={status} />
        {footer}
      </footer>
      {broken && !over && (
        <BrokenDialog
          engagement={engagement.id} assignment={held.assignment} task={held.task} role={engagement.role} stopped={halted}
          giveBack={async () => {
            await end((after) => api.skip(engagement.id, held.assignment, after));
            await onDone(TOLD_BROKEN);
          }}
          notBack={(error) => sentenceOf(error, "skip")}
          onReported={onAsked}
          onClose={() => onBroken(false)}
        />
      )}
    </>
  );
}

function sentenceOf(error: unknown, what: "submit" | "skip"): string {
  const act = what === "submit" ? "submitted" : "given back";
  if (error instanceof Elsewhere) return `Not ${act} yet: say above which words stay.`;
  if (error instanceof Unreachable) return `Not ${act}: the server does not answer. Draft kept on this device; try again when the connection is back.`;
  if (isProblem(error, "halted")) return `Not ${act}: work on this project was halted. Your words are kept.`;
  if (isProblem(error, "ended")) return `Not ${act}: this engagement has ended. Your words are kept on this device.`;
  if (isProblem(error, "invalid")) return "Not submitted yet: see what is marked.";
  if (isProblem(error, "not-found", "conflict")) return `Not ${act}: ${error.problem.detail ?? "this task is no longer held by you"}. Copy your words if you need them; reload to go on with the next task.`;
  if (isProblem(error)) return `Not ${act}: ${error.problem.detail ?? error.problem.title}`;
  return `Not ${act}. Your words are kept; try again.`;
}

const SAYS = { reviewer: "Returned by a reviewer", lab: "Sent back by the lab" } as const;

/** Why an answer is back: everybody's words on this version. */
function Rework({ rework }: { rework: NonNullable<Held["rework"]> }) {
  const first = rework.remarks[0];
  return (
    <section className={classes["rework"]} aria-label={first === undefined ? "It came back" : SAYS[first.by]}>
      {first === undefined && <p><b>It came back, version {rework.version}.</b> No comment was left.</p>}
      {rework.remarks.map((remark, index) => <p key={index}><b>{SAYS[remark.by]}, version {rework.version}.</b> {remark.text}</p>)}
    </section>
  );
}

/** Where the words are, in one line. */
function DraftLine({ status }: { status: DraftStatus }) {
  return <span role="status" className={classes["draft"]}>{draftSentence(status)}</span>;
}

/** The time of a draft, to its user. */
function at(saved: string): string {
  return ` at ${moment(saved, { now: new Date(saved), zone: "own", seconds: true })}`;
}

function draftSentence(status: DraftStatus): string {
  if (status.state === "clean") return "";
  if (status.state === "over") return "Handed in or given back by another window";
  if (status.state === "sealed") return `Draft sealed ${moment(status.at, { now: new Date(status.at), zone: "own", seconds: true })}`;
  if (status.state === "elsewhere") return "Draft kept on this device only";
  if (status.why === "halted") return "Draft kept on this device; it is sealed when the halt ends";
  if (status.why === "unreachable") return "Draft kept on this device; the server does not answer";
  if (status.why === "refused") return `Draft kept on this device only: ${status.detail ?? "the server does not take it"}`;
  return "Draft kept on this device";
}

function Hints({ form }: { form: Form }) {
  const labels = form.answer.find((field) => field.as === "choice" || field.as === "choices")?.options ?? [];
  const options = labels.length;
  const spans = form.answer.find((field) => form.interaction === "spans" && field.as === "spans")?.options?.length;
  const searched = form.interaction === "classification" && isSearched(labels);
  const hints: [string[], string][] = [];
  if (form.interaction !== "rubric" && options > 0 && !searched) hints.push([["1", "to", String(Math.min(options, 9))], "choose"]);
  if (spans !== undefined) hints.push([["T"], "to the text"], [["Shift", "→"], "select"], [spans > 1 ? ["1", "to", String(Math.min(spans, 9))] : ["1"], "mark"], [["Del"], "remove"]);
  if (searched) hints.push([["/"], "search"], [["↑", "↓", "↵"], "choose"]);
  if (form.interaction === "ranking") hints.push([["1", "to", "9"], "put next"], [["="], "same rank"], [["D"], "differences"]);
  if (form.interaction === "pairwise") hints.push([["D"], "differences"], [["[", "]"], "step"]);
  if (form.interaction !== "rubric" && spans === undefined) hints.push([["R"], "text"]);
  hints.push([["G"], "guideline"], [["?"], "all keys"]);
  return (
    <>
      {hints.map(([keys, does]) => (
        <span key={does} className="desk">{keys.map((key) => (key === "to" ? "to" : <kbd key={key}>{key}</kbd>))} {does}</span>
      ))}
    </>
  );
}
