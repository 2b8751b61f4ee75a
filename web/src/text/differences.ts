import { diffArrays } from "diff";
import type { Mark } from "./marks";

export interface Differences {
  a: Mark[];
  b: Mark[];
  /** Differences, numbered from 1 in both texts. One side of a difference may be empty and then has no mark. */
  count: number;
  /** The share of words that both have, 0 to 1. */
  alike: number;
}

/** Beyond this many words in one text the comparison is left out; it would take too long. */
const MOST_WORDS = 20_000;
/** Differences with at most this many equal words between them are one difference to a reader. */
const JOINED_OVER = 2;

interface Word {
  text: string;
  start: number;
  end: number;
}

function wordsOf(source: string): Word[] {
  return Array.from(source.matchAll(/[\p{L}\p{N}_'’-]+|[^\s\p{L}\p{N}]/gu), (m) => ({ text: m[0], start: m.index, end: m.index + m[0].length }));
}

interface Hunk {
  a: [from: number, to: number];
  b: [from: number, to: number];
}

/** Where two lists of words differ; `null` when they are too long to compare. */
function hunksOf(wa: Word[], wb: Word[]): { hunks: Hunk[]; equal: number } | null {
  if (wa.length > MOST_WORDS || wb.length > MOST_WORDS) return null;
  const changes = diffArrays(wa.map((w) => w.text), wb.map((w) => w.text), { timeout: 300 });
  if (changes === undefined) return null;
  const hunks: Hunk[] = [];
  let ia = 0;
  let ib = 0;
  let equal = 0;
  for (const change of changes) {
    const size = change.value.length;
    if (!change.added && !change.removed) {
      ia += size;
      ib += size;
      equal += size;
      continue;
    }
    const hunk: Hunk = { a: [ia, change.removed ? ia + size : ia], b: [ib, change.added ? ib + size : ib] };
    ia = hunk.a[1];
    ib = hunk.b[1];
    const last = hunks.at(-1);
    if (last !== undefined && hunk.a[0] - last.a[1] <= JOINED_OVER && hunk.b[0] - last.b[1] <= JOINED_OVER) {
      last.a[1] = hunk.a[1];
      last.b[1] = hunk.b[1];
    } else hunks.push(hunk);
  }
  return { hunks, equal };
}

/** Word-level differences between two texts; `null` when they are too long to compare. */
export function differences(a: string, b: string): Differences | null {
  const wa = wordsOf(a);
  const wb = wordsOf(b);
  const found = hunksOf(wa, wb);
  if (found === null) return null;
  const { hunks, equal } = found;
  const most = Math.max(wa.length, wb.length);
  return {
    a: hunks.flatMap((hunk, index) => markOf(wa, hunk.a, index + 1)),
    b: hunks.flatMap((hunk, index) => markOf(wb, hunk.b, index + 1)),
    count: hunks.length,
    alike: most === 0 ? 1 : equal / most,
  };
}

/** A stretch of two texts that are read as one. */
export interface Woven {
  text: string;
  is: "same" | "gone" | "new";
}

/** Two texts as one: what stayed, what went, what came; `null` when they are too long to compare. What is not gone is the second text. */
export function woven(a: string, b: string): Woven[] | null {
  const wa = wordsOf(a);
  const wb = wordsOf(b);
  const found = hunksOf(wa, wb);
  if (found === null) return null;
  const pieces: Woven[] = [];
  const put = (is: Woven["is"], text: string) => {
    if (text !== "") pieces.push({ is, text });
  };
  // White space goes with the word after it.
  const before = (words: Word[], at: number) => (at === 0 ? 0 : (words[at - 1] as Word).end);
  let here = 0;
  for (const hunk of found.hunks) {
    const from = before(wb, hunk.b[0]);
    put("same", b.slice(here, from));
    put("gone", a.slice(before(wa, hunk.a[0]), before(wa, hunk.a[1])));
    here = before(wb, hunk.b[1]);
    put("new", b.slice(from, here));
  }
  put("same", b.slice(here));
  return pieces;
}

function markOf(words: Word[], [from, to]: [number, number], n: number): Mark[] {
  const first = words[from];
  const last = words[to - 1];
  return first === undefined || last === undefined || to <= from ? [] : [{ n, start: first.start, end: last.end }];
}
