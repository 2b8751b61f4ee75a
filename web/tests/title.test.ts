import { describe, expect, it } from "vitest";
import { titleOf } from "../src/app/title";

describe("the title of a window", () => {
  it("says what it is, then for whom, then the application", () => {
    expect(titleOf("Work", "Support Tone 3 for Larkspur")).toBe("Work · Support Tone 3 for Larkspur · Cofferdam");
    expect(titleOf("People", "Console")).toBe("People · Console · Cofferdam");
  });
  it("leaves out what is not known yet", () => {
    expect(titleOf("Component", undefined, "Console")).toBe("Component · Console · Cofferdam");
    expect(titleOf(" ")).toBe("Cofferdam");
  });
  it("is not turned around by a name", () => {
    expect(titleOf("Work", "\u202eLab\u2066")).toBe("Work · Lab · Cofferdam");
  });
});
