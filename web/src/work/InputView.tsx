import type { Json } from "../api/contract";
import { Markdown, PlainText } from "../text/Markdown";
import type { Mark } from "../text/marks";
import { asList, asText, criteriaOf, read, type Field } from "./form";
import classes from "./InputView.module.css";

/** What is shown of a task's input: labels at the left, texts at the right. */
export function InputView({ fields, input, quiet = [] }: { fields: Field[]; input: Json; quiet?: string[] }) {
  const shown = fields.filter((field) => asText(read(input, field)) !== "");
  if (shown.length === 0) return null;
  return (
    <dl className={classes["input"]}>
      {shown.map((field) => (
        <div key={field.field} data-quiet={quiet.includes(field.name) || field.name === "category" || undefined}>
          <dt>{field.label}</dt>
          <dd><Value field={field} value={read(input, field)} /></dd>
        </div>
      ))}
    </dl>
  );
}

export function Value({ field, value, marks, side, current }: { field: Pick<Field, "as" | "options">; value: Json | undefined; marks?: readonly Mark[]; side?: "a" | "b"; current?: number | null }) {
  const marked = { ...(marks === undefined ? {} : { marks }), ...(side === undefined ? {} : { side }), current: current ?? null };
  switch (field.as) {
    case "markdown":
      return <Markdown source={asText(value)} {...marked} />;
    case "code":
      return <PlainText source={asText(value)} code {...marked} />;
    case "choice":
      return <>{labelOf(field.options, value)}</>;
    case "turns":
      return <ol className={classes["turns"]}>{asList(value).map((turn, index) => <li key={index}><PlainText source={asText(turn)} /></li>)}</ol>;
    case "criteria":
      return <ol className={classes["turns"]}>{criteriaOf(value).map((criterion, index) => <li key={index}>{criterion.text}</li>)}</ol>;
    case "responses":
      return <ol className={classes["turns"]}>{asList(value).map((response, index) => <li key={index}><Markdown source={asText(response)} /></li>)}</ol>;
    case "choices":
      return <ul className={classes["turns"]}>{asList(value).map((picked, index) => <li key={index}>{labelOf(field.options, picked)}</li>)}</ul>;
    case "ranks":
      return <>{asList(value).map(asText).join(", ")}</>;
    case "spans":
    case "line":
    case "text":
      return <PlainText source={asText(value)} {...marked} />;
  }
}

/** The words for a value, else the value. */
export function labelOf(options: Field["options"], value: Json | undefined): string {
  return options?.find((option) => option.value === value)?.label ?? asText(value);
}
