import type { Json } from "../api/contract";
import { isBlank } from "../ui/blank";
import { asList, asText, isObject, type Field } from "../work/form";
import { labelOf } from "../work/InputView";
import { cut } from "../work/spans";

const MOST_QUOTED = 60;

/** A field's words, as far as it has any that can be quoted. */
export function quoted(field: Pick<Field, "as" | "options">, value: Json | undefined): string {
  if (field.as === "choice") return value === undefined ? "" : labelOf(field.options, value);
  if (field.as === "choices") return asList(value).map((item) => labelOf(field.options, item)).join(", ");
  if (field.as === "ranks" || field.as === "spans") return "";
  const first = asList(value)[0];
  return asText(first === undefined ? value : isObject(first) ? first["text"] : first);
}

/** What begins a remark on a field: `Reason: “…” — `. */
export function remarkOn(label: string, words: string): string {
  return isBlank(words) ? `${label}: ` : `${label}: “${cut(words, MOST_QUOTED)}” — `;
}

/** A comment with the beginning of one more remark, on a line of its own. */
export function withRemark(comment: string, beginning: string): string {
  const before = comment.trimEnd();
  return before === "" ? beginning : `${before}\n${beginning}`;
}
