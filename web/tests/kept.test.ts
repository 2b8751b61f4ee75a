import { beforeEach, describe, expect, it, vi } from "vitest";
import { assignmentsOf, forgetTask, prefixOf, prune } from "../src/draft/local";
import { isWordsKey, keepWords, keptWords, wordsAs, wordsIn, wordsKey } from "../src/ui/kept";
import { memory } from "./memory";

const DAY = 24 * 3600 * 1000;
let store = memory();

beforeEach(() => {
  store = memory();
  vi.stubGlobal("localStorage", store);
});

describe("words that are not sent yet", () => {
  it("are kept with their time, and none where they are empty", () => {
    const key = wordsKey("say", "p", "rmk_1");
    keepWords(key, "Words.");
    expect(keptWords(key)).toBe("Words.");
    expect(wordsIn(store.getItem(key) ?? "").at).toBeGreaterThan(0);
    keepWords(key, "");
    expect([keptWords(key), store.size()]).toEqual(["", 0]);
  });
  it("are read also where they were kept bare, whatever they look like", () => {
    for (const bare of ["Words.", "12", "null", "{\"a\":1}", "{"]) {
      store.setItem("cf.say.p.rmk_1", bare);
      expect(keptWords("cf.say.p.rmk_1")).toBe(bare);
    }
  });
  it("are told from all else on this device", () => {
    expect((["comment", "question", "say", "broken"] as const).map((writing) => isWordsKey(wordsKey(writing, "p", "x")))).toEqual([true, true, true, true]);
    expect(["cf.singleKeys", "cf.draft.p.a.w", "cf.commentary"].map(isWordsKey)).toEqual([false, false, false]);
  });
  it("are forgotten once nobody came back for them; bare ones count from when they are first seen", () => {
    store.setItem("cf.comment.p.old", wordsAs("old", 0));
    store.setItem("cf.comment.p.new", wordsAs("new", 10 * DAY));
    store.setItem("cf.broken.p.bare", "bare");
    prune(store, 20 * DAY);
    expect([keptWords("cf.comment.p.old"), keptWords("cf.comment.p.new"), keptWords("cf.broken.p.bare")]).toEqual(["", "new", "bare"]);
    prune(store, 33 * DAY);
    expect(keptWords("cf.broken.p.bare")).toBe("bare");
    prune(store, 34 * DAY);
    expect(store.size()).toBe(0);
  });
  it("about a broken task go with it, and no others", () => {
    store.setItem(`${prefixOf("p", "a")}w`, "{}");
    keepWords(wordsKey("broken", "p", "a"), "cut off");
    keepWords(wordsKey("broken", "p", "b"), "empty");
    keepWords(wordsKey("broken", "q", "c"), "not mine");
    expect(assignmentsOf(store, "p")).toEqual(["a", "b"]);
    forgetTask(store, "p", "a");
    expect(assignmentsOf(store, "p")).toEqual(["b"]);
    expect(keptWords(wordsKey("broken", "q", "c"))).toBe("not mine");
  });
});
