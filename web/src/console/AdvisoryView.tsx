import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Concerns } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { OpenDialog } from "../incident/dialogs";
import { moment, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { useNow } from "../ui/useNow";
import classes from "./Console.module.css";
import own from "./containment.module.css";
import { ScanStrip, spanOf } from "./ScanStrip";

type Concern = Concerns["components"][number];

/** Affected at any time first; then what is unknown; then what no scan shows. */
function rank(concern: Concern): number {
  if (concern.findings.some((one) => one.verdict === "affected")) return 0;
  return concern.findings.length === 0 || concern.findings.some((one) => one.verdict === "unknown") ? 1 : 2;
}

export function AdvisoryView() {
  const { record } = useParams({ from: "/signed-in/console/advisories/$record" });
  const asked = useQuery(queries.advisory(record));
  const incidents = useQuery(queries.incidents).data ?? [];
  const [opening, setOpening] = useState(false);
  const now = useNow(60_000).getTime();
  const items = (asked.data?.components ?? []).toSorted((a, b) => rank(a) - rank(b) || a.component.name.localeCompare(b.component.name));
  const [from, to] = spanOf(items.flatMap((item) => item.findings.map((one) => Date.parse(one.inventory.scanned))), now);
  const of = (n: number) => items.filter((item) => rank(item) === n).length;
  const event = asked.data?.event;
  useTitle("Advisory", event?.id ?? record, "Console");
  const incident = incidents.find((item) => item.advisory !== null && (event?.records ?? []).includes(item.advisory) && item.state !== "closed");
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <p className="sm"><Link to="/console/advisories" className="link">Advisories</Link></p>
          <h1>{event?.id ?? record}</h1>
          <p className="i2">{event === undefined ? "Asking the server." : <>{plural(event.records.length, "record")}{event.records.length > 1 && `: ${event.records.join(", ")}`}, taken {moment(event.taken)} UTC{event.withdrawn && <>, <b>withdrawn</b></>}. <b>{of(0)}</b> affected at some time, <b>{of(1)}</b> unknown, {of(2)} not affected.</>}</p>
        </div>
        {incident === undefined ? <Button variant="filled" onClick={() => setOpening(true)} disabled={event === undefined}>Open an incident…</Button> : <Button component={Link} to={`/console/incidents/${incident.id}`}>To its incident</Button>}
      </div>
      {asked.error !== null && asked.data === undefined && <Trouble title="This advisory could not be read">{isProblem(asked.error) ? (asked.error.problem.detail ?? asked.error.problem.title) : "The server does not answer. Try again."}</Trouble>}
      <Panel title="What it means for each component" note="cross: affected · ?: could not be judged · tick: not affected · dashed: not known between and after">
        {asked.data !== undefined && items.length === 0 && <Empty title="No component yet">As soon as a component is enrolled, it stands here: unknown, until it says what it runs.</Empty>}
        <ul className={own["rows"]}>
          {items.map((item) => (
            <li key={item.component.id}>
              <div className={classes["stack"]}>
                <Link to="/console/components/$component" params={{ component: item.component.id }} className="link"><b>{item.component.name}</b></Link>
                <span className="m sm">{item.findings.length === 0 ? "never said what it runs" : plural(item.findings.length, "scan")}</span>
              </div>
              {item.findings.length === 0 ? <p><Glyph name="unknown" /> <b>Unknown</b>, which is never clean.</p> : <ScanStrip scans={item.findings.map((one) => ({ id: one.inventory.id, at: Date.parse(one.inventory.scanned), same: one.inventory.sha256, verdict: one.verdict }))} from={from} to={to} label={item.component.name} />}
              <p className="i2 sm">{["was affected", "unknown", "not affected"][rank(item)]}</p>
            </li>
          ))}
        </ul>
      </Panel>
      <Why items={items} />
      {opening && event !== undefined && <OpenDialog advisory={event.id} onClose={() => setOpening(false)} />}
    </>
  );
}

/** What each finding rests on, word by word. */
function Why({ items }: { items: Concern[] }) {
  const lines = items.flatMap((item) => item.findings.flatMap((one) => [...one.affected.map((words) => ({ what: "affected", words })), ...one.unknown.map((words) => ({ what: "unknown", words }))].map((line) => ({ ...line, name: item.component.name, at: one.inventory.scanned }))));
  if (lines.length === 0) return null;
  return (
    <Panel title="Why" note={`${plural(lines.length, "finding")}${lines.length > 200 ? ", the first 200" : ""}`}>
      <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Findings">
        <table className={classes["table"]}>
          <thead><tr><th scope="col">component</th><th scope="col">scan</th><th scope="col">verdict</th><th scope="col">why</th></tr></thead>
          <tbody>{lines.slice(0, 200).map((line, index) => <tr key={index}><th scope="row"><b>{line.name}</b></th><td className="nw">{moment(line.at)}</td><td className="nw"><Glyph name={line.what === "affected" ? "cross" : "unknown"} /> {line.what}</td><td className="i2">{line.words}</td></tr>)}</tbody>
        </table>
      </div>
    </Panel>
  );
}
