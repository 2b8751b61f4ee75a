import { describe, expect, it } from "vitest";
import { cutTo, widthOf } from "../src/ui/measure";

describe("a text that is drawn", () => {
  // Capitals twice as wide as the rest.
  const measure = (text: string) => [...text].reduce((sum, letter) => sum + (/[A-Z]/.test(letter) ? 20 : 10), 0);
  it("stays whole where it fits, by how wide its letters are", () => {
    expect(cutTo("mmmmmm", 60, measure)).toBe("mmmmmm");
    expect(cutTo("MMMMMM", 60, measure)).toBe("MM…");
  });
  it("is shortened to what fits, mark included, and never to nothing", () => {
    expect(cutTo("abcdefgh", 50, measure)).toBe("abcd…");
    expect(cutTo("ab cdefgh", 40, measure)).toBe("ab…");
    expect(cutTo("abcdefgh", 3, measure)).toBe("a…");
  });
  it("has a width also where nothing draws it", () => {
    expect(widthOf("abcd", 10)).toBeCloseTo(22);
  });
});
