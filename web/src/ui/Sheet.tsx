import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useFocusBack } from "./focus";

/** A dialog that is there while it is drawn: it keeps the focus, and gives it back to what opened it. */
export function Sheet({ title, size, onClose, children }: { title: string; size: number; onClose: () => void; children: ReactNode }) {
  useFocusBack();
  return <Modal opened onClose={onClose} title={title} size={size}>{children}</Modal>;
}
