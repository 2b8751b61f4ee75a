import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api, isProblem } from "../api/client";
import type { Held, Json } from "../api/contract";
import { DraftKeeper, Elsewhere, type DraftStatus } from "./keeper";

export interface Draft {
  answer: Json;
  setAnswer: (answer: Json) => void;
  status: DraftStatus;
  keeper: DraftKeeper;
  /** Where another window kept other words: whether these stay, or those. */
  settle: (which: "these" | "those") => void;
}

/** Keeps an answer that goes on from a version. A refusal for another version is looked at: it may be one's own, whose reply was lost. */
async function save(engagement: string, assignment: string, answer: Json, after: number, leaving: boolean): Promise<{ saved: string; version: number }> {
  try {
    return await api.saveDraft(engagement, assignment, answer, after, leaving);
  } catch (error) {
    if (!isProblem(error, "conflict")) throw error;
    const there = await api.reopen(engagement, assignment).catch((refused: unknown) => {
      throw isProblem(refused, "not-found") ? error : refused;
    });
    if (there.draft === null || there.draft.version === after) throw error;
    if (JSON.stringify(there.draft.answer) === JSON.stringify(answer)) return there.draft;
    throw new Elsewhere(there.draft);
  }
}

/** The answer to one held task, kept on this device and the server. */
export function useDraft(principal: string, engagement: string, held: Held, initial: Json): Draft {
  const key = `cf.draft.${principal}.${held.assignment}`;
  const version = useRef(held.draft?.version ?? 0);
  const keeper = useMemo(
    () =>
      new DraftKeeper({
        key,
        store: localStorage,
        save: async (answer, leaving) => {
          const kept = await save(engagement, held.assignment, answer, version.current, leaving);
          version.current = kept.version;
          return kept;
        },
        // A halt does not refuse drafts; where a server says so all the same, it may end.
        lasting: (error) => isProblem(error) && !isProblem(error, "halted", "rate-limited", "unavailable", "internal"),
      }),
    [key, engagement, held.assignment],
  );
  const [answer, setState] = useState<Json>(() => DraftKeeper.waiting(localStorage, key)?.answer ?? held.draft?.answer ?? held.rework?.answer ?? initial);

  useEffect(() => {
    const waiting = DraftKeeper.waiting(localStorage, key);
    if (waiting !== null) keeper.edit(waiting.answer);
    const online = () => void keeper.flush();
    const leaving = () => void keeper.flush(true);
    window.addEventListener("online", online);
    window.addEventListener("pagehide", leaving);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("pagehide", leaving);
      void keeper.flush(true);
    };
  }, [keeper, key]);

  const setAnswer = useCallback(
    (next: Json) => {
      setState(next);
      keeper.edit(next);
    },
    [keeper],
  );
  const status = useSyncExternalStore(keeper.subscribe, keeper.snapshot);
  const settle = useCallback(
    (which: "these" | "those") => {
      if (status.state !== "elsewhere") return;
      version.current = status.theirs.version;
      if (which === "these") return void keeper.insist();
      setState(status.theirs.answer);
      keeper.yield();
    },
    [keeper, status],
  );
  return { answer, setAnswer, status, keeper, settle };
}
