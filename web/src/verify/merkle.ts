import { sha256 } from "@noble/hashes/sha2.js";

export const HASH = 32;
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];
/** Levels of the tree that one tile spans: 2^8 = 256 hashes. */
const TILE_HEIGHT = 8;

/** RFC 6962: the hash of an entry. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256.create().update(LEAF).update(entry).digest();
}

/** RFC 6962: the hash of two subtrees. */
function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(NODE).update(left).update(right).digest();
}

/**
 * A tree that grows by one leaf at a time. It keeps the roots of the whole subtrees along its right edge, so that its root is known at
 * each size, and the hashes that tiles above the lowest level hold.
 */
export class Tree {
  size = 0;
  private edge: Uint8Array[] = [];
  /** `above[0]` are the hashes of level 1 of the tiles: each covers 256 entries. */
  private above: Uint8Array[][] = [];

  push(leaf: Uint8Array): void {
    let node = leaf;
    let height = 0;
    for (let rest = this.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      node = nodeHash(this.edge.pop() ?? leaf, node);
      height += 1;
      if (height % TILE_HEIGHT === 0) (this.above[height / TILE_HEIGHT - 1] ??= []).push(node);
    }
    this.edge.push(node);
    this.size += 1;
  }

  root(): Uint8Array {
    return this.edge.reduceRight<Uint8Array | null>((right, left) => (right === null ? left : nodeHash(left, right)), null) ?? sha256(new Uint8Array());
  }

  /** The hashes of a level of tiles, from 1 up. */
  level(level: number): readonly Uint8Array[] {
    return this.above[level - 1] ?? [];
  }

  copy(): Tree {
    const other = new Tree();
    other.size = this.size;
    other.edge = [...this.edge];
    other.above = this.above.map((level) => [...level]);
    return other;
  }
}
