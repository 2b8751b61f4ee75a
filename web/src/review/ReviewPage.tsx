import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { api, isFinal, isProblem, once, Unreachable } from "../api/client";
import type { EngagementView, Json, ReviewHeld } from "../api/contract";
import { Bar, BarProject } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { useMe, useStale } from "../app/session";
import { useTitle } from "../app/title";
import { tellEnded } from "../draft/ended";
import { changeKey, keepChange, UNCHANGED, type Changing } from "../draft/local";
import { HaltedNotice } from "../halt/HaltedNotice";
import { QuestionsPanel } from "../questions/QuestionsPanel";
import { useQuestions } from "../questions/useQuestions";
import { useQuestionsLink } from "../questions/useQuestionsLink";
import { useTimer } from "../time/useTimer";
import { focusFirstError } from "../ui/focus";
import { clock, shortId } from "../ui/format";
import { keepWords, useKept, wordsKey } from "../ui/kept";
import { useKeys } from "../ui/keys";
import type { KeyList } from "../ui/KeysPanel";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { EndedNotice } from "../work/EndedNotice";
import { formOf, stillSo, strayErrors, type FieldErrors, type Form } from "../work/form";
import { Guidelines } from "../work/Guidelines";
import { Interaction } from "../work/Interaction";
import { RemarkContext, type Remark } from "../work/remark";
import { clockWords, standingOf, titleWord } from "../work/standing";
import { Changes } from "./Changes";
import { Others } from "./Others";
import { quoted, remarkOn, withRemark } from "./remarks";
import classes from "./ReviewPage.module.css";
import { UndoBar, type Given } from "./UndoBar";
import { useChange, useDecided } from "./useChange";
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

/** `turn`: when it came into hand. One that comes again is drawn anew, with what this device keeps of it. */
type Claim = { phase: "asking" } | { phase: "held"; held: ReviewHeld; turn: number } | { phase: "none" } | { phase: "halted" | "ended" } | { phase: "trouble"; error: unknown };

export function ReviewPage() {
  const { engagement: id } = useParams({ from: "/signed-in/review/$engagement" });
  const engagement = useMe().engagements.find((item) => item.id === id);
  return engagement === undefined || engagement.project === null ? <NotFound /> : <ReviewBench key={id} engagement={engagement} />;
}

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
  const [asking, setAsking] = useState(false);
  useQuestionsLink(() => setAsking(true));
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
      put(held === null ? { phase: "none" } : { phase: "held", held, turn: mine });
      // Its verdict was taken back, though no reply said so.
      setGiven((of) => (of?.held.review === held?.review ? null : of));
    } catch (error) {
      if (isProblem(error, "halted", "ended")) stale();
      if (isProblem(error, "ended")) put({ phase: "ended" });
      else put(isProblem(error, "halted") ? { phase: "halted" } : { phase: "trouble", error });
    }
  }, [engagement.id, stale]);
  /** Keeps on this device what was said of an answer; nothing, where nothing was. */
  const keep = (review: string, comment: string, changing: Changing) => {
    keepWords(wordsKey("comment", me.principal, review), comment);
    keepChange(localStorage, changeKey(me.principal, review), changing, Date.now());
  };
  /** Nothing of what was handed in stays on this device: other windows are told, and keep nothing of it either. */
  const forget = (review: string) => {
    keep(review, "", UNCHANGED);
    tellEnded(review);
  };
  const give = (handed: Given) => {
    forget(handed.held.review);
    setGiven(handed);
    return next();
  };
  /** What was handed in is on this device before it is asked back: where the reply is lost, the answer may be in hand again. */
  const undo = async (of: Given) => {
    keep(of.held.review, of.comment, of);
    try {
      await api.withdraw(engagement.id, of.held.review, of.withdrawal);
    } catch (error) {
      if (isFinal(error)) forget(of.held.review);
      throw error;
    }
    // The server would hand out first what was claimed first, so that what was taken back is shown as it was here.
    turn.current += 1;
    setGiven((now) => (now === of ? null : now));
    setClaim({ phase: "held", held: of.held, turn: turn.current });
  };

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
          <ReviewView key={claim.turn} engagement={engagement} held={claim.held} form={form} onGiven={give} onNext={next} above={<>{asked}{reading && guideline.data !== undefined ? <Panel title="Guideline" aside={<button type="button" className="link" onClick={() => setReading(false)}>Close</button>}><div className={classes["guideline"]}><Guidelines guideline={guideline.data} /></div></Panel> : null}</>} />
        ) : (
          <Rest claim={claim} error={guideline.error} />
        )}
      </main>
      {standing === "open" && given !== null && <UndoBar key={given.withdrawal} given={given} onUndo={undo} onOver={() => setGiven(null)} />}
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
  onGiven: (given: Given) => Promise<void>;
  onNext: () => Promise<void>;
  above: ReactNode;
}

function ReviewView({ engagement, held, form, onGiven, onNext, above }: ReviewViewProps) {
  const me = useMe();
  const { elsewhere, undecided, decide } = useDecided(held.review);
  const [comment, setComment] = useKept(wordsKey("comment", me.principal, held.review), undecided);
  const { change, left, edit, begin, takeUp } = useChange(changeKey(me.principal, held.review), held.answer, undecided);
  const [problem, setProblem] = useState<{ errors: FieldErrors; of: Json } | null>(null);
  const box = useRef<HTMLElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const changing = change !== null;
  // Comparing two long answers takes longer than a key press.
  const settled = useDeferredValue(change ?? held.answer);
  const errors = stillSo(problem?.errors ?? NONE, problem?.of, change ?? held.answer);
  useEffect(() => {
    if (problem !== null) focusFirstError(box.current);
  }, [problem]);
  const start = (answer: Json) => {
    begin(answer);
    setProblem(null);
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ E: () => start(held.answer) }, { off: changing || elsewhere });
  const give = (handed: Handed) => {
    decide();
    return onGiven({ ...handed, held, left, withdrawal: once() });
  };
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
        {elsewhere && <DecidedElsewhere onNext={() => void onNext()} />}
        <div className={classes["whose"]}>
          <p className="i2">Answer by <span className="mono" title={held.author_pseudonym}>{shortId(held.author_pseudonym)}</span> to task <span className="mono" title={held.task}>{shortId(held.task)}</span>, version {held.version}.{changing && <b> You are changing it; its author’s stays beside it.</b>}</p>
          {!elsewhere && (changing ? <Button onClick={() => { begin(null); setProblem(null); }}>Back to the author’s</Button> : <Button onClick={() => start(held.answer)}>Change it <kbd>E</kbd></Button>)}
          {!elsewhere && left.length > 0 && <Button onClick={() => { takeUp(); setProblem(null); }}>{changing ? "Take up what you had before" : "Take up your change again"}</Button>}
        </div>
        <section ref={box} tabIndex={-1} className={classes["answer"]} data-changing={changing || undefined} aria-label={changing ? "The answer, yours to change" : "The answer"}>
          <RemarkContext value={!changing && form.answer.length > 1 ? remark : null}>
            <Interaction key={changing ? "changed" : "given"} form={form} input={held.input} answer={change ?? held.answer} onChange={edit} readOnly={!changing || elsewhere} errors={errors} veiled={false} />
          </RemarkContext>
          {stray.map((reason) => <p key={reason} className="err" role="alert">{reason}</p>)}
        </section>
        {changing && <Changes form={form} input={held.input} before={held.answer} after={settled} />}
        <Others engagement={engagement.id} held={held} form={form} onStart={elsewhere ? null : start} />
      </div>
      <aside className={classes["right"]} aria-label="Verdict">
        <Panel title="Verdict">
          <VerdictForm engagement={engagement.id} held={held} form={form} change={change} comment={comment} onComment={setComment} area={area} onProblem={(found, of) => setProblem({ errors: found, of })} onGiven={give} over={elsewhere} />
        </Panel>
      </aside>
    </div>
  );
}

function DecidedElsewhere({ onNext }: { onNext: () => void }) {
  return (
    <Panel title="Decided in another window">
      <Trouble title="Another window of yours handed in a verdict on this answer">
        <p>What stands here is kept nowhere any more. Copy what you still need of it.</p>
        <p><Button variant="filled" onClick={onNext}>Go on with the next answer</Button></p>
      </Trouble>
    </Panel>
  );
}
