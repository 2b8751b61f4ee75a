import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Json, TemplateDocument } from "../src/api/contract";
import { changesOf, countOf, sameAnswer } from "../src/review/changes";
import { remarkOn, quoted, withRemark } from "../src/review/remarks";
import { doneWords, secondsLeft, untilOf } from "../src/review/undo";
import { handIn } from "../src/review/verdict";
import { woven } from "../src/text/differences";
import { formOf } from "../src/work/form";

const form = (name: string) => formOf(JSON.parse(readFileSync(new URL(`../../crates/work/templates/${name}.json`, import.meta.url), "utf8")) as TemplateDocument);
const found = (name: string, input: Json, before: Json, after: Json) => changesOf(form(name), input, before, after).flatMap(({ changes }) => changes);

describe("texts as one", () => {
  it("keep the second text, and show what went where it was", () => {
    const [a, b] = ["You can return it within 14 days. Thank you.", "You can return it within 30 days, unpacked. Thank you."];
    const pieces = woven(a, b) ?? [];
    expect(pieces.filter(({ is }) => is !== "gone").map(({ text }) => text).join("")).toBe(b);
    expect(pieces.filter(({ is }) => is !== "new").map(({ text }) => text).join("")).toBe(a);
    expect(woven("one two", "one two three")).toEqual([{ is: "same", text: "one two" }, { is: "new", text: " three" }]);
    expect(woven("zero one two", "one two")).toEqual([{ is: "gone", text: "zero" }, { is: "same", text: "one two" }]);
    expect(woven("same", "same")).toEqual([{ is: "same", text: "same" }]);
    expect(woven("", "")).toEqual([]);
  });
});

describe("what a reviewer changed", () => {
  it("is nothing where only the order of names differs", () => {
    expect(sameAnswer({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toBe(true);
    expect(sameAnswer({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(found("pairwise-preference", {}, { choice: "a", reason: "r" }, { reason: "r", choice: "a" })).toEqual([]);
  });
  it("is told of a choice by its words, and of a text word by word", () => {
    const changes = found("pairwise-preference", {}, { choice: "a_better", reason: "It is right." }, { choice: "b_better", reason: "It is wrong." });
    expect(changes[0]).toMatchObject({ is: "changed", from: expect.any(String) as string, to: expect.any(String) as string });
    expect(changes[1]).toMatchObject({ is: "rewritten", pieces: [{ is: "same", text: "It is" }, { is: "gone", text: " right" }, { is: "new", text: " wrong" }, { is: "same", text: "." }] });
    expect(found("pairwise-preference", {}, { choice: "a" }, { choice: "a", reason: "new" })).toEqual([{ is: "added", head: expect.any(String) as string, words: "new" }]);
  });
  it("is told of an order by the ranks that moved, of labels by what came and went", () => {
    const input = { prompt: "p", responses: ["a", "b", "c"] };
    expect(found("ranking", input, { ranks: [1, 2, 3] }, { ranks: [1, 3, 2] })).toEqual([
      { is: "changed", head: "Response 2", from: "2nd", to: "3rd" }, { is: "changed", head: "Response 3", from: "3rd", to: "2nd" },
    ]);
    expect(found("classification", { body: "b" }, { labels: ["chat", "other"] }, { labels: ["chat", "extract"] })).toEqual([{ is: "removed", head: "Something else" }, { is: "added", head: "Extraction" }]);
  });
  it("is told of passages by their words: bounds, labels, notes", () => {
    const input = { body: "😀 one two three" };
    const span = (start: number, end: number, label: string, note?: string) => ({ start, end, label, ...(note === undefined ? {} : { note }) });
    const changes = found("spans", input, { spans: [span(2, 5, "unsafe"), span(6, 9, "unclear"), span(10, 15, "unsafe")] }, { spans: [span(2, 5, "unclear"), span(6, 15, "unclear"), span(2, 9, "incorrect")] });
    expect(changes).toEqual([
      { is: "removed", head: "Unsafe", words: "three" },
      { is: "changed", head: "Label", words: "one", from: "Unsafe", to: "Unclear" },
      { is: "changed", head: "Unclear", from: "two", to: "two three" },
      { is: "added", head: "Incorrect", words: "one two" },
    ]);
    expect(found("spans", input, { spans: [span(2, 5, "unsafe")] }, { spans: [span(2, 5, "unsafe", "why")] })).toEqual([{ is: "added", head: "Note on “one”", words: "why" }]);
    expect(found("spans", input, {}, { spans: [] })).toEqual([{ is: "added", head: "Nothing to mark" }]);
  });
  it("is told of criteria by their id, their words, then their place", () => {
    const [a, b, c] = [{ text: "Says one." }, { text: "Says two." }, { text: "Says three.", verdict: "met" }];
    expect(found("rubric", {}, { criteria: [a, b, c] }, { criteria: [a, b, c, { text: "New." }] })).toEqual([{ is: "added", head: "Criterion 4", words: "New." }]);
    expect(found("rubric", {}, { criteria: [a, b, c] }, { criteria: [a, c] })).toEqual([{ is: "removed", head: "Criterion 2", words: "Says two." }]);
    expect(found("rubric", {}, { criteria: [a, b] }, { criteria: [b, a] }).map(({ head }) => head)).toEqual(["Place", "Place"]);
    expect(found("rubric", {}, { criteria: [c] }, { criteria: [{ ...c, verdict: "not_met" }] })).toEqual([{ is: "changed", head: "Criterion 1, verdict", from: "Met", to: "Not met" }]);
    expect(found("rubric", {}, { criteria: [a] }, { criteria: [{ text: "Says 1." }] })[0]).toMatchObject({ is: "rewritten", head: "Criterion 1" });
  });
  it("is told of replies one by one, and counted", () => {
    const changed = changesOf(form("chat"), { turns: ["a", "b"] }, { replies: ["one", "two"] }, { replies: ["one", "three"] });
    expect(changed[0]?.changes[0]).toMatchObject({ is: "rewritten", head: expect.stringMatching(/ 2$/) as string });
    expect(countOf(changed)).toBe(1);
  });
});

describe("a verdict that can be taken back", () => {
  const sent = Date.parse("2026-03-24T12:00:00Z");
  it("is so until the server's moment where the clocks agree, else for as long from when it was sent", () => {
    expect(untilOf("2026-03-24T12:00:30.5Z", sent)).toBe(sent + 30_500);
    expect(untilOf("2026-03-24T13:00:30Z", sent)).toBe(sent + 30_000);
    expect(untilOf("2026-03-24T11:59:00Z", sent)).toBe(sent + 30_000);
    expect(untilOf("", sent)).toBe(sent + 30_000);
  });
  it("is counted down in whole seconds", () => {
    expect(secondsLeft(sent + 30_000, sent + 1)).toBe(30);
    expect(secondsLeft(sent + 30_000, sent + 29_001)).toBe(1);
    expect(secondsLeft(sent + 30_000, sent + 31_000)).toBe(0);
  });
  it("is named by what was done", () => {
    expect(doneWords("accept", true)).toBe("Accepted as changed");
    expect(doneWords("return", true)).toBe("Returned");
    expect(handIn("accept", true)).toBe("Accept as changed and next");
    expect(handIn("return", true)).toBe("Return and next");
  });
});

describe("a remark on a field", () => {
  it("quotes its words, and stands on a line of its own", () => {
    expect(remarkOn("Reason", "It is\nright.")).toBe("Reason: “It is right.” — ");
    expect(remarkOn("Passages", "")).toBe("Passages: ");
    expect(withRemark("", "Reason: ")).toBe("Reason: ");
    expect(withRemark("First.\n", "Reason: ")).toBe("First.\nReason: ");
  });
  it("is cut where it is long", () => {
    expect(remarkOn("R", "word ".repeat(100)).length).toBeLessThan(90);
  });
  it("names a choice as people see it", () => {
    expect(quoted({ as: "choice", options: [{ value: 1, label: "One" }] }, 1)).toBe("One");
    expect(quoted({ as: "criteria" }, [{ text: "Says it." }])).toBe("Says it.");
    expect(quoted({ as: "ranks" }, [1, 2])).toBe("");
  });
});
