import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, isProblem } from "../api/client";
import type { Held, Json } from "../api/contract";
import { DraftKeeper, type DraftStatus } from "./keeper";

export interface Draft {
  answer: Json;
  setAnswer: (answer: Json) => void;
  status: DraftStatus;
  keeper: DraftKeeper;
}

/** The answer to one held task, kept on this device and the server. */
export function useDraft(principal: string, engagement: string, held: Held, initial: Json): Draft {
  const key = `cf.draft.${principal}.${held.assignment}`;
  const keeper = useMemo(
    () =>
      new DraftKeeper({
        key,
        store: localStorage,
        save: (answer, leaving) => api.saveDraft(engagement, held.assignment, answer, leaving),
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
  return { answer, setAnswer, status, keeper };
}
