import type { Json, LayoutOption } from "../api/contract";
import { plural } from "../ui/format";
import { asList, keyOf, type Field } from "./form";

/** Beyond this many, labels are searched for and have no keys. */
const MOST_KEYS = 10;

export function isSearched(options: readonly LayoutOption[]): boolean {
  return options.length > MOST_KEYS;
}

/** A label's key: the template's own, else 1 to 9 and then 0. */
export function keyOfChoice(field: Field, index: number): string | null {
  return keyOf(field, index) ?? (index === 9 ? "0" : null);
}

/** As many labels as an answer may have. */
export function mostOf(field: Field): number {
  const most = field.schema["maxItems"];
  return typeof most === "number" && most >= 1 ? most : Infinity;
}

/** The options that are picked, in their own order. What is in the answer and no option is not among them. */
export function pickedOf(field: Field, value: Json | undefined): LayoutOption[] {
  const picked = asList(value);
  return (field.options ?? []).filter((option) => picked.includes(option.value));
}

/** What an answer has that no option stands for: shown, so that it is not lost unseen. */
export function unknownOf(field: Field, value: Json | undefined): Json[] {
  const known = new Set<Json>((field.options ?? []).map((option) => option.value));
  return asList(value).filter((item) => !known.has(item));
}

export type Toggled = { next: Json[] } | { refused: string };

/** The answer with a label taken on or off, in the order of the options; one that takes the other's place where only one may be. */
export function toggled(field: Field, value: Json | undefined, of: LayoutOption["value"]): Toggled {
  const picked = pickedOf(field, value).map((option) => option.value);
  const most = mostOf(field);
  if (picked.includes(of)) return { next: picked.filter((other) => other !== of) };
  if (most === 1) return { next: [of] };
  if (picked.length >= most) return { refused: `At most ${plural(most, "label")}: take one off before you add another.` };
  return { next: (field.options ?? []).map((option) => option.value).filter((other) => other === of || picked.includes(other)) };
}

/** Without case and without marks: `Crème` is found by `creme`. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export interface Entry {
  option: LayoutOption;
  /** What is searched in. */
  text: string;
  label: string;
}

export function entriesOf(options: readonly LayoutOption[]): Entry[] {
  return options.map((option) => ({ option, text: folded(`${option.label} ${String(option.value)}`), label: folded(pathOf(option.label).at(-1) ?? "") }));
}

/** Those that have every word of a query, in their order; the ones whose last part begins with it first. */
export function matching(entries: readonly Entry[], query: string): Entry[] {
  const words = folded(query).split(/\s+/).filter((word) => word !== "" && word !== "/");
  const first = words[0];
  if (first === undefined) return [...entries];
  const found = entries.filter(({ text }) => words.every((word) => text.includes(word)));
  return [...found.filter(({ label }) => label.startsWith(first)), ...found.filter(({ label }) => !label.startsWith(first))];
}

/** The parts of a taxonomy's label, `Science / Physics / Optics`. */
export function pathOf(label: string): string[] {
  return label.split(" / ").filter((part) => part.trim() !== "");
}
