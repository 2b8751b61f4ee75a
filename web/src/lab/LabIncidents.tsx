import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { isProblem } from "../api/client";
import type { LabIncident } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { combinedOf } from "../exposure/report";
import { reportQuery } from "../exposure/queries";
import { Legend, Stack } from "../exposure/Stack";
import { DECISION_GLYPHS, DECISION_WORDS } from "../incident/states";
import { Steps } from "../incident/Steps";
import { moment, plural, shortId } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { LabBar, OfLab } from "./frame";
import classes from "./Incidents.module.css";

export function LabIncidents() {
  const { lab: id } = useParams({ from: "/signed-in/lab/$lab/incidents" });
  return <OfLab id={id}>{(lab, steward) => <List key={id} lab={lab} steward={steward} />}</OfLab>;
}

function List({ lab, steward }: { lab: { id: string; name: string }; steward: boolean }) {
  useTitle("Incidents", lab.name);
  const incidents = useQuery(queries.labIncidents(lab.id));
  const items = (incidents.data ?? []).toSorted((a, b) => Number(a.state === "closed") - Number(b.state === "closed") || b.told.localeCompare(a.told));
  const waiting = items.filter((item) => item.decision === null && item.state !== "closed").length;
  return (
    <>
      <LabBar lab={lab} steward={steward} at="incidents" />
      <main className={classes["page"]}>
        <div className={classes["head"]}>
          <div>
            <h1>Incidents that concern {lab.name}</h1>
            <p className="i2">{incidents.data === undefined ? "Asking the server." : items.length === 0 ? "None." : <>{plural(items.length, "incident")}; {waiting === 0 ? "none awaits a decision" : <b>{plural(waiting, "decision")} awaited</b>}. Each is in the ledger of {lab.name} since it was told.</>}</p>
          </div>
        </div>
        <Panel title="What befell the data, by incident" note={items.length > 0 ? "Widest window that any source claims; thin parts are widened." : undefined}>
          {incidents.error !== null && incidents.data === undefined && <Trouble title="The incidents could not be read">{isProblem(incidents.error) ? incidents.error.problem.detail : "The server does not answer. Try again; Halt works from the command line too."}</Trouble>}
          {incidents.data !== undefined && items.length === 0 && <Empty title="No incident concerns this lab">One appears here, and in the lab’s ledger, as soon as an incident is about somebody or something that was ever engaged here, or about the platform itself. Its exposure report can be read from then on.</Empty>}
          <ul className={classes["list"]}>{items.map((item, index) => <Line key={item.id} lab={lab} incident={item} picture={index < 6} steward={steward} />)}</ul>
        </Panel>
      </main>
    </>
  );
}

function Line({ lab, incident, picture, steward }: { lab: { id: string; name: string }; incident: LabIncident; picture: boolean; steward: boolean }) {
  const report = useQuery({ ...reportQuery(lab.id, incident.id, null), enabled: picture });
  const combined = report.data?.report === null || report.data === undefined ? null : combinedOf(report.data.report).widest;
  const open = incident.decision === null && incident.state !== "closed";
  return (
    <li>
      <div>
        <p><b className="mono" title={incident.id}>{shortId(incident.id)}</b></p>
        <p className="i2 sm">{incident.subjects.length === 0 ? "about the platform itself" : `about ${plural(incident.subjects.length, "subject")}: ${incident.subjects.map((name) => shortId(name)).join(", ")}`}</p>
        <p className="m sm">told {moment(incident.told)} UTC</p>
      </div>
      <Steps incident={{ opened: incident.told, state: incident.state, moves: incident.moves }} />
      <div className={classes["part"]}>
        {combined !== null ? <><Stack counts={combined.counts} label={shortId(incident.id)} /><Legend counts={combined.counts} /></> : <p className="m sm">{!picture ? "" : report.isPending ? "Computing over the ledger." : "What befell the data is not known yet: read the report."}</p>}
        <p className="sm">{incident.decision === null ? <><Glyph name="clock" /> <b>No decision yet</b></> : <><Glyph name={DECISION_GLYPHS[incident.decision]} /> {DECISION_WORDS[incident.decision]}{incident.decided === null ? "" : `, ${moment(incident.decided)}`}</>}</p>
      </div>
      <Button component={Link} to={`/lab/${lab.id}/incidents/${incident.id}`} variant={open && steward ? "filled" : "default"} aria-label={`Read report of ${incident.id}`}>Read report</Button>
    </li>
  );
}
