import type { Json } from "../api/contract";
import { asList } from "./form";

/** Responses by their place in the input, the best first; equal ones together. Those without a rank yet are in none. */
export type Order = readonly (readonly number[])[];

/** The order that ranks say. Of a draft they may have gaps, and `null` where a response has no rank yet. */
export function orderOf(ranks: Json | undefined, count: number): Order {
  const groups = new Map<number, number[]>();
  for (const [index, rank] of asList(ranks).slice(0, count).entries()) {
    if (typeof rank === "number" && Number.isInteger(rank) && rank >= 1) groups.set(rank, [...(groups.get(rank) ?? []), index]);
  }
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

/** One rank to each response in the order of the input: dense, 1 the best. `undefined` while none has one. */
export function ranksOf(order: Order, count: number): (number | null)[] | undefined {
  if (order.length === 0) return undefined;
  return Array.from({ length: count }, (_, index) => rankOf(order, index));
}

export function rankOf(order: Order, index: number): number | null {
  const at = order.findIndex((group) => group.includes(index));
  return at === -1 ? null : at + 1;
}

export function isShared(order: Order, index: number): boolean {
  return (order.find((group) => group.includes(index))?.length ?? 0) > 1;
}

export function unplaced(order: Order, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => rankOf(order, index) === null);
}

/** The order with a response put last, or beside those that are last. */
export function placed(order: Order, index: number, beside: boolean): Order {
  const last = order.at(-1);
  if (rankOf(order, index) !== null) return order;
  return beside && last !== undefined ? [...order.slice(0, -1), [...last, index]] : [...order, [index]];
}

export function without(order: Order, index: number): Order {
  return order.map((group) => group.filter((other) => other !== index)).filter((group) => group.length > 0);
}

/**
 * One step up (-1) or down (1). A response that stands alone becomes equal to its neighbour, one that shares a rank leaves it
 * towards that side: so every order can be reached with these two alone.
 */
export function stepped(order: Order, index: number, by: -1 | 1): Order {
  const at = order.findIndex((group) => group.includes(index));
  const group = order[at];
  if (group === undefined) return order;
  const rest = group.filter((other) => other !== index);
  if (rest.length > 0) return [...order.slice(0, at), ...(by === -1 ? [[index], rest] : [rest, [index]]), ...order.slice(at + 1)];
  const neighbour = order[at + by];
  if (neighbour === undefined) return order;
  const joined = by === -1 ? [...neighbour, index] : [index, ...neighbour];
  return order.flatMap((other, place) => (place === at ? [] : place === at + by ? [joined] : [other]));
}

/** `2 › 1 = 4`, by the numbers that people see. */
export function orderText(order: Order): string {
  return order.map((group) => group.map((index) => index + 1).join(" = ")).join(" › ");
}

const ORDINALS = ["1st", "2nd", "3rd"];

/** `1st`, `2nd, shared`. */
export function rankText(order: Order, index: number): string | null {
  const rank = rankOf(order, index);
  if (rank === null) return null;
  return `${ORDINALS[rank - 1] ?? `${rank}th`}${isShared(order, index) ? ", shared" : ""}`;
}
