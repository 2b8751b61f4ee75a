import { useState } from "react";
import { once } from "./client";
import type { Json } from "./contract";

/** The key under which something is sent: the same as long as the same is sent, so that twice, after a lost reply, is once. */
export interface Attempt {
  keyOf: (what: Json) => string;
  /** The server has it: what is sent from here on is another thing, also where it reads the same. */
  taken: () => void;
}

export function attempt(): Attempt {
  let last: { what: string; key: string } | null = null;
  return {
    keyOf: (what) => {
      const text = JSON.stringify(what);
      if (last?.what !== text) last = { what: text, key: once() };
      return last.key;
    },
    taken: () => {
      last = null;
    },
  };
}

export function useAttempt(): Attempt {
  return useState(attempt)[0];
}
