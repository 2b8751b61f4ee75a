import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, isFinal, isProblem } from "../api/client";
import type { Held, Json } from "../api/contract";
import { DraftKeeper, Elsewhere, type DraftStatus } from "./keeper";
import { onEnded, tellEnded } from "./ended";
import { askedName, asideKey, assignmentsOf, forgetTask, judge, keepAside, overOf, ownName, prefixOf, readAside, same, waiting, windowName, without, type There } from "./local";

async function begin(): Promise<void> {
  try {
    const locks = navigator.locks as LockManager | undefined;
    if (locks !== undefined || typeof BroadcastChannel === "undefined") await ownName(sessionStorage, locks);
    else await askedName(sessionStorage, new BroadcastChannel("cf.window"));
  } catch {
    // A forbidden storage leaves the server, which is asked in any case.
  }
}

/** Settled once this window has a name that no other has: before that no task is asked for. */
export const named: Promise<void> = typeof window === "undefined" ? Promise.resolve() : begin();

/**
 * Forgets words of tasks that are over though this device was not told: the reply was lost, or they were handed in on another one.
 * Nothing is asked where there are none.
 */
export async function forgetOver(principal: string, engagement: string, holding: string | null): Promise<void> {
  try {
    const kept = assignmentsOf(localStorage, principal).filter((assignment) => assignment !== holding);
    if (kept.length === 0) return;
    const holds = await api.holds(engagement);
    for (const assignment of overOf(kept, holds.items)) {
      forgetTask(localStorage, principal, assignment);
      tellEnded(assignment);
    }
  } catch {
    // They are asked about again when the next task is opened, and forgotten after two weeks in any case.
  }
}

export interface Draft {
  answer: Json;
  setAnswer: (answer: Json) => void;
  status: DraftStatus;
  keeper: DraftKeeper;
  /** Where another window kept other words: whether these stay, or those. */
  settle: (which: "these" | "those") => void;
  /** Words that gave way to another window's, and may come back: the last of them first. */
  aside: readonly Json[];
  takeBack: () => void;
  dropAside: () => void;
  /** Hands the answer in, or gives the task back: nothing of it stays on this device. */
  end: (call: (after: number) => Promise<unknown>) => Promise<void>;
}

/** Makes a call that goes on from a version of the draft. Refused for another version, it is told which words are there. */
async function going<T>(engagement: string, assignment: string, after: number, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isProblem(error, "conflict")) throw error;
    const there = await api.reopen(engagement, assignment).catch((refused: unknown) => {
      throw isProblem(refused, "not-found") ? error : refused;
    });
    if (there.draft === null || there.draft.version === after) throw error;
    throw new Elsewhere(there.draft);
  }
}

function thereOf(held: Held, initial: Json): There {
  return {
    answer: held.draft?.answer ?? held.rework?.answer ?? initial,
    base: { version: held.draft?.version ?? 0, round: held.rework?.version ?? 0 },
    saved: held.draft?.saved ?? null,
  };
}

/** The answer to one held task, kept on this device and the server. */
export function useDraft(principal: string, engagement: string, held: Held, initial: Json, halted: boolean): Draft {
  const prefix = prefixOf(principal, held.assignment);
  const own = useMemo(() => windowName(sessionStorage), []);
  const key = prefix + own;
  const [there] = useState(() => thereOf(held, initial));
  const [found] = useState(() => waiting(localStorage, prefix, own));
  const keeper = useMemo(
    () =>
      new DraftKeeper({
        key,
        store: localStorage,
        base: there.base,
        save: (answer, after, leaving) => going(engagement, held.assignment, after, api.saveDraft(engagement, held.assignment, answer, after, leaving)),
        // A halt does not refuse drafts, but it refuses to show which words are there.
        halted: (error) => isProblem(error, "halted"),
        lasting: isFinal,
      }),
    [key, engagement, held.assignment, there],
  );
  const fate = judge(found?.kept ?? null, there);
  const [answer, setState] = useState<Json>(() => (found !== null && (fate === "on" || fate === "ask") ? found.kept.answer : there.answer));
  const [aside, setAside] = useState<readonly Json[]>(() => readAside(localStorage, prefix));

  useEffect(() => {
    if (found !== null) {
      // What another window left is this one's from here on.
      localStorage.removeItem(found.key);
      if (fate === "on") keeper.edit(found.kept.answer);
      if (fate === "ask") keeper.ask(found.kept.answer, found.kept.base, { answer: there.answer, version: there.base.version, saved: there.saved });
    }
    const online = () => void keeper.flush();
    const leaving = () => void keeper.flush(true);
    window.addEventListener("online", online);
    window.addEventListener("pagehide", leaving);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("pagehide", leaving);
      void keeper.flush(true);
    };
  }, [keeper, found, fate, there]);
  useEffect(() => {
    if (!halted) void keeper.flush();
  }, [keeper, halted]);

  useEffect(() => onEnded(held.assignment, () => keeper.over()), [held.assignment, keeper]);
  useEffect(() => {
    const elsewhere = (event: StorageEvent) => {
      if (event.key === asideKey(prefix)) setAside(readAside(localStorage, prefix));
    };
    window.addEventListener("storage", elsewhere);
    return () => window.removeEventListener("storage", elsewhere);
  }, [prefix]);

  const setAnswer = useCallback(
    (next: Json) => {
      setState(next);
      keeper.edit(next);
    },
    [keeper],
  );
  const status = useSyncExternalStore(keeper.subscribe, keeper.snapshot);
  const put = useCallback(
    (words: readonly Json[]) => {
      setAside(words);
      keepAside(localStorage, prefix, words, Date.now());
    },
    [prefix],
  );
  const settle = (which: "these" | "those") => {
    if (status.state !== "elsewhere") return;
    const [stay, leave] = which === "these" ? [answer, status.theirs.answer] : [status.theirs.answer, answer];
    if (!same(stay, leave)) put([leave, ...without(aside, leave)]);
    if (which === "these") return void keeper.insist(answer);
    setState(status.theirs.answer);
    keeper.yield(there.base.round);
  };
  const takeBack = () => {
    const words = aside[0];
    if (words === undefined) return;
    const rest = without(aside, words);
    put(same(answer, words) ? rest : [...without(rest, answer), answer]);
    setAnswer(words);
  };
  const end = async (call: (after: number) => Promise<unknown>) => {
    await keeper.end((after) => going(engagement, held.assignment, after, call(after)));
    setAside([]);
    forgetTask(localStorage, principal, held.assignment);
    tellEnded(held.assignment);
  };
  return { answer, setAnswer, status, keeper, settle, aside, takeBack, dropAside: () => put(aside.slice(1)), end };
}
