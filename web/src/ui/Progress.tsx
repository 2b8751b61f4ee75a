import { count } from "./format";
import classes from "./Progress.module.css";

/** Parts of a whole as one bar: what is finished, what is in hand, what is open. */
export function Progress({ parts, total, label }: { parts: { n: number; tone: "done" | "waiting" | "open"; word: string }[]; total: number; label: string }) {
  const words = parts.map((part) => `${count(part.n)} ${part.word}`).join(", ");
  return (
    <div className={classes["progress"]} role="img" aria-label={`${label}: ${words} of ${count(total)}`}>
      {total === 0 ? <span className={classes["open"]} style={{ flexGrow: 1 }} /> : parts.map((part) => (part.n > 0 ? <span key={part.word} className={classes[part.tone]} style={{ flexGrow: part.n }} title={`${count(part.n)} ${part.word}`} /> : null))}
    </div>
  );
}
