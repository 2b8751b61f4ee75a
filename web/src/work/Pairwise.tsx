import { useMemo, useRef } from "react";
import type { Mark } from "../text/marks";
import { plural, words } from "../ui/format";
import { useKeys } from "../ui/keys";
import { AnswerField } from "./fields";
import { asText, read, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView, Value } from "./InputView";
import classes from "./Pairwise.module.css";
import { aboutOf, useDifferences } from "./useDifferences";

/** Always the same, so that a text without marks is not drawn anew. */
const UNMARKED: readonly Mark[] = [];

function isResponse(field: Field): boolean {
  return /^(response|answer|completion|output|candidate|reply)([_-]?[a-z0-9])?$/i.test(field.name);
}

/** Responses side by side with their differences, the choice below. */
export function Pairwise({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const responses = useMemo(() => form.input.filter(isResponse), [form]);
  const around = useMemo(() => form.input.filter((field) => !isResponse(field)), [form]);
  const [choice, ...others] = useMemo(() => form.answer.toSorted((a, b) => Number(b.as === "choice") - Number(a.as === "choice")), [form]);
  const [a, b] = responses.map((field) => asText(read(input, field)));
  const compared = responses.length === 2 && !veiled;
  const box = useRef<HTMLDivElement>(null);
  const { found, on, current } = useDifferences(compared ? a : undefined, compared ? b : undefined, box);
  useKeys({ R: () => document.querySelector<HTMLTextAreaElement>("textarea[data-field]")?.focus() }, { off: readOnly });

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
              marks={on && found !== null ? (index === 0 ? found.a : found.b) : UNMARKED}
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

interface ResponseProps {
  field: Field;
  name: string;
  text: string;
  marks: readonly Mark[];
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
