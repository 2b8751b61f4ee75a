import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LayoutOption, TemplateDocument } from "../src/api/contract";
import { entriesOf, isSearched, keyOfChoice, matching, pathOf, pickedOf, toggled, unknownOf } from "../src/work/choices";
import { formOf, mayBeEmpty, write, type Field } from "../src/work/form";

const template = JSON.parse(readFileSync(new URL("../../crates/work/templates/classification.json", import.meta.url), "utf8")) as TemplateDocument;
const built = formOf(template).answer[0] as Field;
const field = (schema: Field["schema"], ...values: string[]): Field => ({ ...built, schema, options: values.map((value) => ({ value, label: value })) });
const labels = (options: LayoutOption[]) => options.map((option) => option.label);

describe("labels", () => {
  it("have the template's keys, else 1 to 9 and 0", () => {
    expect(built.options?.map((_, index) => keyOfChoice(built, index))).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]);
    const own = field({}, ..."abcdefghijk");
    expect([0, 9, 10].map((index) => keyOfChoice(own, index))).toEqual(["1", "0", null]);
    expect([isSearched(built.options ?? []), isSearched(own.options ?? [])]).toEqual([false, true]);
  });
  it("stand in the order of the options, however they were picked", () => {
    const three = field({}, "a", "b", "c");
    expect(toggled(three, ["c"], "a")).toEqual({ next: ["a", "c"] });
    expect(toggled(three, ["a", "c"], "b")).toEqual({ next: ["a", "b", "c"] });
    expect(toggled(three, ["a", "c"], "a")).toEqual({ next: ["c"] });
    expect(labels(pickedOf(three, ["c", "gone", "a"]))).toEqual(["a", "c"]);
    expect(unknownOf(three, ["c", "gone"])).toEqual(["gone"]);
    expect([pickedOf(three, undefined), pickedOf(three, "a"), unknownOf(three, null)]).toEqual([[], [], []]);
  });
  it("give way where only one may be, and are refused with a sentence where there are enough", () => {
    const one = field({ maxItems: 1 }, "a", "b");
    expect(toggled(one, ["a"], "b")).toEqual({ next: ["b"] });
    expect(toggled(one, ["a"], "a")).toEqual({ next: [] });
    const two = field({ maxItems: 2 }, "a", "b", "c");
    expect(toggled(two, ["a", "b"], "c")).toEqual({ refused: "At most 2 labels: take one off before you add another." });
    expect(toggled(two, ["a", "b"], "b")).toEqual({ next: ["a"] });
  });
  it("may be none where the schema asks for no item, and that is sent", () => {
    expect([mayBeEmpty(built), mayBeEmpty(field({ minItems: 0 }, "a")), mayBeEmpty({ ...field({}, "a"), required: false })]).toEqual([false, true, false]);
    expect(write({}, field({}, "a"), [])).toEqual({ labels: [] });
    expect(write({}, field({}, "a"), undefined)).toEqual({});
    expect(write({ labels: ["a"] }, built, [])).toEqual({});
  });
});

describe("a search in labels", () => {
  const options = ["Arts / Crème et café / Advice", "Science / Physics / Advice", "Science / Physics / Optics", "Advice on physics"].map((label, index) => ({ value: `v${index}`, label }));
  const entries = entriesOf(options);
  const found = (query: string) => matching(entries, query).map((entry) => entry.option.value);
  it("looks at label and value without case and marks", () => {
    expect(found("creme CAFE")).toEqual(["v0"]);
    expect(found("CRE\u0300ME")).toEqual(["v0"]);
    expect(found("V2")).toEqual(["v2"]);
    expect(found("zzz")).toEqual([]);
    expect(found("  ")).toEqual(["v0", "v1", "v2", "v3"]);
  });
  it("wants every word, and puts those first whose last part begins so", () => {
    expect(found("advice")).toEqual(["v0", "v1", "v3"]);
    expect(found("phys advice")).toEqual(["v1", "v3"]);
    expect(found("science / opt")).toEqual(["v2"]);
    expect(matching(entriesOf([{ value: 1, label: "Sport / Ice" }, { value: 2, label: "Sport / Polo on ice" }, { value: 3, label: "Ice / Sport" }]), "sport").map((entry) => entry.option.value)).toEqual([3, 1, 2]);
  });
  it("reads a path in a label", () => {
    expect(pathOf("Science / Physics / Optics")).toEqual(["Science", "Physics", "Optics"]);
    expect([pathOf("and/or"), pathOf(" / ")]).toEqual([["and/or"], []]);
  });
});
