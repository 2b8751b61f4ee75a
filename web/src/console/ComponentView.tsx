import { TextInput } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { InventoryHead } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { CopyText } from "../ui/CopyText";
import { count, moment, plural, shortId } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import classes from "./Console.module.css";
import own from "./containment.module.css";
import { changesOf, readInventory, type Inventory } from "./inventory";
import { ScanStrip, spanOf, type Scan } from "./ScanStrip";

/** How many packages are drawn at once; the rest is found by name. */
const MOST = 300;

export function ComponentView() {
  const { component: id } = useParams({ from: "/signed-in/console/components/$component" });
  const components = useQuery(queries.components);
  const people = useQuery(queries.people).data ?? [];
  const heads = useQuery(queries.inventories(id));
  const [chosen, setChosen] = useState<string | null>(null);
  const name = components.data?.find((item) => item.component.id === id)?.component.name ?? people.find((person) => person.id === id)?.name;
  useTitle("Component", name ?? shortId(id), "Console");
  const halted = people.find((person) => person.id === id)?.halted ?? null;
  const sorted = (heads.data ?? []).toSorted((a, b) => b.scanned.localeCompare(a.scanned));
  const at = sorted.find((head) => head.id === chosen) ?? sorted[0];
  const before = at === undefined ? undefined : sorted[sorted.indexOf(at) + 1];
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <p className="sm"><Link to="/console/components" className="link">Components</Link></p>
          <h1>{name ?? "Component"}</h1>
          <div className="i2"><CopyText text={id} label="id" whole />{heads.data !== undefined && <>; {sorted.length === 0 ? <b>it never said what it runs</b> : <>{plural(sorted.length, "scan")}, the last <b>{moment(sorted[0]!.scanned)}</b> UTC</>}</>}</div>
        </div>
        {halted === null ? <StateTag state="active">active</StateTag> : <StateTag state="halted">halted</StateTag>}
      </div>
      {halted !== null && <Panel title="Halted" inverse><p className={classes["pad"]}>{halted.sentence} Since {moment(halted.since, { seconds: true })} UTC. It can still say what it runs. <Link to="/console/halts" className="link">To the list of halts</Link></p></Panel>}
      {heads.error !== null && heads.data === undefined && <Trouble title="What it said could not be read">{isProblem(heads.error) ? heads.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
      {heads.data !== undefined && sorted.length === 0 && <Panel title="What it runs is unknown"><Empty title="It never said what it runs">For every advisory it counts as unknown, which is never clean. Have its host run <span className="mono">cofferdam component scan</span> with its token, daily and after each change.</Empty></Panel>}
      {at !== undefined && <Judged component={id} heads={sorted} />}
      {at !== undefined && <Document head={at} before={before} heads={sorted} onChoose={setChosen} />}
    </>
  );
}

/** Its scans over time, once for each advisory that was taken. */
function Judged({ component, heads }: { component: string; heads: InventoryHead[] }) {
  const events = useQuery(queries.advisories).data?.items ?? [];
  const shown = events.filter((event) => !event.withdrawn).slice(0, 12);
  const judged = useQueries({
    queries: shown.map((event) => queries.advisory(event.id)),
    combine: (found) => shown.map((event, index) => ({ event, findings: found[index]?.data?.components.find((item) => item.component.id === component)?.findings ?? [] })),
  });
  const now = useNow(60_000).getTime();
  const [from, to] = spanOf(heads.map((head) => Date.parse(head.scanned)), now);
  const scans = heads.map((head): Scan => ({ id: head.id, at: Date.parse(head.scanned), same: head.sha256 }));
  return (
    <Panel title="Its scans, and what advisories say of them" note="filled: something had changed · cross: affected · ?: could not be judged">
      <ul className={own["rows"]}>
        <li><b>what it said</b><ScanStrip scans={scans} from={from} to={to} label="All scans" axis={shown.length === 0} /><span /></li>
        {judged.map(({ event, findings }) => {
          const worst = findings.some((one) => one.verdict === "affected") ? "affected" : findings.some((one) => one.verdict === "unknown") ? "unknown" : "not affected";
          return (
            <li key={event.id}>
              <Link to="/console/advisories/$record" params={{ record: event.id }} className="link mono">{event.id}</Link>
              <ScanStrip scans={findings.map((one) => ({ id: one.inventory.id, at: Date.parse(one.inventory.scanned), same: one.inventory.sha256, verdict: one.verdict }))} from={from} to={to} label={event.id} />
              <p className="i2 sm">{findings.length === 0 ? "not judged" : worst === "affected" ? <b>was affected</b> : worst}</p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Document({ head, before, heads, onChoose }: { head: InventoryHead; before: InventoryHead | undefined; heads: InventoryHead[]; onChoose: (id: string) => void }) {
  const asked = useQuery(queries.inventory(head.id));
  const old = useQuery({ ...queries.inventory(before?.id ?? ""), enabled: before !== undefined });
  const inventory = asked.data === undefined || asked.isPlaceholderData ? null : readInventory(asked.data);
  const earlier = before === undefined || old.data === undefined || old.isPlaceholderData ? null : readInventory(old.data);
  const choose = (
    <select className="cf-input" aria-label="Scan" value={head.id} onChange={(event) => onChoose(event.currentTarget.value)}>
      {heads.map((one) => <option key={one.id} value={one.id}>{moment(one.scanned, { seconds: true })}</option>)}
    </select>
  );
  return (
    <Panel title={`What it ran ${moment(head.scanned)} UTC`} note={inventory === null ? undefined : `${plural(inventory.packages.length, "package")}, ${plural(inventory.startup.length, "file")} that run at every start, ${plural(inventory.gaps.length, "gap")}`} aside={choose}>
      {asked.error !== null && asked.data === undefined && <Trouble title="This scan could not be read">{isProblem(asked.error) ? asked.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
      {asked.data !== undefined && !asked.isPlaceholderData && inventory === null && <Trouble title="Not shown">This scan is of a format that this page does not know. It is judged by advisories all the same.</Trouble>}
      {inventory !== null && earlier !== null && before !== undefined && <ChangesList before={earlier} after={inventory} since={before.scanned} />}
      {inventory !== null && <Contents inventory={inventory} />}
    </Panel>
  );
}

function ChangesList({ before, after, since }: { before: Inventory; after: Inventory; since: string }) {
  const { came, went, changed } = changesOf(before, after);
  const none = came.length + went.length + changed.length === 0;
  return (
    <div className={own["changes"]}>
      <h3>Since the scan before, {moment(since)}</h3>
      {none && <p className="i2">No package came, went or changed.</p>}
      <ul>
        {changed.slice(0, 50).map((one) => <li key={`${one.ecosystem} ${one.name}`}><b>{one.name}</b> <span className="mono">{one.from}</span> became <span className="mono">{one.to}</span> <span className="m sm">{one.ecosystem}</span></li>)}
        {came.slice(0, 50).map((one) => <li key={`came ${one.key}`}><b>{one.name}</b> <span className="mono">{one.version}</span> came <span className="m sm">{one.ecosystem}</span></li>)}
        {went.slice(0, 50).map((one) => <li key={`went ${one.key}`}><b>{one.name}</b> <span className="mono">{one.version}</span> went <span className="m sm">{one.ecosystem}</span></li>)}
      </ul>
    </div>
  );
}

function Contents({ inventory }: { inventory: Inventory }) {
  const [find, setFind] = useState("");
  const found = inventory.packages.filter((line) => line.name.toLowerCase().includes(find.trim().toLowerCase()));
  return (
    <>
      {inventory.gaps.length > 0 && <div className={own["files"]}><h3>Could not be read, so unknown</h3><ul>{inventory.gaps.slice(0, 50).map((gap, index) => <li key={index} className="mono">{gap}</li>)}</ul></div>}
      {inventory.startup.length > 0 && <div className={own["files"]}><h3>Runs at every start of an interpreter</h3><ul>{inventory.startup.slice(0, 50).map((file, index) => <li key={index} className="mono">{file}</li>)}</ul></div>}
      <div className={own["find"]}><TextInput label="Find a package" value={find} onChange={(event) => setFind(event.currentTarget.value)} spellCheck={false} /></div>
      {found.length === 0 ? <Empty title={find === "" ? "No package found" : `No package with “${find.trim()}” in its name`}>{find === "" ? "The scan read its roots and found none." : `Searched ${plural(inventory.packages.length, "package")} of this one scan.`}</Empty> : (
        <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Packages">
          <table className={classes["table"]}>
            <thead><tr><th scope="col">package</th><th scope="col">version</th><th scope="col">ecosystem</th><th scope="col" className="desk">where</th></tr></thead>
            <tbody>{found.slice(0, MOST).map((line) => <tr key={line.key}><th scope="row"><b>{line.name}</b></th><td className="mono">{line.version}</td><td className="i2">{line.ecosystem}</td><td className="mono m desk">{line.places[0] ?? ""}{line.places.length > 1 && ` and ${line.places.length - 1} more`}</td></tr>)}</tbody>
          </table>
          {found.length > MOST && <p className="m sm">{count(found.length - MOST)} more: find them by name.</p>}
        </div>
      )}
    </>
  );
}
