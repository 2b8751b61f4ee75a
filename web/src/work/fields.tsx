import { Textarea, TextInput } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import type { Json } from "../api/contract";
import { Markdown } from "../text/Markdown";
import { words } from "../ui/format";
import { useKeys } from "../ui/keys";
import { Choices } from "./Choices";
import { asList, asText, errorAt, errorsBelow, keyOf, read, typed, write, type Field, type FieldErrors } from "./form";
import classes from "./fields.module.css";
import { Value } from "./InputView";
import { RemarkOn } from "./RemarkOn";

interface FieldProps {
  field: Field;
  answer: Json;
  onChange: (answer: Json) => void;
  readOnly: boolean;
  errors: FieldErrors;
  /** Whether this choice listens to its keys. */
  keys?: boolean;
  prominent?: boolean;
}

/** A field of the answer, drawn as the layout says. */
export function AnswerField(props: FieldProps) {
  const { field, answer, readOnly } = props;
  if (readOnly && field.as !== "choice" && field.as !== "choices") return <Shown field={field} value={read(answer, field)} />;
  switch (field.as) {
    case "choice":
      return <Choice {...props} />;
    case "choices":
      return <Choices {...props} />;
    case "line":
      return <Line {...props} />;
    case "turns":
    case "criteria":
      return <Lines {...props} />;
    default:
      return <Prose {...props} />;
  }
}

function Shown({ field, value }: { field: Field; value: Json | undefined }) {
  if (asText(value) === "") return null;
  return (
    <div className={classes["shown"]}>
      <div className="row"><h2 className="h3">{field.label}</h2><RemarkOn field={field} value={value} /></div>
      <Value field={field} value={value} />
    </div>
  );
}

/** One of a few values, each with its key. */
export function Choice({ field, answer, onChange, readOnly, errors, keys = true }: FieldProps) {
  const options = field.options ?? [];
  const value = read(answer, field);
  const name = useId();
  const choose = (index: number) => {
    const option = options[index];
    if (option !== undefined) onChange(write(answer, field, option.value));
  };
  useKeys(Object.fromEntries(options.flatMap((_, index) => {
    const key = keyOf(field, index);
    return key === null ? [] : [[key.toUpperCase(), () => choose(index)]];
  })), { off: readOnly || !keys });
  const error = errorAt(errors, field.field);
  return (
    <fieldset className={classes["choice"]} aria-invalid={error !== undefined || undefined} aria-describedby={error === undefined ? undefined : `${name}-error`}>
      <legend className={classes["legend"]}>{field.label}{!field.required && <span className="m"> optional</span>}</legend>
      <div className={classes["ends"]} aria-hidden="true"><span>{options[0]?.label}</span>{options.length % 2 === 1 && <span>{options[(options.length - 1) / 2]?.label}</span>}<span>{options.at(-1)?.label}</span></div>
      <div className={classes["options"]} data-many={options.length > 5 || undefined}>
        {options.map((option, index) => {
          const key = keys && !readOnly ? keyOf(field, index) : null;
          return (
            <label key={String(option.value)} data-on={option.value === value || undefined}>
              <input type="radio" name={name} className="vh" checked={option.value === value} disabled={readOnly} onChange={() => choose(index)} />
              {key !== null && <kbd>{key}</kbd>}
              <span>{option.label}</span>
            </label>
          );
        })}
      </div>
      {readOnly && <div><RemarkOn field={field} value={value} /></div>}
      {field.help !== undefined && <p className="cf-help">{field.help}</p>}
      {error !== undefined && <p className="cf-error" id={`${name}-error`}>{error}</p>}
    </fieldset>
  );
}

function limitsOf(field: Field): string {
  const { minLength, maxLength } = field.schema;
  const parts: string[] = [];
  if (typeof minLength === "number" && minLength > 1) parts.push(`at least ${minLength} characters`);
  if (typeof maxLength === "number") parts.push(`at most ${maxLength.toLocaleString("en-GB")} characters`);
  return parts.join(", ");
}

function Label({ field, children }: { field: Field; children?: ReactNode }) {
  return (
    <span className={classes["label"]}>
      <span>{field.label}</span>
      {!field.required && <span className="m sm">optional</span>}
      {children}
    </span>
  );
}

export function Line({ field, answer, onChange, errors }: FieldProps) {
  return (
    <TextInput
      label={<Label field={field} />}
      description={field.help}
      value={asText(read(answer, field))}
      onChange={(event) => onChange(write(answer, field, typed(field, event.currentTarget.value)))}
      error={errorAt(errors, field.field)}
      required={field.required}
      withAsterisk={false}
      dir="auto"
    />
  );
}

/** Several lines; Markdown has a preview. */
export function Prose({ field, answer, onChange, errors, prominent = false }: FieldProps) {
  const value = asText(read(answer, field));
  const [preview, setPreview] = useState(false);
  const limits = limitsOf(field);
  const counted = value === "" ? limits : `${words(value)} ${words(value) === 1 ? "word" : "words"}${limits === "" ? "" : `, ${limits}`}`;
  const markdown = field.as === "markdown";
  return (
    <div className={classes["prose"]}>
      {preview && markdown ? (
        <>
          <Label field={field} />
          <div className={classes["preview"]} role="region" aria-label={`${field.label}, as it will be read`}><Markdown source={value === "" ? "Nothing written yet." : value} /></div>
        </>
      ) : (
        <Textarea
          label={<Label field={field}>{field.help !== undefined && <span className={`${classes["hint"]} m sm`}>{field.help}</span>}</Label>}
          aria-description={field.help}
          data-field={field.name}
          value={value}
          onChange={(event) => onChange(write(answer, field, event.currentTarget.value))}
          error={errorAt(errors, field.field)}
          required={field.required}
          withAsterisk={false}
          autosize
          minRows={prominent ? 8 : 2}
          maxRows={prominent ? 24 : 8}
          dir="auto"
          spellCheck={field.as !== "code"}
          classNames={{ input: `cf-input ${field.as === "code" ? classes["codeInput"] : classes["readInput"]}` }}
        />
      )}
      <div className={classes["under"]}>
        {markdown && <button type="button" className="link sm" onClick={() => setPreview(!preview)} aria-pressed={preview}>{preview ? "Write on" : "See it as it will be read"}</button>}
        <span className="grow" />
        <span className="m sm">{counted}</span>
      </div>
    </div>
  );
}

/** A list of texts, one to a line, where no interaction of its own draws it. */
function Lines({ field, answer, onChange, errors }: FieldProps) {
  const value = asList(read(answer, field)).map(asText).join("\n");
  return (
    <Textarea
      label={<Label field={field} />}
      description="One to a line."
      value={value}
      onChange={(event) => onChange(write(answer, field, event.currentTarget.value === "" ? undefined : event.currentTarget.value.split("\n")))}
      error={errorsBelow(errors, field.field).join(" ") || undefined}
      autosize
      minRows={3}
      maxRows={16}
      dir="auto"
    />
  );
}
