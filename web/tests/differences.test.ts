import { describe, expect, it } from "vitest";
import { differences } from "../src/text/differences";
import { sliceByMarks } from "../src/text/marks";

const marked = (text: string, marks: { n: number; start: number; end: number }[]) => marks.map((mark) => `${mark.n}:${text.slice(mark.start, mark.end)}`);

describe("differences", () => {
  it("finds the words that differ, with the same number on both sides", () => {
    const a = "You can return it within 14 days of delivery, in its original packaging. Thank you.";
    const b = "You can return it within 30 days of delivery, without any packaging. Thank you.";
    const found = differences(a, b);
    expect(found?.count).toBe(2);
    expect(marked(a, found?.a ?? [])).toEqual(["1:14", "2:in its original"]);
    expect(marked(b, found?.b ?? [])).toEqual(["1:30", "2:without any"]);
  });
  it("joins differences with a word or two between them", () => {
    const found = differences("one two three four five six", "uno two tres four cinco six");
    expect(found?.count).toBe(1);
  });
  it("marks only the side that has something", () => {
    const found = differences("a b c d", "a b c d and more");
    expect(found).toMatchObject({ count: 1, a: [], b: [{ n: 1 }] });
  });
  it("says how much is alike", () => {
    expect(differences("same text", "same text")).toMatchObject({ count: 0, alike: 1 });
    expect(differences("", "")).toMatchObject({ count: 0, alike: 1 });
    expect(differences("a b c d", "w x y z")?.alike).toBe(0);
  });
  it("ignores spacing and keeps punctuation", () => {
    expect(differences("a  b\nc", "a b c")?.count).toBe(0);
    expect(differences("Yes.", "Yes?")?.count).toBe(1);
  });
  it("works in every script", () => {
    const a = "猫 が 好き です";
    expect(marked(a, differences(a, "犬 が 好き です")?.a ?? [])).toEqual(["1:猫"]);
  });
  it("leaves very long texts alone", () => {
    expect(differences("word ".repeat(20_001), "word")).toBeNull();
  });
});

describe("slices", () => {
  it("cuts a text inside and outside the marks", () => {
    expect(sliceByMarks("abcdef", 10, [{ n: 1, start: 8, end: 12 }, { n: 2, start: 14, end: 20 }])).toEqual([
      { text: "ab", at: 10, mark: 1, first: false },
      { text: "cd", at: 12, mark: null, first: false },
      { text: "ef", at: 14, mark: 2, first: true },
    ]);
  });
  it("passes a text without marks through", () => {
    expect(sliceByMarks("abc", 0, [])).toEqual([{ text: "abc", at: 0, mark: null, first: false }]);
  });
});
