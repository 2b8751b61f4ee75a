import { Button, Checkbox, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { Json } from "../api/contract";
import { plural } from "../ui/format";
import { useKeys } from "../ui/keys";
import { VERDICTS } from "./criteria";
import { AnswerField } from "./fields";
import { asText, criteriaOf, errorAt, errorsBelow, moved, read, write, type Criterion, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView } from "./InputView";
import { isGrading, isWriting } from "./missing";
import { RemarkOn } from "./RemarkOn";
import classes from "./Rubric.module.css";

/** Criteria to write or to grade: one list, moved by keyboard, each with its weight or its verdict. */
export function Rubric(props: InteractionProps) {
  const { form, input, answer, onChange, readOnly, errors, veiled } = props;
  const listField = form.answer.find((field) => field.as === "criteria");
  const others = form.answer.filter((field) => field !== listField);
  const grading = isGrading(form, input);
  // What is to be judged at once with the response; an overall mark means nothing without one.
  const asked = grading ? others : others.filter((field) => field.as !== "choice");
  return (
    <div className={classes["whole"]}>
      {!veiled && (
        <div className={classes["task"]} tabIndex={0} role="region" aria-label="The task">
          <InputView fields={form.input.filter((field) => field.as !== "criteria")} input={input} />
        </div>
      )}
      <div className={classes["answer"]}>
        {listField !== undefined && <Criteria {...props} field={listField} grading={grading} />}
        {asked.map((field) => <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={false} />)}
        {props.actions}
      </div>
    </div>
  );
}

function Criteria({ form, input, field, answer, onChange, readOnly, errors, grading }: InteractionProps & { field: Field; grading: boolean }) {
  const writing = isWriting(form, input);
  const criteria = criteriaOf(read(answer, field));
  const list = useRef<HTMLOListElement>(null);
  const set = (next: Criterion[]) => onChange(write(answer, field, next.length === 0 ? undefined : (next as unknown as Json)));
  const change = (index: number, patch: Record<string, Json | undefined>) => set(criteria.map((criterion, at) => (at === index ? patched(criterion, patch) : criterion)));
  const step = (index: number) => list.current?.querySelector<HTMLElement>(`[data-criterion="${index}"] ${writing ? "textarea" : "[data-handle]"}`)?.focus();
  // A criterion that is added or moved is there after the next picture; one that is only stepped to is there
  // already, and a second key may come before that picture.
  const focus = (index: number) => requestAnimationFrame(() => step(index));
  useKeys({ R: () => step(0) }, { off: readOnly });
  const move = (index: number, by: -1 | 1) => {
    if (criteria[index + by] === undefined) return;
    set(moved(criteria, index, by));
    focus(index + by);
  };
  const add = (after: number) => {
    set([...criteria.slice(0, after + 1), { text: "" }, ...criteria.slice(after + 1)]);
    focus(after + 1);
  };
  const remove = (index: number) => {
    set(criteria.filter((_, at) => at !== index));
    focus(Math.max(0, index - 1));
  };
  const judged = criteria.filter((criterion) => criterion["verdict"] !== undefined).length;
  const stray = errorAt(errors, field.field);
  return (
    <section className={classes["criteria"]} aria-label={field.label}>
      <div className={classes["head"]}>
        <h2>{field.label}</h2>
        <span className="m sm">{grading ? `${judged} of ${plural(criteria.length, "criterion", "criteria")} judged` : plural(criteria.length, "criterion", "criteria")}</span>
        <span className="grow" />
        {readOnly && criteria.length > 0 && <RemarkOn field={field} value={[]} />}
        {!readOnly && writing && <span className="m sm desk"><kbd>Enter</kbd> new below, <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> move</span>}
        {!readOnly && !writing && <span className="m sm desk"><kbd>1</kbd> met, <kbd>2</kbd> not met, <kbd>3</kbd> unclear, <kbd>↑</kbd> <kbd>↓</kbd> step</span>}
      </div>
      {field.help !== undefined && !readOnly && <p className="cf-help">{field.help}</p>}
      {stray !== undefined && <p className="cf-error">{stray}</p>}
      {criteria.length === 0 && !readOnly && <p className="i2">No criterion yet. Write the first: one statement that a reader can check in the response.</p>}
      <ol className={classes["list"]} ref={list}>
        {criteria.map((criterion, index) => (
          <li key={asText(criterion["id"]) || index} data-criterion={index} data-error={errorsBelow(errors, `${field.field}/${index}`).length > 0 || undefined}>
            {grading && (readOnly || !writing) ? (
              <Graded index={index} criterion={criterion} readOnly={readOnly} onChange={(patch) => change(index, patch)} onStep={(by) => step(index + by)} />
            ) : (
              <Written index={index} last={criteria.length - 1} criterion={criterion} readOnly={readOnly} onChange={(patch) => change(index, patch)} onMove={(by) => move(index, by)} onAdd={() => add(index)} onRemove={() => remove(index)} />
            )}
            {grading && writing && !readOnly && <Verdicts index={index} criterion={criterion} readOnly={readOnly} onChange={(patch) => change(index, patch)} />}
            {errorsBelow(errors, `${field.field}/${index}`).map((reason) => <p key={reason} className="cf-error">{reason}</p>)}
          </li>
        ))}
      </ol>
      {!readOnly && writing && <div><Button onClick={() => add(criteria.length - 1)}>Add a criterion</Button></div>}
    </section>
  );
}

function patched(criterion: Criterion, patch: Record<string, Json | undefined>): Criterion {
  const next = { ...criterion, ...patch };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as Criterion;
}

function weightOf(text: string): number | undefined {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** A number as it is typed: `1.` and `-` are on the way to one. */
function Weight({ label, weight, onChange }: { label: string; weight: Json | undefined; onChange: (weight: number | undefined) => void }) {
  const [text, setText] = useState(() => asText(weight));
  if (weightOf(text) !== weight) setText(asText(weight));
  return (
    <TextInput
      className={classes["weight"]}
      aria-label={label}
      placeholder="weight"
      inputMode="decimal"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(weightOf(event.currentTarget.value));
      }}
    />
  );
}

interface WrittenProps {
  index: number;
  last: number;
  criterion: Criterion;
  readOnly: boolean;
  onChange: (patch: Record<string, Json | undefined>) => void;
  onMove: (by: -1 | 1) => void;
  onAdd: () => void;
  onRemove: () => void;
}

function Written({ index, last, criterion, readOnly, onChange, onMove, onAdd, onRemove }: WrittenProps) {
  if (readOnly) return <ReadCriterion index={index} criterion={criterion} />;
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      onMove(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onAdd();
    } else if (event.key === "Backspace" && criterion.text === "" && last > 0) {
      event.preventDefault();
      onRemove();
    }
  };
  return (
    <div className={classes["written"]}>
      <span className={classes["number"]}>{index + 1}</span>
      <Textarea
        className={classes["words"]}
        aria-label={`Criterion ${index + 1}`}
        value={criterion.text}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
        autosize
        minRows={1}
        maxRows={8}
        dir="auto"
      />
      <Weight label={`Weight of criterion ${index + 1}`} weight={criterion["weight"]} onChange={(weight) => onChange({ weight })} />
      <Checkbox className={classes["must"]} size="xs" label="must" aria-label={`Criterion ${index + 1} must be met`} checked={criterion["required"] === true} onChange={(event) => onChange({ required: event.currentTarget.checked || undefined })} />
      <span className={classes["acts"]}>
        <button type="button" onClick={() => onMove(-1)} disabled={index === 0} aria-label={`Move criterion ${index + 1} up`}>↑</button>
        <button type="button" onClick={() => onMove(1)} disabled={index === last} aria-label={`Move criterion ${index + 1} down`}>↓</button>
        <button type="button" onClick={onRemove} aria-label={`Remove criterion ${index + 1}`}>✕</button>
      </span>
    </div>
  );
}

function about(criterion: Criterion): string {
  const parts: string[] = [];
  if (criterion["required"] === true) parts.push("must be met");
  if (typeof criterion["weight"] === "number") parts.push(`weight ${criterion["weight"]}`);
  if (typeof criterion["kind"] === "string") parts.push(criterion["kind"]);
  return parts.join(" · ");
}

function ReadCriterion({ index, criterion }: { index: number; criterion: Criterion }) {
  return (
    <div className={classes["graded"]}>
      <span className={classes["number"]}>{index + 1}</span>
      <div><p>{criterion.text}</p>{about(criterion) !== "" && <p className="m sm">{about(criterion)}</p>}</div>
    </div>
  );
}

interface GradedProps {
  index: number;
  criterion: Criterion;
  readOnly: boolean;
  onChange: (patch: Record<string, Json | undefined>) => void;
  onStep: (by: -1 | 1) => void;
}

function Graded({ index, criterion, readOnly, onChange, onStep }: GradedProps) {
  const note = asText(criterion["note"]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (readOnly || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLTextAreaElement) return;
    const verdict = VERDICTS.find((option) => option.key === event.key);
    if (verdict !== undefined) {
      event.preventDefault();
      onChange({ verdict: verdict.value });
      onStep(1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      onStep(event.key === "ArrowDown" ? 1 : -1);
    }
  };
  return (
    <div className={classes["graded"]} onKeyDown={onKeyDown} role="group" aria-label={`Criterion ${index + 1}`}>
      <span className={classes["number"]}>{index + 1}</span>
      <div className={classes["statement"]}>
        <p>{criterion.text}</p>
        {about(criterion) !== "" && <p className="m sm">{about(criterion)}</p>}
        {readOnly ? note !== "" && <p className="i2">{note}</p> : criterion["verdict"] !== undefined && (
          <Textarea aria-label={`Evidence for criterion ${index + 1}`} placeholder="Evidence, quoted (optional)" value={note} onChange={(event) => onChange({ note: event.currentTarget.value || undefined })} autosize minRows={1} maxRows={6} mt={6} dir="auto" />
        )}
      </div>
      <Verdicts index={index} criterion={criterion} readOnly={readOnly} onChange={onChange} />
    </div>
  );
}

function Verdicts({ index, criterion, readOnly, onChange }: Omit<GradedProps, "onStep">) {
  return (
    <div className={classes["verdicts"]} role="radiogroup" aria-label={`Verdict on criterion ${index + 1}`}>
      {VERDICTS.map((option, at) => {
        const on = criterion["verdict"] === option.value;
        const first = criterion["verdict"] === undefined && at === 0;
        return (
          <button key={option.value} type="button" role="radio" aria-checked={on} tabIndex={on || first ? 0 : -1} data-handle={on || first || undefined} data-on={on || undefined} disabled={readOnly} onClick={() => onChange({ verdict: option.value })}>
            {option.label}
          </button>
        );
      })}
    </div>
  );
}

