import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { isProblem, Unreachable } from "../api/client";
import type { EngagementView } from "../api/contract";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { useMe } from "../app/session";
import { useTitle } from "../app/title";
import { forgetOver } from "../draft/useDraft";
import { HaltedNotice, type Stop } from "../halt/HaltedNotice";
import { QuestionsPanel } from "../questions/QuestionsPanel";
import { useQuestions } from "../questions/useQuestions";
import { useTimer } from "../time/useTimer";
import { clock, moment, worked } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { EndedNotice } from "./EndedNotice";
import { formOf } from "./form";
import { Frame } from "./Frame";
import { LeadBench } from "./LeadBench";
import { clockWords, standingOf, titleWord, type Standing } from "./standing";
import { TaskView } from "./TaskView";
import { useTask } from "./useTask";
import { keysOf } from "./workKeys";
import classes from "./WorkPage.module.css";

export function WorkPage() {
  const { engagement: id } = useParams({ from: "/signed-in/work/$engagement" });
  const engagement = useMe().engagements.find((item) => item.id === id);
  return engagement === undefined || engagement.project === null ? <NotFound /> : engagement.role === "lead" ? <LeadBench key={id} engagement={engagement} /> : <Workbench key={id} engagement={engagement} />;
}

function Workbench({ engagement }: { engagement: EngagementView }) {
  const halted = engagement.halted !== null;
  const { task, next } = useTask(engagement.id, halted || engagement.state !== "active");
  const guideline = useQuery({ ...queries.guideline(engagement.id), enabled: !halted && engagement.state === "active" });
  const behind = task.phase === "held" && guideline.data !== undefined && task.held.guideline_version > guideline.data.version;
  const { refetch } = guideline;
  useEffect(() => {
    if (behind) void refetch();
  }, [behind, refetch]);
  const form = useMemo(() => (guideline.data === undefined ? null : formOf(guideline.data.template)), [guideline.data]);
  const standing = standingOf(engagement, task.phase === "halted" || task.phase === "ended" ? task.phase : null);
  useTitle(titleWord(standing, "Work"), `${engagement.project?.name} for ${engagement.lab.name}`);
  const stopped = standing !== "open";
  const timer = useTimer(engagement.id, task.phase === "held" && !stopped, stopped);
  const me = useMe();
  const holding = task.phase === "held" ? task.held.assignment : null;
  const settled = task.phase === "held" || task.phase === "none";
  useEffect(() => {
    if (settled) void forgetOver(me.principal, engagement.id, holding);
  }, [settled, holding, me.principal, engagement.id]);
  const day = useQuery(queries.timer(engagement.id));
  const questions = useQuestions(engagement.id, engagement.role);
  const [broken, setBroken] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const inHand = task.phase === "held" ? { assignment: task.held.assignment, task: task.held.task } : null;
  const halt = standing === "halted" ? (engagement.halted ?? (task.phase === "halted" ? task.halt : null)) : null;
  const footer = <span>Today <b>{day.data === undefined ? "?" : worked(day.data.seconds_today)}</b> worked</span>;
  const clockText = task.phase === "held" ? <TimerText seconds={timer.seconds} running={timer.running} moved={timer.moved} standing={standing} /> : null;

  return (
    <Frame engagement={engagement} guideline={stopped ? null : (guideline.data ?? null)} task={task.phase === "held" ? task.held.task : null} timer={clockText} keys={keysOf(form?.interaction)} questions={standing === "ended" || standing === "not-begun" ? null : <QuestionsPanel engagement={engagement.id} role={engagement.role} questions={questions} about={inHand} stopped={stopped} onBroken={inHand === null ? null : () => setBroken(true)} />}>
      {task.phase === "held" && form !== null ? (
        <TaskView
          key={task.held.assignment}
          engagement={engagement}
          held={task.held}
          form={form}
          guidelineVersion={guideline.data?.version ?? task.held.guideline_version}
          halted={stopped}
          notice={standing === "ended" ? <EndedNotice engagement={engagement} typed /> : halt === null ? null : <HaltedNotice engagement={engagement} halt={halt} typed />}
          footer={footer}
          told={told}
          broken={broken}
          onBroken={setBroken}
          onAsked={questions.put}
          onDone={async (said) => {
            setBroken(false);
            setTold(null);
            timer.nextTask();
            await next();
            setTold(said ?? null);
          }}
        />
      ) : (
        <main className={classes["rest"]}>
          {told !== null && <p role="status">{told}</p>}
          <Rest task={task} engagement={engagement} standing={standing} halt={halt} guidelineError={stopped ? null : guideline.error} />
        </main>
      )}
    </Frame>
  );
}

function TimerText({ seconds, running, moved, standing }: { seconds: number; running: boolean; moved: boolean; standing: Standing }) {
  return (
    <span className={classes["timer"]} role="timer" aria-label={`${Math.floor(seconds / 60)} minutes at this task`}>
      <b>{clock(seconds)}</b>
      <span className="m sm">{clockWords(standing, running, moved)}</span>
    </span>
  );
}

function Rest({ task, engagement, standing, halt, guidelineError }: { task: ReturnType<typeof useTask>["task"]; engagement: EngagementView; standing: Standing; halt: Stop | null; guidelineError: unknown }) {
  if (standing === "ended") return <EndedNotice engagement={engagement} typed={false} />;
  if (halt !== null) return <HaltedNotice engagement={engagement} halt={halt} typed={false} />;
  if (standing === "not-begun") return <Panel title="This engagement has not begun"><Empty title={`It begins ${moment(engagement.from, { zone: "own" })}`}>Tasks are handed out from then on. <Link to="/" className="link">To your other work</Link></Empty></Panel>;
  if (task.phase === "trouble" || guidelineError !== null) return <Panel title="The next task"><TaskTrouble error={task.phase === "trouble" ? task.error : guidelineError} /></Panel>;
  if (task.phase === "none") {
    return (
      <Panel title="Nothing to do in this project now">
        <Empty title="Every task is finished, or in somebody else’s hands">
          <p>A task appears here when the lab adds one, when somebody gives one back, or when a reviewer returns yours. This page looks every 15 seconds; the timer is not running.</p>
          <p><Link to="/" className="link">To your other work</Link></p>
        </Empty>
      </Panel>
    );
  }
  return <p className="i2" role="status">Asking for the next task.</p>;
}

function TaskTrouble({ error }: { error: unknown }) {
  if (error instanceof Unreachable) return <Trouble title="The server does not answer">Nothing typed is lost. Check the connection and reload the page.</Trouble>;
  if (isProblem(error, "budget-spent")) return <Trouble title="The read budget of this engagement is spent for now">{error.problem.detail ?? "It opens again by itself. An operator can raise it."}</Trouble>;
  if (isProblem(error)) return <Trouble title={error.problem.title}>{error.problem.detail}</Trouble>;
  return <Trouble title="The task could not be drawn">Reload the page. If it stays so, tell an operator the project’s name.</Trouble>;
}
