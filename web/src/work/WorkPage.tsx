import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { isProblem, Unreachable } from "../api/client";
import type { EngagementView, Guideline } from "../api/contract";
import { Bar, BarProject } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { useMe } from "../app/session";
import { useTitle } from "../app/title";
import { forgetOver } from "../draft/useDraft";
import { HaltedNotice, type Stop } from "../halt/HaltedNotice";
import { useTimer } from "../time/useTimer";
import { clock, moment, shortId, worked } from "../ui/format";
import { useKeys } from "../ui/keys";
import type { KeyList } from "../ui/KeysPanel";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { EndedNotice } from "./EndedNotice";
import { formOf } from "./form";
import { Guidelines } from "./Guidelines";
import { clockWords, standingOf, titleWord, type Standing } from "./standing";
import { TaskView } from "./TaskView";
import { useTask } from "./useTask";
import { keysOf } from "./workKeys";
import classes from "./WorkPage.module.css";

export function WorkPage() {
  const { engagement: id } = useParams({ from: "/signed-in/work/$engagement" });
  const engagement = useMe().engagements.find((item) => item.id === id);
  return engagement === undefined || engagement.project === null ? <NotFound /> : <Workbench key={id} engagement={engagement} />;
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
  const halt = standing === "halted" ? (engagement.halted ?? (task.phase === "halted" ? task.halt : null)) : null;
  const footer = <span>Today <b>{day.data === undefined ? "?" : worked(day.data.seconds_today)}</b> worked</span>;
  const clockText = task.phase === "held" ? <TimerText seconds={timer.seconds} running={timer.running} moved={timer.moved} standing={standing} /> : null;

  return (
    <Frame engagement={engagement} guideline={stopped ? null : (guideline.data ?? null)} task={task.phase === "held" ? task.held.task : null} timer={clockText} keys={keysOf(form?.interaction)}>
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
          onDone={() => {
            timer.nextTask();
            return next();
          }}
        />
      ) : (
        <main className={classes["rest"]}>
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

interface FrameProps {
  engagement: EngagementView;
  guideline: Guideline | null;
  task: string | null;
  timer: ReactNode;
  keys: KeyList;
  children: ReactNode;
}

/** Bar, guideline and the rest: beside each other, as a drawer, or as tabs, by the width there is. */
function Frame({ engagement, guideline, task, timer, keys, children }: FrameProps) {
  const wide = useMediaQuery("(min-width: 1200px)", true, { getInitialValueInEffect: false });
  const phone = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState(false);
  const [hidden, setHidden] = useState(false);
  useKeys({ G: () => (wide ? setHidden(!hidden) : setOpened(!opened)) });
  const beside = wide && !hidden && guideline !== null;
  const about = (
    <>
      <BarProject project={engagement.project?.name ?? ""} lab={engagement.lab.name} />
      {task !== null && <span className={`mono m nw ${classes["taskId"]}`} title={task}>task {shortId(task)}</span>}
    </>
  );
  return (
    <div className={classes["frame"]}>
      <Bar about={about} aside={timer} office={engagement.role} keys={keys} />
      {phone && guideline !== null && (
        <nav className={classes["tabs"]} aria-label="Task or guideline">
          <button type="button" aria-pressed={!opened} onClick={() => setOpened(false)}>Task</button>
          <button type="button" aria-pressed={opened} onClick={() => setOpened(true)}>Guideline</button>
          <span className="grow" />
          <span className={`m sm ${classes["whose"]}`}>{engagement.project?.name}</span>
        </nav>
      )}
      <div className={classes["columns"]} data-beside={beside || undefined}>
        {beside && <aside className={classes["aside"]} aria-label="Guideline" tabIndex={0}><Guidelines guideline={guideline} /></aside>}
        {phone && opened && guideline !== null && <main className={classes["phoneGuideline"]}><Guidelines guideline={guideline} /></main>}
        <div className={classes["main"]} hidden={phone && opened && guideline !== null}>{children}</div>
      </div>
      {!wide && !phone && guideline !== null && (
        <Drawer opened={opened} onClose={() => setOpened(false)} title="Guideline" position="left" size={380}><Guidelines guideline={guideline} /></Drawer>
      )}
    </div>
  );
}

