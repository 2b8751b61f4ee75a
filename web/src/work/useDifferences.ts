import { useMemo, useState, type RefObject } from "react";
import { differences, type Differences } from "../text/differences";
import { plural } from "../ui/format";
import { useKeys } from "../ui/keys";

/** Texts that have less in common than this are not worth marking until somebody asks. */
const ALIKE = 0.3;

export interface Compared {
  found: Differences | null;
  /** Whether the differences are shown. */
  on: boolean;
  /** The difference that was stepped to. */
  current: number | null;
  toggle: () => void;
}

/** The differences of two texts that are shown in `box`, with their keys. `unasked`: whether they may be shown before somebody asks. */
export function useDifferences(a: string | undefined, b: string | undefined, box: RefObject<HTMLElement | null>, unasked = true): Compared {
  const found = useMemo(() => (a === undefined || b === undefined ? null : differences(a, b)), [a, b]);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [stepped, setStepped] = useState<{ in: Differences; to: number } | null>(null);
  const on = found !== null && found.count > 0 && (wanted ?? (unasked && found.alike >= ALIKE));
  const current = stepped !== null && stepped.in === found ? stepped.to : null;
  const toggle = () => setWanted(!on);
  const step = (by: 1 | -1) => {
    if (found === null || found.count === 0) return;
    setWanted(true);
    const next = current === null ? (by === 1 ? 1 : found.count) : ((current - 1 + by + found.count) % found.count) + 1;
    setStepped({ in: found, to: next });
    requestAnimationFrame(() => {
      for (const mark of box.current?.querySelectorAll(`mark[data-difference="${next}"]`) ?? []) mark.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  };
  useKeys({ D: toggle, "[": () => step(-1), "]": () => step(1) });
  return { found, on, current, toggle };
}

export function aboutOf(found: Differences | null, on: boolean): string {
  if (found === null) return "";
  if (found.count === 0) return "no differences";
  if (on) return plural(found.count, "difference");
  return found.alike < ALIKE ? "little in common" : `${plural(found.count, "difference")}, not shown`;
}
