import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "./Glyphs";

const TAGS = {
  active: ["s-active", "run"],
  halted: ["s-halted", "halt"],
  partial: ["s-partial", "part"],
  done: ["s-active", "ok"],
  witnessed: ["s-witnessed", "ok"],
  unwitnessed: ["s-unwitnessed", "unknown"],
  unknown: ["s-unwitnessed", "unknown"],
  verified: ["s-active", "ok"],
  failed: ["s-failed", "cross"],
  own: ["s-own", "none"],
  plain: ["s-own", "none"],
  waiting: ["s-own", "clock"],
  returned: ["s-expiring", "cross"],
} as const satisfies Record<string, readonly [string, GlyphName]>;

/** A state: always a glyph and a word. */
export function StateTag({ state, children }: { state: keyof typeof TAGS; children: ReactNode }) {
  const [tone, glyph] = TAGS[state];
  return <span className={`s ${tone}`}><Glyph name={glyph} />{children}</span>;
}
