import type { Json } from "../api/contract";

type JsonRecord = { [key: string]: Json };

/** Records of a text: one object, an array of them, or several objects after each other, as files that were joined are. */
export function readRecords(text: string): { records: JsonRecord[]; error: string | null } {
  const none = (error: string) => ({ records: [], error });
  if (text.trim() === "") return none("Bring a record first.");
  const values: Json[] = [];
  for (const part of documents(text)) {
    try {
      values.push(JSON.parse(part) as Json);
    } catch (error) {
      return none(`This is not JSON: ${error instanceof Error ? error.message : "it does not read"}.`);
    }
  }
  const records = values.flatMap((value) => (Array.isArray(value) ? value : [value]));
  const wrong = records.findIndex((record) => typeof record !== "object" || record === null || Array.isArray(record) || typeof record["id"] !== "string");
  if (wrong !== -1) return none(`The ${wrong + 1}. of ${records.length} is no record in the OSV format: it has no id.`);
  if (records.length === 0) return none("There is no record in it.");
  return records.length > 500 ? none(`There are ${records.length}; take at most 500 at a time.`) : { records: records as JsonRecord[], error: null };
}

/** Where one document ends and another begins: at depth nought, outside of strings. */
function documents(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = -1;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
      continue;
    }
    if (sign === '"') quoted = true;
    else if (sign === "{" || sign === "[") {
      if (depth === 0) start = at;
      depth += 1;
    } else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth === 0) {
        found.push(text.slice(start, at + 1));
        start = -1;
      }
    }
    if (depth === 0 && start === -1 && sign !== undefined && !/[\s,}\]]/.test(sign)) return [text];
  }
  return depth === 0 && !quoted && found.length > 0 ? found : [text];
}
