import type { ReactNode } from "react";
import type { Json } from "../api/contract";
import type { FieldErrors, Form } from "./form";

/** What every interaction gets. The same parts show a finished answer where `readOnly`. */
export interface InteractionProps {
  form: Form;
  input: Json;
  answer: Json;
  onChange: (answer: Json) => void;
  readOnly: boolean;
  errors: FieldErrors;
  /** The task itself is put away while halted; the contractor's own words stay. */
  veiled: boolean;
  /** Skip and submit, where this interaction wants them. */
  actions?: ReactNode;
}
