import { Button, Textarea } from "@mantine/core";
import { useState, type ReactNode, type RefObject } from "react";
import { useAttempt } from "../api/attempt";
import { isBlank } from "../ui/blank";
import { useKept } from "../ui/kept";
import classes from "./Questions.module.css";
import { unsent } from "./questions";

interface ComposeProps {
  /** What the words are kept by on this device until they are sent. */
  kept: string;
  /** What they are about, where that can be chosen. */
  about?: string;
  label: string;
  help?: string;
  button: string;
  /** As in "Not asked". */
  act: string;
  /** Whether it is what a dialog that holds it is opened for. */
  first?: boolean;
  /** Whether a halt or an end keeps it from being sent now. */
  stopped: boolean;
  area?: RefObject<HTMLTextAreaElement | null>;
  children?: ReactNode;
  send: (text: string, key: string) => Promise<void>;
}

/** Words to be said: they stay on this device until the server has them. */
export function Compose({ kept, about = "", label, help, button, act, first = false, stopped, area, children, send }: ComposeProps) {
  const [text, setText] = useKept(kept);
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = useAttempt();
  const go = async () => {
    if (busy || stopped) return;
    if (isBlank(text)) return setSaid("Write a line first.");
    setBusy(true);
    setSaid(null);
    try {
      await send(text.trim(), attempt.keyOf([kept, about, text.trim()]));
      attempt.taken();
      setText("");
    } catch (error) {
      setSaid(unsent(error, act));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes["compose"]}
      onSubmit={(event) => { event.preventDefault(); void go(); }}
      onKeyDown={(event) => {
        // Here these keys send what is written here, and not the task.
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
        event.preventDefault();
        void go();
      }}
    >
      <Textarea ref={area} label={label} description={help} value={text} onChange={(event) => { setText(event.currentTarget.value); setSaid(null); }} readOnly={busy} autosize minRows={2} maxRows={10} dir="auto" {...(first ? { "data-autofocus": true } : {})} />
      {children}
      {said !== null && <p className="err" role="alert">{said}</p>}
      {stopped && <p className="i2 sm">It can be sent when the halt ends. What you write is kept on this device.</p>}
      <div><Button type="submit" disabled={busy || stopped}>{button} <kbd>Ctrl ↵</kbd></Button></div>
    </form>
  );
}
