/** A numbered range of a source text, `end` exclusive. */
export interface Mark {
  n: number;
  start: number;
  end: number;
}

export interface Piece {
  text: string;
  at: number;
  mark: number | null;
  /** The piece in which its mark begins. */
  first: boolean;
}

/** Cuts a text that begins at `at` of the source into pieces in and outside the marks. */
export function sliceByMarks(text: string, at: number, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = [];
  const end = at + text.length;
  let here = at;
  for (const mark of marks) {
    if (mark.end <= here) continue;
    if (mark.start >= end) break;
    const from = Math.max(mark.start, here);
    const to = Math.min(mark.end, end);
    if (from > here) pieces.push({ text: text.slice(here - at, from - at), at: here, mark: null, first: false });
    if (to > from) pieces.push({ text: text.slice(from - at, to - at), at: from, mark: mark.n, first: from === mark.start });
    here = to;
  }
  if (here < end) pieces.push({ text: text.slice(here - at), at: here, mark: null, first: false });
  return pieces;
}
