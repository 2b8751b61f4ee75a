// Where hashes and entries lie, and how entries are packed: https://c2sp.org/tlog-tiles

export const TILE = 256;

/** `x001/x234/067.p/12`: the index in threes, and how many of 256 there are where it is not full. */
function place(index: number, width: number): string {
  const thousands: string[] = [];
  for (let rest = index; thousands.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    thousands.unshift(`${thousands.length > 0 ? "x" : ""}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `${thousands.join("/")}${width < TILE ? `.p/${width}` : ""}`;
}

export const tilePath = (level: number, index: number, width: number) => `${level}/${place(index, width)}`;
export const bundlePath = (index: number, width: number) => `entries/${place(index, width)}`;

/** How many there are in the tile or bundle `index` of a row of `total`. */
const widthAt = (total: number, index: number) => Math.min(TILE, total - index * TILE);

/** The widths of a row of `total` hashes or entries, tile by tile. */
export function widths(total: number): number[] {
  return Array.from({ length: Math.ceil(total / TILE) }, (_, index) => widthAt(total, index));
}

/** The entries of a bundle, each behind its length in two bytes; null where it ends within one. */
export function splitBundle(bundle: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    const [high, low] = [bundle[at], bundle[at + 1]];
    if (high === undefined || low === undefined) return null;
    const end = at + 2 + high * 256 + low;
    if (end > bundle.length) return null;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
