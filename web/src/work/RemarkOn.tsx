import { useContext } from "react";
import type { Json } from "../api/contract";
import type { Field } from "./form";
import { RemarkContext } from "./remark";

/** Beside what is read: begins a line about it in the comment. Nothing, where nobody comments. */
export function RemarkOn({ field, value, label }: { field: Field; value: Json | undefined; label?: string }) {
  const remark = useContext(RemarkContext);
  if (remark === null || value === undefined) return null;
  return <button type="button" className="link sm" onClick={() => remark(field, value, label)}>Remark<span className="vh"> on {label ?? field.label}</span></button>;
}
