import { describe, expect, it } from "vitest";
import { attempt } from "../src/api/attempt";
import { ProblemError, Unreachable } from "../src/api/client";
import type { Json } from "../src/api/contract";
import { changeKey, keepChange, prune, readChange, UNCHANGED, type Changing } from "../src/draft/local";
import { begun, takenUp } from "../src/review/changing";
import { undoTrouble } from "../src/review/undo";
import { memory } from "./memory";

const AUTHOR: Json = { text: "its author’s" };
const mine: Json = { text: "mine" };
const other: Json = { text: "another’s" };

describe("an answer that is changed", () => {
  it("gives way to another beginning, and can be taken up again", () => {
    const first = begun(UNCHANGED, AUTHOR, AUTHOR);
    expect(first).toEqual({ change: AUTHOR, left: [] });
    const replaced = begun({ ...first, change: mine }, AUTHOR, other);
    expect(replaced).toEqual({ change: other, left: [mine] });
    const again = takenUp(replaced, AUTHOR);
    expect(again).toEqual({ change: mine, left: [other] });
    expect(takenUp(again, AUTHOR)).toEqual(replaced);
  });
  it("is left for its author’s, the last first, and none is twice", () => {
    const back = begun({ change: other, left: [mine] }, AUTHOR, null);
    expect(back).toEqual({ change: null, left: [other, mine] });
    expect(takenUp(back, AUTHOR)).toEqual({ change: other, left: [mine] });
    expect(begun({ change: mine, left: [other, mine] }, AUTHOR, other)).toEqual({ change: other, left: [mine] });
    expect(begun({ change: mine, left: [] }, AUTHOR, { ...(mine as object) })).toEqual({ change: mine, left: [] });
  });
  it("leaves nothing where nothing was changed", () => {
    expect(begun({ change: AUTHOR, left: [] }, AUTHOR, other)).toEqual({ change: other, left: [] });
    expect(takenUp({ change: mine, left: [] }, AUTHOR)).toEqual({ change: mine, left: [] });
  });
  it("comes to each that gave way, one after the other", () => {
    let now: Changing = { change: "a", left: ["b", "c"] };
    const seen = [0, 1, 2].map(() => (now = takenUp(now, AUTHOR)).change);
    expect(seen).toEqual(["b", "c", "a"]);
  });
  it("is on this device with what gave way, until there is neither", () => {
    const store = memory();
    const key = changeKey("p", "rev_1");
    expect(readChange(store, key)).toEqual(UNCHANGED);
    for (const changing of [{ change: mine, left: [other] }, { change: null, left: [mine] }, { change: mine, left: [] }]) {
      keepChange(store, key, changing, 1);
      expect(readChange(store, key)).toEqual(changing);
    }
    keepChange(store, key, { change: null, left: [1, 2, 3, 4, 5, 6, 7] }, 1);
    expect(readChange(store, key).left).toHaveLength(5);
    keepChange(store, key, { change: null, left: [mine] }, 1);
    prune(store, 15 * 24 * 3600 * 1000);
    expect(store.size()).toBe(0);
    keepChange(store, key, { change: mine, left: [] }, 1);
    keepChange(store, key, UNCHANGED, 1);
    expect(store.size()).toBe(0);
  });
});

describe("a verdict that is taken back", () => {
  const problem = (slug: string) => new ProblemError({ type: `/problems/${slug}`, title: "t", status: 409, detail: "it is firm" });
  it("can be asked back again where nobody knows what became of it, and not where it was refused", () => {
    expect(undoTrouble(problem("conflict"))).toEqual({ said: "It is firm.", again: false });
    expect(undoTrouble(new Unreachable())).toMatchObject({ again: true, said: expect.stringMatching(/^The server does not answer\. .*on this device/) as string });
    expect(undoTrouble(new TypeError("x")).again).toBe(true);
    expect(undoTrouble(problem("unavailable"))).toEqual({ said: "It is firm. Try again in a moment.", again: true });
  });
});

describe("what is sent again after a lost reply", () => {
  it("has the same key as long as it is the same, and another once the server has it", () => {
    const sending = attempt();
    const key = sending.keyOf(["words", "asg_1"]);
    expect(sending.keyOf(["words", "asg_1"])).toBe(key);
    const about = sending.keyOf(["words", ""]);
    expect(about).not.toBe(key);
    expect(sending.keyOf(["other words", ""])).not.toBe(about);
    const last = sending.keyOf(["words", ""]);
    sending.taken();
    expect(sending.keyOf(["words", ""])).not.toBe(last);
  });
});
