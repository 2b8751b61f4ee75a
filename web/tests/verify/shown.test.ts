import { describe, expect, it } from "vitest";
import type { Access } from "../../src/api/contract";
import { utf8 } from "../../src/verify/bytes";
import { Entries } from "../../src/verify/entries";
import { micros, readEntry } from "../../src/verify/entry";
import type { Drawn } from "../../src/verify/shown";
import { entryOf, T0 } from "./log";

const SECOND = 1_000_000;
const time = (t: number) => new Date(t / 1000).toISOString().replace("Z", "000Z");
const REFUSED = { act: "claim-task", kind: "refused", why: { because: "halted", halt: "hlt_1", reason: "lab-request", since: 5 }, objects: undefined, task: undefined, assignment: undefined };

/** Entries a second apart: 3 objects each, but for a refusal at 4 and one of another person at 5. */
function held(count = 8): Entries {
  const entries = new Entries();
  for (let n = 0; n < count; n += 1) {
    const objects = [1, 2, 3].map((version) => ({ bytes: 10, object: "obj_1", version }));
    const text = entryOf(n, n === 4 ? REFUSED : { objects });
    const entry = readEntry(utf8(n === 5 ? text.replaceAll("eng_1", "eng_2") : text));
    if (entry === null) throw new Error("no entry");
    entries.push(entry);
  }
  // Grants come before what is done under them; here they stand after it, so that the numbers above are those of releases.
  for (const [at, engagement] of ["eng_1", "eng_2"].entries()) {
    const granted = { kind: "engagement-granted", engagement, pseudonym: "p_7K2M", role: "author", reach: { to: "project", id: "prj_1" }, objects: undefined, task: undefined, assignment: undefined };
    const entry = readEntry(utf8(entryOf(count + at, granted, T0 + (count - 1) * SECOND)));
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

const AUTHOR = { kind: "engaged", engagement: "eng_1", pseudonym: "p_7K2M", role: "author", project: { id: "prj_1", name: "Support" } } as const;
const row = (n: number, more: Partial<Access> = {}): Access => ({ n, t: time(T0 + n * SECOND), actor: AUTHOR, fact: "task-released", objects: 3, bytes: 30, ...more });
const refusal = row(4, { fact: "refused", objects: 0, bytes: 0, refused: { act: "claim-task", why: { since: 5, reason: "lab-request", halt: "hlt_1", because: "halted" } } as NonNullable<Access["refused"]> });

describe("rows of a table", () => {
  it("are the entries at their index, or are told", () => {
    const entries = held();
    expect(entries.hold([row(0), row(7), refusal, row(10), row(900)])).toEqual({ other: [], newer: 2, same: 3 });
    const other = [row(1, { objects: 2 }), row(1, { bytes: 31 }), row(1, { t: time(T0) }), row(1, { fact: "review-released" }), row(5), row(1, { actor: { ...AUTHOR, pseudonym: "p_ELSE" } }), row(1, { actor: { ...AUTHOR, role: "reviewer" } }), row(1, { actor: { ...AUTHOR, project: { id: "prj_2", name: "Support" } } }), row(1, { actor: { ...AUTHOR, purposes: ["export"] } }), row(1, { actor: { kind: "operator" } }), row(4), { ...refusal, refused: { act: "claim-task", why: { because: "ended" } } as Access["refused"] }, row(1, { clock: time(T0) })];
    expect(entries.hold(other as Access[])).toEqual({ other: other.map(({ n }) => n), newer: 0, same: 0 });
    // A job is an engagement that the page calls by its purpose.
    expect(entries.hold([row(2, { actor: { ...AUTHOR, kind: "job" } })]).same).toBe(1);
  });

  it("have their times to the microsecond", () => {
    expect(micros("2026-11-29T22:26:59.750246Z")).toBe(1_795_991_219_750_246);
    expect(micros("2026-11-29T22:26:59Z")).toBe(1_795_991_219_000_000);
    expect(micros("2026-11-29T22:26:59.5Z")).toBe(1_795_991_219_500_000);
  });
});

describe("bars of a picture", () => {
  const bucket = (second: number, objects: number) => ({ start: time(T0 + second * SECOND), objects });
  const LAST: Record<string, number> = { eng_1: 7, eng_2: 5 };
  const actor = (engagement: string, buckets: { start: string; objects: number }[]) => {
    const objects = buckets.reduce((sum, bar) => sum + bar.objects, 0);
    return { ...AUTHOR, engagement, objects, bytes: objects * 10, last: time(T0 + (LAST[engagement] ?? 0) * SECOND), buckets };
  };
  const picture = (more: Partial<Drawn> = {}): Drawn => ({
    from: time(T0), to: time(T0 + 10 * SECOND), bucket_seconds: 2, entries: 10, objects: 21, refused: [refusal], refused_total: 1,
    actors: [actor("eng_1", [bucket(0, 6), bucket(2, 6), bucket(6, 6)]), actor("eng_2", [bucket(4, 3)])], ...more,
  });

  it("are counted again from the entries", () => {
    expect(held().draw(picture())).toMatchObject({ other: 0, newer: 0, same: 5 });
  });

  it("that are too high, too low, left out or invented are told", () => {
    const wrong: Partial<Drawn>[] = [
      { actors: [actor("eng_1", [bucket(0, 5), bucket(2, 6), bucket(6, 6)]), actor("eng_2", [bucket(4, 3)])], objects: 20 },
      { actors: [actor("eng_1", [bucket(0, 7), bucket(2, 6), bucket(6, 6)]), actor("eng_2", [bucket(4, 3)])], objects: 22 },
      { actors: [actor("eng_1", [bucket(0, 6), bucket(2, 6), bucket(6, 6)])], objects: 18 },
      { actors: [...picture().actors, actor("eng_3", [bucket(0, 1)])], objects: 22 },
      { objects: 20 },
      { objects: 22 },
      { entries: 9 },
      { refused: [], refused_total: 0 },
      { refused: [{ ...refusal, n: 3 }] },
      { actors: picture().actors.map((one) => ({ ...one, objects: one.objects + 1 })) },
      { actors: picture().actors.map((one) => ({ ...one, pseudonym: "p_ELSE" })) },
      { actors: picture().actors.map((one) => ({ ...one, role: "reviewer" })) },
      { actors: picture().actors.map((one) => ({ ...one, bytes: one.bytes - 1 })) },
      { actors: picture().actors.map((one) => ({ ...one, last: time(T0) })) },
    ];
    for (const more of wrong) expect(held().draw(picture(more)).other, JSON.stringify(more)).toBeGreaterThan(0);
  });

  it("may grow by what is newer, but never shrink", () => {
    const grown = picture({ actors: [actor("eng_1", [bucket(0, 6), bucket(2, 6), bucket(6, 9), bucket(8, 2)]), actor("eng_2", [bucket(4, 3)])], objects: 26 });
    expect(held().draw(grown)).toMatchObject({ other: 0, newer: 2, same: 4 });
    expect(held().draw({ ...grown, objects: 20 }).other).toBe(1);
  });
});
