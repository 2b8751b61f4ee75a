import { createContext } from "react";
import type { Json } from "../api/contract";
import type { Field } from "./form";

/** What takes a remark on a field that is read; null where none is taken. `label` names a part of it, as one of several replies. */
export type Remark = (field: Field, value: Json | undefined, label?: string) => void;

export const RemarkContext = createContext<Remark | null>(null);
