import { useCallback, useEffect, useRef, useState } from "react";
import { api, isProblem } from "../api/client";
import type { Held, Problem } from "../api/contract";
import { useStale } from "../app/session";
import { named } from "../draft/useDraft";

export type Task =
  | { phase: "asking" }
  | { phase: "held"; held: Held }
  | { phase: "none" }
  | { phase: "halted"; halt: NonNullable<Problem["halt"]> | null }
  | { phase: "ended" }
  | { phase: "trouble"; error: unknown };

const WAITS: Task = { phase: "halted", halt: null };

/** The task in hand: the server answers a claim with one that came back, one that is still held, or a new one. */
export function useTask(engagement: string, halted: boolean): { task: Task; next: () => Promise<void> } {
  const [task, setTask] = useState<Task>({ phase: "asking" });
  const asked = useRef<string | null>(null);
  const stale = useStale();

  const take = useCallback(
    async () => {
      try {
        await named;
        const held = await api.claim(engagement);
        setTask(held === null ? { phase: "none" } : { phase: "held", held });
      } catch (error) {
        if (isProblem(error, "halted", "ended")) stale();
        if (isProblem(error, "halted")) setTask({ phase: "halted", halt: error.problem.halt ?? null });
        else if (isProblem(error, "ended")) setTask({ phase: "ended" });
        else setTask({ phase: "trouble", error });
      }
    },
    [engagement, stale],
  );

  const waits = task.phase === "halted" || task.phase === "asking";
  useEffect(() => {
    // Asks at first, and again when a halt that kept a task away has been resumed.
    const mark = `${engagement} ${halted}`;
    if (asked.current === mark || !waits) return;
    asked.current = mark;
    // A refused attempt is an entry in the lab's ledger: nothing is asked for that is known to be refused.
    if (!halted) void take();
  }, [engagement, halted, waits, take]);

  // Nothing to do now: tasks may come while the page is open.
  useEffect(() => {
    if (task.phase !== "none") return;
    const timer = setInterval(() => void take(), 15_000);
    return () => clearInterval(timer);
  }, [task.phase, take]);

  // Refused by a halt that the session has not heard of yet, or that was resumed before it did.
  useEffect(() => {
    if (task.phase !== "halted" || halted) return;
    const timer = setTimeout(() => void take(), 5000);
    return () => clearTimeout(timer);
  }, [task.phase, halted, take]);

  return { task: halted && task.phase === "asking" ? WAITS : task, next: take };
}
