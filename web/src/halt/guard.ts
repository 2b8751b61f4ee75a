/** The guard over the Halt button: down until lifted, and it falls by itself. Times in milliseconds. */
export type Guard = { up: false; fell: boolean } | { up: true; until: number };

const GUARD_MS = 10_000;
const WARN_MS = 4_000;

export const DOWN: Guard = { up: false, fell: false };

export function lift(now: number): Guard {
  return { up: true, until: now + GUARD_MS };
}

/** Gives another full span, where it is still up. */
export function extend(guard: Guard, now: number): Guard {
  return guard.up ? lift(now) : guard;
}

export function tick(guard: Guard, now: number): Guard {
  return guard.up && now >= guard.until ? { up: false, fell: true } : guard;
}

/** Whole seconds left, at least 1 while it is up. */
export function left(guard: Guard, now: number): number {
  return guard.up ? Math.max(1, Math.ceil((guard.until - now) / 1000)) : 0;
}

/** What a screen reader is told: when it is lifted, once before it falls, and when it has fallen. */
export function spoken(guard: Guard, now: number): string {
  if (!guard.up) return guard.fell ? "The guard has fallen. Nothing was halted." : "";
  return guard.until - now <= WARN_MS ? "The guard falls in a few seconds. Keep it up to have ten more." : "The guard is lifted for ten seconds. Halt is ready.";
}
