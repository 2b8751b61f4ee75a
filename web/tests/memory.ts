import type { Store } from "../src/draft/local";

/** A device's storage, and how much is in it. */
export function memory(): Store & { size: () => number } {
  const map = new Map<string, string>();
  return { get length() { return map.size; }, key: (at) => [...map.keys()][at] ?? null, getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value), removeItem: (key) => void map.delete(key), size: () => map.size };
}
