import { useEffect, useState } from "react";
import { shortened } from "./format";

/** An id or key: shown shortened, copied whole. */
export function CopyText({ text, label, whole = false, head, tail }: { text: string; label: string; whole?: boolean; head?: number; tail?: number }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <button type="button" className="link mono" onClick={copy} title={text} style={{ color: "inherit", textDecorationStyle: "dotted" }}>
      <span className="vh">Copy {label} </span>
      {whole ? text : shortened(text, head, tail)}
      <span aria-live="polite" className="m">{copied ? " copied" : ""}</span>
    </button>
  );
}
