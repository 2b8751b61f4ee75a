import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Json, TemplateDocument } from "../src/api/contract";
import { isBlank } from "../src/ui/blank";
import { formOf } from "../src/work/form";
import { isWriting, missing } from "../src/work/missing";

const form = (name: string) => formOf(JSON.parse(readFileSync(new URL(`../../crates/work/templates/${name}.json`, import.meta.url), "utf8")) as TemplateDocument);
const told = (name: string, input: Json, answer: Json) => {
  const lacking = missing(form(name), input, answer);
  return lacking === null ? null : { said: lacking.said, at: [...lacking.errors.keys()] };
};

describe("what is missing of an answer", () => {
  it("is a verdict on each criterion, where there is a response to grade", () => {
    const criteria = ["a", "b", "c", "d"].map((text, index) => ({ id: String(index), text }));
    const input = { prompt: "p", response: "r", criteria };
    expect(told("rubric", input, { criteria })).toEqual({ said: "4 of 4 criteria have no verdict.", at: [0, 1, 2, 3].map((index) => `/criteria/${index}/verdict`) });
    const judged = criteria.map((criterion, index) => (index === 2 ? criterion : { ...criterion, verdict: "met" }));
    expect(told("rubric", input, { criteria: judged })).toEqual({ said: "1 of 4 criteria has no verdict.", at: ["/criteria/2/verdict"] });
    expect(told("rubric", input, { criteria: criteria.map((criterion) => ({ ...criterion, verdict: "unclear" })) })).toBeNull();
  });
  it("is a criterion that says something, where they are written", () => {
    expect(told("rubric", { prompt: "p" }, {})).toEqual({ said: "Write one criterion at least.", at: ["/criteria"] });
    expect(told("rubric", { prompt: "p" }, { criteria: [{ text: "a" }, { text: " \u200b" }] })).toEqual({ said: "1 criterion says nothing.", at: ["/criteria/1/text"] });
    expect(told("rubric", { prompt: "p" }, { criteria: [{ text: "a" }] })).toBeNull();
  });
  it("is both where a response came without criteria to grade it by", () => {
    const open = { prompt: "p", response: "r" };
    expect([isWriting(form("rubric"), open), isWriting(form("rubric"), { ...open, criteria: [{ text: "a" }] })]).toEqual([true, false]);
    expect(told("rubric", open, {})?.said).toBe("Write one criterion at least.");
    expect(told("rubric", open, { criteria: [{ text: "a" }] })?.said).toBe("1 of 1 criterion has no verdict.");
  });
  it("is a rank for each response", () => {
    const input = { prompt: "p", responses: ["a", "b", "c", "d"] };
    expect(told("ranking", input, {})).toEqual({ said: "4 of 4 responses have no rank yet.", at: ["/ranks"] });
    expect(told("ranking", input, { ranks: [null, 1, null, 2] })?.said).toBe("2 of 4 responses have no rank yet.");
    expect(told("ranking", input, { ranks: [2, 1, null, 2] })?.said).toBe("1 of 4 responses has no rank yet.");
    expect(told("ranking", input, { ranks: [2, 1, 3, 2] })).toBeNull();
  });
  it("is a label, or that none fits where that may be said", () => {
    expect(told("classification", { body: "b" }, {})).toEqual({ said: "Choose one label at least.", at: ["/labels"] });
    expect(told("classification", { body: "b" }, { labels: ["chat"] })).toBeNull();
    const free = form("classification");
    const none = { ...free, answer: free.answer.map((field) => ({ ...field, schema: {} })) };
    expect(missing(none, { body: "b" }, {})?.said).toBe("Choose a label, or say that none fits.");
    expect(missing(none, { body: "b" }, { labels: [] })).toBeNull();
  });
  it("is the passages, or that there is nothing to mark", () => {
    expect(told("spans", { body: "b" }, {})).toEqual({ said: "Mark the passages, or say that there is nothing to mark.", at: ["/spans"] });
    expect(told("spans", { body: "b" }, { spans: [] })).toBeNull();
    expect(told("spans", { body: "b" }, { spans: [{ start: 0, end: 1, label: "unsafe" }] })).toBeNull();
    const free = form("spans");
    const some = { ...free, answer: free.answer.map((field) => ({ ...field, schema: { ...field.schema, minItems: 1 } })) };
    expect(missing(some, { body: "b" }, { spans: [] })?.said).toBe("Mark one passage at least.");
  });
  it("is a reply to each turn", () => {
    const turns = { turns: ["one", "two"] };
    expect(told("chat", turns, {})).toEqual({ said: "2 of 2 replies are missing.", at: ["/replies/0", "/replies/1"] });
    expect(told("chat", turns, { replies: ["a", "\u2800\n"] })).toEqual({ said: "1 of 2 replies is missing.", at: ["/replies/1"] });
    expect(told("chat", { turns: ["one"] }, {})?.said).toBe("The reply is missing.");
    expect(told("chat", turns, { replies: ["a", "b"] })).toBeNull();
  });
  it("is a text or a choice that must be there", () => {
    expect(told("freeform", { body: "b" }, { text: " " })).toEqual({ said: "Your answer is missing.", at: ["/text"] });
    expect(told("freeform", { body: "b" }, { text: " x", label: " " })).toBeNull();
    expect(told("pairwise-preference", { prompt: "p" }, { reason: "r" })?.at).toEqual(["/choice"]);
    expect(told("pairwise-preference", { prompt: "p" }, { choice: "a" })).toBeNull();
  });
});

describe("a text of which nothing can be seen", () => {
  it.each(["", " \n\t", "\u00a0\u2003\u3000", "\u200b\u200d\ufeff\u2060", "\u2800\u3164\u115f\u034f\ufe0f", "\u0085", "\u0000\u007f", "\u0378"])("%j", (text) => {
    expect(isBlank(text)).toBe(true);
  });
  it("is none that holds a letter", () => {
    for (const text of [" a ", "\u200bä", "가", "0", "e\u0301", "🙂"]) expect(isBlank(text)).toBe(false);
  });
});
