import { useQueries } from "@tanstack/react-query";
import { queries } from "../app/queries";
import { workedParts } from "../ui/format";
import { byDay } from "./week";

const WIDE = 26;
const GAP = 6;
const TALL = 32;

/** Seven days of hours, today last. */
export function WeekPicture({ engagements, today, now }: { engagements: string[]; today: number; now: Date }) {
  const hours = useQueries({ queries: engagements.map((id) => queries.hours(id)) });
  const spans = hours.flatMap((query) => query.data?.items ?? []);
  if (hours.some((query) => query.data === undefined)) return null;
  const days = byDay(spans, now);
  const last = days.at(-1);
  // A running timer is no finished span yet.
  if (last !== undefined) last.seconds = Math.max(last.seconds, today);
  const most = Math.max(3600, ...days.map((item) => item.seconds));
  const hoursOf = workedParts(days.map((item) => item.seconds)).parts;
  const said = days.map((item, index) => `${item.day.toLocaleDateString("en-GB", { weekday: "long" })} ${hoursOf[index]}`).join(", ");
  return (
    <svg width={days.length * (WIDE + GAP)} height={TALL + 16} role="img" aria-label={`Hours of seven days: ${said}`}>
      {days.map((item, index) => {
        const x = index * (WIDE + GAP);
        const tall = item.seconds === 0 ? 0 : Math.max(2, (item.seconds / most) * TALL);
        return (
          <g key={item.day.getTime()}>
            <title>{`${item.day.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" })}: ${hoursOf[index]}`}</title>
            <rect x={x} y={TALL - tall} width={WIDE} height={tall} fill="var(--cf-data)" />
            <path d={`M${x} ${TALL + .5}h${WIDE}`} stroke="var(--cf-line-strong)" />
            <text x={x + WIDE / 2} y={TALL + 13} textAnchor="middle" style={{ fontSize: 11, fill: index === 6 ? "var(--cf-ink)" : "var(--cf-ink-3)" }}>{item.day.toLocaleDateString("en-GB", { weekday: "short" })}</text>
          </g>
        );
      })}
    </svg>
  );
}
