import { Button } from "@mantine/core";
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { Mark } from "../text/marks";
import { plural, words } from "../ui/format";
import { useKeys } from "../ui/keys";
import { AnswerField } from "./fields";
import { asText, errorAt, errorsBelow, read, responsesOf, write, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView, Value } from "./InputView";
import { RemarkOn } from "./RemarkOn";
import shared from "./Pairwise.module.css";
import { orderOf, orderText, placed, rankOf, ranksOf, rankText, stepped, unplaced, without, type Order } from "./ranking";
import classes from "./Ranking.module.css";
import { aboutOf, useDifferences } from "./useDifferences";

/** Up to nine responses side by side; the order grows below them, the best first. */
export function Ranking({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const given = form.input.find((field) => field.as === "responses");
  const ranks = form.answer.find((field) => field.as === "ranks");
  const responses = responsesOf(form, input).map(asText);
  const order = orderOf(ranks === undefined ? undefined : read(answer, ranks), responses.length);
  const box = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLElement>(null);
  const compare = useComparison(veiled ? [] : responses, order, box);
  useKeys({ R: () => document.querySelector<HTMLTextAreaElement>("textarea[data-field]")?.focus() }, { off: readOnly });
  const ranking = useRanking(order, responses.length, (next) => ranks !== undefined && onChange(write(answer, ranks, ranksOf(next, responses.length))), strip, readOnly);
  return (
    <div className={`${shared["whole"]} ${classes["whole"]}`} data-read-only={readOnly || undefined} data-veiled={veiled || undefined}>
      {!veiled && <InputView fields={form.input.filter((field) => field !== given)} input={input} quiet={["context"]} />}
      {!veiled && (
        <div className={classes["compare"]} ref={box} data-count={responses.length} tabIndex={-1}>
          {responses.map((text, index) => (
            <Response
              key={index}
              index={index}
              text={text}
              rank={rankText(order, index)}
              first={rankOf(order, index) === 1}
              what={order.length === 0 ? "Put first" : ranking.beside ? "Same rank" : "Put next"}
              onPlace={readOnly ? null : () => ranking.place(index)}
              compare={compare}
              errors={ranks === undefined ? [] : errorsBelow(errors, `${ranks.field}/${index}`)}
            />
          ))}
        </div>
      )}
      <div className={`${shared["answer"]} ${classes["answer"]}`}>
        {ranks !== undefined && <Strip field={ranks} order={order} count={responses.length} ranking={ranking} strip={strip} readOnly={readOnly} error={errorAt(errors, ranks.field)} />}
        <div className={shared["verdict"]}>
          <div className={shared["others"]}>{form.answer.filter((field) => field !== ranks).map((field) => <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={false} />)}</div>
          {actions}
        </div>
      </div>
    </div>
  );
}

interface RankingActs {
  /** Whether the next response shares the rank of the last. */
  beside: boolean;
  /** The response that the buttons of the strip move. */
  picked: number | null;
  told: string;
  place: (index: number) => void;
  pick: (index: number) => void;
  toggleBeside: () => void;
  move: (index: number, by: -1 | 1) => void;
  remove: (index: number) => void;
  back: () => void;
}

/** What can be done to an order, with its keys. */
function useRanking(order: Order, count: number, onChange: (order: Order) => void, strip: RefObject<HTMLElement | null>, readOnly: boolean): RankingActs {
  const [armed, setBeside] = useState(false);
  const [chosen, setPicked] = useState<number | null>(null);
  const [told, setTold] = useState("");
  const steps = useRef<{ before: Order; after: string }[]>([]);
  const moved = useRef<number | null>(null);
  const beside = armed && order.length > 0;
  const picked = chosen !== null && rankOf(order, chosen) !== null ? chosen : (order.at(-1)?.at(-1) ?? null);

  const change = (next: Order, said: string) => {
    steps.current.push({ before: order, after: JSON.stringify(ranksOf(next, count)) });
    onChange(next);
    const left = unplaced(next, count).length;
    setTold(`${said} ${orderText(next)}${left === 0 ? "" : `, ${left} left`}`);
  };
  // A chip that stands elsewhere lost the focus on its way, and a second key may come before the next picture.
  useLayoutEffect(() => {
    if (moved.current !== null) strip.current?.querySelector<HTMLElement>(`[data-chip="${moved.current}"]`)?.focus();
    moved.current = null;
  });
  const focusChip = (index: number) => strip.current?.querySelector<HTMLElement>(`[data-chip="${index}"]`)?.focus();
  const place = (index: number) => {
    if (index >= count) return;
    setPicked(index);
    if (rankOf(order, index) !== null) {
      setTold(`Response ${index + 1} is ${rankText(order, index)} already. Alt and the arrows move it.`);
      return focusChip(index);
    }
    setBeside(false);
    change(placed(order, index, beside), `Response ${index + 1} ${beside ? "shares the last rank" : order.length === 0 ? "is first" : "is next"}.`);
  };
  const move = (index: number, by: -1 | 1) => {
    const next = stepped(order, index, by);
    if (next === order) return;
    setPicked(index);
    change(next, `Response ${index + 1} is ${rankText(next, index)}.`);
    if (document.activeElement?.matches("[data-chip]")) moved.current = index;
  };
  const remove = (index: number) => {
    change(without(order, index), `Response ${index + 1} has no rank now.`);
    setPicked(null);
  };
  const back = () => {
    setBeside(false);
    const last = steps.current.pop();
    if (last !== undefined && last.after === JSON.stringify(ranksOf(order, count))) {
      onChange(last.before);
      setTold(`Taken back. ${orderText(last.before)}`);
      return;
    }
    // Nothing is remembered of an order that was there before this page.
    steps.current = [];
    const end = order.at(-1)?.at(-1);
    if (end !== undefined) onChange(without(order, end));
  };
  const toggleBeside = () => {
    if (order.length > 0) setBeside(!beside);
  };
  const numbers = Object.fromEntries(Array.from({ length: Math.min(9, count) }, (_, index) => [String(index + 1), () => place(index)]));
  useKeys({ ...numbers, "=": toggleBeside, Backspace: back }, { off: readOnly });
  return { beside, picked, told, place, pick: setPicked, toggleBeside, move, remove, back };
}

/** Always the same, so that a text without marks is not drawn anew. */
const UNMARKED: readonly Mark[] = [];

interface Comparison {
  on: boolean;
  reference: number;
  other: number;
  /** The marks of a response, and which side of the comparison it is. */
  of: (index: number) => { marks: readonly Mark[]; side: "a" | "b"; about: string };
  current: number | null;
  focus: (index: number) => void;
  refer: (index: number) => void;
}

/** The differences of the response in focus to the best so far, or to one that was chosen. */
function useComparison(responses: readonly string[], order: Order, box: RefObject<HTMLElement | null>): Comparison {
  const [focused, focus] = useState<number | null>(null);
  const [referred, refer] = useState<number | null>(null);
  const reference = referred ?? order[0]?.[0] ?? 0;
  const other = focused !== null && focused !== reference ? focused : reference === 0 ? 1 : 0;
  const { found, on, current } = useDifferences(responses[reference], responses[other], box, responses.length === 2);
  const of: Comparison["of"] = (index) => {
    if (index === reference) return { marks: on && found !== null ? found.a : UNMARKED, side: "a", about: on ? `compared with ${other + 1}` : "" };
    if (index === other) return { marks: on && found !== null ? found.b : UNMARKED, side: "b", about: on || responses.length === 2 ? aboutOf(found, on) : "" };
    return { marks: UNMARKED, side: "b", about: "" };
  };
  return { on, reference, other, of, current, focus, refer };
}

interface ResponseProps {
  index: number;
  text: string;
  rank: string | null;
  first: boolean;
  what: string;
  onPlace: (() => void) | null;
  compare: Comparison;
  errors: string[];
}

function Response({ index, text, rank, first, what, onPlace, compare, errors }: ResponseProps) {
  const { marks, side, about } = compare.of(index);
  const name = `Response ${index + 1}`;
  const counted = useMemo(() => plural(words(text), "word"), [text]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const near = event.key === "ArrowLeft" ? "previousElementSibling" : "nextElementSibling";
    event.preventDefault();
    event.currentTarget.closest("article")?.[near]?.querySelector<HTMLElement>("[role='region']")?.focus();
  };
  return (
    <article className={`${shared["response"]} ${classes["response"]}`} data-on={first || undefined} data-compared={(compare.on && (index === compare.reference || index === compare.other)) || undefined} aria-label={name} onFocus={() => compare.focus(index)} onClick={() => compare.focus(index)}>
      <header>
        <b>{index + 1}</b>
        {rank !== null && <span className={classes["rank"]}>{rank}</span>}
        <span className="grow" />
        {rank === null && onPlace !== null && <Button className={classes["place"] ?? ""} onClick={onPlace} aria-label={`${what}: response ${index + 1}`}>{what}</Button>}
      </header>
      {/* Focusable so that long texts scroll by keyboard. */}
      <div className={shared["text"]} tabIndex={0} role="region" aria-label={`${name}, text`} onKeyDown={onKeyDown}>
        {text === "" ? <p className="m">This response is empty.</p> : <Value field={MARKDOWN} value={text} marks={marks} side={side} current={compare.current} />}
      </div>
      <footer>
        <span>{counted}</span>
        <span>{about}</span>
        <span className="grow" />
        {compare.on && index !== compare.reference && <button type="button" className="link" onClick={() => compare.refer(index)}>compare with this<span className="vh">, response {index + 1}</span></button>}
      </footer>
      {errors.map((reason) => <p key={reason} className={`cf-error ${classes["error"]}`}>{reason}</p>)}
    </article>
  );
}

const MARKDOWN: Pick<Field, "as"> = { as: "markdown" };

function Strip({ field, order, count, ranking, strip, readOnly, error }: { field: Field; order: Order; count: number; ranking: RankingActs; strip: RefObject<HTMLElement | null>; readOnly: boolean; error: string | undefined }) {
  const left = unplaced(order, count);
  const { picked } = ranking;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (readOnly || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown") || picked === null) return;
    event.preventDefault();
    ranking.move(picked, event.key === "ArrowUp" ? -1 : 1);
  };
  const chips = order.flatMap((group, place) => group.map((index, at) => ({ index, sign: at > 0 ? "=" : place > 0 ? "›" : "" })));
  return (
    <section className={classes["strip"]} aria-label={field.label} ref={strip} onKeyDown={onKeyDown} data-error={error !== undefined || undefined}>
      <div className={classes["line"]}>
        <h2>{field.label}</h2>
        <ol aria-label="Ranked">
          {chips.map(({ index, sign }) => (
            <li key={index}>
              {sign !== "" && <span className={classes["sign"]} aria-hidden="true">{sign}</span>}
              {readOnly ? <span className={classes["chip"]} data-placed><span className="vh">Response </span>{index + 1}<span className="vh">, {rankText(order, index)}</span></span> : (
                <button type="button" className={classes["chip"]} data-chip={index} data-placed aria-pressed={picked === index} aria-label={`Response ${index + 1}, ${rankText(order, index)}`} onClick={() => ranking.pick(index)} onFocus={() => ranking.pick(index)}>{index + 1}</button>
              )}
            </li>
          ))}
        </ol>
        {readOnly && order.length > 0 && <RemarkOn field={field} value={[]} />}
        {left.length > 0 && <span className={classes["left"]}>{order.length === 0 && !readOnly ? "the best first" : `${left.length} left`}</span>}
        {!readOnly && left.map((index, at) => <button key={index} type="button" className={classes["chip"]} data-handle={at === 0 || undefined} aria-label={`Response ${index + 1}, no rank yet: ${order.length === 0 ? "put first" : "put next"}`} onClick={() => ranking.place(index)}>{index + 1}</button>)}
      </div>
      {!readOnly && <Tools order={order} ranking={ranking} />}
      {error !== undefined && <p className="cf-error">{error}</p>}
      <p className="vh" role="status">{ranking.told}</p>
    </section>
  );
}

/** What the keys do, for a hand that has none. */
function Tools({ order, ranking }: { order: Order; ranking: RankingActs }) {
  const { picked, beside } = ranking;
  const response = <span className="vh">response </span>;
  const last = order.at(-1)?.map((index) => index + 1).join(" = ");
  const canGo = (by: -1 | 1) => picked !== null && stepped(order, picked, by) !== order;
  return (
    <div className={classes["tools"]}>
      <button type="button" aria-pressed={beside} disabled={order.length === 0} onClick={ranking.toggleBeside}><kbd>=</kbd> {last === undefined ? "Next shares the rank" : `Next equals ${last}`}</button>
      <button type="button" disabled={picked === null || !canGo(-1)} onClick={() => picked !== null && ranking.move(picked, -1)}><kbd>Alt ↑</kbd> {picked === null ? "Up" : <span>{response}{picked + 1} up</span>}</button>
      <button type="button" disabled={picked === null || !canGo(1)} onClick={() => picked !== null && ranking.move(picked, 1)}><kbd>Alt ↓</kbd> {picked === null ? "Down" : <span>{response}{picked + 1} down</span>}</button>
      <button type="button" disabled={picked === null} onClick={() => picked !== null && ranking.remove(picked)}>{picked === null ? "Take out" : <span>Take {response}{picked + 1} out</span>}</button>
      <button type="button" disabled={order.length === 0} onClick={ranking.back}><kbd>⌫</kbd> Undo</button>
    </div>
  );
}
