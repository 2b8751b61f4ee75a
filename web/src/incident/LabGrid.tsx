import { Link } from "@tanstack/react-router";
import type { Halt } from "../api/contract";
import { CLASSES, logShare, type Counts } from "../exposure/classes";
import { ClassName } from "../exposure/ClassName";
import ex from "../exposure/exposure.module.css";
import { isWitnessed, type WindowName } from "../exposure/report";
import { Legend, Stack } from "../exposure/Stack";
import { checkLabel, parseScope } from "../halt/reasons";
import { count, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { DECISION_GLYPHS, DECISION_WORDS } from "./states";
import type { LabRow } from "./useRoom";

/** Labs by class: every object version alive in the window, in its most severe class. */
export function LabGrid({ labs, name, halts, unlisted, stale, time }: { labs: LabRow[]; name: WindowName; halts: Halt[]; unlisted: string[] | null; stale: boolean; time: (iso: string) => string }) {
  if (labs.length === 0) return <Empty title="No lab is concerned so far">A lab appears here as soon as a subject of this incident was ever engaged for it; it is told in its own ledger then, and has a report.</Empty>;
  const most = Math.max(1, ...labs.flatMap((row) => CLASSES.map((item) => row.combined[name]?.counts[item] ?? 0)));
  return (
    <>
      <table className={`${ex["grid"]} desk`} data-stale={stale || undefined} aria-busy={stale}>
        <thead>
          <tr>
            <th scope="col" className={ex["who"]}>lab</th>
            {CLASSES.map((item) => <th key={item} scope="col"><ClassName name={item} /></th>)}
            <th scope="col" className={ex["report"]}>report</th>
            <th scope="col" className={ex["state"]}>work</th>
            <th scope="col" className={ex["decision"]}>decision</th>
          </tr>
        </thead>
        <tbody>{labs.map((row) => <Row key={row.lab.id} row={row} {...{ name, most, halts, unlisted, time }} />)}</tbody>
      </table>
      <ul className={`${ex["cards"]} mob`}>{labs.map((row) => <Card key={row.lab.id} row={row} {...{ name, halts, unlisted, time }} />)}</ul>
    </>
  );
}

interface RowProps {
  row: LabRow;
  name: WindowName;
  halts: Halt[];
  unlisted: string[] | null;
  time: (iso: string) => string;
}

function Row({ row, name, most, halts, unlisted, time }: RowProps & { most: number }) {
  const combined = row.combined[name];
  return (
    <tr>
      <th scope="row" className={ex["who"]}>
        <b><Link to="/lab/$lab/incidents/$incident" params={{ lab: row.lab.id, incident: row.own }} className="link">{row.lab.name}</Link></b>
        {combined !== null && <span className={`m sm ${ex["versions"]}`}>{plural(combined.total, "version")}</span>}
      </th>
      {combined === null ? <td colSpan={CLASSES.length} className={ex["none"]}><Missing row={row} /></td> : CLASSES.map((item) => <Cell key={item} item={item} counts={combined.counts} most={most} />)}
      <td><Witness row={row} /></td>
      <td><Standing row={row} halts={halts} unlisted={unlisted} /></td>
      <td><Decided row={row} time={time} /></td>
    </tr>
  );
}

function Cell({ item, counts, most }: { item: (typeof CLASSES)[number]; counts: Counts; most: number }) {
  const n = counts[item];
  return (
    <td>
      <span className={ex["n"]} data-zero={n === 0 || undefined} style={n === 0 ? undefined : { color: `var(--x-${item}-ink)` }}>{count(n)}</span>
      {n > 0 && <span className={`${ex["bar"]} x x-${item}`} style={{ width: `${logShare(n, most)}%` }} />}
    </td>
  );
}

/** Why a lab has no numbers: unknown, never nothing. */
function Missing({ row }: { row: LabRow }) {
  if (row.trouble === null) return <span className="m">{row.pending ? "Computing over its ledger." : "No source claims a window yet: add a claim, and its numbers appear."}</span>;
  return <><Glyph name="unknown" /> <b>Unknown</b>: {row.trouble}</>;
}

function Witness({ row }: { row: LabRow }) {
  if (row.report === null) return <StateTag state="unwitnessed">UNKNOWN</StateTag>;
  return isWitnessed(row.report) ? <StateTag state="witnessed">witnessed</StateTag> : <StateTag state="unwitnessed">UNWITNESSED</StateTag>;
}

/** Whether the lab's work stands still now: all of it, or some of it. */
function Standing({ row, halts, unlisted }: { row: LabRow; halts: Halt[]; unlisted: string[] | null }) {
  const open = halts.filter((halt) => halt.state === "open");
  if (open.some((halt) => halt.scope === `lab:${row.lab.id}` || parseScope(halt.scope).kind === "installation")) return <StateTag state="halted">halted</StateTag>;
  if (unlisted === null || unlisted.includes(row.lab.id)) return <StateTag state="unwitnessed">UNKNOWN</StateTag>;
  const own = new Set((row.report?.results ?? []).flatMap((result) => result.engagements));
  const subjects = open.some((halt) => ["component", "person", "credential"].includes(parseScope(halt.scope).kind));
  const part = open.some((halt) => own.has(parseScope(halt.scope).id));
  if (part || (subjects && own.size > 0)) return <StateTag state="partial">in part</StateTag>;
  return <StateTag state="active">active</StateTag>;
}

function Decided({ row, time }: { row: LabRow; time: (iso: string) => string }) {
  if (row.decision === null) return <><b>None yet</b> <span className="m sm">told {time(row.told)}</span></>;
  return <><Glyph name={DECISION_GLYPHS[row.decision]} /> <b>{DECISION_WORDS[row.decision]}</b> <span className="m sm nw">{row.decided === null ? "" : time(row.decided)}</span>{row.conditions.length > 0 && <span className="m sm"> until checked: {row.conditions.map(checkLabel).join(", ").toLowerCase()}</span>}</>;
}

function Card({ row, name, halts, unlisted, time }: RowProps) {
  const combined = row.combined[name];
  return (
    <li>
      <div className={ex["head"]}>
        <b><Link to="/lab/$lab/incidents/$incident" params={{ lab: row.lab.id, incident: row.own }} className="link">{row.lab.name}</Link></b>
        <Standing row={row} halts={halts} unlisted={unlisted} />
      </div>
      {combined === null ? <p className={ex["none"]}><Missing row={row} /></p> : <><Stack counts={combined.counts} label={row.lab.name} /><Legend counts={combined.counts} /></>}
      <div className={ex["head"]}><span><Decided row={row} time={time} /></span><Witness row={row} /></div>
    </li>
  );
}
