import type { Json } from "../api/contract";
import { isWordsKey, wordsAs, wordsIn, wordsKey } from "../ui/kept";

/** Where words wait until the server has them. */
export interface Store {
  readonly length: number;
  key: (at: number) => string | null;
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
}

/** What words go on from: the version of the draft, and of the answer that came back. 0 where there is none. */
export interface Base {
  version: number;
  round: number;
}

/** Words as one window keeps them on this device. */
export interface Kept {
  answer: Json;
  at: number;
  base: Base;
  /** What this window sent last and had no answer to. */
  sent?: Json;
  /** Of an answer that is changed: what gave way to another beginning. */
  left?: Json;
}

export const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A name for this window that outlives a reload, so that two windows do not take each other's words for their own. */
export function windowName(session: Pick<Store, "getItem" | "setItem">): string {
  return session.getItem(WINDOW) ?? newName(session);
}

const WINDOW = "cf.window";
const DRAFT = "cf.draft.";
/** What a reviewer changed in an answer, by its review. */
const CHANGE = "cf.change.";

function newName(session: Pick<Store, "setItem">): string {
  const name = Math.random().toString(36).slice(2, 10);
  session.setItem(WINDOW, name);
  return name;
}

/** A tab that was duplicated begins with the name of the other, which is still open: it takes one of its own. */
export async function ownName(session: Pick<Store, "getItem" | "setItem">, locks: Pick<LockManager, "request"> | undefined): Promise<void> {
  const name = windowName(session);
  const held = await new Promise<boolean>((resolve) => {
    if (locks === undefined) return resolve(true);
    const until = (lock: Lock | null) => {
      resolve(lock !== null);
      // It is this window's for as long as that is open.
      return lock === null ? undefined : new Promise<never>(() => undefined);
    };
    void locks.request(`${WINDOW}.${name}`, { ifAvailable: true }, until);
  });
  if (held) return;
  newName(session);
  return ownName(session, locks);
}

const ASKED_MS = 150;

/** The same where there are no locks, as where the page came over plain HTTP: windows are asked what they are called. */
export async function askedName(session: Pick<Store, "getItem" | "setItem">, wire: Pick<BroadcastChannel, "postMessage" | "onmessage">): Promise<void> {
  let asking = true;
  let taken = false;
  wire.onmessage = (event: MessageEvent<{ asks?: string; has?: string }>) => {
    const name = windowName(session);
    if (event.data.asks === name) wire.postMessage({ has: name });
    if (asking && event.data.has === name) taken = true;
  };
  wire.postMessage({ asks: windowName(session) });
  await new Promise((resolve) => setTimeout(resolve, ASKED_MS));
  asking = false;
  if (taken) newName(session);
}

const KEPT_MS = 14 * 24 * 3600 * 1000;

/** Forgets words that nobody came back for: the task was handed in by another window, or is somebody else's now. */
export function prune(store: Store, now: number): void {
  const keys = Array.from({ length: store.length }, (_, at) => store.key(at));
  const untimed: string[] = [];
  for (const key of keys) {
    const at = key === null ? undefined : keptAt(store, key);
    if (key === null || at === undefined) continue;
    if (at === null) untimed.push(key);
    else if (!(now - at < KEPT_MS)) store.removeItem(key);
  }
  // They count from when they are first seen. A storage that is full has its room first.
  for (const key of untimed) store.setItem(key, wordsAs(store.getItem(key) ?? "", now));
}

/** When what stands under a key was kept: undefined where it is not pruned, null where no time is with it. */
function keptAt(store: Store, key: string): number | null | undefined {
  if (isWordsKey(key)) return wordsIn(store.getItem(key) ?? "").at;
  return key.startsWith(DRAFT) || key.startsWith(CHANGE) ? (read(store, key)?.at ?? 0) : undefined;
}

export function read(store: Store, key: string): Kept | null {
  try {
    const text = store.getItem(key);
    const kept = text === null ? null : (JSON.parse(text) as Partial<Kept>);
    return kept?.base === undefined || kept.answer === undefined ? null : (kept as Kept);
  } catch {
    return null;
  }
}

/** Words that wait below `prefix`: this window's own, else those that another one left last. */
export function waiting(store: Store, prefix: string, own: string): { key: string; kept: Kept } | null {
  const mine = read(store, prefix + own);
  if (mine !== null) return { key: prefix + own, kept: mine };
  const found: { key: string; kept: Kept }[] = [];
  for (let at = 0; at < store.length; at += 1) {
    const key = store.key(at);
    const kept = key?.startsWith(prefix) === true && key !== asideKey(prefix) ? read(store, key) : null;
    if (key !== null && kept !== null) found.push({ key, kept });
  }
  return found.sort((a, b) => b.kept.at - a.kept.at)[0] ?? null;
}

/** What ends the key of words that gave way to others, until the answer is handed in: they are every window's, and outlive each. */
const ASIDE = "aside";
const MOST_ASIDE = 5;

export const asideKey = (prefix: string): string => prefix + ASIDE;

/** Words that gave way, the last of them first. */
export function readAside(store: Store, prefix: string): readonly Json[] {
  const kept = read(store, asideKey(prefix))?.answer;
  return Array.isArray(kept) ? kept : [];
}

export function keepAside(store: Store, prefix: string, words: readonly Json[], at: number): void {
  const kept: Kept = { answer: words.slice(0, MOST_ASIDE), at, base: { version: 0, round: 0 } };
  try {
    if (words.length === 0) store.removeItem(asideKey(prefix));
    else store.setItem(asideKey(prefix), JSON.stringify(kept));
  } catch {
    // Where the storage is full, they last as long as the page.
  }
}

export const without = (words: readonly Json[], one: Json): Json[] => words.filter((each) => !same(each, one));

/** What begins the keys of a task's words. */
export const prefixOf = (principal: string, assignment: string): string => `${DRAFT}${principal}.${assignment}.`;

/** The tasks of somebody whose words are on this device. */
export function assignmentsOf(store: Store, principal: string): string[] {
  const before = [`${DRAFT}${principal}.`, wordsKey("broken", principal, "")];
  const keys = Array.from({ length: store.length }, (_, at) => store.key(at));
  return [...new Set(keys.flatMap((key) => before.flatMap((start) => (key?.startsWith(start) === true ? [key.slice(start.length).split(".")[0] ?? ""] : []))))];
}

/** Those of them that are over: handed in, or given back. One whose time ran out may come back, and its words with it. */
export function overOf(kept: string[], holds: { assignment: string; state: string }[]): string[] {
  const over = new Set(holds.filter((hold) => hold.state === "submitted" || hold.state === "skipped").map((hold) => hold.assignment));
  return kept.filter((assignment) => over.has(assignment));
}

/** Forgets what every window left below `prefix`, once the server has the answer. Those that are open are told, and write nothing back. */
export function forgetAll(store: Store, prefix: string): void {
  const keys = Array.from({ length: store.length }, (_, at) => store.key(at));
  for (const key of keys) {
    if (key?.startsWith(prefix) === true) store.removeItem(key);
  }
}

/** Forgets all that was written about a task: answers, and what is broken about it. */
export function forgetTask(store: Store, principal: string, assignment: string): void {
  forgetAll(store, prefixOf(principal, assignment));
  store.removeItem(wordsKey("broken", principal, assignment));
}

/** What the server holds when a task is opened. */
export interface There {
  answer: Json;
  base: Base;
  /** When it was kept; none where it is no draft. */
  saved: string | null;
}

/** What becomes of words that wait: nothing waits, the server has them, they go on, or it is asked which stay. */
export function judge(kept: Kept | null, there: There): "none" | "known" | "on" | "ask" {
  if (kept === null) return "none";
  if (same(kept.answer, there.answer)) return "known";
  if (kept.base.round !== there.base.round) return "ask";
  const own = kept.base.version === there.base.version || (kept.sent !== undefined && same(kept.sent, there.answer));
  return own ? "on" : "ask";
}

export const changeKey = (principal: string, review: string): string => `${CHANGE}${principal}.${review}`;

/** An answer as its reviewer changed it, null where it is its author's; and what gave way to another beginning, the last of it first. */
export interface Changing {
  change: Json | null;
  left: readonly Json[];
}

export const UNCHANGED: Changing = { change: null, left: [] };

/** The answer as its reviewer left it on this device. */
export function readChange(store: Store, key: string): Changing {
  const kept = read(store, key);
  return kept === null ? UNCHANGED : { change: kept.answer, left: Array.isArray(kept.left) ? kept.left : [] };
}

export function keepChange(store: Store, key: string, { change, left }: Changing, at: number): void {
  const kept: Kept = { answer: change, at, base: { version: 0, round: 0 }, ...(left.length === 0 ? {} : { left: left.slice(0, MOST_ASIDE) }) };
  try {
    if (change === null && left.length === 0) store.removeItem(key);
    else store.setItem(key, JSON.stringify(kept));
  } catch {
    // Where the storage is full, it lasts as long as the page.
  }
}
