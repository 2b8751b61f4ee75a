// A ledger as a server gives it out, to be altered by tests.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { base64, hex, joined, utf8 } from "../../src/verify/bytes";
import { leafHash, Tree } from "../../src/verify/merkle";
import { Missing, type Source } from "../../src/verify/source";
import { bundlePath, tilePath, widths } from "../../src/verify/tiles";

export interface Signer {
  name: string;
  vkey: string;
  note: (text: string) => string;
}

export function signer(name: string, pair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync("ed25519")): Signer {
  const material = joined(Uint8Array.of(1), new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32)));
  const id = createHash("sha256").update(joined(utf8(name), utf8("\n"), material)).digest().subarray(0, 4);
  const note = (text: string) => `${text}\n— ${name} ${base64(joined(new Uint8Array(id), new Uint8Array(sign(null, utf8(text), pair.privateKey))))}\n`;
  return { name, vkey: `${name}+${hex(id)}+${base64(material)}`, note };
}

export const T0 = 1_795_991_218_000_000;
const BY = { as: "engaged", credential: "ct_1", engagement: "eng_1", pseudonym: "p_7K2M" };

export function entryOf(n: number, more: object = {}, t = T0 + n * 1_000_000): string {
  return JSON.stringify({ by: BY, fact: { assignment: "asg_1", kind: "task-released", objects: [{ bytes: 100 + n, object: "obj_1", version: 1 }], task: "tsk_1", ...more }, n, t, v: 1 });
}

export const LAB = "lab_01";

/** The files of a ledger of `entries`, by their paths. */
export function published(entries: string[], key: Signer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const at = (path: string) => `ledgers/${LAB}/${path}`;
  const leaves = entries.map((entry) => leafHash(utf8(entry)));
  const tree = new Tree();
  leaves.forEach((leaf) => tree.push(leaf));
  for (const [index, width] of widths(entries.length).entries()) {
    const own = entries.slice(index * 256, index * 256 + width).map(utf8);
    files.set(at(`tile/${bundlePath(index, width)}`), joined(...own.flatMap((bytes) => [Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes])));
  }
  for (let level = 0; level === 0 || tree.level(level).length > 0; level += 1) {
    const hashes = level === 0 ? leaves : tree.level(level);
    for (const [index, width] of widths(hashes.length).entries()) files.set(at(`tile/${tilePath(level, index, width)}`), joined(...hashes.slice(index * 256, index * 256 + width)));
  }
  files.set(at("vkey"), utf8(`${key.vkey}\n`));
  files.set(at("checkpoint"), utf8(key.note(`${key.name}\n${entries.length}\n${base64(tree.root())}\n`)));
  return files;
}

export function sourceOf(files: Map<string, Uint8Array>): Source {
  const bytes = async (path: string) => {
    const found = files.get(path);
    if (found === undefined) throw new Missing("there is none");
    return found.slice();
  };
  return { bytes, text: async (path) => new TextDecoder().decode(await bytes(path)) };
}
