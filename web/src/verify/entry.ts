// Entries of a ledger, as far as pages show them.

import type { Access, Actor } from "../api/contract";
import { textOf } from "./bytes";

export interface Entry {
  n: number;
  /** Microseconds since 1970. */
  t: number;
  clock?: number;
  by: { as: string; engagement?: string; pseudonym?: string };
  fact: { kind: string } & Record<string, unknown>;
}

export interface Draw {
  objects: number;
  bytes: number;
}

export function readEntry(bytes: Uint8Array): Entry | null {
  const text = textOf(bytes);
  if (text === null) return null;
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    const whole = typeof entry === "object" && Number.isSafeInteger(entry?.n) && Number.isSafeInteger(entry?.t) && typeof entry?.by?.as === "string" && typeof entry.fact?.kind === "string";
    return whole ? (entry as Entry) : null;
  } catch {
    return null;
  }
}

/** What left with it: as the server counts it. */
export function released({ fact }: Entry): Draw {
  switch (fact.kind) {
    case "task-released":
    case "review-released":
    case "objects-released": {
      const objects = fact["objects"] as Draw[];
      return { objects: objects.length, bytes: objects.reduce((sum, object) => sum + object.bytes, 0) };
    }
    case "read-intended": {
      const { objects, bytes } = fact["set"] as Draw;
      return { objects, bytes };
    }
    default:
      return { objects: 0, bytes: 0 };
  }
}

/** What a row of the table says, as one text: an entry and the row that shows it have the same. Names of projects are not in a ledger. */
export function saysEntry(entry: Entry): string {
  const { fact, by } = entry;
  const refused = fact.kind === "refused" ? { act: fact["act"], why: fact["why"] } : null;
  const completed = fact.kind === "read-completed" ? { end: fact["end"], objects: fact["objects"], bytes: fact["bytes"] } : null;
  const draw = released(entry);
  return sorted([entry.n, entry.t, entry.clock ?? null, by.as, by.engagement ?? null, by.pseudonym ?? null, fact.kind, draw.objects, draw.bytes, refused, completed]);
}

export function saysRow(row: Access): string {
  const { actor } = row;
  const as = actor.kind === "job" ? "engaged" : actor.kind;
  return sorted([row.n, micros(row.t), row.clock ? micros(row.clock) : null, as, actor.engagement ?? null, actor.pseudonym ?? null, row.fact, row.objects, row.bytes, row.refused ?? null, row.completed ?? null]);
}

/** What the grant of an engagement says of whoever holds it; an actor that is shown as it says has the same. */
export function saysGrant(fact: Entry["fact"]): string {
  const reach = fact["reach"] as { to: string; id?: string };
  return sorted([fact["pseudonym"], fact["role"], fact["purposes"] ?? [], reach.to === "project" ? reach.id : null]);
}

export function saysActor(actor: Actor): string {
  return sorted([actor.pseudonym, actor.role, actor.purposes ?? [], actor.project?.id ?? null]);
}

/** JSON whose members are in one order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
}

/** `2026-11-29T22:26:59.750246Z` in microseconds since 1970; a page's clock has milliseconds only. */
export function micros(iso: string): number {
  const fraction = /\.(\d{1,6})Z$/.exec(iso)?.[1] ?? "";
  return Math.floor(Date.parse(iso) / 1000) * 1_000_000 + Number(fraction.padEnd(6, "0"));
}
