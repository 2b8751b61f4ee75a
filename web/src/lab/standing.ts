// What is said of a ledger that this browser verifies: never more than held.

import type { Outcome, What } from "../verify/ledger";
import { contradicts, type Head } from "../verify/memory";
import type { Verifying } from "./useVerifier";

export type Standing = "unchecked" | "running" | "pending" | "verified" | "fails" | "unknown";

/** What is on screen: which picture, if there is one, and whether the table is. */
export interface OnScreen {
  picture: string | null;
  table: boolean;
}

/** `pending`: the ledger holds, and what is on screen is still being held against it. */
export function standingOf({ run, picture, rows }: Pick<Verifying, "run" | "picture" | "rows">, screen: OnScreen): Standing {
  if (run.is === "none") return "unchecked";
  if (run.is === "running") return "running";
  if (run.is === "failed") return "unknown";
  const { outcome } = run;
  if (outcome.checks.some(({ is }) => is === "fails")) return "fails";
  if (!outcome.verified) return "unknown";
  if ((picture?.other ?? 0) > 0 || (rows?.other.length ?? 0) > 0) return "fails";
  return picture === null || picture.of !== screen.picture || (screen.table && rows === null) ? "pending" : "verified";
}

export const WHAT: Record<What, string> = {
  key: "The key",
  signature: "The signed head",
  entries: "Every entry",
  tiles: "The tree given out",
  root: "The signed root",
  consistency: "What was there before",
};

/** What is to be done about what does not hold; the gravest first. */
export function advice(outcome: Outcome): string {
  const fails = (what: What) => outcome.checks.some((check) => check.what === what && check.is === "fails");
  if (fails("consistency")) return "Do not rely on what this page shows. Save both signed heads: if one key signed both, they prove that the ledger was shown in two ways. Ask the firm, not by this page, which entries changed and why.";
  if (fails("key")) return "Do not rely on what this page shows. Ask the firm, not by this page, whether it changed the ledger’s key, and why. Save both signed heads before anything else.";
  return "Verify once more: an answer may have been damaged on its way. If it stays so, do not rely on what this page shows, save the signed head, and ask the firm why what it gives out is not what it signed.";
}

/** What the page is shown already contradicts what this device remembers. */
export function contradiction(known: Head, shown: { size: number; root: string }): { title: string; why: string } | null {
  const count = (n: number) => n.toLocaleString("en-GB");
  switch (contradicts(known, shown)) {
    case "shorter":
      return { title: "The ledger is shorter than this device remembers", why: `It had ${count(known.size)} entries and now has ${count(shown.size)}. A ledger never becomes shorter.` };
    case "fork":
      return { title: "The ledger’s past is not the one that this device remembers", why: `It has ${count(shown.size)} entries, as it had, but another root: at least one entry is another.` };
    case null:
      return null;
  }
}
