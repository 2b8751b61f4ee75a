import type { EngagementView } from "../api/contract";

/** Why work goes on or does not. What has ended cannot be resumed, so an end is told before a halt. */
export type Standing = "open" | "not-begun" | "halted" | "ended";

/** By what the session says, and by what the server last answered, which may be newer. */
export function standingOf(engagement: Pick<EngagementView, "state" | "halted">, refused: "halted" | "ended" | null): Standing {
  if (engagement.state === "ended" || refused === "ended") return "ended";
  if (engagement.halted !== null || refused === "halted") return "halted";
  return engagement.state === "not-begun" ? "not-begun" : "open";
}

/** What stands beside the clock of a task. */
export function clockWords(standing: Standing, running: boolean, moved = false): string {
  if (standing === "ended") return "stopped: the engagement has ended";
  if (standing === "halted") return "stopped by the halt";
  if (standing === "not-begun") return "not begun";
  if (running && moved) return "active; your timer elsewhere was stopped";
  return running ? "active, paused when idle" : "paused; move to go on";
}

/** What the window of a piece of work is called first, so that a halt is seen from another window. */
export function titleWord(standing: Standing, work: string): string {
  const words: Record<Standing, string> = { open: work, "not-begun": "Not begun", halted: "Halted", ended: "Ended" };
  return words[standing];
}
