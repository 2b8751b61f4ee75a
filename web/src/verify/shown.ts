// What a page shows of a ledger, and how much of it the ledger has.

import type { AccessSummary } from "../api/contract";

/** What of a page's table is in the ledger as it is shown. */
export interface Rows {
  /** Those whose entry says something else. */
  other: number[];
  /** Those that are newer than what was checked. */
  newer: number;
  same: number;
}

/** What of a page's picture is in the ledger as it is drawn. */
export interface Picture {
  /** Which picture: `ofPicture`. */
  of: string;
  /** Bars and refusals that the ledger has otherwise. */
  other: number;
  /** Bars that end after what was checked. */
  newer: number;
  same: number;
}

export type Drawn = Pick<AccessSummary, "from" | "to" | "bucket_seconds" | "actors" | "entries" | "objects" | "refused" | "refused_total">;

/** A picture of the same span in the same bars. */
export const ofPicture = (drawn: Pick<Drawn, "from" | "to" | "bucket_seconds">) => `${drawn.from} ${drawn.to} ${drawn.bucket_seconds}`;
