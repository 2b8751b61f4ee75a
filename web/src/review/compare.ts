import type { Json } from "../api/contract";
import { asList, asText, criteriaOf, read, responsesOf, type Criterion, type Field, type Form } from "../work/form";
import { labelOf } from "../work/InputView";
import { orderOf, rankText } from "../work/ranking";
import { bodyOf, cut, inOrder, pointsOf, spansOf, type Span } from "../work/spans";
import { partsOf, partText } from "./criteria";

/** One thing that answers to the same task say something about: a cell to each answer, in their order. */
export interface Row {
  head: string;
  /** Words of the task that it is about. */
  quote?: string;
  cells: string[];
  /** Whether the answers differ in it. Prose is beside each other, and not compared. */
  differs: boolean;
}

export interface Section {
  label: string;
  rows: Row[];
}

const YES = "✓";
const NO = "–";

function row(head: string, cells: string[], quote?: string): Row {
  return { head, cells, differs: new Set(cells).size > 1, ...(quote === undefined ? {} : { quote }) };
}

/** Answers to one task side by side, field by field. Those without anything to say in any answer are left out. */
export function compared(form: Form, input: Json, answers: readonly Json[]): Section[] {
  return form.answer.map((field) => ({ label: field.label, rows: rowsOf(form, field, input, answers.map((answer) => read(answer, field))) })).filter(({ rows }) => rows.length > 0);
}

function rowsOf(form: Form, field: Field, input: Json, values: readonly (Json | undefined)[]): Row[] {
  switch (field.as) {
    case "ranks":
      return ofRanks(form, input, values);
    case "choices":
      return ofChoices(field, values);
    case "spans":
      return ofSpans(form, field, input, values);
    case "choice":
      return nothing(values) ? [] : [row(field.label, values.map((value) => (value === undefined ? NO : labelOf(field.options, value))))];
    case "line":
      return nothing(values) ? [] : [row(field.label, values.map((value) => asText(value) || NO))];
    case "criteria":
      return ofCriteria(values);
    default:
      return nothing(values) ? [] : [{ ...row(field.label, values.map(textOf)), differs: false }];
  }
}

function nothing(values: readonly (Json | undefined)[]): boolean {
  return values.every((value) => textOf(value) === "");
}

function textOf(value: Json | undefined): string {
  const lines = asList(value).map(asText);
  return lines.length > 0 ? lines.map((line, index) => `${index + 1}. ${line}`).join("\n") : asText(value);
}

/** A row to each response: positions that differ. */
function ofRanks(form: Form, input: Json, values: readonly (Json | undefined)[]): Row[] {
  const count = responsesOf(form, input).length;
  const orders = values.map((value) => orderOf(value, count));
  return Array.from({ length: count }, (_, index) => {
    const differs = new Set(orders.map((order) => order.findIndex((group) => group.includes(index)))).size > 1;
    return { head: `Response ${index + 1}`, cells: orders.map((order) => rankText(order, index) ?? NO), differs };
  });
}

/** A row to each label that anybody gave, in the order of the options. */
function ofChoices(field: Field, values: readonly (Json | undefined)[]): Row[] {
  const given = new Set(values.flatMap(asList));
  const known = (field.options ?? []).map((option): Json => option.value).filter((value) => given.has(value));
  const unknown = [...given].filter((value) => !known.includes(value));
  const rows = [...known, ...unknown].map((value) => row(labelOf(field.options, value), values.map((list) => (asList(list).includes(value) ? YES : NO))));
  return rows.length > 0 || values.every((value) => value === undefined) ? rows : [row("No label", values.map((value) => (value === undefined ? NO : YES)))];
}

/** A row to each criterion that anybody has, in the order of the first who has it, and to each part of it that is told. */
function ofCriteria(values: readonly (Json | undefined)[]): Row[] {
  const lists = values.map((value) => byName(criteriaOf(value)));
  const names = [...new Set(lists.flatMap((list) => [...list.keys()]))];
  return names.flatMap((name, at) => ofCriterion(`Criterion ${at + 1}`, lists.map((list) => list.get(name))));
}

/** Criteria by their id, else by their words; those that are called the same, by which of them they are. */
function byName(criteria: readonly Criterion[]): Map<string, Criterion> {
  const found = new Map<string, Criterion>();
  for (const criterion of criteria) {
    const name = (nth: number) => JSON.stringify([criterion["id"] === undefined ? "text" : "id", criterion["id"] ?? criterion.text, nth]);
    let nth = 0;
    while (found.has(name(nth))) nth += 1;
    found.set(name(nth), criterion);
  }
  return found;
}

/** Its verdicts, where any is given, else who has it; then what else they say of it, as far as it differs. Notes are prose. */
function ofCriterion(head: string, each: readonly (Criterion | undefined)[]): Row[] {
  const there = each.filter((criterion) => criterion !== undefined);
  const parts = partsOf(there);
  const cells = (said: (criterion: Criterion) => string) => each.map((criterion) => (criterion === undefined ? NO : said(criterion)));
  const cellsOf = (name: string, none: string) => cells((criterion) => partText(name, criterion[name]) || none);
  const first = row(head, parts.includes("verdict") ? cellsOf("verdict", "no verdict") : cells(() => YES), there[0]?.text);
  const others = ["text", ...parts].filter((name) => name !== "verdict" && name !== "note" && new Set(there.map((criterion) => partText(name, criterion[name]))).size > 1);
  const notes = parts.includes("note") ? [{ ...row(`${head}, note`, cellsOf("note", NO)), differs: false }] : [];
  return [first, ...others.map((name) => row(`${head}, ${name}`, cellsOf(name, NO))), ...notes];
}

/** A row to each passage that anybody marked, by its place. One with the same label that only overlaps is near it, and not the same. */
function ofSpans(form: Form, field: Field, input: Json, values: readonly (Json | undefined)[]): Row[] {
  const body = bodyOf(form);
  const text = body === undefined ? "" : asText(read(input, body));
  const points = pointsOf(text);
  const marked = values.map(spansOf);
  const all = new Map(inOrder(marked.flat()).map((span) => [nameOf(span), span]));
  const rows = [...all.values()].map((span) => {
    const words = cut(text.slice(points.toUnit(span.start), points.toUnit(span.end)), 120);
    return row(labelOf(field.options, span.label), marked.map((spans) => cellOf(span, spans)), words);
  });
  return rows.length > 0 || values.every((value) => value === undefined) ? rows : [row("Nothing to mark", values.map((value) => (value === undefined ? NO : YES)))];
}

function nameOf({ start, end, label }: Span): string {
  return JSON.stringify([start, end, label]);
}

function cellOf(span: Span, spans: readonly Span[]): string {
  if (spans.some((other) => nameOf(other) === nameOf(span))) return YES;
  const over = spans.filter((other) => other.start < span.end && span.start < other.end);
  if (over.some((other) => other.label === span.label)) return "other bounds";
  return over.some((other) => other.start === span.start && other.end === span.end) ? "other label" : NO;
}

/** In how many rows the answers differ. */
export function differing(sections: readonly Section[]): number {
  return sections.reduce((sum, { rows }) => sum + rows.filter(({ differs }) => differs).length, 0);
}
