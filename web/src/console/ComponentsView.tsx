import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { isProblem } from "../api/client";
import type { Component } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { count, moment, plural, shortId } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import classes from "./Console.module.css";
import own from "./containment.module.css";
import { ScanStrip, spanOf } from "./ScanStrip";

/** How many have their scans drawn: each is asked for by itself. */
const MOST = 40;

export function ComponentsView() {
  useTitle("Components", "Console");
  const components = useQuery(queries.components);
  const people = useQuery(queries.people).data ?? [];
  const items = components.data ?? [];
  const drawn = items.filter((item) => item.inventories > 0).slice(0, MOST);
  const scans = useQueries({
    queries: drawn.map((item) => queries.inventories(item.component.id)),
    combine: (found) => new Map(drawn.map((item, index) => [item.component.id, (found[index]?.data ?? []).map((one) => ({ id: one.id, at: Date.parse(one.scanned), same: one.sha256 }))])),
  });
  const now = useNow(60_000).getTime();
  const [from, to] = spanOf([...scans.values()].flatMap((list) => list.map((one) => one.at)), now);
  const silent = items.filter((item) => item.inventories === 0).length;
  const haltOf = (id: string) => people.find((person) => person.id === id)?.halted ?? null;
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h1>Components</h1>
          <p className="i2">{components.data === undefined ? "Asking the server." : <><b>{count(items.length)}</b> that can act; {silent === 0 ? "each said what it runs" : <b>{count(silent)} never said what {silent === 1 ? "it runs" : "they run"}</b>}. By what they said, <Link to="/console/advisories" className="link">advisories</Link> are judged.</>}</p>
        </div>
      </div>
      <Panel title="When each said what it runs" note={drawn.length > 0 ? "filled: something had changed · dashed: not known between and after" : undefined}>
        {components.error !== null && components.data === undefined && <Trouble title="The components could not be read">{isProblem(components.error) ? components.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
        {components.data !== undefined && items.length === 0 && <Empty title="No component yet">A component is software that acts under an engagement of its own: an importer, a gateway, a script. Enrol one with <span className="mono">cofferdam person add --component</span>, and have its host say what it runs with <span className="mono">cofferdam component scan</span>.</Empty>}
        <ul className={own["rows"]}>
          {items.map((item) => <Line key={item.component.id} item={item} scans={scans.get(item.component.id) ?? []} {...{ from, to }} halted={haltOf(item.component.id) !== null} />)}
          {drawn.length > 0 && <li><span /><ScanStrip scans={[]} from={from} to={to} label="The time axis of these" axis /><span className="m sm">UTC</span></li>}
        </ul>
      </Panel>
    </>
  );
}

function Line({ item, scans, from, to, halted }: { item: Component; scans: { id: string; at: number; same: string }[]; from: number; to: number; halted: boolean }) {
  return (
    <li>
      <div className={classes["stack"]}>
        <Link to="/console/components/$component" params={{ component: item.component.id }} className="link"><b>{item.component.name}</b></Link>
        <span className="mono m" title={item.component.id}>{shortId(item.component.id)}</span>
      </div>
      {item.last === null ? <p className="sm"><Glyph name="unknown" /> It never said what it runs: for every advisory it is unknown.</p> : <ScanStrip scans={scans} from={from} to={to} label={item.component.name} />}
      <p className="i2 sm">{halted && <><StateTag state="halted">halted</StateTag> </>}{item.last === null ? "" : <>{plural(item.inventories, "scan")}, the last <b>{moment(item.last.scanned)}</b></>}</p>
    </li>
  );
}
