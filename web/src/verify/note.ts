// Signed notes and the keys that verify them: https://c2sp.org/signed-note

import { sha256 } from "@noble/hashes/sha2.js";
import { base64, equal, fromBase64, hex, joined, textOf, utf8 } from "./bytes";
import { ed25519 } from "./ed25519";

const ED25519 = 1;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const MOST_BYTES = 256 * 1024;
const MOST_SIGNATURES = 64;
const LINE = "— ";

export interface Key {
  name: string;
  id: string;
  public: Uint8Array;
}

interface Signature {
  name: string;
  id: string;
  bytes: Uint8Array;
}

export interface Note {
  /** What is signed, its last line feed included. */
  text: string;
  signatures: Signature[];
}

const isName = (name: string) => name !== "" && utf8(name).length <= 255 && !/[\s+\u0000-\u001f\u007f-\u009f]/.test(name);

/** `name+id+base64(1 || key)`, whose id follows from the rest. */
export function readKey(vkey: string): Key | null {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([^\s]+)$/.exec(vkey);
  const [, name, id, encoded] = parts ?? [];
  if (name === undefined || id === undefined || encoded === undefined || !isName(name)) return null;
  const material = fromBase64(encoded);
  if (material === null || material.length !== 1 + KEY_BYTES || material[0] !== ED25519) return null;
  const computed = sha256(joined(utf8(name), utf8("\n"), material)).subarray(0, ID_BYTES);
  return hex(computed) === id ? { name, id, public: material.subarray(1) } : null;
}

export function readNote(bytes: Uint8Array): Note | null {
  const all = bytes.length > MOST_BYTES ? null : textOf(bytes);
  if (all === null) return null;
  const blank = all.lastIndexOf("\n\n");
  if (blank < 0 || !all.endsWith("\n")) return null;
  const text = all.slice(0, blank + 1);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) return null;
  const lines = all.slice(blank + 2, -1).split("\n");
  const signatures = lines.map(readSignature);
  if (signatures.length > MOST_SIGNATURES || !signatures.every((signature) => signature !== null)) return null;
  return { text, signatures };
}

function readSignature(line: string): Signature | null {
  const [name, encoded, more] = line.startsWith(LINE) ? line.slice(LINE.length).split(" ") : [];
  if (name === undefined || encoded === undefined || more !== undefined || !isName(name)) return null;
  const bytes = fromBase64(encoded);
  if (bytes === null || bytes.length <= ID_BYTES) return null;
  return { name, id: hex(bytes.subarray(0, ID_BYTES)), bytes: bytes.subarray(ID_BYTES) };
}

export type Signed = "yes" | "forged" | "by-another";

/** Whether `key` signed it. Each signature that says so must hold; those of other keys say nothing. */
export async function signedBy(note: Note, key: Key): Promise<Signed> {
  const own = note.signatures.filter((signature) => signature.name === key.name && signature.id === key.id);
  if (own.length === 0) return "by-another";
  const held = await Promise.all(own.map((signature) => ed25519(key.public, utf8(note.text), signature.bytes)));
  return held.every(Boolean) ? "yes" : "forged";
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

/** A note's text as a tree head: https://c2sp.org/tlog-checkpoint */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin, size, encoded, ...extensions] = text.slice(0, -1).split("\n");
  if (origin === undefined || origin === "" || size === undefined || encoded === undefined || extensions.includes("")) return null;
  if (!/^(0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size))) return null;
  const root = fromBase64(encoded);
  if (root === null || root.length !== KEY_BYTES) return null;
  return Number(size) > 0 || equal(root, sha256(new Uint8Array())) ? { origin, size: Number(size), root } : null;
}

export const rootText = base64;
