import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Incident } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import console_ from "../console/Console.module.css";
import { lasting, windowOf } from "../exposure/axis";
import { moment, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { OpenDialog } from "./dialogs";
import classes from "./Room.module.css";
import { DECISION_GLYPHS, DECISION_WORDS, STATES } from "./states";
import { Steps } from "./Steps";

export function IncidentsView() {
  useTitle("Incidents", "Console");
  const incidents = useQuery(queries.incidents);
  const [opening, setOpening] = useState(false);
  const items = incidents.data;
  const live = (items ?? []).filter((item) => item.state !== "closed").toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || b.opened.localeCompare(a.opened));
  const closed = (items ?? []).filter((item) => item.state === "closed").toSorted((a, b) => b.opened.localeCompare(a.opened));
  const waiting = live.reduce((n, item) => n + item.labs.filter((lab) => lab.decision === null).length, 0);
  return (
    <>
      <div className={console_["head"]}>
        <div>
          <h1>Incidents</h1>
          <p className="i2">{items === undefined ? "Asking the server." : live.length === 0 ? "Nothing is open." : <><b>{live.length}</b> not closed; {waiting === 0 ? "every lab concerned has decided" : <b>{plural(waiting, "decision")} awaited</b>}.</>}</p>
        </div>
        <Button variant="filled" onClick={() => setOpening(true)}>Open an incident…</Button>
      </div>
      <Panel title="Not closed" note={live.length === 0 ? undefined : "Open first. Each step has its time, UTC."}>
        {incidents.error !== null && items === undefined && <Trouble title="The incidents could not be read">{isProblem(incidents.error) ? incidents.error.problem.detail : "The server does not answer: what is halted stays halted."}</Trouble>}
        {items !== undefined && live.length === 0 && <Empty title="Nothing is open">An incident appears here when you open one: from an advisory that one of the components’ own scans matches, or about a component, a person or a credential that you name. <Link to="/console/advisories" className="link">To the advisories</Link></Empty>}
        <ul className={classes["board"]}>{live.map((item) => <Line key={item.id} incident={item} />)}</ul>
      </Panel>
      {closed.length > 0 && <Panel title="Closed"><ul className={classes["board"]}>{closed.map((item) => <Line key={item.id} incident={item} />)}</ul></Panel>}
      {opening && <OpenDialog onClose={() => setOpening(false)} />}
    </>
  );
}

function Line({ incident }: { incident: Incident }) {
  const window = incident.widest === null ? null : windowOf(incident.widest);
  return (
    <li>
      <div className={console_["stack"]}>
        <p><Link to="/console/incidents/$incident" params={{ incident: incident.id }} className="link"><b><bdi>{incident.title}</bdi></b></Link></p>
        <p className="i2 sm">{incident.subjects.length === 0 ? "No subject" : incident.subjects.map((subject) => subject.name ?? "the platform itself").join(", ")}</p>
        <p className="m sm">{window === null ? "No source claims a window yet" : `${plural(incident.claims.length, "claim")}; the widest from ${moment(incident.widest!.from)}, ${lasting(window)}`}</p>
      </div>
      <Steps incident={incident} />
      <ul className={classes["decisions"]} aria-label="What each lab decided">
        {incident.labs.map((lab) => (
          <li key={lab.lab.id} className={lab.decision === null ? "" : "i2"}>
            {lab.decision === null ? <><Glyph name="clock" /> <b>{lab.lab.name}</b>: none yet</> : <><Glyph name={DECISION_GLYPHS[lab.decision]} /> {lab.lab.name}: {DECISION_WORDS[lab.decision].toLowerCase()}</>}
          </li>
        ))}
        {incident.labs.length === 0 && <li className="m">No lab is concerned so far</li>}
      </ul>
    </li>
  );
}
