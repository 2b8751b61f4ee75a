import { describe, expect, it } from "vitest";
import { actorAbout, actorName, factWords, refusedWords, whoSaw, type Lane } from "../src/lab/actors";
import { parseRows } from "../src/lab/rows";
import { bucketWords, spanOf, ticks } from "../src/lab/window";
import { unreadWords } from "../src/notices/words";
import { byDay } from "../src/today/week";
import { bytes, clock, count, moment, plural, precise, sentence, shortened, shortId, worked, workedParts } from "../src/ui/format";
import { nameOf } from "../src/ui/keys";

describe("numbers and times", () => {
  const now = new Date("2026-03-24T16:42:08Z");
  it("counts exactly", () => {
    expect(count(41_204)).toBe("41,204");
    expect(plural(1, "row")).toBe("1 row");
    expect(plural(2000, "row")).toBe("2,000 rows");
    expect(bytes(1023)).toBe("1,023 B");
    expect(bytes(4_812_331)).toBe("4.6 MiB");
  });
  it("says how many notices are unread", () => {
    expect([0, 1, 12].map(unreadWords)).toEqual(["Notices: none unread", "1 unread notice", "12 unread notices"]);
  });
  it("names another day, and another year", () => {
    expect(moment("2026-03-24T10:39:00.000000Z", { now })).toBe("10:39");
    expect(moment("2026-03-23T10:39:00Z", { now })).toBe("23 March 10:39");
    expect(moment("2025-12-31T23:59:59Z", { now, seconds: true })).toBe("31 December 2025 23:59:59");
    expect(moment("nonsense", { now })).toBe("?");
  });
  it("shows when a halt took effect to the millisecond", () => {
    expect(precise("2026-03-24T13:52:04.318042Z")).toBe("13:52:04.318");
  });
  it("shows worked time and clocks", () => {
    expect(worked(12_399)).toBe("3 h 26 min");
    expect(worked(59)).toBe("59 s");
    expect(worked(0)).toBe("0 s");
    expect(worked(0.4)).toBe("less than 1 s");
    expect(worked(1564)).toBe("26 min 4 s");
    expect(worked(7200)).toBe("2 h 0 min");
    expect(clock(252)).toBe("4:12");
    expect(clock(3852)).toBe("1:04:12");
  });
  it("shortens in the middle", () => {
    expect(shortened("a3c1f7d20be99e07")).toBe("a3c1…9e07");
    expect(shortened("p_7K2M")).toBe("p_7K2M");
    expect(shortId("p_4YPAEA53Z9GPXHEARRRHWJ5RV6")).toBe("p_4YPA…5RV6");
    expect(shortId("tsk_01M86C6MY6R10H6QK3THR6G53M")).toBe("tsk_01M8…G53M");
    expect(shortId("p_7K2M")).toBe("p_7K2M");
  });
});

describe("what a server says in half a line", () => {
  it("is a sentence", () => {
    expect(["it is over", "Is it?", "é", ""].map(sentence)).toEqual(["It is over.", "Is it?", "É.", "."]);
  });
});

describe("rows to return", () => {
  it("reads numbers and ranges", () => {
    expect(parseRows("3, 7-9 12;3", 20)).toEqual({ rows: [3, 7, 8, 9, 12], error: null });
    expect(parseRows("", 20)).toEqual({ rows: [], error: null });
  });
  it.each(["x", "0", "21", "9-7", "1-99999999"])("refuses %s", (text) => expect(parseRows(text, 20).error).not.toBeNull());
  it("bounds what it builds", () => expect(parseRows("1-2000000", 3_000_000).error).toContain("10,000"));
});

describe("who has seen", () => {
  const lane = (part: Partial<Lane>): Lane => ({ kind: "engaged", role: "author", objects: 1, bytes: 1, last: "2026-03-24T10:00:00Z", buckets: [], ...part });
  it("counts a person once, and nobody who opened nothing", () => {
    expect(whoSaw([lane({ pseudonym: "p_1", role: "author" }), lane({ pseudonym: "p_1", role: "reviewer" }), lane({ pseudonym: "p_2" }), lane({ kind: "job", role: "integration" }), lane({ role: "integration", objects: 0 })])).toBe("2 people and 1 job");
    expect(whoSaw([])).toBe("nobody");
  });
  it("names actors without naming people", () => {
    expect(actorName({ kind: "job", pseudonym: "p_J0B" })).toBe("p_J0B");
    expect(actorName({ kind: "job", pseudonym: "p_J0B", purposes: ["agreement"] })).toBe("agreement");
    expect(actorName({ kind: "stranger" })).toBe("stranger");
    expect(actorAbout({ kind: "engaged", role: "author", project: { id: "p", name: "Support Tone 3" } })).toBe("author, Support Tone 3");
    expect(actorAbout({ kind: "engaged", role: "integration" })).toBe("component");
    expect(refusedWords({ act: "claim-task", why: { because: "ended" } })).toBe("claim task: the engagement has ended");
    expect(factWords("something-new")).toBe("something new");
  });
});

describe("the span", () => {
  it("keeps its bounds between two polls, so that bars stay where they are", () => {
    const one = spanOf("day", Date.parse("2026-03-24T13:41:02Z"));
    expect(spanOf("day", Date.parse("2026-03-24T13:49:58Z"))).toEqual(one);
    expect(one.to).toBe("2026-03-24T13:50:00.000000Z");
    expect(bucketWords(one.bucketSeconds)).toBe("10 minutes");
  });
  it.each([3600, 43_200, 604_800])("has a few ticks for %i s", (span) => {
    const marks = ticks(0, span * 1000);
    expect(marks.length).toBeGreaterThanOrEqual(4);
    expect(marks.length).toBeLessThanOrEqual(9);
  });
});

describe("key names", () => {
  const press = (key: string, more = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  it("are the same with and without capitals", () => {
    expect(press("d")).toBe("D");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("H", { shiftKey: true })).toBe("shift+H");
    expect(press("Enter", { ctrlKey: true })).toBe("mod+Enter");
    expect(press("Enter", { metaKey: true })).toBe("mod+Enter");
    expect(press("d", { altKey: true })).toBe("");
  });
});

describe("the week", () => {
  it("splits a span at midnight and leaves out what is older", () => {
    const now = new Date(2026, 2, 24, 12);
    const at = (day: number, hour: number) => new Date(2026, 2, day, hour).toISOString();
    const days = byDay([{ from: at(23, 23), to: at(24, 1) }, { from: at(10, 1), to: at(10, 5) }, { from: at(24, 9), to: at(24, 10) }], now);
    expect(days.map((item) => item.seconds)).toEqual([0, 0, 0, 0, 0, 3600, 7200]);
  });
});

describe("parts of worked time", () => {
  /** Seconds, as somebody adds up what is written. */
  const read = (said: string) => [...said.replaceAll(",", "").matchAll(/(\d+) (h|min|s)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (unit === "h" ? 3600 : unit === "min" ? 60 : 1), 0);
  it("are told to the second where some are short", () => {
    expect(workedParts([4, 7, 0])).toEqual({ parts: ["4 s", "7 s", "0 s"], total: "11 s" });
    expect(workedParts([7200, 12])).toEqual({ parts: ["2 h", "12 s"], total: "2 h 12 s" });
    expect(workedParts([])).toEqual({ parts: [], total: "0 s" });
  });
  it("are told to the minute where all are of hours", () => {
    expect(workedParts([3659, 0, 7259])).toEqual({ parts: ["1 h 1 min", "0 min", "2 h 1 min"], total: "3 h 2 min" });
  });
  it("give what rounding left over to those that lost most", () => {
    expect(workedParts([0.4, 0.4, 0.4])).toEqual({ parts: ["1 s", "0 s", "0 s"], total: "1 s" });
    expect(workedParts([1.2, 2.9, 3.6])).toEqual({ parts: ["1 s", "3 s", "4 s"], total: "8 s" });
  });
  it("add up to their total, whatever they are", () => {
    let state = 7;
    const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 500; round += 1) {
      const longest = [9, 200, 4000, 90_000][round % 4] ?? 9;
      const { parts, total } = workedParts(Array.from({ length: 1 + (round % 7) }, () => next() * longest + (round % 8 === 3 ? 3600 : 0)));
      expect(parts.reduce((sum, part) => sum + read(part), 0)).toBe(read(total));
    }
  });
});
