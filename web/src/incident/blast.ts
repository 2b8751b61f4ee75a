import type { Credential, EngagementView, Exposure, Incident } from "../api/contract";
import { CLASSES, sum, worse, worst, type Counts, type ExposureClass } from "../exposure/classes";
import { countsOf, type Micros, type Report, type ReportResult, type WindowName } from "../exposure/report";
import { count, moment, plural } from "../ui/format";
import { subjectOf } from "./states";

/** A way that data may have gone: from a subject by a credential under an engagement to a project of a lab. */
export interface Way {
  subject: Spot;
  credential: Spot | null;
  engagement: Spot;
  project: Spot;
  lab: Spot;
}

export interface Spot {
  key: string;
  name: string;
  about: string;
  /** What befell data here, most severe; null: nothing that is counted. */
  worst: ExposureClass | null;
}

export interface Sources {
  incident: Incident;
  reports: { lab: { id: string; name: string }; report: Report | null; about: string }[];
  roster: EngagementView[];
  credentials: Map<string, Credential[]>;
  exposures: Map<string, Exposure>;
  name: WindowName;
}

/** Which subject of the incident a result of a lab's report is about: the report knows it by a pseudonym of that lab alone. */
export function subjectOfResult(result: ReportResult, incident: Incident, roster: EngagementView[]): string | null {
  const holder = roster.find((engagement) => result.engagements.includes(engagement.id))?.principal;
  const matches = incident.subjects.filter((item) => {
    const { kind, id } = subjectOf(item.subject);
    if (kind !== result.kind) return false;
    return kind === "credential" ? holder !== null && holder !== undefined && (item.name ?? "").startsWith(holder.name) : id === holder?.id;
  });
  return matches[0]?.subject ?? null;
}

/** A time in words, without its day where that is the incident's. */
type Said = (iso: string) => string;

export function waysOf(sources: Sources): Way[] {
  const time: Said = (iso) => moment(iso, { now: new Date(sources.incident.opened) });
  const ways: Way[] = [];
  for (const { lab, report, about } of sources.reports) {
    for (const result of report?.results ?? []) {
      const key = subjectOfResult(result, sources.incident, sources.roster);
      const subject = sources.incident.subjects.find((item) => item.subject === key);
      const name = subject?.name ?? result.subject;
      const window = result.windows[sources.name];
      const engagements = sources.roster.filter((engagement) => result.engagements.includes(engagement.id));
      for (const engagement of engagements) {
        const counts = countsOf(window?.projects.find((item) => item.project === engagement.project?.id)?.totals);
        const spot = engagementSpot(engagement, counts, window !== null);
        const common = {
          subject: { key: key ?? result.subject, name, about: subject === undefined ? result.kind : subjectWords(subject, result.kind, time), worst: spot.worst },
          engagement: spot,
          project: { key: engagement.project?.id ?? lab.id, name: engagement.project?.name ?? lab.name, about: spot.about, worst: spot.worst },
          lab: { key: lab.id, name: lab.name, about, worst: spot.worst },
        };
        const own = (sources.credentials.get(engagement.id) ?? []).filter((item) => inTime(item, window?.exposed ?? null));
        if (own.length === 0) ways.push({ ...common, credential: null });
        for (const credential of own) ways.push({ ...common, credential: credentialSpot(credential, sources.exposures.get(credential.id), lab.id, spot.worst, time) });
      }
    }
  }
  return ways.toSorted((a, b) => a.subject.name.localeCompare(b.subject.name) || a.lab.name.localeCompare(b.lab.name) || a.project.name.localeCompare(b.project.name) || rank(a.credential) - rank(b.credential));
}

const NO_WINDOW = "no window yet";

function rank(spot: Spot | null): number {
  return spot?.worst === null || spot === null ? CLASSES.length : CLASSES.indexOf(spot.worst);
}

function subjectWords({ grounds, rebuilt }: { grounds: string; rebuilt: string | null }, kind: string, time: Said): string {
  if (kind !== "component") return `${kind}, ${grounds}`;
  return `${grounds}${rebuilt === null ? ", not rebuilt" : `, rebuilt ${time(rebuilt)}`}`;
}

/** Without a window nothing can be counted: that is unknown, not nothing. */
function engagementSpot(engagement: EngagementView, counts: Counts, known: boolean): Spot {
  const purpose = engagement.purposes.length > 0 ? engagement.purposes.join(", ") : engagement.role;
  return { key: engagement.id, name: engagement.role === "integration" ? `integration: ${purpose}` : engagement.role, about: known ? topWords(counts) : NO_WINDOW, worst: known ? worst(counts) : "unknown" };
}

/** Whether a credential was there at all while its holder is exposed. */
function inTime(credential: Credential, exposed: Micros | null): boolean {
  if (exposed === null) return true;
  const gone = Date.parse(credential.revoked ?? credential.expires) * 1000;
  const issued = Date.parse(credential.issued) * 1000;
  return gone > exposed.from && (exposed.to === null || issued < exposed.to);
}

/** What is known of one credential: what was released by it; where that is nothing, no more than that it could have been, or that it is unknown. */
function credentialSpot(credential: Credential, exposure: Exposure | undefined, lab: string, engaged: ExposureClass | null, time: Said): Spot {
  const end = credential.revoked !== null ? `revoked ${time(credential.revoked)}` : `${credential.good ? "good until" : "ended"} ${time(credential.expires)}`;
  const name = credential.label === "" ? credential.kind : `${credential.kind} ${credential.label}`;
  if (exposure === undefined || exposure.unknown.some((item) => item.id === lab)) return { key: credential.id, name, about: `${end}, use unknown`, worst: "unknown" };
  const touched = exposure.labs.find((item) => item.lab.id === lab);
  const releases = touched?.releases ?? 0;
  const undated = touched?.undated ?? null;
  if (releases > 0) return { key: credential.id, name, about: `${count(releases)} released, ${end}`, worst: "touched" };
  if (undated !== null && undated.releases > 0) return { key: credential.id, name, about: `${plural(undated.releases, "release")} without a date`, worst: "unknown" };
  return { key: credential.id, name, about: end, worst: engaged === "unknown" ? "unknown" : engaged === "held" ? "held" : engaged === null || engaged === "untouched" ? engaged : "reachable" };
}

/** `28 touched, 6 reachable`: the two most severe, and nothing of what was untouched unless that is all. */
export function topWords(counts: Counts): string {
  const shown = CLASSES.filter((name) => counts[name] > 0 && name !== "untouched").slice(0, 2);
  if (shown.length > 0) return shown.map((name) => `${count(counts[name])} ${name}`).join(", ");
  return sum(counts) === 0 ? "nothing counted" : `${count(counts.untouched)} untouched`;
}

export const COLUMNS = ["subject", "credential", "engagement", "project", "lab"] as const;
type Column = (typeof COLUMNS)[number];

export interface Placed extends Spot {
  column: Column;
  /** In rows from the top; a row is as tall as a node and its gap. */
  row: number;
}

export interface Graph {
  nodes: Placed[];
  edges: { from: Placed; to: Placed; worst: ExposureClass | null }[];
  rows: number;
}

/** Nodes in five columns, each beside what it hangs on, none over another. */
export function graphOf(ways: Way[]): Graph {
  const columns = COLUMNS.map((column) => {
    const spots = new Map<string, { spot: Spot; rows: number[] }>();
    ways.forEach((way, row) => {
      const spot = way[column];
      if (spot === null) return;
      const before = spots.get(spot.key);
      if (before === undefined) spots.set(spot.key, { spot, rows: [row] });
      else {
        before.rows.push(row);
        before.spot = { ...before.spot, worst: worse(before.spot.worst, spot.worst), about: merged(before.spot, spot, column) };
      }
    });
    return apart([...spots.values()].map(({ spot, rows }) => ({ ...spot, column, row: rows.reduce((a, b) => a + b, 0) / rows.length })), ways.length);
  });
  const nodes = columns.flat();
  const at = (column: Column, key: string) => nodes.find((node) => node.column === column && node.key === key);
  const edges = new Map<string, Graph["edges"][number]>();
  for (const way of ways) {
    const path = COLUMNS.flatMap((column) => {
      const spot = way[column];
      const node = spot === null ? undefined : at(column, spot.key);
      return node === undefined || spot === null ? [] : [{ node, spot }];
    });
    path.slice(1).forEach((to, index) => {
      const from = path[index]!;
      const key = `${from.node.column} ${from.node.key} ${to.node.key}`;
      // A way is as heavy as its credential until it comes to the engagement, then as the engagement.
      const heavy = to.node.column === "credential" ? to.spot.worst : from.node.column === "credential" ? from.spot.worst : to.spot.worst;
      const before = edges.get(key);
      edges.set(key, { from: from.node, to: to.node, worst: before === undefined ? heavy : worse(before.worst, heavy) });
    });
  }
  return { nodes, edges: [...edges.values()], rows: Math.max(1, ways.length, ...columns.map((column) => column.length)) };
}

/** Two ways into one project or lab: its words are those of the heavier. */
function merged(before: Spot, now: Spot, column: Column): string {
  if (column === "lab" || column === "subject") return before.about;
  return worse(before.worst, now.worst) === before.worst ? before.about : now.about;
}

function apart(nodes: Placed[], rows: number): Placed[] {
  const sorted = nodes.toSorted((a, b) => a.row - b.row);
  sorted.forEach((node, index) => {
    const above = sorted[index - 1];
    if (above !== undefined) node.row = Math.max(node.row, above.row + 1);
  });
  // What was pushed beyond the end pushes back.
  let most = Math.max(rows, sorted.length) - 1;
  for (const node of sorted.toReversed()) {
    node.row = Math.min(node.row, most);
    most = node.row - 1;
  }
  return sorted;
}

