import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Incident } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import console_ from "../console/Console.module.css";
import { Axis } from "../exposure/Axis";
import { same, type Window } from "../exposure/axis";
import { chosenOf, searchOf } from "../exposure/chosen";
import { noCounts, type Counts } from "../exposure/classes";
import ex from "../exposure/exposure.module.css";
import { Patterns } from "../exposure/Patterns";
import type { WindowName } from "../exposure/report";
import { WindowTools } from "../exposure/WindowTools";
import { count, moment, shortId } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Panel, Trouble } from "../ui/Panel";
import { useNow } from "../ui/useNow";
import { BlastRadius } from "./BlastRadius";
import { ClaimDialog, MoveDialog, SubjectDialog } from "./dialogs";
import { Displaced } from "./Displaced";
import { ReplaceKeys } from "./ReplaceKeys";
import { Halted, History, Sent, Subjects } from "./Lists";
import { LabGrid } from "./LabGrid";
import classes from "./Room.module.css";
import { stateGlyph } from "./states";
import { Steps } from "./Steps";
import { near, useRoom, type LabRow, type Room } from "./useRoom";

export function IncidentRoom() {
  const { incident: id } = useParams({ from: "/signed-in/console/incidents/$incident" });
  const incident = useQuery(queries.incident(id));
  useTitle("Incident room", incident.data?.title ?? shortId(id), "Console");
  if (incident.data === undefined) {
    return incident.error === null ? <p className="i2">Asking the server.</p> : <Trouble title="This incident could not be read">{isProblem(incident.error) ? (incident.error.problem.detail ?? incident.error.problem.title) : "The server does not answer: what is halted stays halted. Try again."}</Trouble>;
  }
  return <TheRoom key={id} incident={incident.data} />;
}

function TheRoom({ incident }: { incident: Incident }) {
  const search = useSearch({ from: "/signed-in/console/incidents/$incident" });
  const navigate = useNavigate({ from: "/console/incidents/$incident" });
  const chosen = chosenOf(search);
  const room = useRoom(incident, chosen);
  const now = useNow(30_000).getTime();
  const onWindow = (window: Window | null) => void navigate({ search: searchOf(window), replace: true });
  const day = new Date(incident.opened);
  const time = (at: string) => near(at, incident);
  const pending = room.labs.some((row) => row.pending);
  const inView = now < room.domain[1] + (room.domain[1] - room.domain[0]);
  const domain: [number, number] = inView ? [room.domain[0], Math.max(room.domain[1], now)] : room.domain;
  return (
    <>
      <Patterns />
      <Head incident={incident} room={room} />
      <Panel
        title="When it was"
        note={<span className="desk">Drag an edge, or with ← → by a minute, with Shift by ten; Home and End go to what sources claim.</span>}
        aside={<WindowTools claims={room.claims} narrowest={incident.narrowest} widest={incident.widest} window={room.window} chosen={chosen} onWindow={onWindow} />}
      >
        {incident.claims.length === 0 && room.window === null && <p className={`i2 ${console_["pad"]}`}>No source says yet when it was. Add a claim with its source, and the grid below says what befell whose data.</p>}
        <Axis claims={room.claims} lanes={room.lanes} window={room.window} domain={domain} now={inView ? now : null} onWindow={(window) => { if (!same(window, room.window)) onWindow(window); }} called={room.name} day={day} stale={room.stale} />
        <p className={ex["key"]}>
          <span>solid: ran it</span><span>dots: may have run it</span><span>hatched: unknown</span><span>outline: exposed until its host is rebuilt and its last credential revoked</span>
          <span><Glyph name="cross" /> scan that found it</span><span><Glyph name="ok" /> scan that did not</span>
        </p>
      </Panel>
      <Panel title="What befell whose data" note="Every object version alive in the window, in its most severe class. Bar length is logarithmic." aside={<Touched labs={room.labs} name={room.name} />}>
        <LabGrid labs={room.labs} name={room.name} halts={room.halts} unlisted={room.unlisted} stale={room.stale} time={time} />
      </Panel>
      <div className={classes["low"]}>
        <div className={classes["col"]}>
          <BlastRadius ways={room.ways} pending={pending} />
          <Subjects incident={incident} time={time} />
          <History incident={incident} time={time} />
        </div>
        <div className={classes["col"]}>
          <Displaced halts={room.halts} />
          <Halted halts={room.halts} unlisted={room.unlisted === null ? null : room.labs.filter((row) => room.unlisted?.includes(row.lab.id)).map((row) => row.lab.name)} roster={room.roster} time={time} />
          <Sent incident={incident} time={time} />
        </div>
      </div>
    </>
  );
}

function Head({ incident, room }: { incident: Incident; room: Room }) {
  const [open, setOpen] = useState<"claim" | "subject" | "keys" | "move" | null>(null);
  const all = sumOf(room.labs, room.name);
  return (
    <div className={console_["head"]}>
      <div className={console_["stack"]}>
        <p className="sm"><Link to="/console/incidents" className="link">Incidents</Link></p>
        <h1><bdi>{incident.title}</bdi></h1>
        <p className="i2">
          Opened {moment(incident.opened)} UTC{incident.advisory === null ? "" : <> by <Link to="/console/advisories/$record" params={{ record: incident.advisory }} className="link mono">{incident.advisory}</Link></>}: <bdi>{incident.reason}</bdi>.{" "}
          {all === null ? "What befell whose data is not known yet." : <>{room.name === "widest" ? "Widest" : "Chosen"} window: <b>{count(all.touched)}</b> object versions released to a subject, <b>{count(all.altered)}</b> written by one, <b>{count(all.unknown)}</b> unknown.</>}{" "}
          <span className="m">Times are UTC, of that day unless they name another.</span>
        </p>
      </div>
      <div className={console_["stack"]}>
        <Steps incident={incident} />
        <div className={`${classes["acts"]} desk`}>
          <Button onClick={() => setOpen("claim")}>Add a claim…</Button>
          <Button onClick={() => setOpen("subject")} disabled={incident.state === "closed"}>Add a subject…</Button>
          <Button onClick={() => setOpen("keys")} disabled={incident.labs.length === 0}>Replace keys…</Button>
          <Button variant="filled" onClick={() => setOpen("move")}><Glyph name={stateGlyph(incident.state)} />Move on…</Button>
        </div>
      </div>
      {open === "claim" && <ClaimDialog incident={incident} onClose={() => setOpen(null)} />}
      {open === "subject" && <SubjectDialog incident={incident} onClose={() => setOpen(null)} />}
      {open === "keys" && <ReplaceKeys incident={incident} onClose={() => setOpen(null)} />}
      {open === "move" && <MoveDialog incident={incident} onClose={() => setOpen(null)} />}
    </div>
  );
}

/** All labs together; nothing, where one of them is not known. */
function sumOf(labs: LabRow[], name: WindowName): Counts | null {
  const counts = noCounts();
  if (labs.length === 0) return null;
  for (const row of labs) {
    const one = row.combined[name];
    if (one === null) return null;
    for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += one.counts[key];
  }
  return counts;
}

function Touched({ labs, name }: { labs: LabRow[]; name: WindowName }) {
  const said = (which: WindowName) => {
    const counts = sumOf(labs, which);
    return counts === null ? "?" : count(counts.touched);
  };
  return (
    <span className="sm i2">
      Touched: narrowest <b>{said("narrowest")}</b>{name === "chosen" && <> · chosen <b>{said("chosen")}</b></>} · widest <b>{said("widest")}</b>
    </span>
  );
}
