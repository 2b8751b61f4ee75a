import { memo, useEffect, useRef, type CSSProperties, type KeyboardEvent, type ReactNode } from "react";
import { plural } from "../ui/format";
import { asText, errorsBelow, itemHas, type Field, type FieldErrors } from "./form";
import type { Look } from "./MarkedText";
import { RemarkOn } from "./RemarkOn";
import { cut, type Span } from "./spans";
import classes from "./Spans.module.css";

interface PassagesProps {
  field: Field;
  spans: readonly Span[];
  looks: readonly Look[];
  quote: (span: Span) => string;
  name: (span: Span) => string;
  current: number | null;
  readOnly: boolean;
  veiled: boolean;
  errors: FieldErrors;
  onFocus: (at: number) => void;
  onRemove: (at: number) => void;
  onNote: (at: number, note: string) => void;
  onOpen: (at: number) => void;
  children: ReactNode;
}

/** The passages by their place in the text, each with its label, its words and a note. */
export function Passages({ field, spans, looks, quote, name, current, readOnly, veiled, errors, onFocus, onRemove, onNote, onOpen, children }: PassagesProps) {
  const notes = itemHas(field, "note");
  const go = (to: number) => document.querySelector<HTMLElement>(`[data-passage="${to}"]`)?.focus();
  const onKeyDown = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).dataset["passage"] ?? NaN);
    if (Number.isNaN(at) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (!readOnly && (event.key === "Delete" || event.key === "Backspace")) {
      onRemove(at);
      requestAnimationFrame(() => go(Math.min(at, spans.length - 2)));
    } else return;
    event.preventDefault();
  };
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (current !== null) keepInSight(list.current, current);
  }, [current]);
  const failed = errorsBelow(errors, field.field).length > 0;
  return (
    <section className={classes["passages"]} aria-label={field.label} data-error={failed || undefined}>
      <div className={classes["head"]}>
        <h2>{field.label}</h2>
        <span className="m sm">{spans.length === 0 ? "none marked" : plural(spans.length, "passage")}</span>
        {readOnly && <RemarkOn field={field} value={[]} />}
      </div>
      {field.help !== undefined && !readOnly && <p className="cf-help">{field.help}</p>}
      {children}
      <ol className={classes["list"]} ref={list} onKeyDown={onKeyDown}>
        {spans.map((span, at) => (
          <Passage key={at} at={at} look={looks[at]} label={name(span)} words={veiled ? "" : cut(quote(span))} note={asText(span["note"])} notes={notes} current={at === current} readOnly={readOnly} reasons={errorsBelow(errors, `${field.field}/${at}`).join(" ")} onFocus={onFocus} onRemove={onRemove} onNote={onNote} onOpen={onOpen} />
        ))}
      </ol>
    </section>
  );
}

/** Where the list scrolls by itself, what the caret is in is in sight; the page never moves for it. */
function keepInSight(list: HTMLElement | null, at: number): void {
  const item = list?.children[at];
  if (list === null || item === undefined) return;
  const [outer, inner] = [list.getBoundingClientRect(), item.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

interface PassageProps {
  at: number;
  look: Look | undefined;
  label: string;
  words: string;
  note: string;
  notes: boolean;
  current: boolean;
  readOnly: boolean;
  reasons: string;
  onFocus: (at: number) => void;
  onRemove: (at: number) => void;
  onNote: (at: number, note: string) => void;
  onOpen: (at: number) => void;
}

const Passage = memo(function Passage({ at, look, label, words, note, notes, current, readOnly, reasons, onFocus, onRemove, onNote, onOpen }: PassageProps) {
  return (
    <li data-current={current || undefined} data-error={reasons !== "" || undefined}>
      <button type="button" className={classes["passage"]} data-passage={at} data-handle={reasons !== "" || undefined} onFocus={() => onFocus(at)} onClick={() => onOpen(at)}>
        <span className={classes["swatch"]} style={{ "--mark": look?.colour, borderBottomStyle: look?.dashed === true ? "dashed" : "solid" } as CSSProperties} aria-hidden="true">{look?.tag}</span>
        <span><b><bdi>{label}</bdi></b>{words !== "" && <> <q dir="auto">{words}</q></>}</span>
      </button>
      {!readOnly && <button type="button" className={classes["drop"]} onClick={() => onRemove(at)} aria-label={`Remove passage ${at + 1}, ${label}`}>✕</button>}
      {notes && !readOnly && <textarea className={`cf-input ${classes["note"]}`} rows={1} aria-label={`Note on passage ${at + 1}, ${label}`} placeholder="Note (optional)" value={note} onChange={(event) => onNote(at, event.currentTarget.value)} dir="auto" />}
      {readOnly && note !== "" && <p className={classes["note"]} dir="auto">{note}</p>}
      {reasons !== "" && <p className="cf-error">{reasons}</p>}
    </li>
  );
});
