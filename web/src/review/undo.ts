import { isFinal, isProblem, Unreachable } from "../api/client";
import type { Verdict } from "../api/contract";
import { sentence } from "../ui/format";

/** As long as a verdict can be taken back, where the clocks of page and server do not agree. */
const WITHIN_MS = 30_000;

/**
 * Until when it can be taken back, by this device's clock. `firm` is by the server's: it is believed where it lies within that span
 * of when the verdict was sent, and else counted from there, which is never too late.
 */
export function untilOf(firm: string, sent: number): number {
  const said = Date.parse(firm);
  return said > sent && said <= sent + WITHIN_MS + 2000 ? said : sent + WITHIN_MS;
}

/** Whole seconds that are left, 0 once it is firm. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

const DONE: Record<Verdict, string> = { accept: "Accepted", return: "Returned", reject: "Rejected" };

/** What was done, in a word or three. */
export function doneWords(verdict: Verdict, changed: boolean): string {
  return verdict === "accept" && changed ? "Accepted as changed" : DONE[verdict];
}

/** Why a verdict was not taken back, and whether it is worth asking again. */
export interface UndoTrouble {
  said: string;
  again: boolean;
}

export function undoTrouble(error: unknown): UndoTrouble {
  if (isFinal(error)) return { said: sentence(error.problem.detail ?? error.problem.title), again: false };
  if (isProblem(error)) return { said: `${sentence(error.problem.detail ?? error.problem.title)} Try again in a moment.`, again: true };
  const why = error instanceof Unreachable ? "The server does not answer." : "Something went wrong on the way.";
  return { said: `${why} Your comment and your change are on this device; try again.`, again: true };
}
