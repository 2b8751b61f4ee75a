import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { api, isProblem, Unreachable } from "../api/client";
import type { EngagementView, Json, ReviewHeld } from "../api/contract";
import { Bar, BarProject } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { useMe, useStale } from "../app/session";
import { useTitle } from "../app/title";
import { changeKey, keepChange, readChange } from "../draft/local";
import { HaltedNotice } from "../halt/HaltedNotice";
import { QuestionsPanel } from "../questions/QuestionsPanel";
import { useQuestions } from "../questions/useQuestions";
import { useTimer } from "../time/useTimer";
import { clock, shortId } from "../ui/format";
import { keepWords, useKept } from "../ui/kept";
import { useKeys } from "../ui/keys";
import type { KeyList } from "../ui/KeysPanel";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { EndedNotice } from "../work/EndedNotice";
import { formOf, stillSo, strayErrors, type FieldErrors, type Form } from "../work/form";
import { Guidelines } from "../work/Guidelines";
import { Interaction } from "../work/Interaction";
import { RemarkContext, type Remark } from "../work/remark";
import { clockWords, standingOf, titleWord } from "../work/standing";
import { sameAnswer } from "./changes";
import { Changes } from "./Changes";
import { Others } from "./Others";
import { quoted, remarkOn, withRemark } from "./remarks";
import classes from "./ReviewPage.module.css";
import { UndoBar, type Given } from "./UndoBar";
import { VerdictForm, type Handed } from "./VerdictForm";

const KEYS: KeyList = [
  [["A"], "choose accept"],
  [["T"], "choose return, and write the comment"],
  [["X"], "choose reject, and write the comment"],
  [["E"], "change the answer, and accept it as changed"],
  [["C"], "go to the comment; R too, while nothing is changed"],
  [["Ctrl", "↵"], "hand in the chosen verdict, then the next"],
  [["U"], "take the last verdict back, for half a minute"],
  [["O"], "what others answered"],
  [["D"], "differences on or off"],
  [["G"], "guideline"],
  [["Q"], "questions: asked, and answered by you"],
];

type Claim = { phase: "asking" } | { phase: "held"; held: ReviewHeld } | { phase: "none" } | { phase: "halted" | "ended" } | { phase: "trouble"; error: unknown };

export function ReviewPage() {
  const { engagement: id } = useParams({ from: "/signed-in/review/$engagement" });
  const engagement = useMe().engagements.find((item) => item.id === id);
  return engagement === undefined || engagement.project === null ? <NotFound /> : <ReviewBench key={id} engagement={engagement} />;
}

/** What a comment is kept by on this device. */
const commentKey = (principal: string, review: string) => `cf.comment.${principal}.${review}`;

function ReviewBench({ engagement }: { engagement: EngagementView }) {
  const [claim, setClaim] = useState<Claim>({ phase: "asking" });
  const [given, setGiven] = useState<Given | null>(null);
  const me = useMe();
  const standing = standingOf(engagement, claim.phase === "halted" || claim.phase === "ended" ? claim.phase : null);
  useTitle(titleWord(standing, "Review"), `${engagement.project?.name} for ${engagement.lab.name}`);
  const halted = engagement.halted !== null || engagement.state !== "active";
  const guideline = useQuery({ ...queries.guideline(engagement.id), enabled: !halted });
  const form = useMemo(() => (guideline.data === undefined ? null : formOf(guideline.data.template)), [guideline.data]);
  const [reading, setReading] = useState(false);
  const stale = useStale();
  const claimed = useRef<boolean | null>(null);
  const turn = useRef(0);
  const timer = useTimer(engagement.id, claim.phase === "held" && standing === "open", standing !== "open");
  // Who comes from a notice of an answer wants to read it.
  const wanted = useLocation({ select: (at) => at.hash }) === "questions";
  const [asking, setAsking] = useState(wanted);
  const questions = useQuestions(engagement.id, engagement.role);
  const panel = useRef<HTMLDivElement>(null);
  useKeys({ G: () => setReading(!reading), Q: () => setAsking(!asking) }, { off: standing === "ended" });
  useEffect(() => {
    if (asking) panel.current?.focus({ preventScroll: true });
  }, [asking]);

  const next = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    // An answer that was taken back meanwhile is the one in hand; what was asked for stays held, and comes after it.
    const put = (found: Claim) => {
      if (turn.current === mine) setClaim(found);
    };
    try {
      const held = await api.claimReview(engagement.id);
      put(held === null ? { phase: "none" } : { phase: "held", held });
    } catch (error) {
      if (isProblem(error, "halted", "ended")) stale();
      if (isProblem(error, "ended")) put({ phase: "ended" });
      else put(isProblem(error, "halted") ? { phase: "halted" } : { phase: "trouble", error });
    }
  }, [engagement.id, stale]);
  /** Nothing of what was handed in stays on this device. */
  const forget = (review: string) => {
    keepWords(commentKey(me.principal, review), "");
    keepChange(localStorage, changeKey(me.principal, review), null, Date.now());
  };
  /** The server would hand out first what was claimed first, so that what was taken back is shown as it was here. */
  const back = useCallback((of: Given) => {
    turn.current += 1;
    keepWords(commentKey(me.principal, of.held.review), of.comment);
    keepChange(localStorage, changeKey(me.principal, of.held.review), of.change, Date.now());
    setGiven(null);
    setClaim({ phase: "held", held: of.held });
  }, [me.principal]);

  useEffect(() => {
    if (claimed.current === halted) return;
    claimed.current = halted;
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
  const asked = asking && standing !== "ended" ? (
    <div ref={panel} tabIndex={-1} className={classes["questions"]}>
      <Panel title="Questions" aside={<button type="button" className="link" onClick={() => setAsking(false)}>Close</button>}>
        <div className={classes["asked"]}><QuestionsPanel engagement={engagement.id} role={engagement.role} questions={questions} stopped={standing !== "open"} /></div>
      </Panel>
    </div>
  ) : null;
  return (
    <>
      <Bar about={about} office="reviewer" keys={KEYS} aside={
        <>
          {standing !== "ended" && <button type="button" className={classes["ask"]} aria-expanded={asking} onClick={() => setAsking(!asking)}>Questions <kbd>Q</kbd></button>}
          {claim.phase === "held" && <span className="nw"><b>{clock(timer.seconds)}</b> <span className="m sm desk">{clockWords(standing, timer.running, timer.moved)}</span></span>}
        </>
      } />
      <main className={classes["page"]}>
        {claim.phase !== "held" && asked}
        {standing === "ended" ? (
          <EndedNotice engagement={engagement} typed={false} />
        ) : engagement.halted !== null ? (
          <HaltedNotice engagement={engagement} halt={engagement.halted} typed={false} />
        ) : claim.phase === "held" && form !== null ? (
          <ReviewView key={claim.held.review} engagement={engagement} held={claim.held} form={form} onGiven={(handed) => { forget(claim.held.review); setGiven({ ...handed, held: claim.held }); return next(); }} above={<>{asked}{reading && guideline.data !== undefined ? <Panel title="Guideline" aside={<button type="button" className="link" onClick={() => setReading(false)}>Close</button>}><div className={classes["guideline"]}><Guidelines guideline={guideline.data} /></div></Panel> : null}</>} />
        ) : (
          <Rest claim={claim} error={guideline.error} />
        )}
      </main>
      {standing === "open" && given !== null && <UndoBar key={`${given.held.review} ${given.until}`} engagement={engagement.id} given={given} onBack={back} onOver={() => setGiven(null)} />}
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

const NONE: FieldErrors = new Map();

interface ReviewViewProps {
  engagement: EngagementView;
  held: ReviewHeld;
  form: Form;
  onGiven: (handed: Handed) => Promise<void>;
  above: ReactNode;
}

function ReviewView({ engagement, held, form, onGiven, above }: ReviewViewProps) {
  const me = useMe();
  const [comment, setComment] = useKept(commentKey(me.principal, held.review));
  const { change, put, left, takeUp } = useChange(changeKey(me.principal, held.review), held);
  const [problem, setProblem] = useState<{ errors: FieldErrors; of: Json } | null>(null);
  const box = useRef<HTMLElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const changing = change !== null;
  const errors = stillSo(problem?.errors ?? NONE, problem?.of, change ?? held.answer);
  useEffect(() => {
    if (problem !== null) box.current?.querySelector<HTMLElement>("[aria-invalid='true'] input, input[aria-invalid='true'], textarea[aria-invalid='true'], [data-error] textarea, [data-error] [data-handle]")?.focus();
  }, [problem]);
  const begin = (answer: Json) => {
    put(answer);
    setProblem(null);
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ E: () => begin(held.answer) }, { off: changing });
  const remark: Remark = (field, value, label) => {
    setComment(withRemark(comment, remarkOn(label ?? field.label, quoted(label === undefined ? field : { as: "text" }, value))));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
    });
  };
  const stray = strayErrors(errors, form);
  return (
    <div className={classes["columns"]}>
      <div className={classes["left"]}>
        {above}
        <div className={classes["whose"]}>
          <p className="i2">Answer by <span className="mono" title={held.author_pseudonym}>{shortId(held.author_pseudonym)}</span> to task <span className="mono" title={held.task}>{shortId(held.task)}</span>, version {held.version}.{changing && <b> You are changing it; its author’s stays beside it.</b>}</p>
          {changing ? <Button onClick={() => { put(null); setProblem(null); }}>Back to the author’s</Button> : <Button onClick={() => begin(held.answer)}>Change it <kbd>E</kbd></Button>}
          {!changing && left !== null && <Button onClick={takeUp}>Take up your change again</Button>}
        </div>
        <section ref={box} tabIndex={-1} className={classes["answer"]} data-changing={changing || undefined} aria-label={changing ? "The answer, yours to change" : "The answer"}>
          <RemarkContext value={!changing && form.answer.length > 1 ? remark : null}>
            <Interaction key={changing ? "changed" : "given"} form={form} input={held.input} answer={change ?? held.answer} onChange={put} readOnly={!changing} errors={errors} veiled={false} />
          </RemarkContext>
          {stray.map((reason) => <p key={reason} className="err" role="alert">{reason}</p>)}
        </section>
        {change !== null && <Changes form={form} input={held.input} before={held.answer} after={change} />}
        <Others engagement={engagement.id} held={held} form={form} onStart={begin} />
      </div>
      <aside className={classes["right"]} aria-label="Verdict">
        <Panel title="Verdict">
          <VerdictForm engagement={engagement.id} held={held} form={form} change={change} comment={comment} onComment={setComment} area={area} onProblem={(found, of) => setProblem({ errors: found, of })} onGiven={onGiven} />
        </Panel>
      </aside>
    </div>
  );
}

/** The answer as it is changed here, kept on this device; and what was left for the author's, until the next answer. */
function useChange(key: string, held: ReviewHeld) {
  const [change, setChange] = useState(() => readChange(localStorage, key));
  const [left, setLeft] = useState<Json | null>(null);
  const put = (next: Json | null) => {
    // What is replaced by another beginning, or taken off, may have been meant.
    if (change !== null && (next === null || sameAnswer(next, held.answer)) && !sameAnswer(change, held.answer)) setLeft(change);
    setChange(next);
    keepChange(localStorage, key, next, Date.now());
  };
  const takeUp = () => {
    const again = left;
    setLeft(null);
    put(again);
  };
  return { change, put, left, takeUp };
}
