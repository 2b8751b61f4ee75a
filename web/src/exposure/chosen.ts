import { MINUTE, type Window } from "./axis";

/** The chosen window in the page's address: minutes in UTC, so that it can be sent to somebody who is to see the same. */
export interface ChosenSearch {
  from?: string;
  to?: string;
}

export function readSearch(search: Record<string, unknown>): ChosenSearch {
  const [from, to] = [text(search["from"]), text(search["to"])];
  if (from === undefined) return {};
  return to === undefined ? { from } : { from, to };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

export function chosenOf(search: ChosenSearch): Window | null {
  if (search.from === undefined) return null;
  const from = Date.parse(search.from);
  const to = search.to === undefined ? null : Date.parse(search.to);
  return to !== null && to <= from ? { from, to: from + MINUTE } : { from, to };
}

export function searchOf(window: Window | null): ChosenSearch {
  if (window === null) return {};
  const from = short(window.from);
  return window.to === null ? { from } : { from, to: short(window.to) };
}

/** `2026-03-24T10:39Z`; the seconds where there are any. */
function short(time: number): string {
  return new Date(time).toISOString().replace(/(:00)?\.000Z$/, "Z");
}
