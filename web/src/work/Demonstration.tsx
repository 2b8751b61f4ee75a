import { Textarea } from "@mantine/core";
import { useState } from "react";
import { Markdown, PlainText } from "../text/Markdown";
import { plural, words } from "../ui/format";
import { useKeys } from "../ui/keys";
import classes from "./Demonstration.module.css";
import { AnswerField } from "./fields";
import { asList, asText, errorAt, read, write, type Field } from "./form";
import type { InteractionProps } from "./interactions";
import { InputView } from "./InputView";
import { RemarkOn } from "./RemarkOn";

/** A conversation: the user's turns stand, the assistant's replies are written below each. */
export function Demonstration({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const turnsField = form.input.find((field) => field.as === "turns");
  const repliesField = form.answer.find((field) => field.as === "turns");
  const turns = turnsField === undefined ? [] : asList(read(input, turnsField)).map(asText);
  const replies = repliesField === undefined ? [] : asList(read(answer, repliesField)).map(asText);
  const around = form.input.filter((field) => field !== turnsField);
  const others = form.answer.filter((field) => field !== repliesField);
  useKeys({ R: () => document.querySelector<HTMLTextAreaElement>("textarea[data-reply]")?.focus() }, { off: readOnly });
  const set = (index: number, text: string) => {
    if (repliesField === undefined) return;
    const next = turns.map((_, at) => (at === index ? text : (replies[at] ?? "")));
    // Trailing replies that are not begun are left out, so that an untouched answer is an empty one.
    while (next.length > 0 && next.at(-1) === "") next.pop();
    onChange(write(answer, repliesField, next.length === 0 ? undefined : next));
  };
  const count = Math.max(turns.length, readOnly ? replies.length : turns.length);
  return (
    <div className={classes["whole"]}>
      {!veiled && around.length > 0 && <InputView fields={around} input={input} />}
      <ol className={classes["talk"]}>
        {Array.from({ length: count }, (_, index) => (
          <li key={index}>
            {!veiled && turns[index] !== undefined && (
              <div className={classes["user"]}>
                <h2 className="h3">{turnsField?.label ?? "User"}{count > 1 && <span className="m"> turn {index + 1}</span>}</h2>
                <PlainText source={turns[index]} />
              </div>
            )}
            {repliesField !== undefined && (
              <Reply field={repliesField} index={index} of={count} text={replies[index] ?? ""} readOnly={readOnly} error={errorAt(errors, `${repliesField.field}/${index}`)} onChange={(text) => set(index, text)} />
            )}
          </li>
        ))}
      </ol>
      {repliesField !== undefined && errorAt(errors, repliesField.field) !== undefined && <p className="cf-error">{errorAt(errors, repliesField.field)}</p>}
      <div className={classes["others"]}>{others.map((field) => <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} />)}</div>
      {actions}
    </div>
  );
}

interface ReplyProps {
  field: Field;
  index: number;
  of: number;
  text: string;
  readOnly: boolean;
  error: string | undefined;
  onChange: (text: string) => void;
}

function Reply({ field, index, of, text, readOnly, error, onChange }: ReplyProps) {
  const [preview, setPreview] = useState(false);
  const label = of > 1 ? `${field.label}, turn ${index + 1}` : field.label;
  const shown = readOnly || preview;
  return (
    <div className={classes["reply"]}>
      <div className={classes["head"]}>
        <h2 className="h3">{field.label}{of > 1 && <span className="m"> turn {index + 1}</span>}</h2>
        <span className="m sm">{text === "" ? "" : plural(words(text), "word")}</span>
        <span className="grow" />
        {readOnly && text !== "" && <RemarkOn field={field} value={text} label={label} />}
        {!readOnly && (
          <span className={classes["switch"]} role="group" aria-label={`${label}: write or preview`}>
            <button type="button" aria-pressed={!preview} onClick={() => setPreview(false)}>Write</button>
            <button type="button" aria-pressed={preview} onClick={() => setPreview(true)}>Preview</button>
          </span>
        )}
      </div>
      {shown ? (
        <div className={classes["read"]}>{text === "" ? <p className="m">Nothing written yet.</p> : <Markdown source={text} />}</div>
      ) : (
        <Textarea aria-label={label} data-reply={index} value={text} onChange={(event) => onChange(event.currentTarget.value)} autosize minRows={of > 1 ? 4 : 8} maxRows={28} dir="auto" error={error} placeholder="Plain text or Markdown" classNames={{ input: `cf-input ${classes["input"]}` }} />
      )}
    </div>
  );
}
