import { count } from "../ui/format";
import { CLASSES, sum, type Counts } from "./classes";
import { ClassName } from "./ClassName";
import classes from "./exposure.module.css";

/** What befell all of something, as one bar; thin parts are widened so that they are seen. */
export function Stack({ counts, label, tall = false }: { counts: Counts; label: string; tall?: boolean }) {
  const total = sum(counts);
  const words = CLASSES.filter((name) => counts[name] > 0).map((name) => `${count(counts[name])} ${name}`);
  return (
    <div className={classes["stack"]} data-tall={tall || undefined} role="img" aria-label={`${label}: ${words.length === 0 ? "no object version" : words.join(", ")}`}>
      {CLASSES.filter((name) => counts[name] > 0).map((name) => (
        <span key={name} className={`x x-${name}`} style={{ flexGrow: Math.max(counts[name] / total, 0.02) }} title={`${count(counts[name])} ${name}`} />
      ))}
    </div>
  );
}

/** The classes that are in a bar, each with its number; on a phone in place of a table. */
export function Legend({ counts, whole = false }: { counts: Counts; whole?: boolean }) {
  const shown = CLASSES.filter((name) => whole || counts[name] > 0);
  return (
    <ul className={classes["legend"]}>
      {shown.map((name) => <li key={name}><ClassName name={name} /> <b className={counts[name] === 0 ? "m" : undefined}>{count(counts[name])}</b></li>)}
    </ul>
  );
}
