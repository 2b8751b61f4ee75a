import { describe, expect, it } from "vitest";
import { isShared, orderOf, orderText, placed, rankOf, ranksOf, rankText, stepped, unplaced, without, type Order } from "../src/work/ranking";

describe("an order of responses", () => {
  it("reads ranks and writes them dense, in the order of the input", () => {
    expect(orderOf([2, 1, 2], 3)).toEqual([[1], [0, 2]]);
    expect(ranksOf([[1], [0, 2]], 3)).toEqual([2, 1, 2]);
    expect(ranksOf(orderOf([7, 3, 7, 9], 4), 4)).toEqual([2, 1, 2, 3]);
  });
  it("keeps what a draft has placed, and a draft may hold anything", () => {
    expect(orderOf([null, 1, null, 2], 4)).toEqual([[1], [3]]);
    expect(ranksOf([[1], [3]], 4)).toEqual([null, 1, null, 2]);
    expect([orderOf(undefined, 2), orderOf("1", 2), orderOf([0, -1, 1.5, "2", 1], 2)]).toEqual([[], [], []]);
    expect(ranksOf([], 3)).toBeUndefined();
  });
  it("grows by one response at a time, beside the last where that is asked for", () => {
    const first = placed([], 1, true);
    expect(first).toEqual([[1]]);
    const shared = placed(placed(first, 0, false), 3, true);
    expect([shared, orderText(shared), unplaced(shared, 4)]).toEqual([[[1], [0, 3]], "2 › 1 = 4", [2]]);
    expect(placed(shared, 0, false)).toBe(shared);
    expect(without(shared, 1)).toEqual([[0, 3]]);
  });
  it("says ranks in words", () => {
    const order = orderOf([1, 2, 2, 3, 4], 5);
    expect([0, 1, 3, 4].map((index) => rankText(order, index))).toEqual(["1st", "2nd, shared", "3rd", "4th"]);
    expect([rankText([[0]], 1), rankOf([[0]], 1), isShared(order, 2), isShared(order, 0)]).toEqual([null, null, true, false]);
  });
  it("reaches every order by steps up and down", () => {
    const steps = (order: Order, index: number, by: -1 | 1, times: number) => Array.from({ length: times }).reduce<Order>((at) => stepped(at, index, by), order);
    const start = [[0], [1], [2]];
    expect(stepped(start, 2, -1)).toEqual([[0], [1, 2]]);
    expect(steps(start, 2, -1, 2)).toEqual([[0], [2], [1]]);
    expect(steps(start, 2, -1, 4)).toEqual([[2], [0], [1]]);
    expect(steps(start, 0, 1, 1)).toEqual([[0, 1], [2]]);
    expect(steps(start, 0, 1, 2)).toEqual([[1], [0], [2]]);
    expect(steps(start, 0, 1, 9)).toEqual([[1], [2], [0]]);
    const seen = new Set<string>();
    const walk = (order: Order) => {
      const name = JSON.stringify(ranksOf(order, 3));
      if (seen.has(name)) return;
      seen.add(name);
      for (const index of [0, 1, 2]) for (const by of [-1, 1] as const) walk(stepped(order, index, by));
    };
    walk(start);
    // The weak orders of three things.
    expect(seen.size).toBe(13);
  });
  it("stays where there is no place to go", () => {
    const order = [[0], [1]];
    expect(stepped(order, 0, -1)).toBe(order);
    expect(stepped(order, 5, 1)).toBe(order);
  });
});
