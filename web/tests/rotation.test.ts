import { describe, expect, it } from "vitest";
import type { Rotation } from "../src/api/contract";
import { againIn, isStuck, keysWords, mostOf, standingOf, takenFrom } from "../src/rotation/progress";

const CALLED = "2026-03-24T10:39:00.000000Z";
const at = (minutes: number) => Date.parse(CALLED) + minutes * 60_000;
const rotation = (objects: number, epochs: number, called: string | null = CALLED): Rotation => ({ called, objects, epochs });

describe("how the replacement of keys stands", () => {
  it("is told by what the server counts", () => {
    expect(standingOf(rotation(0, 0, null))).toBe("never");
    expect(standingOf(rotation(35, 1))).toBe("sealing");
    expect(standingOf(rotation(0, 1))).toBe("waiting");
    expect(standingOf(rotation(0, 0))).toBe("done");
  });
  it("is asked for often while something is sealed anew, else seldom", () => {
    expect(againIn(rotation(35, 1), at(1))).toBe(2000);
    for (const seldom of [undefined, rotation(0, 0, null), rotation(0, 1), rotation(0, 0)]) expect(againIn(seldom, at(1))).toBe(60_000);
    expect(againIn(rotation(35, 1), at(61))).toBe(60_000);
  });
  it("is stuck where something is left an hour after", () => {
    expect(isStuck(rotation(1, 1), at(59))).toBe(false);
    expect(isStuck(rotation(1, 1), at(61))).toBe(true);
    expect(isStuck(rotation(0, 1), at(61))).toBe(false);
    expect(takenFrom(rotation(0, 1))).toBe("2026-03-24T11:39:00.000Z");
    expect(takenFrom(rotation(0, 0, null))).toBeNull();
  });
  it("is a bar of the most that was left of this call", () => {
    const first = mostOf(null, rotation(35, 1));
    expect(mostOf(first, rotation(12, 1))).toBe(first);
    expect(mostOf(first, rotation(40, 1)).objects).toBe(40);
    expect(mostOf(first, rotation(7, 2, "2026-03-24T12:00:00.000000Z"))).toEqual({ called: "2026-03-24T12:00:00.000000Z", objects: 7 });
  });
  it("is a line beside a project", () => {
    const now = new Date("2026-03-24T12:00:00Z");
    expect(keysWords(rotation(0, 0, null), now)).toBe("keys never replaced");
    expect(keysWords(rotation(1, 1), now)).toBe("replacing keys: 1 version to go");
    expect(keysWords(rotation(0, 1), now)).toBe("keys replaced 10:39");
  });
});
