import { useEffect, useLayoutEffect, useRef } from "react";

/** `D`, `?`, `1`: single keys. `mod+Enter`: with Ctrl or Cmd. `shift+H`. */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

const SINGLE = "cf.singleKeys";

/** Single-letter keys can be switched off (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(SINGLE) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(SINGLE);
    else localStorage.setItem(SINGLE, "off");
  } catch {
    // Without storage the keys stay on.
  }
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
}

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The name under which a press is looked up. */
export function nameOf(event: Pressed): string {
  if (event.altKey) return "";
  const modified = event.ctrlKey || event.metaKey;
  if (modified) return `mod+${event.key}`;
  if (event.shiftKey && /^[a-z]$/i.test(event.key)) return `shift+${event.key.toUpperCase()}`;
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

/** Listens while mounted. Single characters are off while somebody types, and inside a dialog unless `inDialog`. */
export function useKeys(keys: Keys, options: { inDialog?: boolean; off?: boolean } = {}): void {
  const held = useRef(keys);
  useLayoutEffect(() => {
    held.current = keys;
  });
  const { inDialog = false, off = false } = options;
  useEffect(() => {
    if (off) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = nameOf(event);
      const act = held.current[name];
      if (act === undefined) return;
      const target = event.target;
      if (!inDialog && target instanceof Element && target.closest('[role="dialog"], [role="menu"]')) return;
      const single = !name.startsWith("mod+") && name !== "Escape";
      if (single && (isTyping(target) || !singleKeysOn())) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [inDialog, off]);
}
