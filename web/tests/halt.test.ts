import { describe, expect, it } from "vitest";
import { DOWN, extend, left, lift, spoken, tick } from "../src/halt/guard";
import { checkedWords, parseScope } from "../src/halt/reasons";
import { haltLabel, offerTitle, wholeLab } from "../src/halt/words";

describe("what was checked before a halt was ended", () => {
  it("is said in the words that it was asked in, and that nothing was", () => {
    expect(checkedWords(["host-rebuilt", "lab-agrees"])).toBe("Checked: The host was rebuilt; The lab agrees.");
    expect(checkedWords([])).toBe("No check is on record.");
  });
});

describe("the guard", () => {
  it("falls by itself after ten seconds", () => {
    const up = lift(1000);
    expect(tick(up, 10_999)).toBe(up);
    expect(tick(up, 11_000)).toEqual({ up: false, fell: true });
  });
  it("can be kept up while it is up, and not after", () => {
    expect(extend(lift(0), 8000)).toEqual({ up: true, until: 18_000 });
    expect(extend(DOWN, 8000)).toBe(DOWN);
    expect(extend(tick(lift(0), 10_000), 10_001)).toEqual({ up: false, fell: true });
  });
  it("counts down in whole seconds", () => {
    expect(left(lift(0), 0)).toBe(10);
    expect(left(lift(0), 9001)).toBe(1);
    expect(left(DOWN, 0)).toBe(0);
  });
  it("says when it is lifted, before it falls and after it fell", () => {
    expect(spoken(DOWN, 0)).toBe("");
    expect(spoken(lift(0), 1000)).toContain("lifted");
    expect(spoken(lift(0), 7000)).toContain("falls in a few seconds");
    expect(spoken({ up: false, fell: true }, 0)).toContain("Nothing was halted");
  });
});

describe("scopes", () => {
  it("come in two parts", () => {
    expect(parseScope("lab:lab_1")).toEqual({ kind: "lab", id: "lab_1" });
    expect(parseScope("installation")).toEqual({ kind: "installation", id: "" });
  });
});

describe("names in the Halt panel", () => {
  const words = "The Merrowdown Institute for Alignment and Evaluation of Text";
  const word = "Rindfleischetikettierungsueberwachungsaufgabenuebertragung-AG";
  it("stand on the button where they fit", () => {
    expect(haltLabel("Aster", "lab")).toEqual({ shown: "Halt Aster", full: "Halt Aster" });
    expect(haltLabel("Merrowby Research", "lab").shown).toBe("Halt Merrowby Research");
    expect(wholeLab("Aster")).toBe("All of Aster");
  });
  it.each([words, word])("are said in full but not shown where they do not: %s", (name) => {
    expect(haltLabel(name, "lab")).toEqual({ shown: "Halt this lab", full: `Halt this lab: ${name}` });
    expect(haltLabel(name, "project").shown).toBe("Halt this project");
    expect(wholeLab(name)).toBe("The whole lab");
  });
  it("are none while nothing is chosen", () => {
    expect(haltLabel("", "credential").full).toBe("Halt");
    expect(haltLabel("everything", "installation").shown).toBe("Halt everything");
  });
});

describe("offers", () => {
  it("are called by what the firm says of them, or by their kind", () => {
    expect(offerTitle({ notice: "Preference work", template_kind: "chat" })).toBe("Preference work");
    expect(offerTitle({ notice: "", template_kind: "pairwise-preference" })).toBe("Pairwise preference");
  });
});
