import { TextInput } from "@mantine/core";
import { memo, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { Json, LayoutOption } from "../api/contract";
import { count, plural } from "../ui/format";
import { useKeys } from "../ui/keys";
import classes from "./Choices.module.css";
import { entriesOf, isSearched, keyOfChoice, matching, mostOf, pathOf, pickedOf, toggled, unknownOf } from "./choices";
import { asText, errorsBelow, mayBeEmpty, read, write, type Field, type FieldErrors } from "./form";
import { RemarkOn } from "./RemarkOn";

interface ChoicesProps {
  field: Field;
  answer: Json;
  onChange: (answer: Json) => void;
  readOnly: boolean;
  errors: FieldErrors;
  /** Whether these labels listen to their keys. */
  keys?: boolean;
}

/** Some of a list of labels: a few with a key each, many found by typing. */
export function Choices({ field, answer, onChange, readOnly, errors, keys = true }: ChoicesProps) {
  const value = read(answer, field);
  const [told, setTold] = useState({ text: "", refused: false });
  const name = useId();
  if (readOnly) return <ShownLabels field={field} value={value} />;
  const picked = pickedOf(field, value);
  const set = (next: Json[]) => onChange(write(answer, field, next.length === 0 ? undefined : next));
  const toggle = (option: LayoutOption) => {
    const done = toggled(field, value, option.value);
    if ("refused" in done) return setTold({ text: done.refused, refused: true });
    set(done.next);
    const on = done.next.includes(option.value);
    setTold({ text: `${option.label}: ${on ? "chosen" : "taken off"}, ${plural(done.next.length, "label")} in all.`, refused: false });
  };
  const reasons = errorsBelow(errors, field.field);
  const many = isSearched(field.options ?? []);
  return (
    <section className={classes["choices"]} data-many={many || undefined} aria-labelledby={`${name}-label`} data-error={reasons.length > 0 || undefined}>
      <div className={classes["head"]}>
        <h2 id={`${name}-label`}>{field.label}{!field.required && <span className="m sm"> optional</span>}</h2>
        <span className="m sm">{limitOf(field, picked.length)}</span>
      </div>
      {field.help !== undefined && <p className="cf-help">{field.help}</p>}
      {many && <Picked field={field} picked={picked} value={value} onTake={toggle} onDrop={() => set(picked.map((option) => option.value))} />}
      {many ? <Search field={field} picked={picked} onToggle={toggle} keys={keys} labelledBy={`${name}-label`} /> : <Few field={field} picked={picked} onToggle={toggle} keys={keys} name={name} />}
      {!many && unknownOf(field, value).length > 0 && <Picked field={field} picked={[]} value={value} onTake={toggle} onDrop={() => set(picked.map((option) => option.value))} />}
      {mayBeEmpty(field) && <None on={Array.isArray(value) && value.length === 0} onChange={(on) => onChange(write(answer, field, on ? [] : undefined))} />}
      <p className={told.refused ? "cf-error" : "vh"} role="status">{told.text}</p>
      {reasons.map((reason) => <p key={reason} className="cf-error">{reason}</p>)}
    </section>
  );
}

function limitOf(field: Field, picked: number): string {
  const most = mostOf(field);
  const total = field.options?.length ?? 0;
  if (most === 1) return "one of them";
  return most < total ? `${picked} chosen, at most ${most}` : `${picked} chosen`;
}

/** A label's words; one of a taxonomy as its path, the last part to be read first. */
export function Label({ label }: { label: string }) {
  const parts = pathOf(label);
  if (parts.length < 2) return <bdi>{label}</bdi>;
  return <span className={classes["path"]}>{parts.map((part, index) => <span key={index}>{index > 0 && <span className={classes["slash"]}> / </span>}{index === parts.length - 1 ? <b><bdi>{part}</bdi></b> : <bdi>{part}</bdi>}</span>)}</span>;
}

function ShownLabels({ field, value }: { field: Field; value: Json | undefined }) {
  const picked = pickedOf(field, value);
  const unknown = unknownOf(field, value);
  if (value === undefined) return null;
  return (
    <section className={classes["shown"]} aria-label={field.label}>
      <div className="row"><h2>{field.label}</h2><RemarkOn field={field} value={value} /></div>
      {picked.length + unknown.length === 0 ? <p className="i2">None of them.</p> : (
        <ul className={classes["chips"]}>
          {picked.map((option) => <li key={String(option.value)}><span className={classes["chip"]} data-on><Label label={option.label} /></span></li>)}
          {unknown.map((item, index) => <li key={index}><span className={classes["chip"]}><bdi>{asText(item)}</bdi></span></li>)}
        </ul>
      )}
    </section>
  );
}

function Few({ field, picked, onToggle, keys, name }: { field: Field; picked: LayoutOption[]; onToggle: (option: LayoutOption) => void; keys: boolean; name: string }) {
  const options = field.options ?? [];
  const type = mostOf(field) === 1 ? "radio" : "checkbox";
  useKeys(Object.fromEntries(options.flatMap((option, index) => {
    const key = keyOfChoice(field, index);
    return key === null ? [] : [[key.toUpperCase(), () => onToggle(option)]];
  })), { off: !keys });
  return (
    <div className={classes["few"]} role={type === "radio" ? "radiogroup" : "group"} aria-labelledby={`${name}-label`}>
      {options.map((option, index) => {
        const key = keys ? keyOfChoice(field, index) : null;
        const on = picked.includes(option);
        return (
          <label key={String(option.value)} data-on={on || undefined}>
            <input type={type} name={name} className="vh" checked={on} onChange={() => onToggle(option)} data-handle={index === 0 || undefined} />
            {key !== null && <kbd>{key}</kbd>}
            <span className="grow"><Label label={option.label} /></span>
            <span className={classes["tick"]} aria-hidden="true">{on ? "✓" : ""}</span>
          </label>
        );
      })}
    </div>
  );
}

function Picked({ field, picked, value, onTake, onDrop }: { field: Field; picked: LayoutOption[]; value: Json | undefined; onTake: (option: LayoutOption) => void; onDrop: () => void }) {
  const unknown = unknownOf(field, value);
  return (
    <ul className={classes["chips"]} aria-label="Chosen">
      {picked.length + unknown.length === 0 && <li className="m">No label yet.</li>}
      {picked.map((option) => (
        <li key={String(option.value)}>
          <button type="button" className={classes["chip"]} data-on onClick={() => onTake(option)} aria-label={`Take off ${option.label}`}><Label label={option.label} /><span aria-hidden="true">✕</span></button>
        </li>
      ))}
      {unknown.map((item, index) => <li key={index}><button type="button" className={classes["chip"]} onClick={onDrop} aria-label={`Take off ${asText(item)}, which is no label here`}><bdi>{asText(item)}</bdi> <span className="m sm">no label here</span><span aria-hidden="true">✕</span></button></li>)}
    </ul>
  );
}

interface SearchProps {
  field: Field;
  picked: LayoutOption[];
  onToggle: (option: LayoutOption) => void;
  keys: boolean;
  labelledBy: string;
}

/** A box to type in, and below it the labels that have what was typed. */
function Search({ field, picked, onToggle, keys, labelledBy }: SearchProps) {
  const [query, setQuery] = useState("");
  const [wanted, setActive] = useState(0);
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const entries = useMemo(() => entriesOf(field.options ?? []), [field]);
  const found = useMemo(() => matching(entries, query), [entries, query]);
  const active = Math.min(wanted, Math.max(0, found.length - 1));
  useKeys({ "/": () => box.current?.select() }, { off: !keys });
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active, found]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 10, PageUp: active - 10 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setActive(Math.max(0, Math.min(to, found.length - 1)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = found[active];
      if (entry !== undefined) onToggle(entry.option);
      // What is typed next is the next search.
      box.current?.select();
    } else if (event.key === "Escape" && query !== "") {
      event.preventDefault();
      setQuery("");
    }
  };
  const onClick = (event: MouseEvent) => {
    const at = Number((event.target as Element).closest("li")?.dataset["at"] ?? NaN);
    const entry = found[at];
    if (entry === undefined) return;
    setActive(at);
    onToggle(entry.option);
  };
  return (
    <div className={classes["search"]}>
      <TextInput
        ref={box}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-autocomplete="list"
        aria-label={`Search in ${count(entries.length)} labels`}
        {...(found.length === 0 ? {} : { "aria-activedescendant": `${id}-${active}` })}
        placeholder={`Search in ${count(entries.length)} labels`}
        value={query}
        onChange={(event) => { setQuery(event.currentTarget.value); setActive(0); }}
        onKeyDown={onKeyDown}
        rightSection={keys && query === "" ? <kbd>/</kbd> : null}
        data-handle
        autoComplete="off"
        spellCheck={false}
        dir="auto"
      />
      <ul className={classes["list"]} id={id} ref={list} role="listbox" aria-multiselectable={mostOf(field) !== 1} aria-labelledby={labelledBy} onClick={onClick}>
        {found.map((entry, at) => <Row key={String(entry.option.value)} id={`${id}-${at}`} at={at} label={entry.option.label} on={picked.includes(entry.option)} active={at === active} />)}
      </ul>
      <p className="m sm" role="status">{query === "" ? "" : found.length === 0 ? "No label has these words. Try a part of one." : `${count(found.length)} of ${plural(entries.length, "label")}`}</p>
    </div>
  );
}

/** One label of many: drawn anew only where it changes, as a thousand of them are there at each key. */
const Row = memo(function Row({ id, at, label, on, active }: { id: string; at: number; label: string; on: boolean; active: boolean }) {
  return (
    <li id={id} data-at={at} role="option" aria-selected={on} data-active={active || undefined}>
      <span className={classes["tick"]} aria-hidden="true">{on ? "✓" : ""}</span>
      <Label label={label} />
    </li>
  );
});

/** No label fits, which is an answer as well. */
function None({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  return <label className={classes["none"]} data-on={on || undefined}><input type="checkbox" className="vh" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />None of these fits<span className={classes["tick"]} aria-hidden="true">{on ? "✓" : ""}</span></label>;
}
