import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { Question, Role } from "../api/contract";
import { useMe } from "../app/session";
import { moment, plural, shortId } from "../ui/format";
import { keptWords, wordsKey } from "../ui/kept";
import { StateTag } from "../ui/StateTag";
import { cut } from "../work/spans";
import { Compose } from "./Compose";
import { answeredBy, answers, asked, asks, whose } from "./questions";
import classes from "./Questions.module.css";
import type { Questions } from "./useQuestions";

interface PanelProps {
  engagement: string;
  role: Role;
  /** The project, where the engagement does not say it: a steward's. */
  project?: string;
  questions: Questions;
  /** The task in hand, that a question may be about. */
  about?: { assignment: string; task: string } | null;
  /** Whether a halt or an end keeps it all away. */
  stopped?: boolean;
  onBroken?: (() => void) | null;
}

/** What was asked about a project and answered, and where more is asked. It is read when it is first drawn. */
export function QuestionsPanel({ engagement, role, project, questions, about = null, stopped = false, onBroken = null }: PanelProps) {
  const me = useMe();
  const answering = answers(role);
  const { begin } = questions;
  useEffect(() => {
    if (!stopped) begin();
  }, [begin, stopped]);
  const say = async (question: Question, text: string, key: string) => {
    questions.put(answeredBy(question, await api.sayToQuestion(engagement, question.question, text, project, key), role, text));
  };
  // Whoever answers comes for the questions, whoever works to ask.
  const ask = asks(role) ? <Ask engagement={engagement} role={role} about={about} stopped={stopped} onAsked={questions.put} kept={wordsKey("question", me.principal, engagement)} /> : null;
  const items = questions.items ?? [];
  const waiting = items.filter((question) => !question.answered).length;
  return (
    <div className={classes["panel"]}>
      {!answering && ask}
      {onBroken !== null && <div><Button onClick={onBroken} disabled={stopped}>This task is broken…</Button></div>}
      {answering && stopped && ask}
      {stopped ? <p className="i2">What was asked is put away until the halt ends.</p> : (
        <>
          {questions.items !== null && <p className="i2 sm" role="status">{said(items.length, waiting, answering, questions.more)}</p>}
          <ul className={classes["list"]}>
            {items.map((question) => (
              <li key={question.question} className={classes["question"]} data-waits={(answering && !question.answered) || undefined}>
                <One question={question} here={about?.task ?? null} />
                {(answering || question.own) && <Say key={question.remarks.length} question={question} answering={answering && !question.own} kept={wordsKey("say", me.principal, question.question)} send={(text, key) => say(question, text, key)} />}
              </li>
            ))}
          </ul>
          {questions.trouble !== null && <p className="err" role="alert">{questions.items === null ? "The questions could not be read. " : "No more could be read. "}{questions.trouble}</p>}
          <div className="row">
            {questions.more && <Button onClick={questions.older} disabled={questions.busy}>Older ones</Button>}
            {(questions.items !== null || questions.trouble !== null) && <button type="button" className="link sm" onClick={questions.again} disabled={questions.busy}>{questions.items === null ? "Try again" : "Look again"}</button>}
            {questions.busy && <span className="i2 sm" role="status">Asking the server.</span>}
          </div>
          {answering && ask}
        </>
      )}
    </div>
  );
}

function said(count: number, waiting: number, answering: boolean, more: boolean): string {
  if (count === 0) return answering ? "Nobody has asked anything yet." : "Nothing was asked and answered yet. Your questions stand here, and those of others once they are answered.";
  const shown = `${plural(count, "question")}${more ? " so far" : ""}`;
  if (waiting === 0) return `${shown}, all answered.`;
  return answering ? `${shown}, ${waiting} to answer.` : `${shown}, ${waiting} of yours not answered yet.`;
}

function Ask({ engagement, role, about, stopped, onAsked, kept }: { engagement: string; role: Role; about: { assignment: string; task: string } | null; stopped: boolean; onAsked: (question: Question) => void; kept: string }) {
  const [general, setGeneral] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const ofTask = about !== null && !general;
  const send = async (text: string, key: string) => {
    const said = await api.ask(engagement, { text, ...(ofTask ? { assignment: about.assignment } : {}) }, key);
    onAsked(asked(said, { role, task: ofTask ? about.task : null, broken: false, text }));
  };
  return (
    <Compose area={area} kept={kept} about={ofTask ? about.assignment : ""} label="Ask what the guideline does not say" help="Reviewers, the lead and the lab answer; once they do, all who work here read it. Nobody is named." button="Ask" act="asked" first={role === "author"} stopped={stopped} send={send}>
      {about !== null && (
        <fieldset className={classes["about"]}>
          <legend className="vh">What it is about</legend>
          {[[false, "On this task"], [true, "On the guideline"]].map(([value, label]) => (
            <label key={String(value)} data-on={general === value || undefined}>
              <input type="radio" name="question-about" className="vh" checked={general === value} onChange={() => setGeneral(value as boolean)} />{label}
            </label>
          ))}
        </fieldset>
      )}
    </Compose>
  );
}

function One({ question, here }: { question: Question; here: string | null }) {
  return (
    <>
      <p className={classes["head"]}>
        {question.broken && <StateTag state="returned">broken task</StateTag>}
        <span className="m sm">asked by {whose(question.own, question.role)}, {moment(question.asked, { zone: "own" })}{question.task === null ? "" : question.task === here ? ", on this task" : <>, on task <span className="mono" title={question.task}>{shortId(question.task)}</span></>}</span>
      </p>
      <p className={classes["words"]} dir="auto">{question.text}</p>
      {question.remarks.map((remark) => (
        <div key={remark.remark} className={classes["remark"]}>
          <p className="m sm">{whose(remark.own, remark.role)}, {moment(remark.said, { zone: "own" })}</p>
          <p className={classes["words"]} dir="auto">{remark.text}</p>
        </div>
      ))}
      {!question.answered && <p className="i2 sm">Not answered yet.</p>}
    </>
  );
}

/** An answer, or what one goes on with: opened by its button, and by words that wait on this device. */
function Say({ question, answering, kept, send }: { question: Question; answering: boolean; kept: string; send: (text: string, key: string) => Promise<void> }) {
  const [open, setOpen] = useState(() => keptWords(kept) !== "");
  const area = useRef<HTMLTextAreaElement>(null);
  const opening = useRef(false);
  useEffect(() => {
    if (open && opening.current) area.current?.focus();
    opening.current = false;
  }, [open]);
  if (!open) {
    return <div><button type="button" className="link sm" onClick={() => { opening.current = true; setOpen(true); }}>{answering ? (question.answered ? "Say more" : "Answer") : "Add to it"}<span className="vh"> “{cut(question.text, 60)}”</span></button></div>;
  }
  return <Compose area={area} kept={kept} label={answering ? "Answer" : "Add to it"} button={answering ? "Answer" : "Add"} act="said" stopped={false} send={async (text, key) => { await send(text, key); setOpen(false); }} />;
}
