import type { Json, JsonObject, LayoutField, Problem, TemplateDocument } from "../api/contract";
import { sentence } from "../ui/format";

/** A field as the workbench draws it: the layout's words with the schema's limits. */
export interface Field extends LayoutField {
  /** Property of the top-level object. */
  name: string;
  schema: JsonObject;
  /** The schema of an item, where this is a list. */
  item: JsonObject;
  required: boolean;
}

export interface Form {
  interaction: TemplateDocument["layout"]["interaction"];
  input: Field[];
  answer: Field[];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

export function asList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function nameOf(pointer: string): string {
  return pointer.replace(/^\//, "").replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Follows references inside the document, a few steps; others are not followed. */
export function resolve(schema: Json | undefined, root: JsonObject): JsonObject {
  let here = schema;
  for (let step = 0; step < 8; step += 1) {
    if (!isObject(here)) return {};
    const ref = here["$ref"];
    if (typeof ref !== "string") return here;
    here = ref.startsWith("#/") ? ref.slice(2).split("/").reduce<Json | undefined>((at, part) => (isObject(at) ? at[nameOf(part)] : undefined), root) : undefined;
  }
  return {};
}

function fieldsOf(layout: LayoutField[] | undefined, schema: JsonObject): Field[] {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = asList(schema["required"]);
  const drawn = (layout ?? []).map((field): Field => {
    const name = nameOf(field.field);
    const own = resolve(properties[name], schema);
    return { ...field, name, schema: own, item: resolve(own["items"], schema), required: required.includes(name) };
  });
  return drawn.length > 0 ? drawn : Object.entries(properties).map(([name, value]) => guess(name, resolve(value, schema), schema, required.includes(name)));
}

/** A property without a place in the layout, drawn from its schema alone. */
function guess(name: string, schema: JsonObject, root: JsonObject, required: boolean): Field {
  const options = asList(schema["enum"]).filter((value) => value !== null && typeof value !== "object");
  const item = resolve(schema["items"], root);
  const base = { field: `/${name}`, name, schema, item, required, label: name.replaceAll("_", " ") };
  if (options.length > 0) return { ...base, as: "choice", options: options.map((value, index) => ({ value: value as string | number, label: String(value), key: String(index + 1) })) };
  if (schema["type"] === "boolean") return { ...base, as: "choice", options: [{ value: true, label: "Yes" }, { value: false, label: "No" }] };
  if (schema["type"] === "array" && item["type"] === "string") return { ...base, as: "turns" };
  const short = typeof schema["maxLength"] === "number" && schema["maxLength"] <= 200;
  return { ...base, as: short || schema["type"] === "number" || schema["type"] === "integer" ? "line" : "text" };
}

/** The built-in documents name their schemas `input` and `answer`; a server may say `input_schema` and `answer_schema`. */
export function formOf(template: TemplateDocument & { input_schema?: JsonObject; answer_schema?: JsonObject }): Form {
  const input = template.input_schema ?? template.input;
  const answer = template.answer_schema ?? template.answer;
  return {
    interaction: template.layout.interaction,
    input: fieldsOf(template.layout.input, input ?? {}),
    answer: fieldsOf(template.layout.answer, answer ?? {}),
  };
}

export function read(value: Json, field: Pick<Field, "name">): Json | undefined {
  return isObject(value) ? value[field.name] : undefined;
}

/** The responses that a task gives to be ranked. */
export function responsesOf(form: Form, input: Json): Json[] {
  const given = form.input.find((field) => field.as === "responses");
  return given === undefined ? [] : asList(read(input, given));
}

/** Whether the schema of an item has a property. */
export function itemHas({ item }: Pick<Field, "item">, name: string): boolean {
  return isObject(item["properties"]) && item["properties"][name] !== undefined;
}

/** Whether an empty list is an answer to a field: it is asked for, and nothing says that there must be an item. */
export function mayBeEmpty({ required = false, schema = {} }: Partial<Pick<Field, "required" | "schema">>): boolean {
  return required && !(typeof schema["minItems"] === "number" && schema["minItems"] >= 1);
}

/** Sets a property; an empty one is left out, so that optional fields are absent and not empty. A list that may be empty stays: whoever means that nothing is said yet leaves it out. */
export function write(value: Json, field: Pick<Field, "name"> & Partial<Pick<Field, "required" | "schema">>, next: Json | undefined): JsonObject {
  const rest = Object.fromEntries(Object.entries(isObject(value) ? value : {}).filter(([name]) => name !== field.name));
  const empty = next === undefined || next === "" || (Array.isArray(next) && next.length === 0 && !mayBeEmpty(field));
  return empty ? rest : { ...rest, [field.name]: next };
}

/** A line's text as the value its schema wants. */
export function typed(field: Field, text: string): Json | undefined {
  if (text === "") return undefined;
  const type = field.schema["type"];
  if ((type === "number" || type === "integer") && Number.isFinite(Number(text))) return Number(text);
  return text;
}

/** What an answer begins as. */
export function blank(form: Form, input: Json): Json {
  const criteria = form.input.find((field) => field.as === "criteria");
  const target = form.answer.find((field) => field.as === "criteria");
  const given = criteria === undefined ? [] : asList(read(input, criteria));
  return target !== undefined && given.length > 0 ? { [target.name]: given } : {};
}

/** The keys of a choice: the template's own, else 1 to 9 in order. */
export function keyOf(field: LayoutField, index: number): string | null {
  return field.options?.[index]?.key ?? (index < 9 ? String(index + 1) : null);
}

export type FieldErrors = ReadonlyMap<string, string>;

/** The server's objections by pointer: `/reason`, `/criteria/2/text`. The empty pointer is the answer as a whole. */
export function errorsOf(problem: Problem | null): FieldErrors {
  const found = new Map<string, string>();
  for (const error of problem?.errors ?? []) {
    const pointer = pointerOf(error.field);
    const sentence = sentenceOf(error.reason, error.hint);
    found.set(pointer, found.has(pointer) ? `${found.get(pointer)} ${sentence}` : sentence);
  }
  return found;
}

function pointerOf(field: string): string {
  const base = field === "" || field.startsWith("/") ? field : `/${field.replace(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`;
  return base.replace(/^\/answer(?=\/|$)/, "");
}

function sentenceOf(reason: string, hint: string | null | undefined): string {
  const said = /^is missing(;|$)/.test(reason) ? "Needed before you submit." : sentence(reason);
  return hint === undefined || hint === null || hint === "" ? said : `${said} ${hint}`;
}

/** Those whose place in the answer was not changed since they were found. */
export function stillSo(errors: FieldErrors, found: Json | undefined, answer: Json): FieldErrors {
  if (found === undefined) return errors;
  const same = (at: string) => JSON.stringify(valueAt(found, at)) === JSON.stringify(valueAt(answer, at));
  return new Map([...errors].filter(([at]) => same(at)));
}

/** What a JSON Pointer (RFC 6901) points to. */
function valueAt(value: Json | undefined, pointer: string): Json | undefined {
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<Json | undefined>((at, step) => (Array.isArray(at) ? at[Number(step)] : isObject(at) ? at[step] : undefined), value);
}

/** Errors at or below a pointer. */
export function errorAt(errors: FieldErrors, pointer: string): string | undefined {
  return errors.get(pointer);
}

export function errorsBelow(errors: FieldErrors, pointer: string): string[] {
  return [...errors].filter(([at]) => at === pointer || at.startsWith(`${pointer}/`)).map(([, reason]) => reason);
}

/** Objections that belong to no drawn field. */
export function strayErrors(errors: FieldErrors, form: Form): string[] {
  return [...errors].filter(([at]) => !form.answer.some((field) => at === field.field || at.startsWith(`${field.field}/`))).map(([at, reason]) => (at === "" ? reason : `${at.slice(1)}: ${reason}`));
}

export interface Criterion extends JsonObject {
  text: string;
}

export function criteriaOf(value: Json | undefined): Criterion[] {
  return asList(value).flatMap((item): Criterion[] => {
    if (typeof item === "string") return [{ text: item }];
    return isObject(item) ? [{ ...item, text: asText(item["text"]) }] : [];
  });
}

/** Moves an item by one place; the list itself where there is no place. */
export function moved<T>(items: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  const item = items[from];
  const other = items[to];
  if (item === undefined || other === undefined) return [...items];
  const next = [...items];
  next[from] = other;
  next[to] = item;
  return next;
}
