import { memo } from "react";
import type { Json } from "../api/contract";
import { plural } from "../ui/format";
import { Panel } from "../ui/Panel";
import type { Form } from "../work/form";
import { changesOf, countOf, type Change } from "./changes";
import classes from "./Changes.module.css";

interface ChangesProps {
  form: Form;
  input: Json;
  before: Json;
  after: Json;
}

/** What a reviewer did to an answer, beside what its author gave. It is compared anew only where one of them is another. */
export const Changes = memo(function Changes({ form, input, before, after }: ChangesProps) {
  const changed = changesOf(form, input, before, after);
  const count = countOf(changed);
  return (
    <Panel title="What you changed" note={<span role="status">{count === 0 ? "nothing yet" : plural(count, "change")}</span>}>
      <div className={classes["whole"]}>
        {count === 0 && <p className="i2">Change the answer above: what goes and what comes stands here before you hand it in.</p>}
        {changed.map(({ label, changes }) => (
          <div key={label}>
            <h3>{label}</h3>
            <ul>{changes.map((change, index) => <li key={index} data-is={change.is}><One change={change} label={label} /></li>)}</ul>
          </div>
        ))}
      </div>
    </Panel>
  );
});

const SIGNS = { added: ["+", "added"], removed: ["−", "removed"], changed: ["→", "changed"], rewritten: ["≈", "rewritten"] } as const;

function One({ change, label }: { change: Change; label: string }) {
  const [sign, word] = SIGNS[change.is];
  const head = change.head === label ? null : <b><bdi>{change.head}</bdi></b>;
  return (
    <>
      <span className={classes["sign"]}><span aria-hidden="true">{sign}</span><span className="vh">{word}: </span></span>
      <div className={classes["what"]}>
        {head}
        {change.is !== "rewritten" && change.words !== undefined && (change.is === "added" ? <ins dir="auto">{change.words}</ins> : change.is === "removed" ? <del dir="auto">{change.words}</del> : <q dir="auto">{change.words}</q>)}
        {change.is === "changed" && <span><del dir="auto">{change.from}</del> <span aria-hidden="true">→</span><span className="vh">became</span> <ins dir="auto">{change.to}</ins></span>}
        {change.is === "rewritten" && (change.pieces === null ? <p className="i2">It is too long to be compared word by word.</p> : (
          <p className={classes["woven"]} dir="auto">
            {change.pieces.map((piece, index) => (piece.is === "same" ? <span key={index}>{piece.text}</span> : piece.is === "gone" ? <del key={index}>{piece.text}</del> : <ins key={index}>{piece.text}</ins>))}
          </p>
        ))}
      </div>
    </>
  );
}
