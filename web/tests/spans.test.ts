import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TemplateDocument } from "../src/api/contract";
import { formOf } from "../src/work/form";
import { added, blocksOf, bodyOf, cut, inOrder, lanesOf, pointsOf, relabelled, snapOf, spanAt, spansOf, stretchesOf, tagsOf, type Span } from "../src/work/spans";

const form = formOf(JSON.parse(readFileSync(new URL("../../crates/work/templates/spans.json", import.meta.url), "utf8")) as TemplateDocument);
const span = (start: number, end: number, label = "a"): Span => ({ start, end, label });
const quoted = (text: string, { start, end }: Span) => Array.from(text).slice(start, end).join("");

const FLAG = "🇦🇹";
const FAMILY = "👨‍👩‍👧";

describe("offsets", () => {
  it("are code points, and come back as the units they were", () => {
    const text = `a😀b${FAMILY}c`;
    const points = pointsOf(text);
    expect(points.length).toBe(Array.from(text).length);
    expect([0, 1, 3, 4].map(points.toPoint)).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3].map(points.toUnit)).toEqual([0, 1, 3, 4]);
    for (let at = 0, unit = 0; at <= points.length; at += 1) {
      expect([points.toPoint(unit), points.toUnit(at)]).toEqual([at, unit]);
      unit += text.codePointAt(unit) === undefined || (text.codePointAt(unit) as number) < 0x10000 ? 1 : 2;
    }
  });
  it("count a lone half of a pair as Python would, as one", () => {
    const points = pointsOf("\ud83d x \ude00");
    expect([points.length, points.toPoint(3), points.toUnit(3)]).toEqual([5, 3, 3]);
  });
  it("are the same in a text of many", () => {
    const text = "😀x".repeat(30_000);
    const points = pointsOf(text);
    expect([points.length, points.toPoint(90_000), points.toUnit(60_000)]).toEqual([60_000, 60_000, 90_000]);
  });
  it("quote what a code point reader reads", () => {
    const text = `Wien ${FLAG} ist e\u0301in 👍🏽 Ort`;
    const points = pointsOf(text);
    const [from, to] = snapOf(text)(text.indexOf("👍"), text.indexOf("👍") + 1);
    const marked = span(points.toPoint(from), points.toPoint(to));
    expect(text.slice(from, to)).toBe("👍🏽");
    expect(quoted(text, marked)).toBe("👍🏽");
  });
});

describe("a selection", () => {
  it("never splits a character, in either direction", () => {
    const text = `x${FAMILY}y e\u0301 ${FLAG}`;
    const snap = snapOf(text);
    expect(text.slice(...snap(3, 2))).toBe(FAMILY);
    expect(text.slice(...snap(0, 2))).toBe(`x${FAMILY}`);
    const e = text.indexOf("e");
    expect(text.slice(...snap(e + 1, e + 2))).toBe("e\u0301");
    expect(text.slice(...snap(text.length - 1, text.length))).toBe(FLAG);
    expect(snap(0, text.length)).toEqual([0, text.length]);
  });
  it("leaves out white space at its ends, but may be white space alone", () => {
    const text = "one  two\n\nthree";
    const snap = snapOf(text);
    expect(text.slice(...snap(3, 9))).toBe("two");
    expect(snap(3, 5)).toEqual([3, 5]);
    expect(snap(8, 10)).toEqual([8, 10]);
  });
});

describe("passages", () => {
  it("are read from a draft that may hold anything", () => {
    expect(spansOf([span(0, 2), { start: 2, end: 2, label: "a" }, { start: -1, end: 2, label: "a" }, { start: 0, end: 1.5, label: "a" }, { start: 0, end: 1 }, null, "x"])).toEqual([span(0, 2)]);
    expect([spansOf(undefined), spansOf({})]).toEqual([[], []]);
  });
  it("stand by their start, then their end", () => {
    expect(inOrder([span(5, 6), span(0, 9), span(0, 2)])).toEqual([span(0, 2), span(0, 9), span(5, 6)]);
    expect(added([span(0, 2), span(5, 6)], span(3, 4), 9)).toEqual({ next: [span(0, 2), span(3, 4), span(5, 6)], at: 1 });
  });
  it("are there once with a label, and overlap with another", () => {
    expect(added([span(0, 2)], span(0, 2), 9)).toEqual({ refused: "This passage has this label already." });
    expect(added([span(0, 2)], span(0, 2, "b"), 9)).toMatchObject({ at: 1 });
    expect(added([span(0, 2)], span(1, 2), 1)).toEqual({ refused: "At most 1 passage: remove one before you mark another." });
    expect(relabelled([span(0, 2), span(0, 2, "b")], 1, "a")).toHaveProperty("refused");
    expect(relabelled([{ ...span(0, 2), note: "n" }], 0, "b")).toEqual({ next: [{ ...span(0, 2, "b"), note: "n" }], at: 0 });
  });
  it("are found by a place: the innermost, else the one that ends there", () => {
    const spans = [span(0, 10), span(2, 5), span(20, 22)];
    expect([3, 5, 7, 10, 22, 15].map((point) => spanAt(spans, point))).toEqual([1, 0, 0, 0, 2, null]);
  });
  it("are drawn on lines that do not hide each other", () => {
    expect(lanesOf([span(0, 10), span(2, 5), span(4, 12), span(5, 7), span(10, 11)])).toEqual([0, 1, 2, 1, 0]);
  });
  it("cut the text where they begin and end, in units", () => {
    const text = "a😀bcd";
    const spans = [span(0, 3), span(1, 2), span(4, 99)];
    const cuts = stretchesOf(text.length, spans, pointsOf(text));
    expect(cuts.map(({ from, to, over }) => [text.slice(from, to), over])).toEqual([["a", [0]], ["😀", [0, 1]], ["b", [0]], ["c", []], ["d", [2]]]);
    expect(cuts.map(({ begins }) => begins)).toEqual([[0], [1], [], [], [2]]);
    expect(stretchesOf(0, [], pointsOf(""))).toEqual([]);
    expect(stretchesOf(3, [span(7, 9)], pointsOf("abc"))).toEqual([{ from: 0, to: 3, over: [], begins: [] }]);
  });
  it("stand in blocks of whole lines", () => {
    const text = "one\ntwo\nthree\nfour\n";
    const stretches = stretchesOf(text.length, [span(2, 10), span(14, 19)], pointsOf(text));
    const blocks = blocksOf(text, stretches, 4);
    expect(blocks.map((block) => block.map(({ from, to }) => text.slice(from, to)))).toEqual([["on", "e\ntwo\n"], ["th", "ree\n"], ["four\n"]]);
    expect(blocks.flat().map(({ begins, over }) => [begins, over])).toEqual([[[], []], [[0], [0]], [[], [0]], [[], []], [[1], [1]]]);
    expect(blocksOf(text, stretches)).toEqual([stretches]);
    expect(blocksOf("", [])).toEqual([[]]);
    expect(blocksOf("x".repeat(9000), stretchesOf(9000, [], pointsOf("")), 10)).toHaveLength(1);
  });
  it("of a long text are cut quickly", () => {
    const text = "word 😀 ".repeat(12_500);
    const spans = inOrder(Array.from({ length: 1000 }, (_, at) => span((at * 7919) % 80_000, ((at * 7919) % 80_000) + 300)));
    const begun = performance.now();
    const cuts = stretchesOf(text.length, spans, pointsOf(text));
    expect(performance.now() - begun).toBeLessThan(200);
    expect(cuts.map(({ from, to }) => text.slice(from, to)).join("")).toBe(text);
  });
});

describe("words for passages", () => {
  it("tell labels apart by a letter, else by the key", () => {
    expect(tagsOf([{ value: 1, label: "Name" }, { value: 2, label: "place" }])).toEqual(["N", "P"]);
    expect(tagsOf([{ value: 1, label: "Person" }, { value: 2, label: "Place" }])).toEqual(["PE", "PL"]);
    expect(tagsOf(form.answer[0]?.options ?? [])).toEqual(["1", "2", "3", "4"]);
    expect(tagsOf([{ value: 1, label: "unsafe" }, { value: 2, label: "unsound" }])).toEqual(["1", "2"]);
  });
  it("quote on one line, and shorten without splitting a character", () => {
    expect(cut(" a\n b ")).toBe("a b");
    const long = cut("😀".repeat(300), 50);
    expect([long.startsWith("😀"), Array.from(long).length]).toEqual([true, 49]);
    expect(() => encodeURIComponent(long)).not.toThrow();
    expect(cut("x".repeat(1_000_000)).length).toBeLessThan(100);
  });
  it("stand on the text that the template shows as it is", () => {
    expect(bodyOf(form)?.name).toBe("body");
  });
});
