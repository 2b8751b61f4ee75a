import { beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError, Unreachable } from "../src/api/client";
import { accountTrouble, answerOf, takeErrand } from "../src/login/account";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
});

describe("coming back from a provider", () => {
  it("takes its answer, and no answer with an error in it", () => {
    expect(answerOf("?code=c&state=s&iss=x")).toEqual({ code: "c", state: "s" });
    expect(answerOf("?error=access_denied&state=s")).toEqual({ refused: "by-you" });
    expect(answerOf("?code=c&state=s&error=server_error")).toEqual({ refused: "by-it" });
    expect(answerOf("?code=c")).toEqual({ refused: "by-it" });
    expect(answerOf("")).toEqual({ refused: "by-it" });
  });

  it("is for what this tab left for, once", () => {
    expect(takeErrand()).toBeNull();
    kept.set("cf.errand", JSON.stringify({ adding: true, to: 7 }));
    expect(takeErrand()).toEqual({ adding: true });
    expect(takeErrand()).toBeNull();
    kept.set("cf.errand", JSON.stringify({ adding: false, to: "/work/eng_1" }));
    expect(takeErrand()).toEqual({ adding: false, to: "/work/eng_1" });
  });

  it("is for nothing where what was kept is damaged, and for no other host", () => {
    for (const damaged of ["{", "null", "7", "\"x\""]) {
      kept.set("cf.errand", damaged);
      expect(takeErrand()).toBeNull();
    }
    for (const to of ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/login?to=/x"]) {
      kept.set("cf.errand", JSON.stringify({ adding: false, to }));
      expect(takeErrand()).toEqual({ adding: false });
    }
  });

  it("says what to do", () => {
    const problem = (slug: string, detail: string) => new ProblemError({ type: `/problems/${slug}`, title: "t", status: 409, detail });
    expect(accountTrouble(problem("conflict", "the provider refused: x; begin anew"), false)).toBe("The provider refused: x; begin anew.");
    expect(accountTrouble(problem("unauthenticated", "not signed in"), true)).toMatch(/^Your session ended/);
    expect(accountTrouble(new Unreachable(), false)).toMatch(/does not answer/);
    expect(accountTrouble(new TypeError("x"), false)).toBe("That did not work. Begin anew.");
  });
});
