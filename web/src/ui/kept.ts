import { useState } from "react";

const WRITINGS = ["comment", "question", "say", "broken"] as const;

/** What words are kept by on this device until they are sent. */
export function wordsKey(writing: (typeof WRITINGS)[number], principal: string, about: string): string {
  return `cf.${writing}.${principal}.${about}`;
}

export function isWordsKey(key: string): boolean {
  return WRITINGS.some((writing) => key.startsWith(`cf.${writing}.`));
}

interface Words {
  words: string;
  /** When they were written; null where it was not kept with them. */
  at: number | null;
}

/** What stands under a key. Words were kept bare once, without their time. */
export function wordsIn(text: string): Words {
  try {
    const kept = JSON.parse(text) as Partial<Words> | null;
    if (typeof kept?.words === "string" && typeof kept.at === "number") return { words: kept.words, at: kept.at };
  } catch {
    // They are bare.
  }
  return { words: text, at: null };
}

export const wordsAs = (words: string, at: number): string => JSON.stringify({ words, at });

/** Puts words aside on this device; empty ones are forgotten. */
export function keepWords(key: string, words: string): void {
  try {
    if (words === "") localStorage.removeItem(key);
    else localStorage.setItem(key, wordsAs(words, Date.now()));
  } catch {
    // A full or forbidden storage keeps nobody from writing.
  }
}

export function keptWords(key: string): string {
  try {
    return wordsIn(localStorage.getItem(key) ?? "").words;
  } catch {
    return "";
  }
}

const always = () => true;

/** Words that stay on this device over a reload, until they are empty. `keeps`: whether what is written now is kept. */
export function useKept(key: string, keeps: () => boolean = always): [string, (words: string) => void] {
  const [kept, setKept] = useState(() => ({ key, words: keptWords(key) }));
  // Of another key: another thing is written about now.
  const words = kept.key === key ? kept.words : keptWords(key);
  if (kept.key !== key) setKept({ key, words });
  return [words, (next) => {
    setKept({ key, words: next });
    if (keeps()) keepWords(key, next);
  }];
}
