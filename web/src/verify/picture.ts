// The numbers of a picture, counted again from entries.

import { micros } from "./entry";
import { type Drawn, ofPicture, type Picture } from "./shown";

/** Objects that were released by an entry: in somebody's engagement, or in none. */
export interface Release {
  t: number;
  engagement: string | null;
  objects: number;
  bytes: number;
}

interface Sum {
  objects: number;
  bytes: number;
  last: number;
  /** Objects by where their bar starts. */
  bars: Map<number, number>;
}

const nothing = (): Sum => ({ objects: 0, bytes: 0, last: 0, bars: new Map() });

/** By engagement, within a window. */
function sums(releases: readonly Release[], bucket: number): Map<string, Sum> {
  const found = new Map<string, Sum>();
  for (const { t, engagement, objects, bytes } of releases) {
    if (engagement === null) continue;
    const sum = found.get(engagement) ?? nothing();
    const start = Math.floor(t / bucket) * bucket;
    sum.bars.set(start, (sum.bars.get(start) ?? 0) + objects);
    found.set(engagement, { ...sum, objects: sum.objects + objects, bytes: sum.bytes + bytes, last: t });
  }
  return found;
}

/** Whether what is shown of an actor is the sum of its bars, and no less than what was counted. */
function adds({ objects, bytes, last, buckets }: Drawn["actors"][number], sum: Sum): boolean {
  const grown = objects > sum.objects ? bytes >= sum.bytes && micros(last) >= sum.last : bytes === sum.bytes && micros(last) === sum.last;
  return grown && objects === buckets.reduce((all, bar) => all + bar.objects, 0);
}

/**
 * Each bar that is drawn is in the ledger, and each that is in the ledger is drawn. One that is not over at `last`, the time of the newest
 * entry that was checked, may be higher by what is newer.
 */
export function recount(summary: Drawn, all: readonly Release[], last: number): Picture {
  const [from, to, bucket] = [micros(summary.from), micros(summary.to), summary.bucket_seconds * 1_000_000];
  const releases = all.filter(({ t }) => t >= from && t < to);
  const counted = sums(releases, bucket);
  const found: Picture = { of: ofPicture(summary), other: 0, newer: 0, same: 0 };
  for (const actor of summary.actors) {
    const sum = counted.get(actor.engagement ?? "") ?? nothing();
    counted.delete(actor.engagement ?? "");
    const left = new Map(sum.bars);
    for (const bar of actor.buckets) {
      const start = micros(bar.start);
      const here = left.get(start) ?? 0;
      left.delete(start);
      if (bar.objects === here) found.same += 1;
      else if (start + bucket > last && bar.objects > here) found.newer += 1;
      else found.other += 1;
    }
    found.other += left.size + (adds(actor, sum) ? 0 : 1);
  }
  found.other += counted.size;
  const total = releases.reduce((sum, { objects }) => sum + objects, 0);
  if (found.newer === 0 ? summary.objects !== total : summary.objects < total) found.other += 1;
  return found;
}
