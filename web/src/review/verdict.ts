import type { Verdict } from "../api/contract";
import { isBlank } from "../ui/blank";

export const VERDICTS: { value: Verdict; label: string; key: string; what: string }[] = [
  { value: "accept", label: "Accept", key: "A", what: "It counts, and may be delivered." },
  { value: "return", label: "Return", key: "T", what: "It goes back to its author with your comment." },
  { value: "reject", label: "Reject", key: "X", what: "It does not count. The task is handed out again." },
];

/** Nobody has decided yet: every answer begins so, and nothing is chosen for the reviewer. */
export const UNDECIDED = null;

/** What keeps a verdict from being handed in. */
export type Obstacle = { at: "verdict" | "comment"; text: string };

/** What is still to do before the verdict may be handed in; null where nothing is. */
export function obstacle(verdict: Verdict | typeof UNDECIDED, comment: string): Obstacle | null {
  if (verdict === UNDECIDED) return { at: "verdict", text: "Choose a verdict first: A, T or X." };
  if (!isBlank(comment)) return null;
  if (verdict === "return") return { at: "comment", text: "Say what is missing; the author reads this." };
  if (verdict === "reject") return { at: "comment", text: "Say why it does not count; it stays with the verdict." };
  return null;
}

/** What the button says, by what it would do. */
export function handIn(verdict: Verdict | typeof UNDECIDED, changed = false): string {
  if (verdict === "accept" && changed) return "Accept as changed and next";
  return `${VERDICTS.find((option) => option.value === verdict)?.label ?? "Decide"} and next`;
}
