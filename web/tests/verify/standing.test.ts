import { describe, expect, it } from "vitest";
import { advice, contradiction, standingOf } from "../../src/lab/standing";
import type { Verifying } from "../../src/lab/useVerifier";
import type { Is, Outcome, What } from "../../src/verify/ledger";

const ALL: What[] = ["key", "signature", "entries", "tiles", "root", "consistency"];
const outcome = (but: Partial<Record<What, Is>> = {}): Outcome => {
  const checks = ALL.map((what) => ({ what, is: but[what] ?? ("holds" as const), why: "" }));
  return { checks, verified: checks.every(({ is }) => is === "holds" || is === "first"), head: null, last: 0 };
};
const done = (but?: Partial<Record<What, Is>>): Verifying["run"] => ({ is: "done", outcome: outcome(but), at: 0, kept: true });
const picture = { of: "day", other: 0, newer: 0, same: 9 };
const rows = { other: [], newer: 0, same: 9 };
const screen = { picture: "day", table: false };
const standing = (run: Verifying["run"], more: object = {}, on: object = {}) => standingOf({ run, picture, rows, ...more }, { ...screen, ...on });

describe("the word verified", () => {
  it("is said only after everything held", () => {
    expect(standing(done())).toBe("verified");
    expect(standing(done({ key: "first", consistency: "first" }))).toBe("verified");
    for (const what of ALL) {
      expect(standing(done({ [what]: "fails" }))).toBe("fails");
      expect(standing(done({ [what]: "unknown" }))).toBe("unknown");
    }
    expect(standing(done({ root: "unknown", key: "fails" }))).toBe("fails");
  });

  it("is not said before, while, or where it could not begin", () => {
    expect(standing({ is: "none" })).toBe("unchecked");
    expect(standing({ is: "running", step: null })).toBe("running");
    expect(standing({ is: "failed", why: "" })).toBe("unknown");
  });

  it("is not said of a picture or a table that is not held against the ledger yet, or is not what it says", () => {
    expect(standing(done(), { picture: null })).toBe("pending");
    expect(standing(done(), {}, { picture: "week" })).toBe("pending");
    expect(standing(done(), {}, { picture: null })).toBe("pending");
    expect(standing(done(), { rows: null })).toBe("verified");
    expect(standing(done(), { rows: null }, { table: true })).toBe("pending");
    expect(standing(done(), { picture: { ...picture, other: 1 } })).toBe("fails");
    expect(standing(done(), { rows: { ...rows, other: [3] } }, { table: true })).toBe("fails");
  });
});

describe("what is to be done", () => {
  it("is said for the gravest that does not hold", () => {
    expect(advice(outcome({ consistency: "fails", key: "fails" }))).toMatch(/^Do not rely .* which entries changed and why\.$/);
    expect(advice(outcome({ key: "fails" }))).toMatch(/changed the ledger’s key/);
    expect(advice(outcome({ root: "fails" }))).toMatch(/^Verify once more/);
  });

  it("is said before anything is fetched where what is shown contradicts the memory", () => {
    const known = { vkey: "", size: 1200, root: "a", note: "", at: "" };
    expect(contradiction(known, { size: 1199, root: "b" })?.why).toBe("It had 1,200 entries and now has 1,199. A ledger never becomes shorter.");
    expect(contradiction(known, { size: 1200, root: "b" })?.title).toMatch(/past/);
    expect(contradiction(known, { size: 1201, root: "b" })).toBeNull();
  });
});
