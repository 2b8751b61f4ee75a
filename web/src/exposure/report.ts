/** The exposure report as docs/exposure-report.md has it, as far as pictures are drawn from it. Times are microseconds since 1970. */
import { CLASSES, noCounts, sum, type Counts, type ExposureClass } from "./classes";

export interface Micros {
  from: number;
  to: number | null;
}

export type Known = "ran" | "may-have-run" | "not-seen" | "unknown";
export type WindowName = "narrowest" | "chosen" | "widest";

type Totals = { classes: Record<ExposureClass, { objects: number; bytes: number }> };

export interface ResultWindow {
  availability: Micros;
  ran: { during: Micros; known: Known; why: string | null }[];
  exposed: Micros | null;
  totals: Totals;
  projects: { project: string; totals: Totals }[];
  objects: { object: string; version: number; bytes: number; project: string; class: ExposureClass; facts: string[] }[];
  deliveries: { delivery: string; project: string; rows: number; made_by_subject: boolean; accepted: boolean | number | null }[];
}

export interface ReportResult {
  subject: string;
  kind: "component" | "person" | "credential";
  engagements: string[];
  windows: Record<WindowName, ResultWindow | null>;
}

export interface CaseSubject {
  kind: string;
  pseudonym: string;
  rebuilt?: number | null;
  others_revoked?: number | null;
  credentials?: { tags: string[]; revoked: number | null }[];
  scans?: { entry: number; finding: "found" | "doubted" | "absent" | "blind" }[];
}

export interface Report {
  format: string;
  lab: string;
  made_at: number;
  ledger: { origin: string; size: number; root: string };
  witness: "UNWITNESSED" | string[];
  case: { incident: string; advisories: { id: string; sha256: string }[]; availability: { source: string; window: Micros }[]; chosen: Micros | null; subjects: CaseSubject[] };
  results: ReportResult[];
  limits: string[];
}

const FORMAT = "cofferdam-exposure/1";

/** A report from its file; nothing where it is of a format that these pages do not know. */
export function parseReport(text: string): Report | null {
  try {
    const { report } = JSON.parse(text) as { report?: Report };
    return report?.format === FORMAT ? report : null;
  } catch {
    return null;
  }
}

/** RFC 3339 from microseconds. */
export function isoOf(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}

export interface Combined {
  counts: Counts;
  total: number;
  projects: Map<string, Counts>;
}

/**
 * All subjects of a lab together: every object version once, in its most severe class. Versions exist from their beginning for
 * ever, so that of several exposed windows the one that sees most sees all.
 */
export function combine(results: ReportResult[], name: WindowName): Combined | null {
  const windows = results.flatMap((result) => result.windows[name] ?? []);
  if (windows.length === 0) return null;
  const worstOf = new Map<string, { class: ExposureClass; project: string }>();
  for (const { objects } of windows) {
    for (const item of objects) {
      const key = `${item.object}@${item.version}`;
      const before = worstOf.get(key);
      if (before === undefined || CLASSES.indexOf(item.class) < CLASSES.indexOf(before.class)) worstOf.set(key, { class: item.class, project: item.project });
    }
  }
  const projects = new Map<string, Counts>();
  const counts = noCounts();
  const of = (project: string) => projects.get(project) ?? projects.set(project, noCounts()).get(project)!;
  for (const item of worstOf.values()) {
    counts[item.class] += 1;
    of(item.project)[item.class] += 1;
  }
  counts.untouched = Math.max(0, ...windows.map((window) => all(window.totals) - sum(counts)));
  for (const id of new Set(windows.flatMap((window) => window.projects.map((item) => item.project)))) {
    const most = Math.max(...windows.map((window) => all(window.projects.find((item) => item.project === id)?.totals)));
    const project = of(id);
    project.untouched = Math.max(0, most - sum(project));
  }
  return { counts, total: sum(counts), projects };
}

const combined = new WeakMap<Report, Record<WindowName, Combined | null>>();

/** All three windows of a report, computed once for each report. */
export function combinedOf(report: Report): Record<WindowName, Combined | null> {
  const before = combined.get(report);
  if (before !== undefined) return before;
  const made = { narrowest: combine(report.results, "narrowest"), chosen: combine(report.results, "chosen"), widest: combine(report.results, "widest") };
  combined.set(report, made);
  return made;
}

function all(totals: Totals | undefined): number {
  return totals === undefined ? 0 : CLASSES.reduce((n, name) => n + (totals.classes[name]?.objects ?? 0), 0);
}

/** What one subject's window says of a project, or of all. */
export function countsOf(totals: Totals | undefined): Counts {
  const counts = noCounts();
  if (totals !== undefined) for (const name of CLASSES) counts[name] = totals.classes[name]?.objects ?? 0;
  return counts;
}

const WHY: Record<string, string> = {
  "no-scan-yet": "it had not said yet what it runs",
  "no-scan-since": "it has not said since what it runs",
  silence: "it was silent for too long between two scans",
  gaps: "its scan could not read everything",
};

/** What a subject ran in a span, in words. */
export function ranWords(known: Known, why: string | null): string {
  const words: Record<Known, string> = { ran: "ran it", "may-have-run": "may have run it", "not-seen": "not seen in its scans", unknown: "unknown" };
  return why === null ? words[known] : `${words[known]}: ${WHY[why] ?? why.replaceAll("-", " ")}`;
}

/** By whom a report is witnessed: never more than is proved. */
export function isWitnessed(report: Report): boolean {
  return Array.isArray(report.witness) && report.witness.length > 0;
}
