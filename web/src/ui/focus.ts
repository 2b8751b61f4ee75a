import { useEffect, useRef } from "react";

/** Gives the focus back to what had it when this was first drawn, once this is gone. */
export function useFocusBack(): void {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const opener = before.current;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
}

/** Goes to the first field that is marked as wrong. */
export function focusFirstError(within: ParentNode | null): void {
  within?.querySelector<HTMLElement>("[aria-invalid='true'] input, input[aria-invalid='true'], textarea[aria-invalid='true'], [data-error] textarea, [data-error] [data-handle]")?.focus();
}
