import type { Decision, Halt, Incident, IncidentState } from "../api/contract";
import { parseScope } from "../halt/reasons";
import type { GlyphName } from "../ui/Glyphs";

export const STATES: IncidentState[] = ["open", "contained", "assessed", "closed"];

export const STATE_WORDS: Record<IncidentState, string> = {
  open: "it may still go on",
  contained: "what it came through is stopped",
  assessed: "what befell which object is known, as far as it can be",
  closed: "nothing more is done about it",
};

/** Where an incident can go from where it stands: a step on, or open again. */
export function nextStates(state: IncidentState): IncidentState[] {
  const next = STATES[STATES.indexOf(state) + 1];
  return [...(next === undefined ? [] : [next]), ...(state === "open" ? [] : (["open"] as const))];
}

export function stateGlyph(state: IncidentState): GlyphName {
  return (["step1", "step2", "step3", "step4"] as const)[STATES.indexOf(state)] ?? "step1";
}

/** When an incident last came to each state; nothing, where it is not there or further now. */
export function reached(incident: { opened: string; state: IncidentState; moves: { state: IncidentState; at: string }[] }): Partial<Record<IncidentState, string>> {
  const at: Partial<Record<IncidentState, string>> = { open: incident.opened };
  for (const move of incident.moves) {
    if (move.state === "open") for (const state of STATES) delete at[state];
    at[move.state] = move.at;
  }
  return at;
}

export const DECISION_WORDS: Record<Decision, string> = { continue: "Continue", review: "Review", halt: "Halt" };
export const DECISION_GLYPHS: Record<Decision, GlyphName> = { continue: "run", review: "part", halt: "halt" };

/** `component:pri_…` in two parts; the platform has no id. */
export function subjectOf(subject: string): { kind: string; id: string } {
  return parseScope(subject);
}

export const GROUNDS: Record<string, string> = { named: "named by an operator", affected: "a scan found it", unknown: "what it ran is unknown" };

/**
 * Halts that bear on an incident: on what it is about, on the labs that it concerns, or on everything. The server does not say
 * which halts an incident made, so this goes by what they are on, and leaves out what ended before it began.
 */
export function bearing(halts: Halt[], incident: Incident, engagements: ReadonlySet<string>, projects: ReadonlySet<string>): Halt[] {
  const subjects = new Set(incident.subjects.map((item) => item.subject));
  const labs = new Set(incident.labs.map((item) => `lab:${item.lab.id}`));
  const about = (halt: Halt) => {
    const { kind, id } = parseScope(halt.scope);
    if (kind === "installation") return true;
    if (kind === "engagement") return engagements.has(id);
    if (kind === "project") return projects.has(id);
    return subjects.has(halt.scope) || labs.has(halt.scope);
  };
  const first = [incident.opened, ...(incident.widest === null ? [] : [incident.widest.from])].toSorted()[0] ?? incident.opened;
  return halts.filter((halt) => about(halt) && (halt.resumed ?? halt.until ?? "9") >= first).toSorted((a, b) => b.since.localeCompare(a.since));
}
