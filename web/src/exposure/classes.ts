/** Exposure classes, most severe first, as docs/exposure-report.md has them. */
export const CLASSES = ["altered", "touched", "leased", "held", "unknown", "reachable", "untouched"] as const;

export type ExposureClass = (typeof CLASSES)[number];

/** What each says of an object version, never more than is proved. */
export const MEANING: Record<ExposureClass, string> = {
  altered: "written by the subject within its exposed window",
  touched: "released to the subject within its exposed window",
  leased: "a node that was compromised held the key of its epoch",
  held: "released to the subject earlier: perhaps still on its machine",
  unknown: "cannot be excluded: what the subject ran or had is not known",
  reachable: "could have been released: none is recorded",
  untouched: "out of reach for the whole window",
};

export type Counts = Record<ExposureClass, number>;

export function noCounts(): Counts {
  return { altered: 0, touched: 0, leased: 0, held: 0, unknown: 0, reachable: 0, untouched: 0 };
}

export function sum(counts: Counts): number {
  return CLASSES.reduce((total, name) => total + counts[name], 0);
}

/** The more severe of two; nothing is milder than any. */
export function worse(a: ExposureClass | null, b: ExposureClass | null): ExposureClass | null {
  if (a === null || b === null) return a ?? b;
  return CLASSES.indexOf(a) <= CLASSES.indexOf(b) ? a : b;
}

/** The most severe class that something is in. */
export function worst(counts: Counts): ExposureClass | null {
  return CLASSES.find((name) => counts[name] > 0) ?? null;
}

/** How long a bar is, of a hundred: by the logarithm, so that one is seen beside a hundred thousand. */
export function logShare(n: number, most: number): number {
  return n <= 0 || most <= 0 ? 0 : Math.max(6, (Math.log1p(n) / Math.log1p(most)) * 100);
}
