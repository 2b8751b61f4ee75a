import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { base64, hex, textOf } from "../../src/verify/bytes";
import { leafHash, Tree } from "../../src/verify/merkle";
import { readCheckpoint, readKey, readNote, signedBy } from "../../src/verify/note";
import { bundlePath, splitBundle, tilePath, widths } from "../../src/verify/tiles";

/** The tree of google/certificate-transparency, `cpp/merkletree/merkle_tree_test.cc`. */
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const frozen = (path: string) => new Uint8Array(readFileSync(new URL(`../../../crates/ledger/tests/frozen/log-v1/${path}`, import.meta.url)));

describe("a tree as RFC 6962 has it", () => {
  it("has the published root at every size", () => {
    const tree = new Tree();
    const roots = [hex(tree.root()), ...LEAVES.map((leaf) => (tree.push(leafHash(bytes(leaf))), hex(tree.root())))];
    expect(roots).toEqual(ROOTS);
  });

  it("goes on from a copy without changing what it is a copy of", () => {
    const tree = new Tree();
    for (const leaf of LEAVES.slice(0, 5)) tree.push(leafHash(bytes(leaf)));
    const other = tree.copy();
    other.push(leafHash(bytes("ff")));
    for (const leaf of LEAVES.slice(5)) tree.push(leafHash(bytes(leaf)));
    expect(hex(tree.root())).toBe(ROOTS[8]);
  });

  it("is the tree of the frozen log, to its tiles and its signature", async () => {
    const tree = new Tree();
    const entries = [...(splitBundle(frozen("tile/entries/000")) ?? []), ...(splitBundle(frozen("tile/entries/001.p/4")) ?? [])];
    const leaves = entries.map(leafHash);
    leaves.forEach((leaf) => tree.push(leaf));
    expect(leaves.slice(0, 256).map(hex).join("")).toBe(hex(frozen("tile/0/000")));
    expect(tree.level(1).map(hex)).toEqual([hex(frozen("tile/1/000.p/1"))]);
    const note = readNote(frozen("checkpoint"));
    const key = readKey((textOf(frozen("vkey")) ?? "").trim());
    if (note === null || key === null) throw new Error("they do not read");
    expect(readCheckpoint(note.text)).toMatchObject({ origin: "cofferdam.example/frozen/v1", size: 260 });
    expect(base64(tree.root())).toBe(note.text.split("\n")[2]);
    expect(await signedBy(note, key)).toBe("yes");
  });
});

describe("tiles", () => {
  it("lie where tlog-tiles says", () => {
    expect(tilePath(3, 1_234_067, 256)).toBe("3/x001/x234/067");
    expect(tilePath(0, 273, 112)).toBe("0/273.p/112");
    expect(bundlePath(0, 255)).toBe("entries/000.p/255");
    expect(bundlePath(1000, 256)).toBe("entries/x001/000");
    expect(widths(513)).toEqual([256, 256, 1]);
    expect(widths(256)).toEqual([256]);
    expect(widths(0)).toEqual([]);
  });

  it("hold whole entries only", () => {
    expect(splitBundle(Uint8Array.of(0, 1, 97, 0, 0))?.map(hex)).toEqual(["61", ""]);
    for (const cut of [[0], [0, 2, 97], [0, 1, 97, 0]]) expect(splitBundle(Uint8Array.from(cut))).toBeNull();
  });
});
