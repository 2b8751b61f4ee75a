import { ticks } from "../lab/window";
import { moment } from "../ui/format";
import type { GlyphName } from "../ui/Glyphs";
import { cutTo, widthOf } from "../ui/measure";
import { lasting, same, type Window } from "./axis";
import classes from "./exposure.module.css";
import type { Known } from "./report";

export interface Claim {
  source: string;
  window: Window;
  /** `narrowest`, `widest`, that all agree, or nothing. */
  rank?: string | undefined;
}

/** What one subject ran, and for how long it is exposed. */
export interface LaneOf {
  key: string;
  name: string;
  about: string;
  spans: { window: Window; known: Known; words: string }[];
  exposed: Window | null;
  scans: { at: number; verdict: "affected" | "unknown" | "not-affected"; words: string }[];
  end: string;
  tone: "exposed" | "unknown" | "clear";
}

const ROW = 20;
const TOP = 22;
const FOOT = 22;

export function geometry(width: number, claims: number, lanes: number, narrow: boolean, [first, last]: [number, number]) {
  const left = narrow ? 4 : Math.min(264, Math.round(width * 0.22));
  // Words behind what reaches to the end stand right of it.
  const right = width - (narrow ? 8 : 112);
  // On a phone a row has its name above its bar.
  const row = narrow ? ROW * 2 - 4 : ROW;
  const bottom = TOP + (claims + lanes) * row + (claims > 0 && lanes > 0 ? 8 : 0);
  const perPixel = (last - first) / Math.max(1, right - left);
  return {
    left, right, row, bottom, perPixel, top: TOP, width, height: bottom + FOOT, first, last,
    x: (time: number) => Math.min(right, Math.max(left, left + (time - first) / perPixel)),
    time: (x: number) => Math.min(last, Math.max(first, first + (x - left) * perPixel)),
  };
}

interface PictureProps {
  claims: Claim[];
  lanes: LaneOf[];
  window: Window | null;
  geo: ReturnType<typeof geometry>;
  narrow: boolean;
  now: number | null;
  /** What the window is called: `chosen`, or `widest`. */
  called: string;
  /** The day that times are of unless they say another. */
  day: Date;
  onChoose: (window: Window) => void;
}

export function AxisPicture({ claims, lanes, window, geo, narrow, now, called, day, onChoose }: PictureProps) {
  const lanesAt = geo.bottom - lanes.length * geo.row;
  const label = `Windows claimed by ${claims.length} sources, and what ${lanes.length} subjects ran. ${window === null ? "No window is chosen." : `Chosen: ${spoken(window)}.`}`;
  return (
    <svg width={geo.width} height={geo.height} viewBox={`0 0 ${geo.width} ${geo.height}`} role="img" aria-label={label}>
      {window !== null && <rect x={geo.x(window.from)} y={TOP - 8} width={end(window, geo) - geo.x(window.from)} height={geo.bottom - TOP + 8} fill="var(--cf-accent-soft)" />}
      {ticks(geo.first, geo.last, narrow ? 4 : 9).map((time) => (
        <g key={time}>
          <path d={`M${geo.x(time)} ${TOP}V${geo.bottom}`} stroke="var(--cf-line)" />
          <text x={geo.x(time)} y={geo.height - 6} textAnchor="middle" className={classes["tick"]}>{tickWords(time, geo.last - geo.first)}</text>
        </g>
      ))}
      {now !== null && (
        <g>
          <path d={`M${geo.x(now)} ${TOP - 4}V${geo.bottom}`} stroke="var(--cf-ink)" strokeDasharray="2 3" />
          {!narrow && <text x={geo.x(now) + 4} y={10} className={classes["quiet"]}>now {moment(new Date(now).toISOString())}</text>}
        </g>
      )}
      {window !== null && narrow && <Frame window={window} {...{ geo, called, day }} most={geo.right} />}
      {claims.map((claim, index) => <ClaimRow key={`${claim.source} ${index}`} claim={claim} y={TOP + index * geo.row} {...{ geo, narrow, onChoose }} chosen={same(claim.window, window)} />)}
      {claims.length > 0 && lanes.length > 0 && <path d={`M0 ${lanesAt - 3.5}H${geo.width}`} stroke="var(--cf-line)" />}
      {lanes.map((lane, index) => <LaneRow key={lane.key} lane={lane} y={lanesAt + index * geo.row} {...{ geo, narrow }} />)}
      {window !== null && !narrow && <Frame window={window} {...{ geo, called, day }} most={now === null ? geo.right : Math.min(geo.right, geo.x(now))} />}
    </svg>
  );
}

function end(window: Window, geo: PictureProps["geo"]): number {
  return window.to === null ? geo.right : geo.x(window.to);
}

function spoken(window: Window): string {
  const from = moment(new Date(window.from).toISOString());
  return window.to === null ? `${from} UTC, no end known` : `${from} to ${moment(new Date(window.to).toISOString())} UTC`;
}

function tickWords(time: number, span: number): string {
  const at = new Date(time);
  if (span > 2 * 86_400_000) return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return moment(at.toISOString(), { now: at });
}

function Frame({ window, geo, called, day, most }: { window: Window; most: number } & Pick<PictureProps, "geo" | "called" | "day">) {
  const from = geo.x(window.from);
  const to = end(window, geo);
  const words = `${called} ${clockWords(window, day)} · ${lasting(window)}`;
  const half = words.length * 3.2;
  const middle = Math.min(most - half, Math.max(geo.left + half, (from + to) / 2));
  return (
    <g>
      <path d={`M${from} ${geo.bottom}V${TOP - 8}H${to}${window.to === null ? "" : `V${geo.bottom}`}`} fill="none" stroke="var(--cf-accent)" strokeWidth="2" />
      <text x={middle} y={10} textAnchor="middle" className={`${classes["mine"]} ${classes["knock"]}`}>{words}</text>
    </g>
  );
}

function clockWords(window: Window, day: Date): string {
  const from = moment(new Date(window.from).toISOString(), { now: day });
  if (window.to === null) return `from ${from}`;
  return `${from} to ${moment(new Date(window.to).toISOString(), { now: day })}`;
}

const ink = (text: string) => widthOf(text, 12);
const strong = (text: string) => widthOf(text, 12, 600);
const quiet = (text: string) => widthOf(text, 11);

/** What is said beside a name has this much at most, where both do not fit. */
const BESIDE = 80;

/** Words behind a bar where there is room, else before its end. */
function Behind({ x, y, words, geo, strong }: { x: number; y: number; words: string; geo: PictureProps["geo"]; strong?: string | undefined }) {
  const long = words.length * 5.9 + (strong?.length ?? 0) * 6.6 + (strong === undefined ? 0 : 6);
  const fits = x + 8 + long < geo.width;
  return (
    <text x={fits ? x + 8 : geo.width} y={y} textAnchor={fits ? "start" : "end"} className={classes["knock"]}>
      {strong !== undefined && <tspan className={classes["strong"]}>{strong}  </tspan>}{words}
    </text>
  );
}

interface RowProps {
  y: number;
  geo: PictureProps["geo"];
  narrow: boolean;
}

function ClaimRow({ claim, y, geo, narrow, chosen, onChoose }: RowProps & { claim: Claim; chosen: boolean; onChoose: (window: Window) => void }) {
  const at = y + geo.row - ROW;
  const from = geo.x(claim.window.from);
  const to = end(claim.window, geo);
  const words = narrow ? "" : claim.window.to === null ? "still open" : `until ${moment(new Date(claim.window.to).toISOString(), { now: new Date(claim.window.from) })}`;
  return (
    <g>
      <title>{`${claim.source}: ${spoken(claim.window)}`}</title>
      <text x={narrow ? 10 : 0} y={y + 14} className={`${chosen ? classes["strong"] : classes["ink"]} ${narrow ? classes["knock"] : ""}`}>{cutTo(claim.source, narrow ? geo.width - 20 : geo.left - 12, chosen ? strong : ink)}</text>
      <rect data-choice x={from} y={at + 6} width={Math.max(3, to - from)} height={8} rx="1" fill={chosen ? "var(--cf-accent)" : "var(--cf-control-line)"} onClick={() => onChoose(claim.window)} />
      {claim.window.to === null && <path d={`M${to - 4} ${at + 4}l6 6l-6 6`} fill="none" stroke="var(--cf-ink-2)" strokeWidth="1.5" />}
      {!narrow && <Behind x={to} y={at + 14} geo={geo} words={words} strong={claim.rank} />}
    </g>
  );
}

const FILL: Record<Known, string> = { ran: "url(#x-touched)", "may-have-run": "url(#x-may)", unknown: "url(#x-unknown)", "not-seen": "none" };
const VERDICT: Record<LaneOf["scans"][number]["verdict"], GlyphName> = { affected: "cross", unknown: "unknown", "not-affected": "ok" };

function LaneRow({ lane, y, geo, narrow }: RowProps & { lane: LaneOf }) {
  const at = y + geo.row - ROW;
  const mark = lane.tone === "unknown" ? "var(--x-unknown-mark)" : "var(--x-touched-mark)";
  const last = lane.exposed === null ? geo.left : end(lane.exposed, geo);
  const name = cutTo(lane.name, narrow ? geo.width - 20 : geo.left - 24 - Math.min(BESIDE, quiet(lane.about)), ink);
  return (
    <g>
      <title>{`${lane.name}: ${[lane.about, ...lane.spans.map((span) => span.words), lane.end].filter((part) => part !== "").join("; ")}`}</title>
      <text x={narrow ? 10 : 0} y={y + 14} className={`${classes["ink"]} ${narrow ? classes["knock"] : ""}`}>{name}</text>
      {!narrow && <text x={geo.left - 12} y={y + 14} textAnchor="end" className={classes["quiet"]}>{cutTo(lane.about, geo.left - 24 - ink(name), quiet)}</text>}
      <path d={`M${geo.left} ${at + 10}H${geo.right}`} stroke="var(--cf-line-strong)" strokeWidth={lane.tone === "clear" ? 2 : 1} />
      {lane.exposed !== null && <rect x={geo.x(lane.exposed.from) + .5} y={at + 5.5} width={Math.max(3, last - geo.x(lane.exposed.from))} height={9} fill="var(--cf-surface)" stroke={mark} strokeDasharray={lane.tone === "unknown" ? "3 2" : undefined} />}
      {lane.spans.filter((span) => span.known !== "not-seen").map((span, index) => (
        <rect key={index} x={geo.x(span.window.from)} y={at + 5} width={Math.max(4, end(span.window, geo) - geo.x(span.window.from))} height={10} fill={FILL[span.known]} stroke={span.known === "unknown" ? "var(--x-unknown-mark)" : "var(--x-touched-mark)"} strokeDasharray={span.known === "unknown" ? "3 2" : undefined} />
      ))}
      {lane.scans.map((scan, index) => scan.at >= geo.first && scan.at <= geo.last && (
        <g key={index} style={{ color: "var(--cf-ink)" }}>
          <title>{scan.words}</title>
          <circle cx={geo.x(scan.at)} cy={at + 10} r="7" fill="var(--cf-surface)" stroke="var(--cf-line-strong)" />
          <use href={`#g-${VERDICT[scan.verdict]}`} x={geo.x(scan.at) - 4.5} y={at + 5.5} width="9" height="9" />
        </g>
      ))}
      {!narrow && lane.end !== "" && <Behind x={lane.tone === "clear" ? geo.right : Math.max(last, ...lane.spans.filter((span) => span.known !== "not-seen").map((span) => end(span.window, geo)), ...lane.scans.filter((scan) => scan.at <= geo.last).map((scan) => geo.x(scan.at) + 4))} y={at + 14} geo={geo} words={lane.end} />}
    </g>
  );
}
