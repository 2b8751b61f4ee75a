import { describe, expect, it } from "vitest";
import type { Credential, EngagementView } from "../src/api/contract";
import { calledOf, endOf, leftOf, namedOf, revokingDoes, waysOf, type Way } from "../src/ways/ways";

const NOW = new Date("2026-03-24T12:00:00Z");
const credential = (id: string, kind: Credential["kind"], more: Partial<Credential> = {}): Credential => ({
  id, kind, label: `label of ${id}`, issued: "2026-03-24T10:00:00.000000Z", expires: "2026-03-24T18:00:00.000000Z", revoked: null, good: true, last_used: null, halted: null, ...more,
});
const under = { id: "eng_1" } as EngagementView;

describe("one's own ways in", () => {
  const own = [
    credential("token", "token"),
    credential("old", "session", { good: false, revoked: "2026-03-24T11:00:00.000000Z", issued: "2026-03-20T10:00:00.000000Z" }),
    credential("older", "link", { good: false, revoked: "2026-03-01T11:00:00.000000Z", issued: "2026-03-01T10:00:00.000000Z" }),
    credential("link", "link"),
    credential("key-1", "passkey"),
    credential("key-2", "passkey", { issued: "2026-03-24T11:00:00.000000Z" }),
    credential("session", "session", { issued: "2026-03-24T11:30:00.000000Z" }),
    credential("mine", "session"),
  ];
  const ids = (ways: Way[]) => ways.map((way) => way.credential.id);
  it("are those that are good, passkeys by themselves, the one in use first", () => {
    const { passkeys, others, past } = waysOf(own, [], "mine");
    expect(ids(passkeys)).toEqual(["key-2", "key-1"]);
    expect(ids(others)).toEqual(["mine", "session", "link", "token"]);
    expect(past.map((item) => item.id)).toEqual(["old", "older"]);
  });
  it("have those that are good for one engagement alone, each once, and with it", () => {
    const bound: Way[] = [
      { credential: credential("bound", "token"), under },
      { credential: credential("bound", "token"), under },
      { credential: credential("gone", "token", { good: false }), under },
      { credential: credential("mine", "session"), under },
    ];
    const { others } = waysOf(own, bound, "mine");
    expect(ids(others)).toEqual(["mine", "session", "link", "token", "bound"]);
    expect(others.map((way) => way.under?.id)).toEqual([undefined, undefined, undefined, undefined, "eng_1"]);
  });
});

describe("a way in", () => {
  it("is called as its holder called it; sessions by when they began", () => {
    expect(calledOf(credential("a", "passkey", { label: "Mac" }))).toEqual({ name: "Mac", kind: "passkey" });
    expect(calledOf(credential("a", "session"))).toEqual({ name: "Browser session", kind: "" });
    expect(namedOf(credential("a", "passkey", { label: "Mac" }), "UTC", NOW)).toBe("the passkey “Mac”");
    expect(namedOf(credential("a", "session"), "UTC", NOW)).toBe("the browser session of 10:00");
  });
  it("says why it opens nothing any more", () => {
    const revoked = { good: false, revoked: "2026-03-24T11:00:00.000000Z" };
    expect(endOf(credential("a", "session", revoked), "UTC", NOW)).toBe("revoked 11:00");
    expect(endOf(credential("a", "link", revoked), "UTC", NOW)).toBe("used or revoked 11:00");
    expect(endOf(credential("a", "token", { good: false, expires: "2026-03-24T11:30:00.000000Z" }), "UTC", NOW)).toBe("ran out 11:30");
  });
  it("has so much of its time left", () => {
    expect(leftOf(credential("a", "session"), NOW.getTime())).toBe(0.75);
    expect(leftOf(credential("a", "session"), Date.parse("2027-01-01T00:00:00Z"))).toBe(0);
    expect(leftOf(credential("a", "session", { expires: "2026-03-24T10:00:00.000000Z" }), NOW.getTime())).toBe(0);
  });
  it("says what revoking it does, and that the one in use signs out", () => {
    expect(revokingDoes(credential("a", "session"), true)).toMatch(/^You are signed out here/);
    for (const kind of ["passkey", "session", "link", "token"] as const) expect(revokingDoes(credential("a", kind), false)).not.toMatch(/signed out here/);
  });
});
