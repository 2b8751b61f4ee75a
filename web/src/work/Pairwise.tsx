import { useCallback, useMemo, useRef, useState } from "react";
import { differences } from "../text/differences";
import { plural, words } from "../ui/format";
import { useKeys } from "../ui/keys";
import { AnswerField } from "./fields";
import { asText, read, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView, Value } from "./InputView";
import classes from "./Pairwise.module.css";

/** Texts that have less in common than this are not worth marking until somebody asks. */
const ALIKE = 0.3;

function isResponse(field: Field): boolean {
  return /^(response|answer|completion|output|candidate|reply)([_-]?[a-z0-9])?$/i.test(field.name);
}

/** Responses side by side with their differences, the choice below. */
export function Pairwise({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const responses = useMemo(() => form.input.filter(isResponse), [form]);
  const around = useMemo(() => form.input.filter((field) => !isResponse(field)), [form]);
  const [choice, ...others] = useMemo(() => form.answer.toSorted((a, b) => Number(b.as === "choice") - Number(a.as === "choice")), [form]);
  const [a, b] = responses.map((field) => asText(read(input, field)));
  const found = useMemo(() => (a === undefined || b === undefined || responses.length !== 2 || veiled ? null : differences(a, b)), [a, b, responses.length, veiled]);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const on = found !== null && found.count > 0 && (wanted ?? found.alike >= ALIKE);
  const [current, setCurrent] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);

  const step = useCallback(
    (by: 1 | -1) => {
      if (found === null || found.count === 0) return;
      setWanted(true);
      const next = current === null ? (by === 1 ? 1 : found.count) : ((current - 1 + by + found.count) % found.count) + 1;
      setCurrent(next);
      requestAnimationFrame(() => {
        for (const mark of box.current?.querySelectorAll(`mark[data-difference="${next}"]`) ?? []) mark.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
    },
    [found, current],
  );

  useKeys({
    D: () => setWanted(!on),
    "[": () => step(-1),
    "]": () => step(1),
    ...(readOnly ? {} : { R: () => document.querySelector<HTMLTextAreaElement>("textarea[data-field]")?.focus() }),
  });

  const chosen = choice?.options?.find((option) => option.value === read(answer, choice));
  return (
    <div className={classes["whole"]} data-read-only={readOnly || undefined} data-veiled={veiled || undefined}>
      {!veiled && <InputView fields={around} input={input} quiet={["context"]} />}
      {!veiled && (
        <div className={classes["compare"]} ref={box} data-count={responses.length}>
          {responses.map((field, index) => (
            <Response
              key={field.field}
              field={field}
              name={letter(index)}
              text={asText(read(input, field))}
              marks={on && found !== null ? (index === 0 ? found.a : found.b) : []}
              side={index === 0 ? "a" : "b"}
              current={current}
              about={aboutOf(found, on)}
              verdict={chosen !== undefined && isFor(String(chosen.value), index) ? `${readOnly ? "chosen" : "your choice"}: ${chosen.label}` : null}
            />
          ))}
        </div>
      )}
      <div className={classes["answer"]}>
        {choice !== undefined && <AnswerField field={choice} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} />}
        <div className={classes["verdict"]}>
          <div className={classes["others"]}>{others.map((field) => <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={false} />)}</div>
          {actions}
        </div>
      </div>
    </div>
  );
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Whether a choice's value speaks for the response at this place: `a`, `A`, `response_a`, `a_better`, `1`. */
export function isFor(value: string, index: number): boolean {
  const parts = value.toLowerCase().split(/[^a-z0-9]+/);
  return parts.includes(letter(index).toLowerCase()) || parts.includes(String(index + 1));
}

function aboutOf(found: ReturnType<typeof differences>, on: boolean): string {
  if (found === null) return "";
  if (found.count === 0) return "no differences";
  if (on) return plural(found.count, "difference");
  return found.alike < ALIKE ? "little in common" : `${plural(found.count, "difference")}, not shown`;
}

interface ResponseProps {
  field: Field;
  name: string;
  text: string;
  marks: NonNullable<ReturnType<typeof differences>>["a"];
  side: "a" | "b";
  current: number | null;
  about: string;
  verdict: string | null;
}

function Response({ field, name, text, marks, side, current, about, verdict }: ResponseProps) {
  return (
    <article className={classes["response"]} data-on={verdict !== null || undefined} aria-label={field.label}>
      <header>
        <b>{name}</b>
        {verdict !== null && <span className={classes["chosen"]}>{verdict}</span>}
      </header>
      {/* Focusable so that long texts scroll by keyboard. */}
      <div className={classes["text"]} tabIndex={0} role="region" aria-label={`${field.label}, text`}>
        {text === "" ? <p className="m">This response is empty.</p> : <Value field={field} value={text} marks={marks} side={side} current={current} />}
      </div>
      <footer><span>{plural(words(text), "word")}</span><span>{about}</span></footer>
    </article>
  );
}
