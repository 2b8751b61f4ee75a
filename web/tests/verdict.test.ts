import { describe, expect, it } from "vitest";
import { handIn, obstacle, UNDECIDED, VERDICTS } from "../src/review/verdict";

describe("a verdict", () => {
  it("is none until one is chosen, and the button does not name one", () => {
    expect(obstacle(UNDECIDED, "A comment decides nothing.")).toEqual({ at: "verdict", text: "Choose a verdict first: A, T or X." });
    expect(handIn(UNDECIDED)).toBe("Decide and next");
  });
  it("is handed in as chosen; what goes back needs a comment", () => {
    expect(obstacle("accept", "")).toBeNull();
    expect(obstacle("return", " \n")?.at).toBe("comment");
    expect(obstacle("reject", "")?.at).toBe("comment");
    expect(obstacle("reject", "\u200b\u2800")?.at).toBe("comment");
    expect(obstacle("return", "Quote the rule.")).toBeNull();
    expect(VERDICTS.map(({ value }) => handIn(value))).toEqual(["Accept and next", "Return and next", "Reject and next"]);
  });
  it("has the keys that its obstacle names", () => {
    const said = obstacle(UNDECIDED, "")?.text ?? "";
    for (const { key } of VERDICTS) expect(said).toMatch(new RegExp(`\\b${key}\\b`));
  });
});
