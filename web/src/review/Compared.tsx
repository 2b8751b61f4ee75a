import { memo } from "react";
import type { Json } from "../api/contract";
import { plural } from "../ui/format";
import type { Form } from "../work/form";
import { compared, differing } from "./compare";
import classes from "./Compared.module.css";

export interface Answer {
  /** Whose it is, as the head of its column says. */
  by: string;
  note?: string;
  answer: Json;
}

/** Answers to one task side by side; what they differ in is marked by a bar and a word. */
export const Compared = memo(function Compared({ form, input, answers }: { form: Form; input: Json; answers: readonly Answer[] }) {
  const sections = compared(form, input, answers.map(({ answer }) => answer));
  const differ = differing(sections);
  return (
    <div className={classes["whole"]}>
      <p className="i2" role="status">{differ === 0 ? "They say the same, but for what is prose." : `They differ in ${plural(differ, "place")}.`}</p>
      <div className={classes["table"]} tabIndex={0} role="region" aria-label="Answers side by side">
        <table>
          <thead><tr><td />{answers.map(({ by, note }) => <th key={by} scope="col"><span className="mono" title={by}>{by}</span>{note !== undefined && <span className="m sm"> {note}</span>}</th>)}</tr></thead>
          {sections.map(({ label, rows }) => (
            <tbody key={label}>
              {(rows.length > 1 || rows[0]?.head !== label) && <tr><th colSpan={answers.length + 1} scope="rowgroup">{label}</th></tr>}
              {rows.map((row, index) => (
                <tr key={index} data-differs={row.differs || undefined}>
                  <th scope="row"><bdi>{row.head}</bdi>{row.quote !== undefined && <> <q dir="auto">{row.quote}</q></>}{row.differs && <span className={classes["differs"]}> differs</span>}</th>
                  {row.cells.map((cell, at) => <td key={at} dir="auto">{cell === "✓" ? <><span aria-hidden="true">✓</span><span className="vh">yes</span></> : cell === "–" ? <><span aria-hidden="true" className="m">–</span><span className="vh">no</span></> : cell}</td>)}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </div>
  );
});
