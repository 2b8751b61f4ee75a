/** A window of time in milliseconds; no end is known where `to` is null. */
export interface Window {
  from: number;
  to: number | null;
}

/** What the keys do at an edge of the window, for the list of keys. */
export const AXIS_KEYS: [string[], string][] = [
  [["←", "→"], "at an edge of the window: a minute back or on; with Shift ten"],
  [["Home", "End"], "at an edge: to what a source claims before or after"],
];

export type Edge = "from" | "to";

export const MINUTE = 60_000;

/** How far beside the windows something may lie and still be shown, in lengths of all of them together. */
const NEAR = 2;

/** What the axis shows: the windows and what lies near them, with some air; at least an hour. What came months later would leave them no room. */
export function domainOf(windows: number[], others: number[] = []): [from: number, to: number] {
  const known = near(windows.filter(Number.isFinite), others.filter(Number.isFinite));
  if (known.length === 0) return [0, 60 * MINUTE];
  const first = Math.min(...known);
  const last = Math.max(...known, first + 60 * MINUTE);
  const air = (last - first) * 0.04;
  return [first - air, last + air];
}

function near(windows: number[], others: number[]): number[] {
  if (windows.length === 0) return others;
  const [first, last] = [Math.min(...windows), Math.max(...windows)];
  const most = Math.max(last - first, 60 * MINUTE) * NEAR;
  return [...windows, ...others.filter((time) => time >= first - most && time <= last + most)];
}

/** To whole minutes, and never so that nothing is left: from before to by a minute at least. */
export function moved(window: Window, edge: Edge, time: number, [first, last]: [number, number]): Window {
  const whole = Math.round(time / MINUTE) * MINUTE;
  if (edge === "from") {
    const most = (window.to ?? last) - MINUTE;
    return { ...window, from: Math.min(Math.max(whole, first), most) };
  }
  // Pulled to the right end, no end is known.
  if (whole >= last) return { ...window, to: null };
  return { ...window, to: Math.max(whole, window.from + MINUTE) };
}

/** Both edges at once; an open end stays open. */
export function shifted(window: Window, by: number): Window {
  const whole = Math.round(by / MINUTE) * MINUTE;
  return { from: window.from + whole, to: window.to === null ? null : window.to + whole };
}

/**
 * What a key does to an edge: arrows by a minute, with Shift by ten; Home and End to the bound of a claimed window before and
 * after. Nothing, where it is no such key.
 */
export function keyed(window: Window, edge: Edge, press: { key: string; shiftKey: boolean }, claims: Window[], domain: [number, number]): Window | null {
  const now = edge === "from" ? window.from : (window.to ?? domain[1]);
  const step = (press.shiftKey ? 10 : 1) * MINUTE;
  if (press.key === "ArrowLeft" || press.key === "ArrowDown") return moved(window, edge, now - step, domain);
  if (press.key === "ArrowRight" || press.key === "ArrowUp") return moved(window, edge, now + step, domain);
  if (press.key !== "Home" && press.key !== "End") return null;
  const bounds = claims.map((claim) => (edge === "from" ? claim.from : (claim.to ?? domain[1]))).toSorted((a, b) => a - b);
  const next = press.key === "Home" ? bounds.findLast((time) => time < now) : bounds.find((time) => time > now);
  return next === undefined ? window : moved(window, edge, next, domain);
}

export function same(a: Window | null, b: Window | null): boolean {
  return a === b || (a !== null && b !== null && a.from === b.from && a.to === b.to);
}

/** `2 h 45 min`, `40 min`, `3 days 4 h`. */
export function lasting(window: Window): string {
  if (window.to === null) return "no end known";
  const minutes = Math.round((window.to - window.from) / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const rest = minutes % 60;
  const parts = [...(days > 0 ? [`${days} ${days === 1 ? "day" : "days"}`] : []), ...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || minutes === 0 ? [`${rest} min`] : [])];
  return parts.slice(0, 2).join(" ");
}

/** `2026-03-24 10:39`, UTC: a browser's own field for times would write it in its own zone's manner. */
export function fieldOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

export function ofField(text: string): number | null {
  const found = /^\s*(\d{4}-\d\d-\d\d)[ T]+(\d\d:\d\d(?::\d\d)?)\s*(?:Z|UTC)?\s*$/.exec(text);
  const time = found === null ? NaN : Date.parse(`${found[1]}T${found[2]}Z`);
  // A day that there is not, such as the 31st of February, becomes another one: it is not what was written.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== found?.[1] ? null : time;
}

/** A window as the server writes it. */
export function windowOf(said: { from: string; to?: string | null }): Window {
  return { from: Date.parse(said.from), to: said.to === null || said.to === undefined ? null : Date.parse(said.to) };
}
