import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TemplateDocument } from "../src/api/contract";
import { blank, criteriaOf, errorsOf, formOf, keyOf, moved, read, stillSo, strayErrors, typed, write } from "../src/work/form";
import { isFor } from "../src/work/Pairwise";

const builtIn = (name: string) => JSON.parse(readFileSync(new URL(`../../crates/work/templates/${name}.json`, import.meta.url), "utf8")) as TemplateDocument;

describe("templates", () => {
  it.each(["pairwise-preference", "rubric", "chat", "freeform", "ranking", "classification", "spans"])("%s draws every field of its layout", (name) => {
    const template = builtIn(name);
    const form = formOf(template);
    expect(form.interaction).toBe(template.layout.interaction);
    expect(form.input.map((field) => field.field)).toEqual(template.layout.input.map((field) => field.field));
    expect(form.answer.map((field) => field.field)).toEqual(template.layout.answer.map((field) => field.field));
    const required = (template.answer["required"] as string[]).toSorted();
    expect(form.answer.filter((field) => field.required).map((field) => field.name).toSorted()).toEqual(required);
  });
  it("reads the schemas under either name", () => {
    const { input, answer, ...rest } = builtIn("freeform");
    const form = formOf({ ...rest, input_schema: input, answer_schema: answer } as unknown as TemplateDocument);
    expect(form.answer[0]?.required).toBe(true);
  });
  it("draws a template without a layout from its schema", () => {
    const form = formOf({
      kind: "freeform", input: {},
      answer: { properties: { mood: { enum: ["good", "bad"] }, sure: { type: "boolean" }, note: { type: "string", maxLength: 100 }, why: { type: "string" }, points: { type: "integer" } } },
      layout: { interaction: "freeform", input: [], answer: [] },
    });
    expect(form.answer.map((field) => field.as)).toEqual(["choice", "choice", "line", "text", "line"]);
    expect(form.answer[0]?.options?.map((option) => option.value)).toEqual(["good", "bad"]);
  });
  it("follows references inside the document only", () => {
    const form = formOf({ kind: "freeform", input: {}, answer: { properties: { a: { $ref: "#/$defs/x" }, b: { $ref: "https://elsewhere.example/x" }, c: { $ref: "#/$defs/loop" } }, $defs: { x: { enum: ["y"] }, loop: { $ref: "#/$defs/loop" } } }, layout: { interaction: "freeform", input: [], answer: [] } });
    expect(form.answer.map((field) => field.schema)).toEqual([{ enum: ["y"] }, {}, {}]);
  });
});

describe("answers", () => {
  const field = { name: "reason" };
  it("leaves out what is empty, so that optional fields are absent", () => {
    expect(write({ choice: "a" }, field, "x")).toEqual({ choice: "a", reason: "x" });
    expect(write({ choice: "a", reason: "x" }, field, "")).toEqual({ choice: "a" });
    expect(write({ reason: ["x"] }, field, [])).toEqual({});
    expect(read({ reason: 0 }, field)).toBe(0);
    expect(write({}, field, 0)).toEqual({ reason: 0 });
    expect(write({}, { ...field, required: true, schema: {} }, [])).toEqual({ reason: [] });
    expect(write({}, { ...field, required: true, schema: { minItems: 1 } }, [])).toEqual({});
    expect(write({}, { ...field, required: false, schema: {} }, [])).toEqual({});
  });
  it("begins with the criteria that the task proposes", () => {
    const form = formOf(builtIn("rubric"));
    expect(blank(form, { prompt: "p", criteria: [{ text: "one" }] })).toEqual({ criteria: [{ text: "one" }] });
    expect(blank(form, { prompt: "p" })).toEqual({});
  });
  it("types numbers and leaves words", () => {
    const form = formOf({ kind: "freeform", input: {}, answer: { properties: { n: { type: "integer" }, s: { type: "string" } } }, layout: { interaction: "freeform", input: [], answer: [] } });
    const [n, s] = form.answer;
    if (n === undefined || s === undefined) throw new Error("two fields");
    expect(typed(n, "4")).toBe(4);
    expect(typed(n, "four")).toBe("four");
    expect(typed(s, "4")).toBe("4");
    expect(typed(s, "")).toBeUndefined();
  });
  it("reads criteria as texts or objects", () => {
    expect(criteriaOf(["a", { text: "b", weight: 2 }, 3])).toEqual([{ text: "a" }, { text: "b", weight: 2 }]);
  });
  it("moves by one place and not off the ends", () => {
    expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  });
});

describe("keys", () => {
  it("takes the template's own, else the place", () => {
    expect(keyOf({ field: "/c", label: "c", as: "choice", options: [{ value: "x", label: "X", key: "y" }, { value: "z", label: "Z" }] }, 0)).toBe("y");
    expect(keyOf({ field: "/c", label: "c", as: "choice", options: [{ value: "x", label: "X" }] }, 0)).toBe("1");
    expect(keyOf({ field: "/c", label: "c", as: "choice" }, 9)).toBeNull();
  });
  it.each([["a", 0, true], ["b_much", 1, true], ["response_a", 0, true], ["tie", 0, false], ["same", 1, false], ["1", 0, true], ["A", 1, false]])("%s speaks for response %i: %s", (value, index, yes) => expect(isFor(value, index)).toBe(yes));
});

describe("the server's objections", () => {
  const problem = (errors: { field: string; reason: string; hint?: string }[]) => ({ type: "/problems/invalid", title: "Invalid", status: 422, errors });
  it("stand at their fields, whatever the path is written like", () => {
    const errors = errorsOf(problem([{ field: "/reason", reason: "must have at least 15 characters" }, { field: "criteria[2].text", reason: "must not be empty" }, { field: "/answer/choice", reason: "must be one of a, b" }]));
    expect([...errors]).toEqual([["/reason", "Must have at least 15 characters."], ["/criteria/2/text", "Must not be empty."], ["/choice", "Must be one of a, b."]]);
  });
  it("name the field that is missing", () => {
    const missing = [{ field: "/answer/choice", reason: 'is missing; it must be one of "a", "b", "tie"' }, { field: "/answer/criteria/0/verdict", reason: "is missing: the task gives a response to grade" }];
    expect([...errorsOf(problem(missing))]).toEqual([["/choice", "Needed before you submit."], ["/criteria/0/verdict", "Is missing: the task gives a response to grade."]]);
  });
  it("go when what they are about is changed", () => {
    const errors = new Map([["/choice", "Needed before you submit."], ["/criteria/1/verdict", "Needed before you submit."], ["", "Is too large."]]);
    const found = { choice: null, criteria: [{ verdict: "met" }, {}] };
    expect([...stillSo(errors, found, { ...found, choice: "a" }).keys()]).toEqual(["/criteria/1/verdict"]);
    expect([...stillSo(errors, found, { ...found, criteria: [{ verdict: "unmet" }, {}] }).keys()]).toEqual(["/choice", "/criteria/1/verdict"]);
    expect([...stillSo(errors, found, found).keys()]).toEqual([...errors.keys()]);
  });
  it("are not lost where no field is drawn", () => {
    const form = formOf(builtIn("pairwise-preference"));
    expect(strayErrors(errorsOf(problem([{ field: "/other", reason: "is unknown" }, { field: "/choice", reason: "x" }, { field: "", reason: "is too large" }])), form)).toEqual(["other: Is unknown.", "Is too large."]);
  });
});
