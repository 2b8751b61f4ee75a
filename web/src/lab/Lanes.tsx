import type { AccessSummary } from "../api/contract";
import { count, moment, plural } from "../ui/format";
import { useNow } from "../ui/useNow";
import { actorAbout, actorName, ordered, type Lane } from "./actors";
import classes from "./Lanes.module.css";
import { ticks } from "./window";

const LANE = 32;
const BAR = 22;
const PHONE_LANES = 6;

/** One lane for each actor: when, and how often objects were opened. The table beside it says the same in numbers. */
export function Lanes({ summary, narrow, width }: { summary: AccessSummary; narrow: boolean; width: number }) {
  const lanes = ordered(summary.actors).slice(0, narrow ? PHONE_LANES : 14);
  const from = Date.parse(summary.from);
  const to = Date.parse(summary.to);
  const left = narrow ? 84 : 274;
  const right = width - (narrow ? 56 : 168);
  const x = (t: number) => left + ((t - from) / (to - from)) * (right - left);
  const most = Math.max(1, ...lanes.flatMap((lane) => lane.buckets.map((bucket) => bucket.objects)));
  const refused = summary.refused;
  const rows = lanes.length + (refused.length > 0 ? 1 : 0);
  const top = 22;
  const height = top + rows * LANE + 22;
  const now = useNow(30_000).getTime();
  return (
    <svg className={classes["lanes"]} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Objects opened by ${lanes.length} actors between ${moment(summary.from)} and ${moment(summary.to)} UTC. The same as a table: press T.`}>
      {ticks(from, to, narrow ? 4 : 8).map((t) => (
        <g key={t}>
          <path d={`M${x(t)} ${top}V${height - 20}`} stroke="var(--cf-line)" />
          <text x={x(t)} y={height - 6} textAnchor="middle" className={classes["tick"]}>{tick(t, to - from)}</text>
        </g>
      ))}
      {!narrow && <text x={width - 96} y={12} textAnchor="end" className={classes["tick"]}>openings</text>}
      {!narrow && <text x={width} y={12} textAnchor="end" className={classes["tick"]}>last seen</text>}
      {lanes.map((lane, index) => <LaneRow key={`${actorName(lane)} ${lane.role ?? ""} ${lane.project?.id ?? ""}`} lane={lane} y={top + (index + 1) * LANE} {...{ x, most, summary, narrow, width }} />)}
      {refused.length > 0 && (
        <g>
          <text x={0} y={top + rows * LANE - 6} className={classes["name"]}>refused</text>
          {!narrow && <text x={96} y={top + rows * LANE - 6}>attempts</text>}
          {refused.slice(0, 500).map((attempt, index) => <path key={index} d={`M${x(Date.parse(attempt.t)) - 3} ${top + rows * LANE - 13}l6 6m0-6l-6 6`} stroke="var(--cf-ink)" strokeWidth="1.6" />)}
          <text x={narrow ? width : width - 96} y={top + rows * LANE - 6} textAnchor="end" className={classes["count"]}>{count(summary.refused_total)}</text>
          <path d={`M0 ${top + rows * LANE + .5}H${width}`} stroke="var(--cf-line)" />
        </g>
      )}
      {now < to && now > from && (
        <g>
          <path d={`M${x(now)} ${top - 4}V${height - 20}`} stroke="var(--cf-ink)" strokeDasharray="2 3" />
          <text x={Math.min(x(now), right - 14)} y={12} textAnchor="middle" className={classes["now"]}>{moment(new Date(now).toISOString())}</text>
        </g>
      )}
    </svg>
  );
}

function tick(t: number, span: number): string {
  const time = new Date(t);
  if (span > 2 * 86_400_000) return time.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return moment(time.toISOString(), { now: time });
}

interface LaneRowProps {
  lane: Lane;
  y: number;
  x: (t: number) => number;
  most: number;
  summary: AccessSummary;
  narrow: boolean;
  width: number;
}

function LaneRow({ lane, y, x, most, summary, narrow, width }: LaneRowProps) {
  const from = Date.parse(summary.from);
  const wide = Math.max(2, x(from + summary.bucket_seconds * 1000) - x(from) - 1);
  // The firm's own jobs are drawn in quieter ink than people: only what needs somebody is bright.
  const fill = lane.kind === "job" || lane.kind === "platform" ? "var(--cf-control-line)" : "var(--cf-data)";
  const about = actorAbout(lane);
  return (
    <g>
      <title>{`${lane.pseudonym ?? actorName(lane)}, ${about}: ${plural(lane.objects, "opening")}, last ${moment(lane.last)}`}</title>
      <text x={0} y={y - 6} className={classes["name"]}>{actorName(lane)}</text>
      {!narrow && <text x={96} y={y - 6}>{about.length > 28 ? `${about.slice(0, 27)}…` : about}</text>}
      {lane.buckets.filter((bucket) => bucket.objects > 0).map((bucket) => {
        const tall = Math.max(2, Math.round((Math.sqrt(bucket.objects) / Math.sqrt(most)) * BAR));
        return <rect key={bucket.start} x={x(Date.parse(bucket.start))} y={y - 1 - tall} width={wide} height={tall} fill={fill} />;
      })}
      <text x={narrow ? width : width - 96} y={y - 6} textAnchor="end" className={lane.objects === 0 ? undefined : classes["count"]}>{count(lane.objects)}</text>
      {!narrow && <text x={width} y={y - 6} textAnchor="end">{moment(lane.last)}</text>}
      <path d={`M0 ${y + .5}H${width}`} stroke="var(--cf-line)" />
    </g>
  );
}
