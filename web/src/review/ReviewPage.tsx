import { Button, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import { api, isProblem, Unreachable } from "../api/client";
import type { EngagementView, ReviewHeld, Verdict } from "../api/contract";
import { Bar, BarProject } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { useMe, useStale } from "../app/session";
import { useTitle } from "../app/title";
import { HaltedNotice } from "../halt/HaltedNotice";
import { useTimer } from "../time/useTimer";
import { clock, shortId } from "../ui/format";
import { useKeys } from "../ui/keys";
import type { KeyList } from "../ui/KeysPanel";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { EndedNotice } from "../work/EndedNotice";
import { formOf, type Form } from "../work/form";
import { Guidelines } from "../work/Guidelines";
import { Interaction } from "../work/Interaction";
import { clockWords, standingOf, titleWord } from "../work/standing";
import { Others } from "./Others";
import classes from "./ReviewPage.module.css";
import { handIn, obstacle, UNDECIDED, VERDICTS, type Obstacle } from "./verdict";

const KEYS: KeyList = [
  [["A"], "choose accept"],
  [["T"], "choose return, and write the comment"],
  [["X"], "choose reject, and write the comment"],
  [["R"], "go to the comment"],
  [["Ctrl", "↵"], "hand in the chosen verdict, then the next"],
  [["O"], "what others answered"],
  [["D"], "differences on or off"],
  [["G"], "guideline"],
];

const COMMENT_FOR = {
  undecided: "Returning or rejecting needs one.",
  accept: "Optional.",
  return: "The author reads this.",
  reject: "Why it does not count. It stays with the verdict.",
};

type Claim = { phase: "asking" } | { phase: "held"; held: ReviewHeld } | { phase: "none" } | { phase: "halted" | "ended" } | { phase: "trouble"; error: unknown };

export function ReviewPage() {
  const { engagement: id } = useParams({ from: "/signed-in/review/$engagement" });
  const engagement = useMe().engagements.find((item) => item.id === id);
  return engagement === undefined || engagement.project === null ? <NotFound /> : <ReviewBench key={id} engagement={engagement} />;
}

function ReviewBench({ engagement }: { engagement: EngagementView }) {
  const [claim, setClaim] = useState<Claim>({ phase: "asking" });
  const standing = standingOf(engagement, claim.phase === "halted" || claim.phase === "ended" ? claim.phase : null);
  useTitle(titleWord(standing, "Review"), `${engagement.project?.name} for ${engagement.lab.name}`);
  const halted = engagement.halted !== null || engagement.state !== "active";
  const guideline = useQuery({ ...queries.guideline(engagement.id), enabled: !halted });
  const form = useMemo(() => (guideline.data === undefined ? null : formOf(guideline.data.template)), [guideline.data]);
  const [reading, setReading] = useState(false);
  const stale = useStale();
  const asked = useRef<boolean | null>(null);
  const timer = useTimer(engagement.id, claim.phase === "held" && standing === "open", standing !== "open");
  useKeys({ G: () => setReading(!reading) });

  const next = useCallback(async () => {
    try {
      const held = await api.claimReview(engagement.id);
      setClaim(held === null ? { phase: "none" } : { phase: "held", held });
    } catch (error) {
      if (isProblem(error, "halted", "ended")) stale();
      if (isProblem(error, "ended")) setClaim({ phase: "ended" });
      else setClaim(isProblem(error, "halted") ? { phase: "halted" } : { phase: "trouble", error });
    }
  }, [engagement.id, stale]);

  useEffect(() => {
    if (asked.current === halted) return;
    asked.current = halted;
    if (!halted) void next();
  }, [halted, next]);
  useEffect(() => {
    if (claim.phase !== "none") return;
    const again = setInterval(() => void next(), 15_000);
    return () => clearInterval(again);
  }, [claim.phase, next]);

  const about = (
    <>
      <BarProject project={engagement.project?.name ?? ""} lab={engagement.lab.name} />
      {claim.phase === "held" && <span className="mono m desk nw" title={claim.held.submission}>{shortId(claim.held.submission)}, version {claim.held.version}</span>}
    </>
  );
  return (
    <>
      <Bar about={about} office="reviewer" keys={KEYS} aside={claim.phase === "held" ? <span className="nw"><b>{clock(timer.seconds)}</b> <span className="m sm">{clockWords(standing, timer.running, timer.moved)}</span></span> : null} />
      <main className={classes["page"]}>
        {standing === "ended" ? (
          <EndedNotice engagement={engagement} typed={false} />
        ) : engagement.halted !== null ? (
          <HaltedNotice engagement={engagement} halt={engagement.halted} typed={false} />
        ) : claim.phase === "held" && form !== null ? (
          <ReviewView key={claim.held.review} engagement={engagement} held={claim.held} form={form} onDone={next} guideline={reading && guideline.data !== undefined ? <Panel title="Guideline" aside={<button type="button" className="link" onClick={() => setReading(false)}>Close</button>}><div className={classes["guideline"]}><Guidelines guideline={guideline.data} /></div></Panel> : null} />
        ) : (
          <Rest claim={claim} error={guideline.error} />
        )}
      </main>
    </>
  );
}

function Rest({ claim, error }: { claim: Claim; error: unknown }) {
  if (claim.phase === "none") {
    return (
      <Panel title="Nothing waits for review">
        <Empty title="Every submission of others has a verdict">
          <p>The next appears here when a contractor submits. You never review your own. This page looks every 15 seconds.</p>
          <p><Link to="/" className="link">To your other work</Link></p>
        </Empty>
      </Panel>
    );
  }
  const trouble = claim.phase === "trouble" ? claim.error : error;
  if (trouble instanceof Unreachable) return <Trouble title="The server does not answer">No verdict is lost. Check the connection and reload.</Trouble>;
  if (isProblem(trouble)) return <Trouble title={trouble.problem.title}>{trouble.problem.detail}</Trouble>;
  return <p className="i2" role="status">Asking for the next submission.</p>;
}

function ReviewView({ engagement, held, form, onDone, guideline }: { engagement: EngagementView; held: ReviewHeld; form: Form; onDone: () => Promise<void>; guideline: ReactNode }) {
  return (
    <div className={classes["columns"]}>
      <div className={classes["left"]}>
        {guideline}
        <p className="i2">Answer by <span className="mono" title={held.author_pseudonym}>{shortId(held.author_pseudonym)}</span> to task <span className="mono" title={held.task}>{shortId(held.task)}</span>, version {held.version}.</p>
        <Interaction form={form} input={held.input} answer={held.answer} onChange={() => undefined} readOnly errors={new Map()} veiled={false} />
        <Others engagement={engagement.id} held={held} form={form} />
      </div>
      <aside className={classes["right"]} aria-label="Verdict">
        <Panel title="Verdict"><VerdictForm engagement={engagement.id} review={held.review} onDone={onDone} /></Panel>
      </aside>
    </div>
  );
}

/** Words that stay on this device over a reload, until they are empty. */
function useKept(key: string): [string, (words: string) => void] {
  const [words, setWords] = useState(() => localStorage.getItem(key) ?? "");
  const keep = (next: string) => {
    setWords(next);
    try {
      if (next === "") localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    } catch {
      // A full or forbidden storage keeps nobody from writing.
    }
  };
  return [words, keep];
}

/** Nothing is chosen until the reviewer chooses, and nothing is handed in before. */
function VerdictForm({ engagement, review, onDone }: { engagement: string; review: string; onDone: () => Promise<void> }) {
  const [verdict, setVerdict] = useState<Verdict | typeof UNDECIDED>(UNDECIDED);
  const me = useMe();
  const [comment, setComment] = useKept(`cf.comment.${me.principal}.${review}`);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Obstacle | { at: "server"; text: string } | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const choices = useRef<HTMLDivElement>(null);
  const why = useId();
  const focusChoice = (value: Verdict | undefined) => choices.current?.querySelector<HTMLInputElement>(value === undefined ? "input" : `input[value="${value}"]`)?.focus();

  const decide = async () => {
    if (busy) return;
    const missing = obstacle(verdict, comment);
    setSaid(missing);
    if (missing?.at === "verdict") focusChoice(undefined);
    if (missing?.at === "comment") area.current?.focus();
    if (missing !== null || verdict === UNDECIDED) return;
    setBusy(true);
    try {
      const text = comment.trim();
      await api.review(engagement, review, text === "" ? { verdict } : { verdict, comment: text });
      setComment("");
      await onDone();
    } catch (error) {
      setSaid({ at: "server", text: refused(error) });
    } finally {
      setBusy(false);
    }
  };
  const choose = (chosen: Verdict) => {
    setVerdict(chosen);
    setSaid(null);
  };
  useKeys({
    ...Object.fromEntries(VERDICTS.map(({ key, value }) => [key, () => {
      choose(value);
      if (value === "accept") focusChoice(value);
      else area.current?.focus();
    }])),
    R: () => area.current?.focus(),
    "mod+Enter": () => void decide(),
    Escape: () => area.current?.blur(),
  });

  return (
    <div className={classes["verdict"]}>
      <div role="radiogroup" aria-label="Verdict" className={classes["choices"]} ref={choices}>
        {VERDICTS.map((option) => (
          <label key={option.value} data-on={verdict === option.value || undefined}>
            <input type="radio" name="verdict" value={option.value} className="vh" checked={verdict === option.value} onChange={() => choose(option.value)} />
            <span><b>{option.label}</b> <kbd>{option.key}</kbd></span>
            <span className="i2 sm">{option.what}</span>
          </label>
        ))}
      </div>
      <Textarea ref={area} label="Comment" description={COMMENT_FOR[verdict ?? "undecided"]} value={comment} onChange={(event) => setComment(event.currentTarget.value)} error={said?.at === "comment" ? said.text : undefined} autosize minRows={3} maxRows={12} dir="auto" />
      {said?.at === "server" && <p className="err" role="alert">{said.text}</p>}
      <Button variant="filled" onClick={() => void decide()} disabled={busy || verdict === UNDECIDED} aria-describedby={verdict === UNDECIDED ? why : undefined}>{handIn(verdict)} <kbd>Ctrl ↵</kbd></Button>
      <p className={said?.at === "verdict" ? "err sm" : "i2 sm"} id={why} role="status">{verdict === UNDECIDED ? obstacle(verdict, comment)?.text : ""}</p>
    </div>
  );
}

function refused(error: unknown): string {
  if (error instanceof Unreachable) return "Not decided: the server does not answer. Your comment stays here; try again.";
  if (isProblem(error)) return `Not decided: ${error.problem.detail ?? error.problem.title}`;
  return "Not decided. Your comment stays here; try again.";
}
