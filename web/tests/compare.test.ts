import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Json, TemplateDocument } from "../src/api/contract";
import { compared, differing } from "../src/review/compare";
import { formOf } from "../src/work/form";

const form = (name: string) => formOf(JSON.parse(readFileSync(new URL(`../../crates/work/templates/${name}.json`, import.meta.url), "utf8")) as TemplateDocument);
const rows = (name: string, input: Json, ...answers: Json[]) => compared(form(name), input, answers).flatMap((section) => section.rows.map((row) => [row.quote === undefined ? row.head : `${row.head}: ${row.quote}`, ...row.cells, row.differs]));

describe("answers side by side", () => {
  it("differ in the responses that have other ranks", () => {
    const input = { prompt: "p", responses: ["a", "b", "c"] };
    expect(rows("ranking", input, { ranks: [1, 2, 3] }, { ranks: [1, 3, 2], reason: "r" })).toEqual([
      ["Response 1", "1st", "1st", false], ["Response 2", "2nd", "3rd", true], ["Response 3", "3rd", "2nd", true], ["Why?", "", "r", false],
    ]);
    // Who shares a rank has it all the same.
    expect(rows("ranking", input, { ranks: [1, 2, 2] }, { ranks: [1, 2, 3] }).map((row) => row.at(-1))).toEqual([false, false, true]);
  });
  it("differ in the labels that not all gave", () => {
    expect(rows("classification", { body: "b" }, { labels: ["other", "chat"] }, { labels: ["chat"] })).toEqual([["Chat", "✓", "✓", false], ["Something else", "✓", "–", true]]);
    expect(rows("classification", { body: "b" }, { labels: ["gone"] }, { labels: [] })).toEqual([["gone", "✓", "–", true]]);
  });
  it("differ in the passages that not all marked, and say what is near", () => {
    const input = { body: "😀 one two three" };
    const one = { start: 2, end: 5, label: "unsafe" };
    const found = rows("spans", input, { spans: [one, { start: 6, end: 9, label: "unclear" }] }, { spans: [one, { start: 6, end: 15, label: "unclear" }] }, { spans: [{ ...one, label: "unclear" }] });
    expect(found).toEqual([
      ["Unsafe: one", "✓", "✓", "other label", true],
      ["Unclear: one", "other label", "other label", "✓", true],
      ["Unclear: two", "✓", "other bounds", "–", true],
      ["Unclear: two three", "other bounds", "✓", "–", true],
    ]);
    expect(rows("spans", input, { spans: [] }, { spans: [] })).toEqual([["Nothing to mark", "✓", "✓", false]]);
    expect(rows("spans", input, { spans: [] }, { spans: [one] })).toEqual([["Unsafe: one", "–", "✓", true]]);
  });
  it("differ in the verdicts on the same criterion, and in what else is said of it", () => {
    const [one, two] = [{ id: "c1", text: "Says one." }, { text: "Says two." }];
    const graded = (a: Json, b: Json) => rows("rubric", { prompt: "p", response: "r" }, { criteria: [{ ...one, verdict: "met" }, { ...two, ...(a as object) }] }, { criteria: [{ ...two, ...(b as object) }, { ...one, verdict: "met" }] });
    expect(graded({ verdict: "not_met" }, { verdict: "not_met" })).toEqual([["Criterion 1: Says one.", "Met", "Met", false], ["Criterion 2: Says two.", "Not met", "Not met", false]]);
    expect(graded({ verdict: "met" }, { verdict: "unclear" })[1]).toEqual(["Criterion 2: Says two.", "Met", "Unclear", true]);
    expect(graded({ verdict: "met" }, {})[1]).toEqual(["Criterion 2: Says two.", "Met", "no verdict", true]);
    expect(graded({ verdict: "met", weight: 2, required: true, note: "x" }, { verdict: "met", weight: 2 }).slice(1)).toEqual([
      ["Criterion 2: Says two.", "Met", "Met", false], ["Criterion 2, required", "yes", "no", true], ["Criterion 2, note", "x", "–", false],
    ]);
  });
  it("differ in the criteria that not all wrote, and in how one with an id reads", () => {
    expect(rows("rubric", { prompt: "p" }, { criteria: [{ text: "A." }, { text: "A." }] }, { criteria: [{ text: "A." }, { text: "B." }] })).toEqual([
      ["Criterion 1: A.", "✓", "✓", false], ["Criterion 2: A.", "✓", "–", true], ["Criterion 3: B.", "–", "✓", true],
    ]);
    expect(rows("rubric", { prompt: "p" }, { criteria: [{ id: "c", text: "Old." }] }, { criteria: [{ id: "c", text: "New." }] })).toEqual([
      ["Criterion 1: Old.", "✓", "✓", false], ["Criterion 1, text", "Old.", "New.", true],
    ]);
  });
  it("differ in what is said in a line", () => {
    const line = formOf({ layout: { interaction: "freeform", input: [], answer: [{ field: "/name", label: "Name", as: "line" }] }, input: {}, answer: { type: "object", properties: { name: { type: "string" } } } } as unknown as TemplateDocument);
    const said = (...names: Json[]) => compared(line, {}, names).flatMap((section) => section.rows.map((row) => [...row.cells, row.differs]));
    expect(said({ name: "a" }, { name: "b" })).toEqual([["a", "b", true]]);
    expect(said({ name: "a" }, {})).toEqual([["a", "–", true]]);
    expect(said({}, {})).toEqual([]);
  });
  it("are counted, and prose is not compared", () => {
    const pair = compared(form("pairwise-preference"), {}, [{ choice: "a", reason: "x" }, { choice: "b", reason: "y" }]);
    expect(differing(pair)).toBe(1);
  });
});
