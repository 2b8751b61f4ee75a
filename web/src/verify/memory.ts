// The last tree head that was verified on this device, per lab. Nothing here is forgotten but by whoever uses it.

import type { Store } from "../draft/local";

export interface Head {
  /** The key that signed it, as the server gave it. */
  vkey: string;
  size: number;
  /** Base64. */
  root: string;
  /** The signed note: with another one that contradicts it, it is evidence. */
  note: string;
  /** When it was verified here. */
  at: string;
}

const keyOf = (lab: string) => `cf.ledger.${lab}`;

/** `damaged` where something is kept that does not read: that is not the same as nothing. */
export function remembered(store: Pick<Store, "getItem">, lab: string): Head | null | "damaged" {
  const text = store.getItem(keyOf(lab));
  if (text === null) return null;
  try {
    const head = JSON.parse(text) as Partial<Head> | null;
    const whole = typeof head?.vkey === "string" && Number.isSafeInteger(head.size) && typeof head.root === "string" && typeof head.note === "string" && typeof head.at === "string";
    return whole ? (head as Head) : "damaged";
  } catch {
    return "damaged";
  }
}

export function remember(store: Pick<Store, "setItem">, lab: string, head: Head): void {
  store.setItem(keyOf(lab), JSON.stringify(head));
}

export function forget(store: Pick<Store, "removeItem">, lab: string): void {
  store.removeItem(keyOf(lab));
}

/** In what a head that is only shown, and not checked yet, contradicts the one that is remembered. */
export function contradicts(head: Head, shown: { size: number; root: string }): "shorter" | "fork" | null {
  if (shown.size < head.size) return "shorter";
  return shown.size === head.size && shown.root !== head.root ? "fork" : null;
}
