import { memo, useEffect, useLayoutEffect, useState, type CSSProperties, type KeyboardEvent, type RefObject } from "react";
import { select, selectedIn, type Selected, type SelectionStore } from "./selection";
import type { Stretch } from "./spans";
import classes from "./Spans.module.css";

/** What a passage looks like: its colour, its line, and what stands for its label. */
export interface Look {
  colour: string;
  dashed: boolean;
  tag: string;
  lane: number;
}

interface MarkedTextProps {
  text: string;
  blocks: readonly (readonly Stretch[])[];
  looks: readonly Look[];
  current: number | null;
  readOnly: boolean;
  label: string;
  box: RefObject<HTMLDivElement | null>;
  store: SelectionStore;
  /** Where the caret belongs once the passages have changed. */
  restore: RefObject<Selected | null>;
  onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * The text as it is, its passages marked. The browser's own caret and selection move in it: by character, word and line, in either
 * direction of writing, told to screen readers. For that it is editable, and refuses every change.
 */
export const MarkedText = memo(function MarkedText({ text, blocks, looks, current, readOnly, label, box, store, restore, onKeyDown }: MarkedTextProps) {
  // Drawn from nothing again where something has changed it in spite of all (an input method, an extension).
  const [drawn, setDrawn] = useState(0);
  const units = text.length;
  useEffect(() => {
    const root = box.current;
    if (root === null || readOnly) return;
    const refuse = (event: Event) => event.preventDefault();
    const changed = () => setDrawn((times) => times + 1);
    root.addEventListener("beforeinput", refuse);
    root.addEventListener("dragstart", refuse);
    root.addEventListener("input", changed);
    const follow = () => {
      const selected = selectedIn(root, units);
      if (selected !== null) store.set(selected);
    };
    document.addEventListener("selectionchange", follow);
    return () => {
      root.removeEventListener("beforeinput", refuse);
      root.removeEventListener("dragstart", refuse);
      root.removeEventListener("input", changed);
      document.removeEventListener("selectionchange", follow);
    };
  }, [box, store, units, readOnly, drawn]);
  useLayoutEffect(() => {
    if (box.current === null || restore.current === null) return;
    // The stretches under the caret are others now.
    if (document.activeElement === box.current) select(box.current, restore.current);
    restore.current = null;
  }, [box, restore, blocks]);

  return (
    <div
      key={drawn}
      ref={box}
      className={classes["text"]}
      dir="auto"
      translate="no"
      {...(readOnly ? { tabIndex: 0, role: "region", "aria-label": label } : {
        contentEditable: true, suppressContentEditableWarning: true, inputMode: "none" as const, spellCheck: false, autoCorrect: "off", autoCapitalize: "off",
        role: "textbox", "aria-multiline": true, "aria-readonly": true, "aria-label": label, onKeyDown,
      })}
    >
      {blocks.map((stretches, at) => (
        <div key={at}>{stretches.map((stretch) => <Piece key={stretch.from} text={text} stretch={stretch} looks={looks} current={current !== null && stretch.over.includes(current)} />)}</div>
      ))}
    </div>
  );
});

/** Lines that are drawn below a passage at most; more only have their tags. */
const MOST_LANES = 4;

interface PieceProps {
  text: string;
  stretch: Stretch;
  looks: readonly Look[];
  current: boolean;
}

const Piece = memo(function Piece({ text, stretch, looks, current }: PieceProps) {
  const { from, to, over, begins } = stretch;
  const words = text.slice(from, to);
  if (over.length === 0) return <span data-at={from}>{words}</span>;
  const tags = begins.map((at) => looks[at]?.tag).join(" ");
  return <mark data-at={from} data-tags={tags === "" ? undefined : tags} data-current={current || undefined} data-spans={over.join(" ")} style={styleOf(over.flatMap((at) => looks[at] ?? []))}>{words}</mark>;
}, (a, b) => a.text === b.text && a.current === b.current && a.stretch.from === b.stretch.from && a.stretch.to === b.stretch.to && sameLooks(a, b));

function sameLooks(a: PieceProps, b: PieceProps): boolean {
  const of = ({ stretch, looks }: PieceProps) => stretch.over.map((at) => `${at} ${looks[at]?.tag} ${looks[at]?.lane} ${stretch.begins.includes(at)}`).join();
  return of(a) === of(b);
}

function styleOf(looks: readonly Look[]): CSSProperties {
  const drawn = looks.filter(({ lane }) => lane < MOST_LANES);
  const deepest = Math.max(0, ...drawn.map(({ lane }) => lane));
  return {
    "--mark": looks.at(-1)?.colour,
    paddingBottom: `${2 + deepest * 3}px`,
    backgroundImage: drawn.map(({ colour, dashed }) => (dashed ? `repeating-linear-gradient(90deg, ${colour} 0 5px, transparent 5px 8px)` : `linear-gradient(${colour}, ${colour})`)).join(", "),
    backgroundPosition: drawn.map(({ lane }) => `0 calc(100% - ${(deepest - lane) * 3}px)`).join(", "),
  } as CSSProperties;
}
