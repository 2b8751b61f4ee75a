import { sha256 } from "@noble/hashes/sha2.js";
import type { Access, Actor } from "../api/contract";
import { equal, utf8 } from "./bytes";
import { type Entry, micros, released, saysActor, saysEntry, saysGrant, saysRow } from "./entry";
import { HASH } from "./merkle";
import { recount, type Release } from "./picture";
import type { Drawn, Picture, Rows } from "./shown";

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
  private releases: Release[] = [];
  /** What is said of whoever holds an engagement. */
  private grants = new Map<string, string>();
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
    const { objects, bytes } = released(entry);
    if (objects > 0) this.releases.push({ t, engagement: by.engagement ?? null, objects, bytes });
    if (fact.kind === "engagement-granted") this.grants.set(String(fact["engagement"]), saysGrant(fact));
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
      else if (equal(sha256(utf8(saysRow(row))), this.rows.subarray(row.n * HASH, (row.n + 1) * HASH)) && this.knows(row.actor)) found.same += 1;
      else found.other.push(row.n);
    }
    return found;
  }

  /** Counts the picture again. */
  draw(summary: Drawn): Picture {
    const found = recount(summary, this.releases, this.last);
    const [from, to] = [micros(summary.from), micros(summary.to)];
    const within = (t: number) => t >= from && t < to;
    if (summary.entries < this.times.filter(within).length) found.other += 1;
    found.other += summary.actors.filter((actor) => this.grants.has(actor.engagement ?? "") && !this.knows(actor)).length;
    const refused = this.hold(summary.refused);
    // The server lists no more than so many of them.
    const whole = summary.refused.length === summary.refused_total;
    const listed = new Set(summary.refused.map(({ n }) => n));
    const hidden = whole ? this.refusals.filter(({ t, n }) => within(t) && !listed.has(n)) : [];
    return { ...found, other: found.other + refused.other.length + hidden.length, newer: found.newer + refused.newer, same: found.same + refused.same };
  }

  /** Whether somebody is shown as the grant of their engagement has it. */
  private knows(actor: Actor): boolean {
    if (actor.engagement === undefined || actor.engagement === null) return (actor.role ?? null) === null;
    const grant = this.grants.get(actor.engagement);
    return grant !== undefined && grant === saysActor(actor);
  }
}
