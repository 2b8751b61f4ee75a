import type { Json } from "../api/contract";
import { woven, type Woven } from "../text/differences";
import { asList, asText, criteriaOf, isObject, read, responsesOf, type Criterion, type Field, type Form } from "../work/form";
import { labelOf } from "../work/InputView";
import { orderOf, rankText } from "../work/ranking";
import { bodyOf, cut, pointsOf, spansOf, type Span } from "../work/spans";
import { partsOf, partText } from "./criteria";

/** One thing that a reviewer did to an answer. */
export type Change =
  | { is: "added" | "removed"; head: string; words?: string }
  | { is: "changed"; head: string; words?: string; from: string; to: string }
  /** A text, what went and what came in one; null where it is too long to compare. */
  | { is: "rewritten"; head: string; pieces: Woven[] | null };

export interface Changed {
  label: string;
  changes: Change[];
}

/** The same whatever order the names of an object are in. */
function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sorted(item) as Json]));
}

export function sameAnswer(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** What was done to an answer, field by field. Fields to which nothing was done are left out. */
export function changesOf(form: Form, input: Json, before: Json, after: Json): Changed[] {
  return form.answer.flatMap((field) => {
    const [from, to] = [read(before, field), read(after, field)];
    if (sameAnswer(from, to)) return [];
    return [{ label: field.label, changes: inField(form, field, input, from, to) }];
  });
}

export function countOf(changed: readonly Changed[]): number {
  return changed.reduce((sum, { changes }) => sum + changes.length, 0);
}

function inField(form: Form, field: Field, input: Json, from: Json | undefined, to: Json | undefined): Change[] {
  switch (field.as) {
    case "ranks":
      return inRanks(form, input, from, to);
    case "choices":
      return inChoices(field, from, to);
    case "spans":
      return inSpans(form, field, input, from, to);
    case "criteria":
      return inCriteria(from, to);
    case "turns":
      return inTurns(field, from, to);
    case "choice":
      return [inWords(field.label, from === undefined ? "" : labelOf(field.options, from), to === undefined ? "" : labelOf(field.options, to), false)];
    default:
      return [inWords(field.label, asText(from), asText(to), true)];
  }
}

function inWords(head: string, from: string, to: string, prose: boolean): Change {
  if (from === "") return { is: "added", head, words: to };
  if (to === "") return { is: "removed", head, words: from };
  return prose ? { is: "rewritten", head, pieces: woven(from, to) } : { is: "changed", head, from, to };
}

function inTurns(field: Field, from: Json | undefined, to: Json | undefined): Change[] {
  const [before, after] = [asList(from).map(asText), asList(to).map(asText)];
  const count = Math.max(before.length, after.length);
  return Array.from({ length: count }, (_, at) => at).flatMap((at) => {
    const [was, is] = [before[at] ?? "", after[at] ?? ""];
    return was === is ? [] : [inWords(count > 1 ? `${field.label} ${at + 1}` : field.label, was, is, true)];
  });
}

const NO_RANK = "no rank";

function inRanks(form: Form, input: Json, from: Json | undefined, to: Json | undefined): Change[] {
  const count = responsesOf(form, input).length;
  const [before, after] = [orderOf(from, count), orderOf(to, count)];
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Change[] => {
    const [was, is] = [rankText(before, index) ?? NO_RANK, rankText(after, index) ?? NO_RANK];
    return was === is ? [] : [{ is: "changed", head: `Response ${index + 1}`, from: was, to: is }];
  });
}

function inChoices(field: Field, from: Json | undefined, to: Json | undefined): Change[] {
  const [before, after] = [asList(from), asList(to)];
  const changes: Change[] = [
    ...before.filter((value) => !after.includes(value)).map((value): Change => ({ is: "removed", head: labelOf(field.options, value) })),
    ...after.filter((value) => !before.includes(value)).map((value): Change => ({ is: "added", head: labelOf(field.options, value) })),
  ];
  if (changes.length > 0) return changes;
  return [Array.isArray(to) && after.length === 0 ? { is: "added", head: "No label fits" } : Array.isArray(from) && before.length === 0 ? { is: "removed", head: "No label fits" } : { is: "changed", head: field.label, from: "one order", to: "another" }];
}

function inSpans(form: Form, field: Field, input: Json, from: Json | undefined, to: Json | undefined): Change[] {
  const body = bodyOf(form);
  const text = body === undefined ? "" : asText(read(input, body));
  const points = pointsOf(text);
  const words = (span: Span) => cut(text.slice(points.toUnit(span.start), points.toUnit(span.end)), 120);
  const name = (span: Span) => labelOf(field.options, span.label);
  const isAt = (a: Span) => (b: Span) => a.start === b.start && a.end === b.end;
  const [before, after] = [spansOf(from), spansOf(to)];
  const known = (span: Span, among: readonly Span[]) => among.some((other) => isAt(span)(other) && other.label === span.label);
  const gone = before.filter((span) => !known(span, after));
  const take = (holds: (span: Span) => boolean) => {
    const at = gone.findIndex(holds);
    return at === -1 ? undefined : gone.splice(at, 1)[0];
  };
  const come = after.filter((span) => !known(span, before)).map((span): Change => {
    const named = take(isAt(span));
    if (named !== undefined) return { is: "changed", head: "Label", words: words(span), from: name(named), to: name(span) };
    const moved = take((other) => other.label === span.label && other.start < span.end && span.start < other.end);
    if (moved !== undefined) return { is: "changed", head: name(span), from: words(moved), to: words(span) };
    return { is: "added", head: name(span), words: words(span) };
  });
  const noted = after.flatMap((span): Change[] => {
    const was = before.find((other) => isAt(span)(other) && other.label === span.label);
    const [old, now] = [asText(was?.["note"]), asText(span["note"])];
    return was === undefined || old === now ? [] : [inWords(`Note on “${words(span)}”`, old, now, true)];
  });
  const changes: Change[] = [...gone.map((span): Change => ({ is: "removed", head: name(span), words: words(span) })), ...come, ...noted];
  if (changes.length > 0) return changes;
  return [{ is: to === undefined ? "removed" : "added", head: "Nothing to mark" }];
}

/** Criteria are told by their id, else by their words, else by their place. */
function inCriteria(from: Json | undefined, to: Json | undefined): Change[] {
  const [before, after] = [criteriaOf(from), criteriaOf(to)];
  const left = new Set(before.keys());
  const paired = new Map<number, number>();
  const pair = (holds: (old: Criterion, now: Criterion, at: number, was: number) => boolean) => {
    for (const [at, now] of after.entries()) {
      if (paired.has(at)) continue;
      const was = [...left].find((index) => holds(before[index] as Criterion, now, at, index));
      if (was === undefined) continue;
      paired.set(at, was);
      left.delete(was);
    }
  };
  pair((old, now) => old["id"] !== undefined && old["id"] === now["id"]);
  pair((old, now) => old["id"] === now["id"] && old.text === now.text);
  pair((old, now, at, was) => at === was && old["id"] === now["id"]);
  const removed = [...left].map((index): Change => ({ is: "removed", head: `Criterion ${index + 1}`, words: before[index]?.text ?? "" }));
  // Those that stay, in the order of each: only what leaves its place among them was moved.
  const kept = [...paired.values()];
  const order = kept.toSorted((a, b) => a - b);
  return [...removed, ...after.flatMap((now, at): Change[] => {
    const was = paired.get(at);
    if (was === undefined) return [{ is: "added", head: `Criterion ${at + 1}`, words: now.text }];
    const old = before[was] as Criterion;
    const moved: Change[] = kept.indexOf(was) === order.indexOf(was) ? [] : [{ is: "changed", head: "Place", words: cut(now.text, 60), from: String(was + 1), to: String(at + 1) }];
    return [...moved, ...inCriterion(`Criterion ${at + 1}`, old, now)];
  })];
}

function inCriterion(head: string, old: Criterion, now: Criterion): Change[] {
  const changes: Change[] = old.text === now.text ? [] : [inWords(head, old.text, now.text, true)];
  for (const name of partsOf([old, now])) {
    if (sameAnswer(old[name], now[name])) continue;
    changes.push(inWords(`${head}, ${name}`, partText(name, old[name]), partText(name, now[name]), name === "note"));
  }
  return changes;
}
