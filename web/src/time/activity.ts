export type Order = "start" | "beat" | "stop";

export interface ActivityRules {
  beatMs: number;
  idleMs: number;
}

const RULES: ActivityRules = { beatMs: 30_000, idleMs: 90_000 };

/** What is known of somebody's presence at a task. Times in milliseconds. */
export interface Activity {
  running: boolean;
  /** Last sign of life. */
  seen: number;
  /** Last order given to the server. */
  told: number;
  /** When the present stretch began, and what came before it. */
  since: number;
  before: number;
}

export function begin(now: number): { next: Activity; order: Order } {
  return { next: { running: true, seen: now, told: now, since: now, before: 0 }, order: "start" };
}

/** A key, a pointer, a scroll: starts the timer again where it was paused. */
export function alive(activity: Activity, now: number): { next: Activity; order: Order | null } {
  if (activity.running) return { next: { ...activity, seen: now }, order: null };
  return { next: { ...activity, running: true, seen: now, told: now, since: now }, order: "start" };
}

/** Called now and then: beats while somebody is there, stops when nobody is. */
export function tick(activity: Activity, now: number, rules: ActivityRules = RULES): { next: Activity; order: Order | null } {
  if (!activity.running) return { next: activity, order: null };
  if (now - activity.seen >= rules.idleMs) return { next: pause(activity, now), order: "stop" };
  if (now - activity.told >= rules.beatMs) return { next: { ...activity, told: now }, order: "beat" };
  return { next: activity, order: null };
}

export function pause(activity: Activity, now: number): Activity {
  return activity.running ? { ...activity, running: false, told: now, before: activity.before + (now - activity.since) } : activity;
}

/** Active time so far, in seconds. */
export function seconds(activity: Activity, now: number): number {
  return (activity.before + (activity.running ? now - activity.since : 0)) / 1000;
}

/** A new task: its clock starts from nothing, the timer goes on. */
export function nextTask(activity: Activity, now: number): Activity {
  return { ...activity, since: now, before: 0 };
}
