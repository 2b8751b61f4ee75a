import { useMemo, useState, type RefObject } from "react";
import { differences, type Differences } from "../text/differences";
import { plural } from "../ui/format";
import { useKeys } from "../ui/keys";

/** Texts that have less in common than this are not worth marking until somebody asks. */
const ALIKE = 0.3;

interface Compared {
  /** Null where there is nothing to compare, or nobody is told of it yet. */
  found: Differences | null;
  /** Whether the differences are shown. */
  on: boolean;
  /** The difference that was stepped to. */
  current: number | null;
}

/** The differences of two texts that are shown in `box`, with their keys. `unasked`: whether they may be shown before somebody asks. */
export function useDifferences(a: string | undefined, b: string | undefined, box: RefObject<HTMLElement | null>, unasked = true): Compared {
  const compute = useMemo(() => lazily(() => (a === undefined || b === undefined ? null : differences(a, b))), [a, b]);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const found = unasked || wanted === true ? compute() : null;
  const [stepped, setStepped] = useState<{ in: Differences; to: number } | null>(null);
  const on = found !== null && found.count > 0 && (wanted ?? (unasked && found.alike >= ALIKE));
  const current = stepped !== null && stepped.in === found ? stepped.to : null;
  const step = (by: 1 | -1) => {
    const there = compute();
    if (there === null || there.count === 0) return;
    setWanted(true);
    const next = current === null ? (by === 1 ? 1 : there.count) : ((current - 1 + by + there.count) % there.count) + 1;
    setStepped({ in: there, to: next });
    requestAnimationFrame(() => {
      for (const mark of box.current?.querySelectorAll(`mark[data-difference="${next}"]`) ?? []) mark.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  };
  useKeys({ D: () => setWanted(!on), "[": () => step(-1), "]": () => step(1) });
  return { found, on, current };
}

export function aboutOf(found: Differences | null, on: boolean): string {
  if (found === null) return "";
  if (found.count === 0) return "no differences";
  if (on) return plural(found.count, "difference");
  return found.alike < ALIKE ? "little in common" : `${plural(found.count, "difference")}, not shown`;
}

/** Made when it is first asked for, and once. */
function lazily<T>(make: () => T): () => T {
  let made: { it: T } | null = null;
  return () => (made ??= { it: make() }).it;
}
