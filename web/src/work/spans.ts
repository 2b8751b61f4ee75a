import type { Json, JsonObject, LayoutOption } from "../api/contract";
import { plural } from "../ui/format";
import { asList, isObject, type Field, type Form } from "./form";

/** A passage, in Unicode code points from 0, `end` exclusive. What else a project's schema has stays with it. */
export interface Span extends JsonObject {
  start: number;
  end: number;
  label: LayoutOption["value"];
}

/** The text whose passages are marked: the field that is called so, else the first that is shown as it is. */
export function bodyOf(form: Form): Field | undefined {
  const plain = form.input.filter((field) => field.as === "text" || field.as === "code");
  return form.input.find((field) => field.name === "body") ?? plain[0];
}

/** The passages of an answer. A draft may hold anything. */
export function spansOf(value: Json | undefined): Span[] {
  return asList(value).filter((item): item is Span => {
    if (!isObject(item)) return false;
    const { start, end, label } = item;
    return Number.isInteger(start) && Number.isInteger(end) && (start as number) >= 0 && (end as number) > (start as number) && label !== undefined && label !== null && typeof label !== "object";
  });
}

/** Between UTF-16 units, in which the page counts, and code points, in which an answer does. */
export interface Points {
  toPoint: (unit: number) => number;
  toUnit: (point: number) => number;
  /** Code points of the text. */
  length: number;
}

export function pointsOf(text: string): Points {
  const pairs: number[] = [];
  for (const pair of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) pairs.push(pair.index);
  return {
    toPoint: (unit) => unit - countWhile(pairs.length, (at) => (pairs[at] as number) + 1 < unit),
    toUnit: (point) => point + countWhile(pairs.length, (at) => (pairs[at] as number) - at < point),
    length: text.length - pairs.length,
  };
}

/** How many of a sorted list, from its beginning, something holds for. */
function countWhile(length: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type Snap = (from: number, to: number) => [from: number, to: number];

/**
 * Widens a selection, in UTF-16 units, to whole characters as people see them, and leaves white space at its ends out where
 * there is anything else.
 */
export function snapOf(text: string): Snap {
  const clusters = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text) : null;
  const before = (at: number) => {
    if (at <= 0 || at >= text.length) return Math.max(0, Math.min(at, text.length));
    return clusters?.containing(at)?.index ?? (isLow(text, at) ? at - 1 : at);
  };
  const after = (at: number) => {
    const begin = before(at);
    if (begin === at || at >= text.length) return begin;
    return begin + (clusters?.containing(at)?.segment.length ?? 2);
  };
  return (a, b) => {
    const from = before(Math.min(a, b));
    const to = after(Math.max(a, b));
    const chosen = text.slice(from, to);
    if (chosen.trim() === "") return [from, to];
    // A space that carries a mark is no space.
    const first = before(from + chosen.length - chosen.trimStart().length);
    return [first, after(first + text.slice(first, to).trimEnd().length)];
  };
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

export function inOrder(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function isSame(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end && a.label === b.label;
}

export type Changed = { next: Span[]; at: number } | { refused: string };

/** The passages with one more, in their order. */
export function added(spans: readonly Span[], span: Span, most: number): Changed {
  if (spans.some((other) => isSame(other, span))) return { refused: "This passage has this label already." };
  if (spans.length >= most) return { refused: `At most ${plural(most, "passage")}: remove one before you mark another.` };
  const next = inOrder([...spans, span]);
  return { next, at: next.indexOf(span) };
}

export function relabelled(spans: readonly Span[], at: number, label: Span["label"]): Changed {
  const span = spans[at];
  if (span === undefined || span.label === label) return { next: [...spans], at };
  const changed: Span = { ...span, label };
  if (spans.some((other) => isSame(other, changed))) return { refused: "This passage has this label already." };
  return { next: spans.map((other, index) => (index === at ? changed : other)), at };
}

/** The passage that is meant by a place in the text: the shortest around it, else one that ends there. */
export function spanAt(spans: readonly Span[], point: number): number | null {
  let best: number | null = null;
  const length = (at: number) => (spans[at] as Span).end - (spans[at] as Span).start;
  const take = (holds: (span: Span) => boolean) => {
    for (const [at, span] of spans.entries()) if (holds(span) && (best === null || length(at) < length(best))) best = at;
  };
  take((span) => span.start <= point && point < span.end);
  if (best === null) take((span) => span.end === point);
  return best;
}

/** For each passage the line below the text on which it is drawn, so that those that overlap do not hide each other. */
export function lanesOf(spans: readonly Pick<Span, "start" | "end">[]): number[] {
  const ends: number[] = [];
  return spans.map((span) => {
    const free = ends.findIndex((end) => end <= span.start);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = span.end;
    return lane;
  });
}

/** A stretch of the text, in UTF-16 units, over which the same passages lie. */
export interface Stretch {
  from: number;
  to: number;
  over: readonly number[];
  /** The passages that begin with it. */
  begins: readonly number[];
}

/** Cuts a text of so many units where passages begin and end. */
export function stretchesOf(units: number, spans: readonly Pick<Span, "start" | "end">[], points: Points): Stretch[] {
  const bounds = spans.map(({ start, end }, at) => ({ at, from: Math.min(units, points.toUnit(start)), to: Math.min(units, points.toUnit(end)) })).filter(({ from, to }) => from < to);
  const cuts = [...new Set([0, units, ...bounds.flatMap(({ from, to }) => [from, to])])].toSorted((a, b) => a - b);
  const waiting = bounds.toSorted((a, b) => a.from - b.from);
  let open: typeof bounds = [];
  let next = 0;
  return cuts.slice(0, -1).map((from, index) => {
    open = open.filter(({ to }) => to > from);
    for (; waiting[next] !== undefined && (waiting[next] as (typeof bounds)[0]).from <= from; next += 1) open.push(waiting[next] as (typeof bounds)[0]);
    return { from, to: cuts[index + 1] as number, over: open.map(({ at }) => at), begins: open.filter((bound) => bound.from === from).map(({ at }) => at) };
  });
}

/** Units after which a block of the text ends with its line. */
const BLOCK = 2000;

/** Stretches in blocks of whole lines: a browser lays out anew only the block in which a passage is marked. */
export function blocksOf(text: string, stretches: readonly Stretch[], least = BLOCK): Stretch[][] {
  const blocks: Stretch[][] = [[]];
  let begun = 0;
  for (const stretch of stretches) {
    let { from } = stretch;
    for (;;) {
      const line = text.indexOf("\n", Math.max(from, begun + least));
      const end = line === -1 ? Infinity : line + 1;
      blocks.at(-1)?.push({ ...stretch, from, to: Math.min(end, stretch.to), begins: from === stretch.from ? stretch.begins : [] });
      if (end > stretch.to || end >= text.length) break;
      blocks.push([]);
      begun = end;
      from = end;
      if (from === stretch.to) break;
    }
  }
  return blocks;
}

/** What stands for each label in the text: the beginning of its name where that tells them apart, else its key or number. */
export function tagsOf(options: readonly LayoutOption[]): string[] {
  for (const length of [1, 2]) {
    const tags = options.map(({ label }) => Array.from(label.trim()).slice(0, length).join("").toUpperCase());
    if (tags.every((tag) => tag !== "") && new Set(tags).size === tags.length) return tags;
  }
  const keys = options.map(({ key }) => key?.toUpperCase());
  return keys.every((key) => key !== undefined) ? keys : options.map((_, index) => String(index + 1));
}

/** A quotation for a list: on one line, its middle left out where it is long. */
export function cut(text: string, most = 90): string {
  const line = text.replace(/\s+/g, " ").trim();
  const letters = Array.from(line.length > most * 4 ? `${line.slice(0, most * 2)}${line.slice(-most * 2)}` : line);
  if (letters.length <= most && line.length <= most * 4) return line;
  return `${letters.slice(0, most - 24).join("").trimEnd()} … ${letters.slice(-20).join("").trimStart()}`;
}
