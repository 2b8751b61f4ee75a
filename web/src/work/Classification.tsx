import { useKeys } from "../ui/keys";
import classes from "./Classification.module.css";
import { AnswerField } from "./fields";
import type { InteractionProps } from "./interactions";
import { InputView } from "./InputView";

/** The text at the left, its labels at the right. */
export function Classification({ form, input, answer, onChange, readOnly, errors, veiled, actions }: InteractionProps) {
  const first = form.answer.find((field) => field.as === "choices") ?? form.answer.find((field) => field.as === "choice");
  useKeys({ R: () => document.querySelector<HTMLElement>("textarea[data-field]")?.focus() }, { off: readOnly });
  return (
    <div className={classes["whole"]} data-read-only={readOnly || undefined}>
      {!veiled && (
        <div className={classes["task"]} tabIndex={0} role="region" aria-label="The task">
          <InputView fields={form.input} input={input} />
        </div>
      )}
      <div className={classes["answer"]}>
        {form.answer.map((field) => <AnswerField key={field.field} field={field} answer={answer} onChange={onChange} readOnly={readOnly} errors={errors} keys={field === first} />)}
        {actions}
      </div>
    </div>
  );
}
