import { useElementSize } from "@mantine/hooks";
import { ticks } from "../lab/window";
import { moment, plural } from "../ui/format";
import type { GlyphName } from "../ui/Glyphs";
import classes from "./containment.module.css";

export interface Scan {
  id: string;
  at: number;
  /** What was found is the same where this is the same. */
  same: string;
  verdict?: "affected" | "unknown" | "not-affected";
}

const GLYPH: Record<NonNullable<Scan["verdict"]>, GlyphName> = { affected: "cross", unknown: "unknown", "not-affected": "ok" };
const INK: Record<NonNullable<Scan["verdict"]>, string> = { affected: "var(--x-touched-mark)", unknown: "var(--x-unknown-mark)", "not-affected": "var(--cf-ink-2)" };

/** When a component said what it runs: a mark for each scan, filled where something had changed. Between two, and after the last, a line. */
export function ScanStrip({ scans, from, to, label, axis = false }: { scans: Scan[]; from: number; to: number; label: string; axis?: boolean }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const sorted = scans.toSorted((a, b) => a.at - b.at);
  const x = (time: number) => 10 + ((time - from) / Math.max(1, to - from)) * (width - 20);
  const height = axis ? 40 : 24;
  const last = sorted.at(-1);
  const day = to - from > 2 * 86_400_000;
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={classes["strip"]} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${plural(scans.length, "scan")}${last === undefined ? "" : `, the last ${moment(new Date(last.at).toISOString())} UTC`}`}>
          {axis && ticks(from, to, Math.max(2, Math.min(8, Math.floor(width / 100)))).map((time) => <g key={time}><path d={`M${x(time)} 0V24`} stroke="var(--cf-line)" /><text x={x(time)} y={37} textAnchor="middle">{day ? new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }) : moment(new Date(time).toISOString(), { now: new Date(time) })}</text></g>)}
          {sorted.length > 0 && <path d={`M10 12H${width - 10}`} stroke="var(--x-unknown-mark)" strokeDasharray="3 3" />}
          {sorted.length > 1 && <path d={`M${x(sorted[0]!.at)} 12H${x(sorted.at(-1)!.at)}`} stroke="var(--cf-data)" strokeWidth="2" />}
          {sorted.map((scan, index) => {
            const changed = index === 0 || sorted[index - 1]?.same !== scan.same;
            const at = x(scan.at);
            return (
              <g key={scan.id} style={{ color: scan.verdict === undefined ? undefined : INK[scan.verdict] }}>
                <title>{`${moment(new Date(scan.at).toISOString())} UTC${scan.verdict === undefined ? (index > 0 && changed ? ", something had changed" : "") : `, ${scan.verdict.replace("-", " ")}`}`}</title>
                {scan.verdict === undefined
                  ? <circle cx={at} cy="12" r="5" fill={changed ? "var(--cf-data)" : "var(--cf-surface)"} stroke="var(--cf-data)" strokeWidth="2" />
                  : <><circle cx={at} cy="12" r="8" fill="var(--cf-surface)" stroke="currentColor" strokeWidth="1.5" /><use href={`#g-${GLYPH[scan.verdict]}`} x={at - 5} y="7" width="10" height="10" /></>}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

/** From the first scan to the last, with air; a day where that is all there is. */
export function spanOf(times: number[], now: number): [from: number, to: number] {
  if (times.length === 0) return [now - 86_400_000, now];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const air = Math.max(3_600_000, (last - first) * 0.06);
  return [first - air, Math.min(Math.max(now, last), last + air * 3)];
}
