import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { EngagementView, Guideline } from "../api/contract";
import { Bar, BarProject } from "../app/Bar";
import { useQuestionsLink } from "../questions/useQuestionsLink";
import { shortId } from "../ui/format";
import { useKeys } from "../ui/keys";
import type { KeyList } from "../ui/KeysPanel";
import { Guidelines } from "./Guidelines";
import classes from "./WorkPage.module.css";

interface FrameProps {
  engagement: EngagementView;
  guideline: Guideline | null;
  /** Drawn, and so read, once somebody opens them; null where there is nothing to ask any more. */
  questions: ReactNode;
  task: string | null;
  timer: ReactNode;
  keys: KeyList;
  /** What the first tab of a phone is called. */
  tab?: string;
  children: ReactNode;
}

type Side = "guideline" | "questions";

const NAMES: Record<Side, string> = { guideline: "Guideline", questions: "Questions" };
const KEY: Record<Side, string> = { guideline: "G", questions: "Q" };

/** Bar, guideline or questions, and the rest: beside each other, as a drawer, or as tabs, by the width there is. */
export function Frame({ engagement, guideline, questions, task, timer, keys, tab = "Task", children }: FrameProps) {
  const wide = useMediaQuery("(min-width: 1200px)", true, { getInitialValueInEffect: false });
  const phone = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
  const [beside, setBeside] = useState<Side | null>("guideline");
  const [over, setOver] = useState<Side | null>(null);
  useQuestionsLink(() => {
    if (questions === null) return;
    setBeside("questions");
    setOver("questions");
  });
  const aside = useRef<HTMLElement>(null);
  const toField = useRef(false);
  const drawn: Record<Side, ReactNode> = { guideline: guideline === null ? null : <Guidelines guideline={guideline} />, questions };
  const there = (["guideline", "questions"] as const).filter((side) => drawn[side] !== null);
  const toggle = (side: Side) => {
    if (drawn[side] === null) return;
    if (wide) setBeside(beside === side ? (side === "questions" && guideline !== null ? "guideline" : null) : side);
    else setOver(over === side ? null : side);
    toField.current = side === "questions";
  };
  useKeys({ G: () => toggle("guideline"), Q: () => toggle("questions") });
  useEffect(() => {
    if (toField.current && wide && beside === "questions") (aside.current?.querySelector<HTMLElement>("textarea") ?? aside.current)?.focus();
    toField.current = false;
  }, [beside, wide]);
  const left = wide && beside !== null && drawn[beside] !== null ? beside : null;
  const open = !wide && over !== null && drawn[over] !== null ? over : null;
  const about = (
    <>
      <BarProject project={engagement.project?.name ?? ""} lab={engagement.lab.name} />
      {task !== null && <span className={`mono m nw ${classes["taskId"]}`} title={task}>task {shortId(task)}</span>}
    </>
  );
  return (
    <div className={classes["frame"]}>
      <Bar about={about} aside={timer} office={engagement.role} keys={keys} />
      {phone && there.length > 0 && (
        <nav className={classes["tabs"]} aria-label="What is shown">
          <button type="button" aria-pressed={open === null} onClick={() => setOver(null)}>{tab}</button>
          {there.map((side) => <button key={side} type="button" aria-pressed={open === side} onClick={() => setOver(side)}>{NAMES[side]}</button>)}
          <span className="grow" />
          <span className={`m sm ${classes["whose"]}`}>{engagement.project?.name}</span>
        </nav>
      )}
      <div className={classes["columns"]} data-beside={left !== null || undefined}>
        {left !== null && (
          <aside className={classes["aside"]} aria-label={NAMES[left]} tabIndex={0} ref={aside}>
            {there.length > 1 && (
              <div className={classes["sides"]} role="group" aria-label="Beside the task">
                {there.map((side) => <button key={side} type="button" aria-pressed={left === side} onClick={() => (left === side ? undefined : toggle(side))}>{NAMES[side]} <kbd>{KEY[side]}</kbd></button>)}
              </div>
            )}
            {drawn[left]}
          </aside>
        )}
        {phone && open !== null && <main className={classes["phoneGuideline"]}>{drawn[open]}</main>}
        <div className={classes["main"]} hidden={phone && open !== null}>{children}</div>
      </div>
      {!wide && !phone && <Drawer opened={open !== null} onClose={() => setOver(null)} title={open === null ? "" : NAMES[open]} position="left" size={380}>{open === null ? null : drawn[open]}</Drawer>}
    </div>
  );
}
