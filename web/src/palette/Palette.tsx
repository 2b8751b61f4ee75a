import { TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type KeyboardEvent } from "react";
import { shortId } from "../ui/format";
import { Sheet } from "../ui/Sheet";
import { find, isId, stepped, type Goal } from "./find";
import classes from "./Palette.module.css";
import { useGoals } from "./useGoals";

const MOST = 8;

/** Goes to whatever has the name or the id that is written. */
export function Palette({ onHalt, onClose }: { onHalt: () => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { goals, waiting, failed } = useGoals(text);
  const navigate = useNavigate();
  const list = useId();
  const found = find(goals, text, MOST);
  const chosen = Math.min(at, Math.max(0, found.length - 1));
  const go = (goal: Goal | undefined) => {
    if (goal === undefined) return;
    onClose();
    if (goal.href === null) onHalt();
    else void navigate({ href: goal.href });
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const by = steps[event.key];
    if (by !== undefined) setAt(stepped(chosen, by, found.length));
    else if (event.key === "Enter") go(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Sheet title="Search, or act" size={560} onClose={onClose}>
      <TextInput
        aria-label="A name, an id, or a page" placeholder="a name, an id, or a page" value={text} autoComplete="off" spellCheck={false} data-autofocus
        role="combobox" aria-expanded={found.length > 0} aria-controls={list} aria-activedescendant={found.length > 0 ? `${list}-${chosen}` : undefined} aria-autocomplete="list"
        onChange={(event) => { setText(event.currentTarget.value); setAt(0); }}
        onKeyDown={onKey}
      />
      <ul role="listbox" id={list} aria-label="Found" className={classes["found"]}>
        {found.map((goal, index) => (
          <li key={`${goal.kind} ${goal.key}`} id={`${list}-${index}`} role="option" aria-selected={index === chosen} onClick={() => go(goal)} onMouseMove={() => setAt(index)}>
            <span className={`m sm ${classes["kind"]}`}>{goal.kind}</span>
            <span className={classes["what"]}><b><bdi>{goal.title}</bdi></b> <span className="i2">{goal.about}</span></span>
            {goal.ids[0] !== undefined && goal.ids[0] !== goal.title && <span className="mono m desk">{shortId(goal.ids[0])}</span>}
          </li>
        ))}
      </ul>
      <p role="status" className="i2 sm">{said(text, found.length, waiting, failed)}</p>
    </Sheet>
  );
}

function said(text: string, found: number, waiting: boolean, failed: boolean): string {
  const part = failed ? " Not everything could be looked through: the server did not answer." : "";
  if (found > 0 || text.trim() === "") return part.trim();
  if (waiting) return "Looking for it.";
  if (isId(text)) return `Nothing has this id; a whole one is looked up, one that is shortened only where a list has it.${part}`;
  return `Nothing is called “${text.trim()}”.${part}`;
}
