// A ledger checked from its key to its last entry, by nothing but what it is made of.

import { equal, utf8 } from "./bytes";
import { readEntry } from "./entry";
import { Entries } from "./entries";
import type { Head } from "./memory";
import { HASH, leafHash, Tree } from "./merkle";
import { type Checkpoint, readCheckpoint, readKey, readNote, rootText, signedBy } from "./note";
import { ahead, Missing, type Source } from "./source";
import { bundlePath, splitBundle, TILE, tilePath, widths } from "./tiles";

export type Is = "holds" | "fails" | "unknown" | "first";
export type What = "key" | "signature" | "entries" | "tiles" | "root" | "consistency";

/** One thing that was checked. `why` is for whoever reads it. */
export interface Check {
  what: What;
  is: Is;
  why: string;
}

export interface Outcome {
  checks: Check[];
  /** Only where each of them holds, or is the first of its kind on this device. */
  verified: boolean;
  /** What the server showed, if it was signed by the key that it gave. */
  head: Head | null;
  /** The time of the newest entry that was hashed, in microseconds; null where there is none. */
  last: number | null;
}

export interface Progress {
  done: number;
  total: number;
}

/** What a device remembers; `damaged` is something that does not read, which is not the same as nothing. */
export type Known = Head | null | "damaged";

/** Two bundles ahead with their tiles are four connections: the page needs some, too. */
const AHEAD = 2;
const MOST_NOTE = 256 * 1024;

const count = (n: number) => n.toLocaleString("en-GB");

/** The checks of one run. What does not hold is told before what is unknown, the first of a kind before the next; what never came to it is unknown. */
class Report {
  private found = new Map<What, Check>();
  constructor(private readonly all: readonly What[]) {}
  say(what: What, is: Is, why: string): void {
    const before = this.found.get(what)?.is;
    if (before === undefined || (is === "fails" && before !== "fails")) this.found.set(what, { what, is, why });
  }
  checks(rest: string): Check[] {
    return this.all.map((what) => this.found.get(what) ?? { what, is: "unknown", why: rest });
  }
}

const ALL: readonly What[] = ["key", "signature", "entries", "tiles", "root", "consistency"];

export interface Verified {
  outcome: Outcome;
  entries: Entries;
}

export async function verifyLedger(source: Source, ledger: string, known: Known, progress: (progress: Progress) => void, now: () => string = () => new Date().toISOString()): Promise<Verified> {
  const report = new Report(ALL);
  const entries = new Entries();
  const done = (head: Head | null, rest: string): Verified => {
    const checks = report.checks(rest);
    return { entries, outcome: { checks, head, verified: checks.every(({ is }) => is === "holds" || is === "first"), last: entries.size > 0 ? entries.last : null } };
  };
  try {
    const opened = await openHead(source, ledger, known, report, now);
    if (opened === null) return done(null, "Not reached: there is no signed head to hold it against.");
    const { head, checkpoint } = opened;
    if (isHead(known) && checkpoint.size < known.size) {
      report.say("consistency", "fails", `The ledger has ${count(checkpoint.size)} entries now and had ${count(known.size)}. A ledger never becomes shorter.`);
    }
    const tree = await rebuild(source, ledger, checkpoint, known, entries, report, progress).catch((error: unknown) => {
      if (!(error instanceof Missing)) throw error;
      report.say("entries", "unknown", `Entry ${count(entries.size)} and those after it could not be read: ${error.message}.`);
      return null;
    });
    if (tree !== null) await holdTiles(source, ledger, tree, report);
    return done(head, "Not reached: not every entry could be read.");
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    return done(null, `The server did not give it: ${error.message}.`);
  }
}

/** The key, the signed head, and whether both go with what this device remembers. */
async function openHead(source: Source, ledger: string, known: Known, report: Report, now: () => string): Promise<{ head: Head; checkpoint: Checkpoint } | null> {
  const vkey = (await source.text(`ledgers/${ledger}/vkey`)).trim();
  const key = readKey(vkey);
  if (key === null || !key.name.endsWith(`/${ledger}`)) {
    report.say("key", "fails", "What the server gives as the ledger’s key is none of this ledger.");
    return null;
  }
  if (known === null) report.say("key", "first", `Key ${key.id}. Ask the firm for the whole key by another way than this page, and compare the two.`);
  else if (known === "damaged") report.say("key", "unknown", `Key ${key.id}: what this device remembered does not read any more, so there is nothing to hold it against.`);
  else if (known.vkey === vkey) report.say("key", "holds", `Key ${key.id}, the one that this device remembers.`);
  else report.say("key", "fails", `Key ${key.id} is not the one that this device remembers (${readKey(known.vkey)?.id ?? "unreadable"}). Whoever has another key can sign another past.`);

  const text = await source.text(`ledgers/${ledger}/checkpoint`);
  const note = text.length > MOST_NOTE ? null : readNote(utf8(text));
  const checkpoint = note === null ? null : readCheckpoint(note.text);
  if (note === null || checkpoint === null || checkpoint.origin !== key.name) {
    report.say("signature", "fails", "What the server gives as the signed head is not one of this ledger.");
    return null;
  }
  const signed = await signedBy(note, key);
  if (signed !== "yes") {
    report.say("signature", "fails", signed === "forged" ? "The signature does not fit the head: one of the two was altered." : "Another key than the ledger’s signed the head.");
    return null;
  }
  report.say("signature", "holds", `The firm’s key signed a head of ${count(checkpoint.size)} entries.`);
  return { checkpoint, head: { vkey, size: checkpoint.size, root: rootText(checkpoint.root), note: text, at: now() } };
}

/**
 * Hashes every entry, and holds the tree that they make against its lowest tiles, its signed root and the root that is remembered.
 * Gives back the tree that was signed, by which the other tiles are to be judged.
 */
async function rebuild(source: Source, ledger: string, checkpoint: Checkpoint, known: Known, entries: Entries, report: Report, progress: (progress: Progress) => void): Promise<Tree> {
  const { size } = checkpoint;
  const tree = new Tree();
  // Where tiles say otherwise than entries, two trees go on: which of the two was signed tells which was altered.
  let tiled: Tree | null = null;
  let differs = 0;
  const hold = () => {
    if (!isHead(known) || tree.size !== known.size) return;
    const same = rootText(tree.root()) === known.root;
    if (same) report.say("consistency", "holds", `The first ${count(known.size)} entries are those that this device remembers.`);
    else report.say("consistency", "fails", `The first ${count(known.size)} entries are not those that this device remembers: the ledger’s past is another one.`);
  };
  hold();
  const all = widths(size);
  const bundles = ahead(all.length, AHEAD, (index) => {
    const width = all[index] ?? TILE;
    return Promise.all([source.bytes(`ledgers/${ledger}/tile/${bundlePath(index, width)}`), source.bytes(`ledgers/${ledger}/tile/${tilePath(0, index, width)}`).catch(given)]);
  });
  let index = 0;
  for await (const [bundle, tile] of bundles) {
    const width = all[index] ?? TILE;
    const split = splitBundle(bundle);
    if (split === null || split.length !== width) {
      report.say("entries", "fails", `The entries from ${count(tree.size)} on do not come as ${count(width)} whole entries.`);
      throw new Missing("they are not there as they should be");
    }
    const hashes = tile instanceof Missing || tile.length === width * HASH ? tile : new Missing(`it has ${count(tile.length)} bytes and not ${count(width * HASH)}`);
    if (hashes instanceof Missing) report.say("tiles", tile instanceof Missing ? "unknown" : "fails", `Tile ${count(index)} of the lowest level could not be held: ${hashes.message}.`);
    for (const [slot, bytes] of split.entries()) {
      const at = tree.size;
      const leaf = leafHash(bytes);
      const stated = hashes instanceof Missing ? leaf : hashes.subarray(slot * HASH, (slot + 1) * HASH);
      if (tiled === null && !equal(leaf, stated)) {
        tiled = tree.copy();
        differs = at;
      }
      tree.push(leaf);
      tiled?.push(stated);
      take(bytes, at, entries, report);
      hold();
    }
    index += 1;
    progress({ done: tree.size, total: size });
  }
  judge(tree, tiled, differs, checkpoint, report);
  report.say("entries", "holds", `${count(size)} entries read and hashed, each at its place, none missing.`);
  if (known === null) report.say("consistency", "first", "Nothing is remembered on this device yet. The head of a ledger that is verified here is, from then on.");
  if (known === "damaged") report.say("consistency", "unknown", "What this device remembered does not read any more.");
  return tiled !== null && equal(tiled.root(), checkpoint.root) ? tiled : tree;
}

const isHead = (known: Known): known is Head => known !== null && known !== "damaged";

/** An entry has its own number and does not go back in time. */
function take(bytes: Uint8Array, at: number, entries: Entries, report: Report): void {
  const entry = readEntry(bytes);
  if (entry === null || entry.n !== at) {
    report.say("entries", "fails", `At ${count(at)} there is no entry with that number.`);
    throw new Missing("an entry is not at its place");
  }
  if (entry.t < entries.last) report.say("entries", "fails", `Entry ${count(at)} is older than the one before it.`);
  entries.push(entry);
}

function judge(tree: Tree, tiled: Tree | null, differs: number, checkpoint: Checkpoint, report: Report): void {
  const root = tree.root();
  if (equal(root, checkpoint.root)) {
    report.say("root", "holds", `The entries make the root that was signed, ${rootText(root).slice(0, 4)}…${rootText(root).slice(-4)}.`);
    if (tiled !== null) report.say("tiles", "fails", `The tree that the server gives out has another hash for entry ${count(differs)} than the entry itself, which is the signed one.`);
    return;
  }
  report.say("root", "fails", "The entries make another root than the one that was signed: what is given out is not what was signed.");
  if (tiled === null) return;
  if (equal(tiled.root(), checkpoint.root)) report.say("entries", "fails", `Entry ${count(differs)} is not the one that was signed.`);
  else {
    report.say("tiles", "fails", `The tree that the server gives out has another hash for entry ${count(differs)} than the entry itself.`);
  }
}

/** The tiles above the lowest level. */
async function holdTiles(source: Source, ledger: string, tree: Tree, report: Report): Promise<void> {
  for (let level = 1; tree.level(level).length > 0; level += 1) {
    const hashes = tree.level(level);
    for (const [index, width] of widths(hashes.length).entries()) {
      const tile = await source.bytes(`ledgers/${ledger}/tile/${tilePath(level, index, width)}`).catch(given);
      if (tile instanceof Missing) report.say("tiles", "unknown", `Tile ${count(index)} of level ${level} could not be read: ${tile.message}.`);
      else if (tile.length !== width * HASH || !hashes.slice(index * TILE, index * TILE + width).every((hash, slot) => equal(hash, tile.subarray(slot * HASH, (slot + 1) * HASH)))) {
        report.say("tiles", "fails", `Tile ${count(index)} of level ${level} is not the tree that the entries make.`);
      }
    }
  }
  report.say("tiles", "holds", "Every hash of the tree that the server gives out is the one that the entries make.");
}

function given(error: unknown): Missing {
  if (error instanceof Missing) return error;
  throw error;
}
