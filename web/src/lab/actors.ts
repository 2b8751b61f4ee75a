import type { Access, AccessSummary, Actor } from "../api/contract";
import { plural, shortId } from "../ui/format";

export type Lane = AccessSummary["actors"][number];

/** Components hold integrations; people hold every other role. */
function sort(actor: Actor): string {
  if (actor.kind !== "engaged") return actor.kind;
  return actor.role === "integration" ? "component" : "person";
}

/** A pseudonym, the name of a job, or what acted where nobody stands behind it. */
export function actorName(actor: Actor): string {
  const [job] = actor.purposes ?? [];
  if (actor.kind === "job" && job !== undefined) return job;
  return actor.pseudonym === undefined || actor.pseudonym === null ? actor.kind : shortId(actor.pseudonym);
}

/** `author, Support Tone 3`; `component, Long Form 1`; `job, Support Tone 3`. */
export function actorAbout(actor: Actor): string {
  const kind = sort(actor);
  const what = kind === "person" ? (actor.role ?? kind) : kind;
  return actor.project === undefined || actor.project === null ? what : `${what}, ${actor.project.name}`;
}

/** Those that no person of the lab or its projects explains come first, then by objects. */
export function ordered(actors: Lane[]): Lane[] {
  return actors.toSorted((a, b) => b.objects - a.objects);
}

/** `6 people, 1 job and 1 component`. */
export function whoSaw(actors: Lane[]): string {
  const seen = actors.filter((actor) => actor.objects > 0);
  // One person in two roles is one person.
  const kinds = new Map<string, Set<string>>();
  for (const actor of seen) {
    const names = kinds.get(sort(actor)) ?? new Set<string>();
    names.add(actor.pseudonym ?? actor.kind);
    kinds.set(sort(actor), names);
  }
  const words: Record<string, [string, string]> = {
    person: ["person", "people"], component: ["component", "components"], job: ["job", "jobs"], operator: ["operator", "operators"], platform: ["platform part", "platform parts"], stranger: ["stranger", "strangers"],
  };
  const parts = Object.entries(words).flatMap(([kind, [one, many]]) => {
    const names = kinds.get(kind);
    return names === undefined ? [] : [plural(names.size, one, many)];
  });
  if (parts.length < 2) return parts[0] ?? "nobody";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** The kinds of entries in plain words; most names say it already. */
const FACTS: Record<string, string> = {
  "task-released": "task released to",
  "review-released": "answer released for review to",
  "objects-released": "objects released to",
  "read-intended": "reading begun by",
  "read-completed": "reading completed by",
  "submission-received": "answer received from",
  "task-returned": "task given back by",
  "submission-sent-back": "answer sent back to its author by",
  "submission-lapsed": "answer given up, its author's engagement has ended, by",
  "review-given": "verdict given by",
  "answer-amended": "answer changed and accepted by",
  "question-asked": "question asked by",
  "question-answered": "question answered by",
  "review-withdrawn": "verdict taken back by",
  "clock-put-back": "clock found behind the ledger by",
  "clock-caught-up": "clock found to have caught up by",
  "keyholder-set": "keys given into the lab’s own hands by",
  "wall-stands": "wall around the lab put up or changed by",
  "wall-gone": "wall around the lab taken down by",
};

export function factWords(fact: string): string {
  return FACTS[fact] ?? fact.replaceAll("-", " ");
}

const WHY: Record<string, string> = {
  "not-engaged": "there is no such engagement",
  "not-begun": "the engagement has not begun",
  ended: "the engagement has ended",
  halted: "work is halted",
  "not-in-role": "the role does not cover it",
  "out-of-reach": "the engagement does not reach the project",
  "budget-spent": "the read budget is used up",
  "budget-too-small": "the read budget is smaller than this alone",
  walled: "a wall stands: they have seen data of a lab on its other side",
};

/** What was tried, and why it was refused. */
export function refusedWords(refused: NonNullable<Access["refused"]>): string {
  return `${refused.act.replaceAll("-", " ")}: ${WHY[refused.why.because] ?? refused.why.because.replaceAll("-", " ")}`;
}
