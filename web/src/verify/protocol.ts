// What the page and its worker say to each other.

import type { Access } from "../api/contract";
import type { Point, Shown } from "./delivery";
import type { Known, Outcome, Progress } from "./ledger";
import type { Drawn, Picture, Rows } from "./shown";

export type Ask =
  | { do: "ledger"; ledger: string; known: Known }
  | { do: "delivery"; ledger: string; known: Known; delivery: Shown }
  | { do: "shown"; rows: readonly Access[]; drawn: Drawn | null };

export interface Answers {
  ledger: Outcome;
  /** With the ledger's outcome, where it was verified for this. */
  delivery: { points: Point[]; outcome: Outcome };
  /** Null where no verified ledger is at hand. */
  shown: { rows: Rows; picture: Picture | null } | null;
}

/** How far it is, and with what. */
export interface Step extends Progress {
  with: "entries" | "file";
}

export type ToWorker = { id: number; ask: Ask } | { id: number; cancel: true };
export type FromWorker = { id: number; step: Step } | { id: number; answer: Answers[keyof Answers] } | { id: number; failed: string };
