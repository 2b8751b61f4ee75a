import type { Json } from "../api/contract";
import { VERDICTS } from "../work/criteria";
import { asText, type Criterion } from "../work/form";
import { labelOf } from "../work/InputView";

/** The parts that any of them has, but for what a criterion is told by. */
export function partsOf(criteria: readonly Criterion[]): string[] {
  return [...new Set(criteria.flatMap((criterion) => Object.keys(criterion)))].filter((name) => name !== "text" && name !== "id");
}

/** A part of a criterion in words. */
export function partText(name: string, value: Json | undefined): string {
  if (name === "verdict") return labelOf(VERDICTS, value);
  return name === "required" ? (value === true ? "yes" : "no") : asText(value);
}
