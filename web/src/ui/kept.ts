import { useState } from "react";

/** Puts words aside on this device; empty ones are forgotten. */
export function keepWords(key: string, words: string): void {
  try {
    if (words === "") localStorage.removeItem(key);
    else localStorage.setItem(key, words);
  } catch {
    // A full or forbidden storage keeps nobody from writing.
  }
}

function keptWords(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Words that stay on this device over a reload, until they are empty. */
export function useKept(key: string): [string, (words: string) => void] {
  const [kept, setKept] = useState(() => ({ key, words: keptWords(key) }));
  // Of another key: another thing is written about now.
  const words = kept.key === key ? kept.words : keptWords(key);
  if (kept.key !== key) setKept({ key, words });
  return [words, (next) => {
    setKept({ key, words: next });
    keepWords(key, next);
  }];
}
