import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type CSSProperties, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import type { LayoutOption } from "../api/contract";
import { plural } from "../ui/format";
import { useKeys } from "../ui/keys";
import { keyOfChoice, mostOf } from "./choices";
import { AnswerField } from "./fields";
import { asText, errorAt, itemHas, mayBeEmpty, read, write, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView, labelOf } from "./InputView";
import { MarkedText, type Look } from "./MarkedText";
import { Passages } from "./Passages";
import { select, selectedIn, SelectionStore, type Selected } from "./selection";
import { added, blocksOf, bodyOf, cut, lanesOf, pointsOf, relabelled, snapOf, spanAt, spansOf, stretchesOf, tagsOf, type Changed, type Points, type Snap, type Span } from "./spans";
import classes from "./Spans.module.css";

/** One to each label; beyond the sixth they come again with a dashed line. */
const COLOURS = ["var(--cf-diff-a-line)", "var(--cf-diff-b-line)", "var(--s-unwitnessed)", "var(--s-danger)", "var(--cf-accent)", "var(--cf-ink-2)"];

/** A text whose passages are marked, and beside it the list of them. */
export function Spans(props: InteractionProps) {
  const { form, input, answer, onChange, readOnly, errors, veiled, actions } = props;
  const field = form.answer.find((other) => other.as === "spans");
  const body = bodyOf(form);
  const text = veiled || body === undefined ? "" : asText(read(input, body));
  const around = form.input.filter((other) => other !== body);
  if (field === undefined) return null;
  return (
    <div className={classes["whole"]} data-read-only={readOnly || undefined} data-veiled={veiled || undefined}>
      <Marking key={veiled ? "veiled" : "shown"} {...props} field={field} label={body?.label ?? "Text"} text={text} above={veiled ? null : <InputView fields={around} input={input} quiet={["context"]} />}>
        {form.answer.filter((other) => other !== field).map((other) => <AnswerField key={other.field} field={other} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={false} />)}
        {actions}
      </Marking>
    </div>
  );
}

const QUIET = { text: "", refused: false };

interface MarkingProps extends InteractionProps {
  field: Field;
  label: string;
  text: string;
  above: ReactNode;
  children: ReactNode;
}

function Marking({ field, label, text, above, children, answer, onChange, readOnly, errors, veiled }: MarkingProps) {
  const value = read(answer, field);
  const spans = useMemo(() => spansOf(value), [value]);
  const points = useMemo(() => pointsOf(text), [text]);
  const snap = useMemo(() => snapOf(text), [text]);
  const options = useMemo(() => field.options ?? [], [field]);
  const tags = useMemo(() => tagsOf(options), [options]);
  const { blocks, looks } = useDrawn(text, spans, points, options, tags);
  const box = useRef<HTMLDivElement>(null);
  const restore = useRef<Selected | null>(null);
  const [store] = useState(() => new SelectionStore());
  const [current, setCurrent] = useState<number | null>(null);
  const [told, setTold] = useState(QUIET);
  const nothing = Array.isArray(value) && value.length === 0;

  const set = (next: readonly Span[]) => onChange(write(answer, field, next.length === 0 ? undefined : [...next]));
  const change = (done: Changed, said: (span: Span) => string) => {
    if ("refused" in done) return setTold({ text: done.refused, refused: true });
    set(done.next);
    setCurrent(done.at);
    const span = done.next[done.at];
    if (span !== undefined) setTold({ text: said(span), refused: false });
  };
  const quote = (span: Span) => text.slice(points.toUnit(span.start), points.toUnit(span.end));
  const name = (span: Span) => labelOf(options, span.label);
  // The page tells of a new selection a little later than of a key that follows it.
  const now = () => (box.current !== null && document.activeElement === box.current ? selectedIn(box.current, text.length) : null) ?? store.snapshot();
  const mark = (option: LayoutOption) => {
    const focused = focusedItem();
    if (focused !== null) return change(relabelled(spans, focused, option.value), (span) => `It is ${name(span)} now.`);
    const selected = now();
    if (selected === null || selected.anchor === selected.focus) return setTold({ text: "Select a passage first, then its label.", refused: true });
    const span = spanOf(selected, option, { text, points, snap, field });
    const end = points.toUnit(span.end);
    restore.current = { anchor: end, focus: end };
    change(added(spans, span, mostOf(field)), () => `Marked as ${option.label}: ${cut(quote(span))}`);
  };
  const remove = (at: number) => {
    const span = spans[at];
    if (span === undefined) return;
    restore.current = now();
    set(spans.filter((_, index) => index !== at));
    setCurrent(null);
    setTold({ text: `Removed: ${name(span)}, ${cut(quote(span))}`, refused: false });
  };
  const removeAtCaret = () => {
    const selected = now();
    const at = selected === null ? null : spanAt(spans, points.toPoint(selected.focus));
    if (at === null) setTold({ text: "No passage is under the caret.", refused: true });
    else remove(at);
  };
  const toggleNothing = () => {
    if (spans.length === 0 && mayBeEmpty(field)) onChange(write(answer, field, nothing ? undefined : []));
  };
  const labels = Object.fromEntries(options.flatMap((option, index) => {
    const key = keyOfChoice(field, index);
    return key === null ? [] : [[key.toUpperCase(), () => mark(option)]];
  }));
  useKeys({
    T: () => box.current?.focus(),
    L: () => document.querySelector<HTMLElement>("[data-passage]")?.focus(),
    N: toggleNothing,
    R: () => document.querySelector<HTMLTextAreaElement>("textarea[data-field]")?.focus(),
    ...labels,
  }, { off: readOnly });
  const onKeyDown = useLatest((event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (byWord(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = labels[event.key.toUpperCase()];
    if (act !== undefined) act();
    else if (event.key === "Delete" || event.key === "Backspace") removeAtCaret();
    else return;
    event.preventDefault();
  });
  const onMoved = useLatest(() => {
    if (told.refused) setTold(QUIET);
  });
  useCaret(store, spans, points, setCurrent, onMoved);

  const onFocus = useLatest((at: number) => {
    setCurrent(at);
    reveal(box.current, at);
  });
  const onRemove = useLatest(remove);
  const onNote = useLatest((at: number, note: string) => set(spans.map((span, index) => (index === at ? noted(span, note) : span))));
  const onOpen = useLatest((at: number) => openIn(box.current, spans[at], points, restore));
  const error = errorAt(errors, field.field);
  return (
    <>
      {!veiled && (
        <div className={classes["task"]}>
          {above}
          <Legend field={field} looks={tags.map((_, at) => lookOf(tags, at))} onMark={readOnly ? null : mark} />
          <MarkedText text={text} blocks={blocks} looks={looks} current={current} readOnly={readOnly} label={readOnly ? label : `${label}: move in it with the arrows, select with Shift, then press the key of a label`} box={box} store={store} restore={restore} onKeyDown={onKeyDown} />
          {!readOnly && <div className={classes["status"]}><SelectedLine store={store} text={text} points={points} snap={snap} /><p className={told.refused ? "err" : "i2"} role="status">{told.text}</p></div>}
        </div>
      )}
      <div className={classes["answer"]}>
        <Passages field={field} spans={spans} looks={looks} quote={quote} name={name} current={current} readOnly={readOnly} veiled={veiled} errors={errors} onFocus={onFocus} onRemove={onRemove} onNote={onNote} onOpen={onOpen}>
          {readOnly && nothing && <p className="i2">There is nothing to mark, its author says.</p>}
          {readOnly && value === undefined && <p className="i2">Nothing was said about passages.</p>}
          {!readOnly && spans.length === 0 && mayBeEmpty(field) && <Button onClick={toggleNothing} aria-pressed={nothing} className={classes["nothing"] ?? ""} {...(nothing ? { "data-on": true } : {})} data-handle>{nothing ? "✓ There is nothing to mark" : "Nothing to mark"} <kbd>N</kbd></Button>}
          {error !== undefined && <p className="cf-error">{error}</p>}
        </Passages>
        {children}
      </div>
    </>
  );
}

/** What the text is drawn from; the same as long as no passage begins, ends or is called otherwise. */
function useDrawn(text: string, spans: readonly Span[], points: Points, options: readonly LayoutOption[], tags: readonly string[]) {
  const shape = JSON.stringify(spans.map(({ start, end, label }) => [start, end, label]));
  return useMemo(() => {
    const shaped = (JSON.parse(shape) as [number, number, Span["label"]][]).map(([start, end, label]) => ({ start, end, label }));
    const lanes = lanesOf(shaped);
    return {
      blocks: blocksOf(text, stretchesOf(text.length, shaped, points)),
      looks: shaped.map(({ label }, at): Look => ({ ...lookOf(tags, options.findIndex((option) => option.value === label)), lane: lanes[at] ?? 0 })),
    };
  }, [text, shape, points, options, tags]);
}

function lookOf(tags: readonly string[], at: number): Look {
  // A label that is no option has the last colour and a question mark.
  const place = at === -1 ? COLOURS.length - 1 : at;
  return { colour: COLOURS[place % COLOURS.length] as string, dashed: place >= COLOURS.length, tag: tags[at] ?? "?", lane: 0 };
}

function spanOf({ anchor, focus }: Selected, option: LayoutOption, { text, points, snap, field }: { text: string; points: Points; snap: Snap; field: Field }): Span {
  const [from, to] = snap(anchor, focus);
  const quoted = itemHas(field, "text") ? { text: text.slice(from, to) } : {};
  return { start: points.toPoint(from), end: points.toPoint(to), label: option.value, ...quoted };
}

function noted(span: Span, note: string): Span {
  return write(span, { name: "note" }, note) as Span;
}

function focusedItem(): number | null {
  const at = (document.activeElement as HTMLElement | null)?.dataset["passage"];
  return at === undefined ? null : Number(at);
}

/** Alt and an arrow by word, as Ctrl does: where Alt alone would leave the page. */
function byWord(event: KeyboardEvent): boolean {
  if (!event.altKey || event.ctrlKey || event.metaKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
  event.preventDefault();
  document.getSelection()?.modify(event.shiftKey ? "extend" : "move", event.key === "ArrowLeft" ? "left" : "right", "word");
  return true;
}

function useLatest<T extends unknown[]>(act: (...args: T) => void): (...args: T) => void {
  const held = useRef(act);
  useEffect(() => {
    held.current = act;
  });
  return useCallback((...args: T) => held.current(...args), []);
}

/** The passage under the caret is the one in hand. */
function useCaret(store: SelectionStore, spans: readonly Span[], points: Points, onCurrent: (at: number | null) => void, onMoved: () => void): void {
  useEffect(() => store.subscribe(() => {
    const selected = store.snapshot();
    onMoved();
    if (selected !== null && selected.anchor === selected.focus) onCurrent(spanAt(spans, points.toPoint(selected.focus)));
  }), [store, spans, points, onCurrent, onMoved]);
}

function reveal(root: HTMLElement | null, at: number): void {
  root?.querySelector(`[data-spans~="${at}"]`)?.scrollIntoView({ block: "nearest" });
}

/** Goes to a passage in the text, which is then selected. */
function openIn(root: HTMLElement | null, span: Span | undefined, points: Points, restore: RefObject<Selected | null>): void {
  if (root === null || span === undefined) return;
  restore.current = null;
  root.focus({ preventScroll: true });
  select(root, { anchor: points.toUnit(span.start), focus: points.toUnit(span.end) });
}

function Legend({ field, looks, onMark }: { field: Field; looks: readonly Look[]; onMark: ((option: LayoutOption) => void) | null }) {
  const options = field.options ?? [];
  return (
    <div className={classes["legend"]} role="group" aria-label="Labels" data-many={options.length > 12 || undefined}>
      {options.map((option, at) => {
        const look = looks[at] as Look;
        const key = onMark === null ? null : keyOfChoice(field, at);
        const words = <><span className={classes["swatch"]} style={{ "--mark": look.colour, borderBottomStyle: look.dashed ? "dashed" : "solid" } as CSSProperties} aria-hidden="true">{look.tag}</span><bdi>{option.label}</bdi></>;
        if (onMark === null) return <span key={String(option.value)} className={classes["named"]}>{words}</span>;
        // The selection stays where it is while a button is pressed.
        return <button key={String(option.value)} type="button" className={classes["named"]} onMouseDown={(event) => event.preventDefault()} onClick={() => onMark(option)}>{words}{key !== null && key.toUpperCase() !== look.tag && <kbd>{key}</kbd>}</button>;
      })}
    </div>
  );
}

/** What is selected, for everybody to see at once, and for screen readers when it rests. */
function SelectedLine({ store, text, points, snap }: { store: SelectionStore; text: string; points: Points; snap: Snap }) {
  const selected = useSyncExternalStore(store.subscribe, store.snapshot);
  const [from, to] = selected === null || selected.anchor === selected.focus ? [0, 0] : snap(selected.anchor, selected.focus);
  const said = from === to ? "" : `Selected: “${cut(text.slice(from, to), 60)}”, ${plural(points.toPoint(to) - points.toPoint(from), "character")}`;
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(said), 500);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <p aria-hidden="true"><bdi>{said === "" ? "Nothing is selected." : said}</bdi></p>
      <p className="vh" role="status">{rested}</p>
    </>
  );
}
