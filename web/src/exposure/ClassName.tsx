import { Glyph } from "../ui/Glyphs";
import { MEANING, type ExposureClass } from "./classes";
import classes from "./exposure.module.css";

/** A class by its glyph, its word and its colour. */
export function ClassName({ name }: { name: ExposureClass }) {
  return <span className={classes["name"]} style={{ color: `var(--x-${name}-ink)` }} title={MEANING[name]}><Glyph name={name} />{name}</span>;
}
