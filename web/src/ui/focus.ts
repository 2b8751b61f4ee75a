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
