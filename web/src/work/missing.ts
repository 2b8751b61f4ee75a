import type { Json } from "../api/contract";
import { isBlank } from "../ui/blank";
import { plural } from "../ui/format";
import { asList, asText, criteriaOf, mayBeEmpty, read, responsesOf, type Field, type FieldErrors, type Form } from "./form";
import { orderOf, unplaced } from "./ranking";

export interface Missing {
  /** What is missing, in one or more sentences. */
  said: string;
  /** Where, by pointer into the answer. */
  errors: FieldErrors;
}

/** Whether a task gives a response to grade: its criteria are judged then, and not written. */
export function isGrading(form: Form, input: Json): boolean {
  const response = form.input.find((field) => field.name === "response");
  return response !== undefined && asText(read(input, response)) !== "";
}

/** Whether the criteria are the author's own to write: always where nothing is graded, else where the task brings none. */
export function isWriting(form: Form, input: Json): boolean {
  const given = form.input.find((field) => field.as === "criteria");
  return !isGrading(form, input) || given === undefined || asList(read(input, given)).length === 0;
}

/** What is yet to be done before an answer can be handed in; null where nothing is. */
export function missing(form: Form, input: Json, answer: Json): Missing | null {
  const errors = new Map<string, string>();
  const said = form.answer.flatMap((field) => {
    if (form.interaction === "rubric" && field.as === "criteria") return ofCriteria(field, isGrading(form, input), answer, errors);
    if (form.interaction === "demonstration" && field.as === "turns") return ofReplies(form, field, input, answer, errors);
    if (field.as === "ranks") return ofRanks(form, field, input, answer, errors);
    if (field.as === "choices") return ofChoices(field, answer, errors);
    if (field.as === "spans") return ofSpans(field, answer, errors);
    return ofField(field, answer, errors);
  });
  return errors.size === 0 ? null : { said: said.join(" "), errors };
}

function ofCriteria(field: Field, grading: boolean, answer: Json, errors: Map<string, string>): string[] {
  const criteria = criteriaOf(read(answer, field));
  if (criteria.length === 0) {
    if (!field.required) return [];
    errors.set(field.field, "Needed before you submit.");
    return ["Write one criterion at least."];
  }
  const said: string[] = [];
  const unread = criteria.flatMap(({ text }, index) => (isBlank(text) ? [index] : []));
  for (const index of unread) errors.set(`${field.field}/${index}/text`, "Write this criterion, or remove it.");
  if (unread.length > 0) said.push(`${plural(unread.length, "criterion says", "criteria say")} nothing.`);
  if (grading) {
    const unjudged = criteria.flatMap((criterion, index) => (criterion["verdict"] === undefined ? [index] : []));
    for (const index of unjudged) errors.set(`${field.field}/${index}/verdict`, "A verdict is needed before you submit.");
    if (unjudged.length > 0) said.push(`${unjudged.length} of ${plural(criteria.length, "criterion", "criteria")} ${unjudged.length === 1 ? "has" : "have"} no verdict.`);
  }
  return said;
}

function ofReplies(form: Form, field: Field, input: Json, answer: Json, errors: Map<string, string>): string[] {
  const turns = form.input.find((given) => given.as === "turns");
  const count = turns === undefined ? 0 : asList(read(input, turns)).length;
  const replies = asList(read(answer, field)).map(asText);
  const lacking = Array.from({ length: count }, (_, index) => index).filter((index) => isBlank(replies[index] ?? ""));
  for (const index of lacking) errors.set(`${field.field}/${index}`, "Needed before you submit.");
  if (lacking.length === 0) return [];
  return [count === 1 ? "The reply is missing." : `${lacking.length} of ${count} replies ${lacking.length === 1 ? "is" : "are"} missing.`];
}

function ofRanks(form: Form, field: Field, input: Json, answer: Json, errors: Map<string, string>): string[] {
  const count = responsesOf(form, input).length;
  const order = orderOf(read(answer, field), count);
  const left = unplaced(order, count).length;
  if (left === 0 || (!field.required && order.length === 0)) return [];
  errors.set(field.field, "Each response needs a rank before you submit.");
  return [`${left} of ${plural(count, "response")} ${left === 1 ? "has" : "have"} no rank yet.`];
}

function ofChoices(field: Field, answer: Json, errors: Map<string, string>): string[] {
  const value = read(answer, field);
  const least = field.schema["minItems"];
  const needed = typeof least === "number" ? least : 0;
  if (value === undefined && !field.required) return [];
  if (value !== undefined && asList(value).length >= needed) return [];
  const said = value === undefined && needed === 0 ? "Choose a label, or say that none fits." : needed < 2 ? "Choose one label at least." : `Choose ${needed} labels at least.`;
  errors.set(field.field, said);
  return [said];
}

function ofSpans(field: Field, answer: Json, errors: Map<string, string>): string[] {
  const value = read(answer, field);
  if (!field.required && value === undefined) return [];
  if (Array.isArray(value) && (value.length > 0 || mayBeEmpty(field))) return [];
  const said = mayBeEmpty(field) ? "Mark the passages, or say that there is nothing to mark." : "Mark one passage at least.";
  errors.set(field.field, said);
  return [said];
}

function ofField(field: Field, answer: Json, errors: Map<string, string>): string[] {
  const value = read(answer, field);
  const there = typeof value === "string" ? !isBlank(value) : value !== undefined && value !== null;
  if (!field.required || there) return [];
  errors.set(field.field, "Needed before you submit.");
  return [`${field.label} is missing.`];
}
