import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { isProblem } from "../api/client";
import type { Concerns, Credential, EngagementView, Exposure, Halt, Incident } from "../api/contract";
import { queries } from "../app/queries";
import { domainOf, windowOf, type Window } from "../exposure/axis";
import { CLASSES } from "../exposure/classes";
import type { Claim, LaneOf } from "../exposure/AxisPicture";
import { reportQuery } from "../exposure/queries";
import { combinedOf, isoOf, ranWords, type Combined, type Micros, type Report, type WindowName } from "../exposure/report";
import { moment } from "../ui/format";
import { subjectOfResult, waysOf, type Way } from "./blast";
import { bearing, DECISION_WORDS, subjectOf } from "./states";

export interface LabRow {
  lab: { id: string; name: string };
  own: string;
  told: string;
  decision: Incident["labs"][number]["decision"];
  conditions: Incident["labs"][number]["conditions"];
  decided: string | null;
  report: Report | null;
  text: string | null;
  combined: Record<WindowName, Combined | null>;
  /** Why nothing is known of it. */
  trouble: string | null;
  pending: boolean;
}

/** A time without its day, where that is the day on which the incident was opened. */
export function near(iso: string, incident: { opened: string }): string {
  return moment(iso, { now: new Date(incident.opened) });
}

export interface Room {
  labs: LabRow[];
  stale: boolean;
  claims: Claim[];
  lanes: LaneOf[];
  domain: [number, number];
  window: Window | null;
  name: WindowName;
  halts: Halt[];
  /** Labs of which not all halts can be listed: what stands still there is not known. Null, until they have been listed once. */
  unlisted: string[] | null;
  ways: Way[];
  roster: EngagementView[];
}

/** Everything that the room shows, for the window that is chosen; without one, for the widest that any source claims. */
export function useRoom(incident: Incident, chosen: Window | null): Room {
  const window = chosen ?? (incident.widest === null ? null : windowOf(incident.widest));
  const name: WindowName = chosen === null ? "widest" : "chosen";
  const { labs, stale } = useReports(incident, chosen);
  const roster = useRoster(incident);
  const concerns = useQuery({ ...queries.advisory(incident.advisory ?? ""), enabled: incident.advisory !== null }).data ?? null;
  const { halts, unlisted } = useHalts(incident, roster);
  const { credentials, exposures } = useCredentials(labs, roster, name);
  const lanes = useMemo(() => lanesOf(incident, labs, roster, concerns), [incident, labs, roster, concerns]);
  const claims = useMemo(() => claimsOf(incident), [incident]);
  const domain = useMemo(() => domainIn(incident, claims, lanes, window), [incident, claims, lanes, window]);
  const ways = useMemo(
    () => waysOf({ incident, reports: labs.map((row) => ({ lab: row.lab, report: row.report, about: row.decision === null ? "no decision yet" : DECISION_WORDS[row.decision].toLowerCase() })), roster, credentials, exposures, name }),
    [incident, labs, roster, credentials, exposures, name],
  );
  return { labs, stale, claims, lanes, domain, window, name, halts, unlisted, ways, roster };
}

const NOTHING = { narrowest: null, chosen: null, widest: null };

function useReports(incident: Incident, chosen: Window | null): { labs: LabRow[]; stale: boolean } {
  const of = JSON.stringify([incident.claims, incident.subjects]);
  return useQueries({
    queries: incident.labs.map((item) => reportQuery(item.lab.id, item.incident, chosen, of)),
    combine: (found) => ({
      stale: found.some((one) => one.isPlaceholderData),
      labs: incident.labs.map((item, index): LabRow => {
        const one = found[index];
        const report = one?.data?.report ?? null;
        const unread = one?.data !== undefined && report === null ? "the report is of a format that this page does not know" : null;
        const refused = one?.error === null || one?.error === undefined ? null : isProblem(one.error) ? (one.error.problem.detail ?? one.error.problem.title) : "the server does not answer";
        return {
          lab: item.lab, own: item.incident, told: item.told, decision: item.decision, conditions: item.conditions, decided: item.decided, report, text: one?.data?.text ?? null,
          combined: report === null ? NOTHING : combinedOf(report),
          trouble: report !== null ? null : (refused ?? unread),
          pending: one?.isPending ?? true,
        };
      }).toSorted(heavier),
    }),
  });
}

/** What befell most stands first; what is not known, before what is. */
function heavier(a: LabRow, b: LabRow): number {
  const weight = (row: LabRow) => {
    const counts = (row.combined.chosen ?? row.combined.widest)?.counts;
    return counts === undefined ? [Infinity] : CLASSES.map((name) => counts[name]);
  };
  const [x, y] = [weight(a), weight(b)];
  const at = x.findIndex((n, index) => n !== y[index]);
  return at === -1 ? a.lab.name.localeCompare(b.lab.name) : (y[at] ?? 0) - (x[at] ?? 0);
}

/** Who is engaged in the projects of the labs concerned. */
function useRoster(incident: Incident): EngagementView[] {
  const projects = useQuery(queries.projects()).data ?? [];
  const labs = new Set(incident.labs.map((item) => item.lab.id));
  return useQueries({
    queries: projects.filter((project) => labs.has(project.lab.id)).map((project) => queries.roster(project.id)),
    combine: (found) => found.flatMap((one) => one.data ?? []),
  });
}

function useHalts(incident: Incident, roster: EngagementView[]): { halts: Halt[]; unlisted: string[] | null } {
  const open = useQuery(queries.halts(true)).data;
  const past = useQuery(queries.halts(false)).data;
  return useMemo(() => {
    const holders = new Set(incident.subjects.map((item) => subjectOf(item.subject).id));
    const engagements = new Set(roster.filter((item) => holders.has(item.principal?.id ?? "")).map((item) => item.id));
    const projects = new Set(roster.flatMap((item) => item.project?.id ?? []));
    const all = new Map([...(open?.items ?? []), ...(past?.items ?? [])].map((halt) => [halt.id, halt]));
    return { halts: bearing([...all.values()], incident, engagements, projects), unlisted: open?.unread ?? null };
  }, [incident, roster, open, past]);
}

/** The credentials of the engagements that the reports are about, and what each touched while its holder was exposed. */
function useCredentials(labs: LabRow[], roster: EngagementView[], name: WindowName): { credentials: Map<string, Credential[]>; exposures: Map<string, Exposure> } {
  const exposed = new Map<string, Micros>();
  for (const { report } of labs) {
    for (const result of report?.results ?? []) {
      const window = result.windows[name]?.exposed;
      if (window !== null && window !== undefined) for (const id of result.engagements) exposed.set(id, window);
    }
  }
  const ids = roster.map((item) => item.id).filter((id) => exposed.has(id));
  const credentials = useQueries({
    queries: ids.map((id) => queries.engagementCredentials(id)),
    combine: (found) => new Map(ids.flatMap((id, index) => { const data = found[index]?.data; return data === undefined ? [] : [[id, data] as const]; })),
  });
  const asked = [...credentials].flatMap(([engagement, list]) => list.map((credential) => ({ credential: credential.id, window: exposed.get(engagement)! })));
  const exposures = useQueries({
    queries: asked.map(({ credential, window }) => queries.exposure(credential, isoOf(window.from), window.to === null ? null : isoOf(window.to))),
    combine: (found) => new Map(asked.flatMap(({ credential }, index) => { const data = found[index]?.data; return data === undefined ? [] : [[credential, data] as const]; })),
  });
  return { credentials, exposures };
}

function claimsOf(incident: Incident): Claim[] {
  const claims = incident.claims.map((claim) => ({ source: claim.source, window: windowOf(claim.window) }));
  const long = (claim: { window: Window }) => (claim.window.to ?? Infinity) - claim.window.from;
  const sorted = claims.toSorted((a, b) => a.window.from - b.window.from || long(a) - long(b));
  const is = (window: { from: string; to: string | null } | null, claim: { window: Window }) => {
    if (window === null) return false;
    const one = windowOf(window);
    return one.from === claim.window.from && one.to === claim.window.to;
  };
  const seen = { narrowest: false, widest: false };
  return sorted.map((claim) => {
    const rank = (["narrowest", "widest"] as const).filter((name) => is(incident[name], claim) && !seen[name]);
    for (const name of rank) seen[name] = true;
    return { ...claim, rank: rank.length === 2 ? "all agree" : rank[0] };
  });
}

function millis(window: Micros): Window {
  return { from: window.from / 1000, to: window.to === null ? null : window.to / 1000 };
}

/** Subjects first, each by what its reports say; then components that the same advisory does not affect. */
function lanesOf(incident: Incident, labs: LabRow[], roster: EngagementView[], concerns: Concerns | null): LaneOf[] {
  const scansOf = (id: string): LaneOf["scans"] =>
    (concerns?.components.find((item) => item.component.id === id)?.findings ?? []).map((finding) => ({
      at: Date.parse(finding.inventory.scanned),
      verdict: finding.verdict,
      words: `scan of ${near(finding.inventory.scanned, incident)}: ${[...finding.affected, ...finding.unknown].join("; ") || "not affected"}`,
    }));
  const subjects = incident.subjects.map((subject): LaneOf => {
    const { kind, id } = subjectOf(subject.subject);
    const results = labs.flatMap(({ report }) => (report?.results ?? []).filter((result) => subjectOfResult(result, incident, roster) === subject.subject));
    const window = results.map((result) => result.windows.widest ?? result.windows.chosen).find((one) => one !== null) ?? null;
    // What it ran is drawn for all that any source claims; for how long it is exposed follows the chosen window.
    const exposed = (results.map((result) => result.windows.chosen ?? result.windows.widest).find((one) => one !== null) ?? null)?.exposed ?? null;
    const known = results.length > 0;
    return {
      key: subject.subject,
      name: subject.name ?? (kind === "platform" ? "The platform itself" : id),
      about: `${subject.grounds}${kind === "component" ? "" : `, ${kind}`}`,
      spans: (window?.ran ?? []).map((span) => ({ window: millis(span.during), known: span.known, words: ranWords(span.known, span.why) })),
      exposed: exposed === null ? null : millis(exposed),
      scans: scansOf(id),
      end: !known ? "no report yet" : window === null ? "no window is claimed yet" : exposed === null ? "not exposed" : exposed.to === null ? "still open" : `until ${near(isoOf(exposed.to), incident)}${subject.rebuilt === null ? "" : `, rebuilt ${near(subject.rebuilt, incident)}`}`,
      tone: subject.grounds === "unknown" || window === null ? "unknown" : "exposed",
    };
  });
  const others = (concerns?.components ?? []).filter((item) => item.findings.length > 0 && !incident.subjects.some((subject) => subject.subject === `component:${item.component.id}`));
  return [...subjects, ...others.map((item): LaneOf => ({ key: item.component.id, name: item.component.name, about: `${item.findings.length === 1 ? "1 scan" : `${item.findings.length} scans`}`, spans: [], exposed: null, scans: scansOf(item.component.id), end: item.findings.every((finding) => finding.verdict === "not-affected") ? "not affected" : "no subject of this", tone: "clear" }))];
}

function domainIn(incident: Incident, claims: Claim[], lanes: LaneOf[], window: Window | null): [number, number] {
  const spans = [...claims.map((claim) => claim.window), ...lanes.flatMap((lane) => lane.exposed ?? []), ...(window === null ? [] : [window])];
  const rebuilt = incident.subjects.flatMap((subject) => (subject.rebuilt === null ? [] : [Date.parse(subject.rebuilt)]));
  return domainOf(spans.flatMap((span) => (span.to === null ? [span.from] : [span.from, span.to])), [Date.parse(incident.opened), ...rebuilt, ...incident.moves.map((move) => Date.parse(move.at))]);
}

