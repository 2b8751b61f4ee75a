import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../src/api/contract";
import { DraftKeeper, Elsewhere, type Store } from "../src/draft/keeper";

function memory(): Store & { size: () => number } {
  const map = new Map<string, string>();
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value), removeItem: (key) => void map.delete(key), size: () => map.size };
}

const KEY = "cf.draft.per_1.asg_1";
const refused = new Error("gone");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function keeper(save: (answer: Json) => Promise<{ saved: string }>, store = memory()) {
  return { store, keeper: new DraftKeeper({ key: KEY, store, save, lasting: (error) => error === refused, delay: 800 }) };
}

describe("a draft", () => {
  it("is on this device at once, and on the server after a pause", async () => {
    const save = vi.fn(async () => ({ saved: "2026-03-24T16:41:07Z" }));
    const { keeper: k, store } = keeper(save);
    k.edit({ text: "a" });
    expect(DraftKeeper.waiting(store, KEY)?.answer).toEqual({ text: "a" });
    expect(k.snapshot()).toEqual({ state: "kept", why: "typing" });
    await vi.advanceTimersByTimeAsync(799);
    k.edit({ text: "ab" });
    await vi.advanceTimersByTimeAsync(799);
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(save).toHaveBeenCalledExactlyOnceWith({ text: "ab" }, false);
    expect(k.snapshot()).toEqual({ state: "sealed", at: "2026-03-24T16:41:07Z" });
    expect(store.size()).toBe(0);
  });

  it("outlives a lost connection, and says so", async () => {
    let up = false;
    const save = vi.fn(async () => {
      if (!up) throw new TypeError("failed to fetch");
      return { saved: "2026-03-24T16:42:00Z" };
    });
    const { keeper: k, store } = keeper(save);
    k.edit("words");
    await vi.advanceTimersByTimeAsync(800);
    expect(k.snapshot()).toEqual({ state: "kept", why: "unreachable" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(save).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(3999);
    expect(save).toHaveBeenCalledTimes(2);
    expect(DraftKeeper.waiting(store, KEY)?.answer).toBe("words");
    up = true;
    await k.flush();
    expect(k.snapshot().state).toBe("sealed");
    expect(store.size()).toBe(0);
  });

  it("sends again what was typed while the server was answering", async () => {
    const answers: Json[] = [];
    let settle = (): void => undefined;
    const save = (answer: Json) => {
      answers.push(answer);
      return new Promise<{ saved: string }>((resolve) => {
        settle = () => resolve({ saved: "t" });
      });
    };
    const { keeper: k, store } = keeper(save);
    k.edit("one");
    await vi.advanceTimersByTimeAsync(800);
    k.edit("two");
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(k.snapshot().state).toBe("kept");
    expect(DraftKeeper.waiting(store, KEY)?.answer).toBe("two");
    await vi.advanceTimersByTimeAsync(800);
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual(["one", "two"]);
    expect(store.size()).toBe(0);
  });

  it("stays on this device, without hammering, where the server will not take it", async () => {
    const save = vi.fn(async () => Promise.reject(refused));
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(k.snapshot()).toEqual({ state: "kept", why: "refused", detail: "gone" });
    expect(DraftKeeper.waiting(store, KEY)?.answer).toBe("mine");
  });

  it("leaves nothing behind once it is submitted", async () => {
    const save = vi.fn(async () => ({ saved: "t" }));
    const { keeper: k, store } = keeper(save);
    k.edit("done");
    k.done();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).not.toHaveBeenCalled();
    expect(store.size()).toBe(0);
  });

  it("goes on where the storage is full, and reads damaged storage as none", () => {
    const full: Store = { getItem: () => "{not json", setItem: () => { throw new Error("quota"); }, removeItem: () => undefined };
    const { keeper: k } = keeper(async () => ({ saved: "t" }), full as ReturnType<typeof memory>);
    expect(() => k.edit("x")).not.toThrow();
    expect(DraftKeeper.waiting(full, KEY)).toBeNull();
  });

  it("does not replace what another window kept until it is told to", async () => {
    const theirs = { answer: "theirs", version: 4, saved: "2026-03-24T16:45:00Z" };
    let after = 3;
    const save = vi.fn(async () => {
      if (after !== theirs.version) throw new Elsewhere(theirs);
      return { saved: "2026-03-24T16:46:00Z" };
    });
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    await vi.advanceTimersByTimeAsync(800);
    expect(k.snapshot()).toEqual({ state: "elsewhere", theirs });
    k.edit("mine, more");
    await vi.advanceTimersByTimeAsync(60_000);
    await k.flush(true);
    expect(save).toHaveBeenCalledTimes(1);
    expect(DraftKeeper.waiting(store, KEY)?.answer).toBe("mine, more");
    after = theirs.version;
    await k.insist();
    expect(save).toHaveBeenLastCalledWith("mine, more", false);
    expect(k.snapshot()).toEqual({ state: "sealed", at: "2026-03-24T16:46:00Z" });
    expect(store.size()).toBe(0);
  });

  it("gives way to what another window kept", async () => {
    const theirs = { answer: "theirs", version: 4, saved: "2026-03-24T16:45:00Z" };
    const save = vi.fn(async () => Promise.reject(new Elsewhere(theirs)));
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    await vi.advanceTimersByTimeAsync(800);
    k.yield();
    await k.flush(true);
    expect(save).toHaveBeenCalledTimes(1);
    expect(k.snapshot()).toEqual({ state: "sealed", at: theirs.saved });
    expect(store.size()).toBe(0);
  });
});
