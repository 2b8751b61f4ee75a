import { Button } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { EngagementView } from "../api/contract";
import { Bar } from "../app/Bar";
import { queries } from "../app/queries";
import { isSteward, isWork, useMe } from "../app/session";
import { useTitle } from "../app/title";
import { OffersPanel } from "../halt/Offers";
import { NoticesPanel } from "../notices/Notices";
import { moment, shortId, workedParts, zoneName } from "../ui/format";
import { Empty, Panel } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import classes from "./TodayPage.module.css";
import { WeekPicture } from "./WeekPicture";

export function TodayPage() {
  const me = useMe();
  useTitle("Today", me.name);
  const now = useNow(30_000);
  const work = me.engagements.filter(isWork).toSorted((a, b) => rank(a) - rank(b));
  const timers = useQueries({ queries: work.map((engagement) => queries.timer(engagement.id)) });
  const week = workedParts(timers.map((timer) => timer.data?.seconds_week ?? 0));
  const today = workedParts(timers.map((timer) => timer.data?.seconds_today ?? 0));
  const known = timers.every((timer) => timer.data !== undefined);
  const first = work.find(isOpen)?.id;
  const labs = me.engagements.filter(isSteward);
  const nav = [
    { to: "/", label: "Today", current: true },
    ...labs.map((steward) => ({ to: `/lab/${steward.lab.id}`, label: steward.lab.name, current: false })),
    ...(me.operator ? [{ to: "/console", label: "Console", current: false }] : []),
  ];
  return (
    <>
      <Bar nav={nav} office={work[0]?.role ?? "no engagement"} />
      <main className={classes["page"]}>
        <div className={classes["head"]}>
          <div>
            <h1>{now.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" })}</h1>
            <p className="i2">Times in {zoneName()}.</p>
          </div>
          <WeekPicture engagements={work.map((engagement) => engagement.id)} today={timers.reduce((sum, timer) => sum + (timer.data?.seconds_today ?? 0), 0)} now={now} />
          <dl className={classes["sums"]}>
            <div><dt>today</dt><dd>{known ? today.total : "?"}</dd></div>
            <div><dt>this week</dt><dd>{known ? week.total : "?"}</dd></div>
          </dl>
        </div>
        <Panel title="Your work" note={work.length === 0 ? undefined : "One line for each engagement. Hours run by themselves while you work."}>
          {work.length === 0 ? (
            <Empty title="You are not engaged in a project yet">Projects appear here as soon as an operator engages you in one. Nothing has to be done before that.</Empty>
          ) : (
            <ul className={classes["list"]}>
              {work.map((engagement, index) => <Line key={engagement.id} engagement={engagement} said={{ today: today.parts[index] ?? "?", week: week.parts[index] ?? "?" }} filled={engagement.id === first} most={Math.max(1, ...timers.map((timer) => timer.data?.seconds_week ?? 0))} />)}
            </ul>
          )}
        </Panel>
        {work.some(isStopped) && <OffersPanel />}
        <NoticesPanel most={5} />
      </main>
    </>
  );
}

function isOpen(engagement: EngagementView): boolean {
  return engagement.state === "active" && engagement.halted === null && engagement.walled === null;
}

/** Whether a halt or a wall keeps somebody from work that they are engaged for. */
function isStopped(engagement: EngagementView): boolean {
  return engagement.state === "active" && (engagement.halted !== null || engagement.walled !== null);
}

function rank(engagement: EngagementView): number {
  if (isOpen(engagement)) return 0;
  if (engagement.state === "active") return 1;
  return engagement.state === "not-begun" ? 2 : 3;
}

function Line({ engagement, said, filled, most }: { engagement: EngagementView; said: SaidHours; filled: boolean; most: number }) {
  const timer = useQuery(queries.timer(engagement.id));
  const halt = engagement.halted;
  const href = `/${engagement.role === "reviewer" ? "review" : "work"}/${engagement.id}`;
  const verb = engagement.role === "reviewer" ? "Review" : "Work";
  return (
    <li className={classes["line"]} data-halted={halt !== null || undefined}>
      <div className={classes["what"]}>
        <p className={classes["name"]}><b>{engagement.project?.name}</b> <span className="m">for {engagement.lab.name}</span></p>
        <p className="m sm">{engagement.role}, known to the lab as <span className="mono" title={engagement.pseudonym}>{shortId(engagement.pseudonym)}</span></p>
      </div>
      <span className={classes["state"]}><State engagement={engagement} /></span>
      <Hours said={said} today={timer.data?.seconds_today} week={timer.data?.seconds_week} running={timer.data?.state === "running"} most={most} />
      <span className={classes["act"]}>
        {isOpen(engagement) && (
          <Button component={Link} to={href} variant={filled ? "filled" : "default"}>{verb}</Button>
        )}
        {halt !== null && <Button component={Link} to={href}>See why</Button>}
      </span>
      {halt !== null && (
        <p className={classes["why"]}>
          {halt.sentence} Halted since {moment(halt.since, { zone: "own", seconds: true })}. Hours worked until then stand, drafts are kept, and it is not about anything you did.
        </p>
      )}
      {halt === null && engagement.state === "active" && engagement.walled !== null && (
        <p className={classes["why"]}>
          You have seen data of a lab on the other side of a wall, and see none of this lab’s until {moment(engagement.walled, { zone: "own" })}. Hours worked until then stand, and it is not about anything you did.
        </p>
      )}
    </li>
  );
}

function State({ engagement }: { engagement: EngagementView }) {
  if (engagement.state === "ended") return <StateTag state="plain">ended</StateTag>;
  if (engagement.halted !== null) return <StateTag state="halted">halted</StateTag>;
  if (engagement.state === "active" && engagement.walled !== null) return <StateTag state="halted">behind a wall</StateTag>;
  if (engagement.state === "not-begun") return <StateTag state="waiting">begins {moment(engagement.from, { zone: "own" })}</StateTag>;
  return <StateTag state="active">active</StateTag>;
}

/** Hours in words, so rounded that the lines add up to the totals above them. */
interface SaidHours {
  today: string;
  week: string;
}

function Hours({ said, today, week, running, most }: { said: SaidHours; today: number | undefined; week: number | undefined; running: boolean; most: number }) {
  if (today === undefined || week === undefined) return <span className={`m ${classes["hours"]}`}>hours: ?</span>;
  return (
    <div className={classes["hours"]}>
      <svg width="100%" height="8" role="img" aria-label={`${said.today} of this week’s ${said.week} today`} preserveAspectRatio="none" viewBox="0 0 100 8">
        <rect x="0" y="0" width={(week / most) * 100} height="8" fill="var(--cf-data)" opacity=".45" />
        <rect x="0" y="0" width={(today / most) * 100} height="8" fill="var(--cf-data)" />
        <path d="M0 7.5H100" stroke="var(--cf-line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="sm"><b>{said.today}</b> today, <b>{said.week}</b> this week{running ? ", running" : ""}</span>
    </div>
  );
}
