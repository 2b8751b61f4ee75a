import { describe, expect, it } from "vitest";
import { alive, begin, nextTask, seconds, tick, type Activity } from "../src/time/activity";

/** Plays seconds of presence; `signs` are the seconds in which somebody moved. */
function play(until: number, signs: (second: number) => boolean): { orders: string[]; activity: Activity } {
  const first = begin(0);
  let activity = first.next;
  const orders = [`0 ${first.order}`];
  for (let second = 1; second <= until; second += 1) {
    const now = second * 1000;
    if (signs(second)) {
      const step = alive(activity, now);
      activity = step.next;
      if (step.order !== null) orders.push(`${second} ${step.order}`);
    }
    const step = tick(activity, now);
    activity = step.next;
    if (step.order !== null) orders.push(`${second} ${step.order}`);
  }
  return { orders, activity };
}

describe("the timer", () => {
  it("beats every 30 s while somebody is there", () => {
    expect(play(100, () => true).orders).toEqual(["0 start", "30 beat", "60 beat", "90 beat"]);
  });
  it("stops after 90 s without a sign, and starts again with one", () => {
    const { orders, activity } = play(200, (second) => second === 150);
    expect(orders).toEqual(["0 start", "30 beat", "60 beat", "90 stop", "150 start", "180 beat"]);
    expect(seconds(activity, 200_000)).toBe(90 + 50);
  });
  it("begins from nothing with the next task", () => {
    const { activity } = play(40, () => true);
    expect(seconds(nextTask(activity, 40_000), 45_000)).toBe(5);
  });
});
