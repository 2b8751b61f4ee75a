import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../src/api/contract";
import { onEnded, tellEnded } from "../src/draft/ended";
import { DraftKeeper, Elsewhere } from "../src/draft/keeper";
import { askedName, assignmentsOf, forgetAll, judge, keepAside, overOf, ownName, prefixOf, prune, read, readAside, waiting, windowName, without, type Kept, type Store } from "../src/draft/local";
import { memory } from "./memory";

const KEY = "cf.draft.per_1.asg_1";
const refused = new Error("gone");
const stopped = new Error("halted");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function keeper(save: (answer: Json, after: number) => Promise<{ saved: string; version?: number }>, store = memory(), version = 0) {
  const kept = async (answer: Json, after: number) => ({ version: after + 1, ...(await save(answer, after)) });
  return { store, keeper: new DraftKeeper({ key: KEY, store, base: { version, round: 0 }, save: kept, lasting: (error) => error === refused, halted: (error) => error === stopped, delay: 800 }) };
}

describe("a draft", () => {
  it("is on this device at once, and on the server after a pause", async () => {
    const save = vi.fn(async () => ({ saved: "2026-03-24T16:41:07Z" }));
    const { keeper: k, store } = keeper(save);
    k.edit({ text: "a" });
    expect(read(store, KEY)?.answer).toEqual({ text: "a" });
    expect(k.snapshot()).toEqual({ state: "kept", why: "typing" });
    await vi.advanceTimersByTimeAsync(799);
    k.edit({ text: "ab" });
    await vi.advanceTimersByTimeAsync(799);
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(save).toHaveBeenCalledExactlyOnceWith({ text: "ab" }, 0);
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
    expect(read(store, KEY)?.answer).toBe("words");
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
    expect(read(store, KEY)?.answer).toBe("two");
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
    expect(read(store, KEY)?.answer).toBe("mine");
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
    const full: Store = { length: 0, key: () => null, getItem: () => "{not json", setItem: () => { throw new Error("quota"); }, removeItem: () => undefined };
    const { keeper: k } = keeper(async () => ({ saved: "t" }), full as ReturnType<typeof memory>);
    expect(() => k.edit("x")).not.toThrow();
    expect(read(full, KEY)).toBeNull();
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
    expect(read(store, KEY)?.answer).toBe("mine, more");
    after = theirs.version;
    await k.insist("mine, more");
    expect(save).toHaveBeenLastCalledWith("mine, more", 4);
    expect(k.snapshot()).toEqual({ state: "sealed", at: "2026-03-24T16:46:00Z" });
    expect(store.size()).toBe(0);
  });

  it("gives way to what another window kept", async () => {
    const theirs = { answer: "theirs", version: 4, saved: "2026-03-24T16:45:00Z" };
    const save = vi.fn(async () => Promise.reject(new Elsewhere(theirs)));
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    await vi.advanceTimersByTimeAsync(800);
    k.yield(0);
    await k.flush(true);
    expect(save).toHaveBeenCalledTimes(1);
    expect(k.snapshot()).toEqual({ state: "sealed", at: theirs.saved });
    expect(store.size()).toBe(0);
  });

  it("knows its own words again where the reply was lost, also once more was typed", async () => {
    let server = { answer: "" as Json, version: 0 };
    let lost = true;
    const save = vi.fn(async (answer: Json, after: number) => {
      if (after !== server.version) throw new Elsewhere({ ...server, saved: "t" });
      server = { answer, version: server.version + 1 };
      if (lost) throw new TypeError("the reply was lost");
      return { saved: "t", version: server.version };
    });
    const { keeper: k, store } = keeper(save);
    k.edit("one");
    await vi.advanceTimersByTimeAsync(800);
    expect(k.snapshot()).toEqual({ state: "kept", why: "unreachable" });
    k.edit("one two");
    lost = false;
    await k.flush();
    await vi.advanceTimersByTimeAsync(1);
    expect(k.snapshot().state).toBe("sealed");
    expect(server).toEqual({ answer: "one two", version: 2 });
    expect(store.size()).toBe(0);
  });

  it("keeps what it showed, and nobody typed, in place of another window's when it is told to", async () => {
    const theirs = { answer: "theirs", version: 4, saved: "2026-03-24T16:45:00Z" };
    const save = vi.fn(async () => ({ saved: "2026-03-24T16:46:00Z" }));
    const { keeper: k } = keeper(save, memory(), 3);
    await expect(k.end(() => Promise.reject(new Elsewhere(theirs)))).rejects.toBeInstanceOf(Elsewhere);
    await k.insist("shown");
    expect(save).toHaveBeenCalledExactlyOnceWith("shown", 4);
    expect(k.snapshot()).toEqual({ state: "sealed", at: "2026-03-24T16:46:00Z" });
  });

  it("leaves nothing behind, and takes nothing up again, once another window handed the answer in", async () => {
    const save = vi.fn(async () => ({ saved: "t" }));
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    k.over();
    k.edit("mine, more");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).not.toHaveBeenCalled();
    expect(k.snapshot()).toEqual({ state: "over" });
    expect(store.size()).toBe(0);
  });

  it("is not asked for again before a halt ends", async () => {
    let halted = true;
    const save = vi.fn(async () => (halted ? Promise.reject(stopped) : { saved: "t" }));
    const { keeper: k } = keeper(save);
    k.edit("words");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(k.snapshot()).toEqual({ state: "kept", why: "halted" });
    halted = false;
    await k.flush();
    expect(k.snapshot().state).toBe("sealed");
  });
});

describe("an answer that is handed in", () => {
  const theirs = (answer: Json, version: number) => new Elsewhere({ answer, version, saved: "2026-03-24T16:42:00Z" });

  it("waits for the draft that is on its way, names its version, and leaves nothing on this device", async () => {
    let reply: (kept: { saved: string }) => void = () => undefined;
    const { keeper: k, store } = keeper(() => new Promise((resolve) => (reply = resolve)), memory(), 4);
    k.edit("words");
    void k.flush();
    const call = vi.fn<(after: number) => Promise<void>>(async () => undefined);
    const ended = k.end(call);
    await vi.advanceTimersByTimeAsync(0);
    expect(call).not.toHaveBeenCalled();
    reply({ saved: "2026-03-24T16:42:00Z" });
    await ended;
    expect(call).toHaveBeenCalledExactlyOnceWith(5);
    expect(store.size()).toBe(0);
  });

  it("asks where another window kept other words, and goes on from what was chosen", async () => {
    const save = vi.fn(async () => ({ saved: "2026-03-24T16:43:00Z" }));
    const { keeper: k, store } = keeper(save);
    k.edit("mine");
    const call = vi.fn(async (after: number) => {
      if (after < 7) throw theirs("other", 7);
    });
    await expect(k.end(call)).rejects.toBeInstanceOf(Elsewhere);
    await expect(k.end(call)).rejects.toBeInstanceOf(Elsewhere);
    expect(call).toHaveBeenCalledOnce();
    expect(k.snapshot().state).toBe("elsewhere");
    expect(read(store, KEY)?.answer).toBe("mine");
    await k.insist("mine");
    await k.end(call);
    expect(call).toHaveBeenLastCalledWith(8);
    expect(store.size()).toBe(0);
  });

  it("does not take its own draft, whose reply was lost, for another window's", async () => {
    const { keeper: k } = keeper(async () => Promise.reject(new TypeError("failed to fetch")));
    k.edit("mine");
    await k.flush();
    const call = vi.fn(async (after: number) => {
      if (after === 0) throw theirs("mine", 1);
    });
    await k.end(call);
    expect(call.mock.calls).toEqual([[0], [1]]);
  });

  it("keeps its words, and goes on keeping them, when it was refused", async () => {
    const save = vi.fn(async () => ({ saved: "2026-03-24T16:44:00Z" }));
    const { keeper: k } = keeper(save);
    k.edit("mine");
    await expect(k.end(() => Promise.reject(stopped))).rejects.toBe(stopped);
    await vi.advanceTimersByTimeAsync(800);
    expect(save).toHaveBeenCalledOnce();
    expect(k.snapshot().state).toBe("sealed");
  });
});

describe("words that wait on this device", () => {
  const kept = (answer: Json, version: number, more: Partial<Kept> = {}): Kept => ({ answer, at: 1, base: { version, round: 0 }, ...more });
  const there = { answer: "server", base: { version: 3, round: 0 }, saved: "t" };

  it("go on where they are newer, and are asked about where others are", () => {
    expect(judge(null, there)).toBe("none");
    expect(judge(kept("server", 1), there)).toBe("known");
    expect(judge(kept("mine", 3), there)).toBe("on");
    expect(judge(kept("mine", 2), there)).toBe("ask");
    // What the server has is what this window sent, and had no reply to.
    expect(judge(kept("mine, more", 2, { sent: "server" }), there)).toBe("on");
    // The answer came back since.
    expect(judge(kept("mine", 3, { base: { version: 3, round: 1 } }), there)).toBe("ask");
  });

  it("are each window's own, and another's are found once this one has none", () => {
    const store = memory();
    store.setItem("p.other", JSON.stringify({ ...kept("theirs", 1), at: 5 }));
    store.setItem("p.older", JSON.stringify({ ...kept("older", 1), at: 4 }));
    store.setItem("p.aside", JSON.stringify({ ...kept("aside", 1), at: 9 }));
    store.setItem("q.other", JSON.stringify({ ...kept("another task", 1), at: 9 }));
    expect(waiting(store, "p.", "own")?.key).toBe("p.other");
    store.setItem("p.own", JSON.stringify(kept("mine", 1)));
    expect(waiting(store, "p.", "own")?.kept.answer).toBe("mine");
    store.setItem("p.own", "{}");
    expect(read(store, "p.own")).toBeNull();
  });

  it("belong to a window that is the same after a reload", () => {
    const session = memory();
    expect(windowName(session)).toBe(windowName(session));
    expect(windowName(session)).not.toBe(windowName(memory()));
  });

  it("belong to one window alone: a tab that was duplicated takes a name of its own", async () => {
    const taken = new Set<string>();
    const locks = {
      request: (async (name: string, _: LockOptions, then: (lock: Lock | null) => unknown) => {
        const free = !taken.has(name);
        taken.add(name);
        await then(free ? ({ name, mode: "exclusive" } as Lock) : null);
      }) as LockManager["request"],
    };
    const [first, copy] = [memory(), memory()];
    await ownName(first, locks);
    copy.setItem("cf.window", windowName(first));
    await ownName(copy, locks);
    expect(windowName(copy)).not.toBe(windowName(first));
    // Where there are no locks, a name stays what it was.
    const known = windowName(first);
    await ownName(first, undefined);
    expect(windowName(first)).toBe(known);
  });

  it("that gave way are every window's, the last first, and are taken for no window's own", () => {
    const store = memory();
    keepAside(store, "p.", ["last", "first"], 1);
    expect(readAside(store, "p.")).toEqual(["last", "first"]);
    expect(waiting(store, "p.", "other")).toBeNull();
    expect(without(["last", "first"], "last")).toEqual(["first"]);
    const full: Store = { ...memory(), setItem: () => { throw new Error("quota"); } };
    expect(() => keepAside(full, "p.", ["words"], 1)).not.toThrow();
  });

  it("go with the answer once it is handed in, whichever window left them", () => {
    const store = memory();
    for (const name of ["open", "closed"]) store.setItem(`p.${name}`, JSON.stringify(kept(name, 1)));
    keepAside(store, "p.", ["aside"], 1);
    store.setItem("q.open", JSON.stringify(kept("another task", 1)));
    forgetAll(store, "p.");
    expect(Array.from({ length: store.length }, (_, at) => store.key(at))).toEqual(["q.open"]);
  });

  it("belong to one window alone also where there are no locks: windows are asked", async () => {
    type Heard = ((event: MessageEvent) => void) | null;
    const open: { onmessage: Heard; postMessage: (data: unknown) => void }[] = [];
    const wire = () => {
      const one = { onmessage: null as Heard, postMessage: (data: unknown) => { for (const other of open) if (other !== one) other.onmessage?.({ data } as MessageEvent); } };
      open.push(one);
      return one;
    };
    const begin = async (session: Store) => {
      const settled = askedName(session, wire());
      await vi.advanceTimersByTimeAsync(200);
      await settled;
    };
    const [first, copy, third] = [memory(), memory(), memory()];
    await begin(first);
    const name = windowName(first);
    copy.setItem("cf.window", name);
    await begin(copy);
    expect(windowName(copy)).not.toBe(name);
    await begin(third);
    expect(new Set([windowName(first), windowName(copy), windowName(third)]).size).toBe(3);
    expect(windowName(first)).toBe(name);
  });

  it("of tasks that the server knows as over are told from those that may come back", () => {
    const store = memory();
    for (const [principal, assignment] of [["p", "a"], ["p", "a"], ["p", "b"], ["p", "c"], ["q", "d"]] as const) store.setItem(`${prefixOf(principal, assignment)}w`, "{}");
    keepAside(store, prefixOf("p", "a"), ["aside"], 1);
    expect(assignmentsOf(store, "p")).toEqual(["a", "b", "c"]);
    const holds = [{ assignment: "a", state: "submitted" }, { assignment: "b", state: "skipped" }, { assignment: "c", state: "expired" }, { assignment: "x", state: "submitted" }];
    expect(overOf(["a", "b", "c"], holds)).toEqual(["a", "b"]);
  });

  it("are forgotten once nobody came back for them", () => {
    const store = memory();
    const day = 24 * 3600 * 1000;
    store.setItem("cf.draft.p.a.w", JSON.stringify({ ...kept("old", 1), at: 0 }));
    store.setItem("cf.draft.p.b.w", JSON.stringify({ ...kept("new", 1), at: 10 * day }));
    store.setItem("cf.other", "{}");
    prune(store, 20 * day);
    expect([store.getItem("cf.draft.p.a.w"), store.getItem("cf.other")]).toEqual([null, "{}"]);
    expect(read(store, "cf.draft.p.b.w")?.answer).toBe("new");
  });
});

describe("a task that one window ended", () => {
  it("is told to the others by its id, and to nobody who holds another", () => {
    const listening = { postMessage: vi.fn(), close: vi.fn(), onmessage: null as ((event: MessageEvent) => void) | null };
    const heard = vi.fn();
    const stop = onEnded("asg_1", heard, listening);
    listening.onmessage?.({ data: "asg_2" } as MessageEvent);
    expect(heard).not.toHaveBeenCalled();
    listening.onmessage?.({ data: "asg_1" } as MessageEvent);
    expect(heard).toHaveBeenCalledOnce();
    stop();
    expect(listening.close).toHaveBeenCalledOnce();
    const telling = { postMessage: vi.fn(), close: vi.fn(), onmessage: null };
    tellEnded("asg_1", telling);
    expect(telling.postMessage).toHaveBeenCalledExactlyOnceWith("asg_1");
    expect(telling.close).toHaveBeenCalledOnce();
  });
});
