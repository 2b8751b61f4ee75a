import { Glyph, type GlyphName } from "./Glyphs";
import classes from "./Points.module.css";

const GLYPHS = { holds: ["ok", "holds"], fails: ["cross", "does not hold"], unknown: ["unknown", "unknown"], first: ["none", "first seen here"] } as const satisfies Record<string, readonly [GlyphName, string]>;

export interface PointShown {
  title: string;
  is: keyof typeof GLYPHS;
  why: string;
}

/** What holds and what does not, each by itself, and told by its glyph and its word. */
export function Points({ label, points }: { label: string; points: PointShown[] }) {
  return (
    <ul className={classes["points"]} aria-label={label}>
      {points.map(({ title, is, why }) => {
        const [glyph, word] = GLYPHS[is];
        return (
          <li key={title} data-is={is}>
            <Glyph name={glyph} />
            <span><b>{title}</b> <span className={is === "fails" ? "err" : "i2"}>{word}.</span> {why}</span>
          </li>
        );
      })}
    </ul>
  );
}
