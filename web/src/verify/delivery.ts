// A delivery held against its signed manifest, and the manifest against the ledger.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "./bytes";
import type { Made } from "./entries";
import type { Is, Outcome } from "./ledger";
import { readKey, readNote, signedBy } from "./note";
import { Missing, type Source } from "./source";

export interface Shown {
  id: string;
  project: string;
  format: string;
  rows: number;
  /** Of the encrypted file. */
  bytes: number;
  sha256: string;
}

export interface Point {
  what: "signature" | "manifest" | "file" | "ledger";
  is: Is;
  why: string;
}

const TITLE = "cofferdam.delivery/v1";
const NAMES = ["delivery", "project", "lab", "format", "created", "rows", "bytes", "plaintext-sha256", "envelope-sha256", "rows-root"] as const;
export type Manifest = Record<(typeof NAMES)[number], string>;

/** The text of a manifest, in its one form. */
export function readManifest(text: string): Manifest | null {
  const [title, ...lines] = text.split("\n");
  if (title !== TITLE || lines.pop() !== "" || lines.length !== NAMES.length) return null;
  const pairs = NAMES.map((name, at) => [name, lines[at]?.startsWith(`${name} `) === true ? (lines[at]?.slice(name.length + 1) ?? "") : ""] as const);
  return pairs.every(([, value]) => /^[\w.-]+$/.test(value)) ? (Object.fromEntries(pairs) as Manifest) : null;
}

/** The file as it comes: piece by piece, so that no more than a piece of it is held. */
export interface Stream {
  open: (path: string) => Promise<Response>;
}

const count = (n: number) => n.toLocaleString("en-GB");

export async function checkManifest(source: Source, lab: string, shown: Shown): Promise<{ points: Point[]; manifest: Manifest | null; sha256: string | null }> {
  const [vkey, text] = await Promise.all([source.text(`labs/${lab}/deliveries/vkey`).catch(given), source.text(`deliveries/${shown.id}/manifest`).catch(given)]);
  if (text instanceof Missing) return { points: [unknown("signature", `The manifest could not be read: ${text.message}.`), unknown("manifest", "Not reached: there is no manifest.")], manifest: null, sha256: null };
  const note = readNote(utf8(text));
  const manifest = note === null ? null : readManifest(note.text);
  const own = sha256(utf8(text));
  const key = vkey instanceof Missing ? null : readKey(vkey.trim());
  const signature: Point = vkey instanceof Missing ? unknown("signature", `The key of the deliveries could not be read: ${vkey.message}.`)
    : note === null ? fails("signature", "What the server gives as the manifest is no signed note.")
    : key === null || !key.name.endsWith(`/${lab}/deliveries`) ? fails("signature", "What the server gives as the key of the deliveries is none of this lab.")
    : await signatureOf(note, key);
  return { points: [signature, manifest === null ? fails("manifest", "It does not read as a manifest of a delivery.") : says(manifest, lab, shown)], manifest, sha256: hex(own) };
}

async function signatureOf(note: Parameters<typeof signedBy>[0], key: Parameters<typeof signedBy>[1]): Promise<Point> {
  const signed = await signedBy(note, key);
  if (signed === "yes") return { what: "signature", is: "holds", why: `Signed by the key of your deliveries, ${key.id}.` };
  return fails("signature", signed === "forged" ? "The signature does not fit the manifest: one of the two was altered." : "Another key than that of your deliveries signed it.");
}

function says(manifest: Manifest, lab: string, shown: Shown): Point {
  const pairs: [string, string, string][] = [
    ["delivery", manifest.delivery, shown.id], ["project", manifest.project, shown.project], ["lab", manifest.lab, lab],
    ["format", manifest.format, shown.format], ["rows", manifest.rows, String(shown.rows)], ["SHA-256 of the file", manifest["envelope-sha256"], shown.sha256],
  ];
  const other = pairs.filter(([, signed, here]) => signed !== here).map(([name]) => name);
  if (other.length > 0) return fails("manifest", `This page shows another ${other.join(", ")} than the manifest.`);
  return { what: "manifest", is: "holds", why: `It names this delivery: ${count(shown.rows)} rows as ${shown.format}.` };
}

/** Hashes the file on its way. */
export async function checkFile(stream: Stream, shown: Shown, manifest: Manifest | null, progress: (done: number) => void): Promise<Point> {
  const missing = (why: string) => unknown("file", `The file could not be read: ${why}.`);
  const answer = await stream.open(`deliveries/${shown.id}/file`).catch(given);
  if (answer instanceof Missing) return missing(answer.message);
  if (answer.body === null) return missing("it has no content");
  const hash = sha256.create();
  let size = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const piece = await reader.read().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      return new Missing("it broke off on its way");
    });
    if (piece instanceof Missing) return missing(piece.message);
    if (piece.done) break;
    hash.update(piece.value);
    size += piece.value.length;
    progress(size);
  }
  const found = hex(hash.digest());
  if (manifest === null) return unknown("file", `Its SHA-256 is ${found.slice(0, 6)}…${found.slice(-6)}, but there is no manifest to hold it against.`);
  if (found !== manifest["envelope-sha256"]) return fails("file", `It is not the file of the manifest: its SHA-256 is ${found.slice(0, 6)}…${found.slice(-6)}.`);
  if (size !== shown.bytes) return fails("file", `It has ${count(size)} bytes, and this page shows ${count(shown.bytes)}.`);
  return { what: "file", is: "holds", why: `${count(size)} bytes, with the SHA-256 that the manifest names.` };
}

/** Whether a ledger that was verified records this manifest. */
export function checkRecord(outcome: Outcome, made: Made | undefined, shown: Shown, manifest: string | null): Point {
  if (!outcome.verified) {
    const broken = outcome.checks.some(({ is }) => is === "fails");
    return broken ? fails("ledger", "Your ledger does not check, so what it says of this delivery counts for nothing. See “Who has seen”, below the picture.") : unknown("ledger", "Your ledger could not be checked in full. See “Who has seen”, below the picture.");
  }
  if (made === undefined) return fails("ledger", `No entry of your ledger, up to ${count(outcome.head?.size ?? 0)}, says that this delivery was made.`);
  if (manifest === null) return unknown("ledger", `Entry ${count(made.n)} records this delivery, but there is no manifest to hold it against.`);
  const same = made.manifest === manifest && made.file === shown.sha256 && made.rows === shown.rows && made.project === shown.project && made.format === shown.format;
  if (!same) return fails("ledger", `Entry ${count(made.n)} records this delivery with ${made.manifest === manifest ? "another file" : "another manifest"}.`);
  return { what: "ledger", is: "holds", why: `Entry ${count(made.n)} of your ledger, verified just now, records this manifest and the file that it names.` };
}

const fails = (what: Point["what"], why: string): Point => ({ what, is: "fails", why });
const unknown = (what: Point["what"], why: string): Point => ({ what, is: "unknown", why });

function given(error: unknown): Missing {
  if (error instanceof Missing) return error;
  throw error;
}
