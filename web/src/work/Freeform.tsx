import { useKeys } from "../ui/keys";
import { AnswerField } from "./fields";
import classes from "./Freeform.module.css";
import type { InteractionProps } from "./interactions";
import { InputView } from "./InputView";

/** What is given above, the fields of the answer below. */
export function Freeform({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const firstChoice = form.answer.find((field) => field.as === "choice");
  useKeys({ R: () => document.querySelector<HTMLElement>("textarea[data-field]")?.focus() }, { off: readOnly });
  return (
    <div className={classes["whole"]}>
      {!veiled && <section className={classes["task"]}><InputView fields={form.input} input={input} /></section>}
      <div className={classes["answer"]}>
        {form.answer.map((field, index) => (
          <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={field === firstChoice} prominent={index === 0 && (field.as === "markdown" || field.as === "text" || field.as === "code")} />
        ))}
      </div>
      {actions}
    </div>
  );
}
