import { sha256 } from "@noble/hashes/sha2.js";
import type { Access } from "../api/contract";
import { equal, utf8 } from "./bytes";
import { type Entry, micros, released, saysEntry, saysRow } from "./entry";
import { HASH } from "./merkle";
import { type Drawn, ofPicture, type Picture, type Rows } from "./shown";

export interface Made {
  n: number;
  project: string;
  format: string;
  rows: number;
  file: string;
  manifest: string;
}

/** What is remembered of entries that were hashed: enough to hold what a page shows against them, and no more. */
export class Entries {
  size = 0;
  /** When the newest was made. */
  last = 0;
  readonly made = new Map<string, Made>();
  private rows = new Uint8Array(HASH * 1024);
  private times: number[] = [];
  private draws: { t: number; engagement: string; objects: number }[] = [];
  private refusals: { t: number; n: number }[] = [];

  push(entry: Entry): void {
    const at = this.size * HASH;
    if (at + HASH > this.rows.length) {
      const more = new Uint8Array(this.rows.length * 2);
      more.set(this.rows);
      this.rows = more;
    }
    this.rows.set(sha256(utf8(saysEntry(entry))), at);
    this.size += 1;
    this.last = entry.t;
    this.times.push(entry.t);
    const { fact, by, t, n } = entry;
    const { objects } = released(entry);
    if (objects > 0) this.draws.push({ t, engagement: by.engagement ?? "", objects });
    if (fact.kind === "refused") this.refusals.push({ t, n });
    if (fact.kind === "delivery-made") {
      const { delivery, project, format, rows, file, manifest } = fact as unknown as Made & { delivery: string };
      this.made.set(delivery, { n, project, format, rows, file, manifest });
    }
  }

  hold(rows: readonly Access[]): Rows {
    const found: Rows = { other: [], newer: 0, same: 0 };
    for (const row of rows) {
      if (row.n >= this.size) found.newer += 1;
      else if (equal(sha256(utf8(saysRow(row))), this.rows.subarray(row.n * HASH, (row.n + 1) * HASH))) found.same += 1;
      else found.other.push(row.n);
    }
    return found;
  }

  /** Counts the bars again: each that is drawn is in the ledger, and each that is in the ledger is drawn. */
  draw(summary: Drawn): Picture {
    const [from, to] = [micros(summary.from), micros(summary.to)];
    const bucket = summary.bucket_seconds * 1_000_000;
    const startOf = (t: number) => Math.floor(t / bucket) * bucket;
    const between = (t: number) => t >= from && t < to;
    const within = ({ t }: { t: number }) => between(t);
    const counted = new Map<string, number>();
    let total = 0;
    for (const { t, engagement, objects } of this.draws.filter(within)) {
      total += objects;
      if (engagement === "") continue;
      const key = `${engagement} ${startOf(t)}`;
      counted.set(key, (counted.get(key) ?? 0) + objects);
    }
    const found: Picture = { of: ofPicture(summary), other: 0, newer: 0, same: 0 };
    // A bar that is not over yet may grow by entries that are newer than what was checked.
    const over = (start: number) => start + bucket <= this.last;
    for (const { actor, start, objects } of summary.actors.flatMap((actor) => actor.buckets.map(({ start, objects }) => ({ actor: actor.engagement ?? "", start: micros(start), objects })))) {
      const key = `${actor} ${start}`;
      const here = counted.get(key) ?? 0;
      counted.delete(key);
      if (objects === here) found.same += 1;
      else if (!over(start) && objects > here) found.newer += 1;
      else found.other += 1;
    }
    found.other += counted.size;
    found.other += summary.actors.filter((actor) => actor.objects !== actor.buckets.reduce((sum, { objects }) => sum + objects, 0)).length;
    if (found.newer === 0 ? summary.objects !== total : summary.objects < total) found.other += 1;
    if (summary.entries < this.times.filter(between).length) found.other += 1;
    const shown = this.hold(summary.refused);
    found.other += shown.other.length;
    found.newer += shown.newer;
    found.same += shown.same;
    // The server lists no more than so many of them.
    const refusals = this.refusals.filter(within);
    if (summary.refused.length === summary.refused_total) {
      const listed = new Set(summary.refused.map((row) => row.n));
      found.other += refusals.filter(({ n }) => !listed.has(n)).length;
    }
    return found;
  }
}
