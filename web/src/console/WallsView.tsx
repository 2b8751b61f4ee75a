import { Button, Checkbox, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, isProblem } from "../api/client";
import type { Wall, WallChange } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { isBlank } from "../ui/blank";
import { moment, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import classes from "./Console.module.css";
import own from "./containment.module.css";
import { refusal } from "./ProjectsView";
import { changeOf, daysOf } from "./walls";

export function WallsView() {
  useTitle("Walls", "Console");
  const walls = useQuery(queries.walls);
  const [open, setOpen] = useState<{ what: "declare" } | { what: "change" | "lift"; wall: Wall } | null>(null);
  const items = walls.data ?? [];
  const stopped = items.reduce((n, wall) => n + wall.stopped, 0);
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h1>Walls</h1>
          <p className="i2">{walls.data === undefined ? "Asking the server." : items.length === 0 ? "No wall stands." : <><b>{items.length}</b> {items.length === 1 ? "stands" : "stand"}; {stopped === 0 ? "nobody is stopped by one now" : <b>{plural(stopped, "engagement")} stopped by them now</b>}.</>} Whoever has seen one lab’s data sees no other’s behind the same wall, until a cooling-off has passed.</p>
        </div>
        <Button variant="filled" onClick={() => setOpen({ what: "declare" })}>Declare a wall…</Button>
      </div>
      <Panel title="Who is kept apart" note={items.length > 0 ? "A double line is the wall." : undefined}>
        {walls.error !== null && walls.data === undefined && <Trouble title="The walls could not be read">{isProblem(walls.error) ? walls.error.problem.detail : "The server does not answer: every wall stands all the same."}</Trouble>}
        {walls.data !== undefined && items.length === 0 && <Empty title="No wall stands">Declare one between labs that compete, or that asked for it. It is in effect at once, and for what was seen before it was declared too.</Empty>}
        <ul className={own["walls"]}>{items.map((wall) => <Line key={wall.id} wall={wall} onOpen={(what) => setOpen({ what, wall })} />)}</ul>
      </Panel>
      {open?.what === "declare" && <DeclareDialog onClose={() => setOpen(null)} />}
      {open?.what === "change" && <ChangeDialog wall={open.wall} onClose={() => setOpen(null)} />}
      {open?.what === "lift" && <LiftDialog wall={open.wall} onClose={() => setOpen(null)} />}
    </>
  );
}

function Line({ wall, onOpen }: { wall: Wall; onOpen: (what: "change" | "lift") => void }) {
  const last = wall.acts.at(-1);
  return (
    <li>
      <div className={classes["stack"]}>
        <p><b><bdi>{wall.name}</bdi></b></p>
        <ul className={own["wall"]} aria-label={`Labs kept apart by ${wall.name}`}>{wall.labs.map((lab) => <li key={lab.id}>{lab.name}</li>)}</ul>
        {last !== undefined && <p className="m sm">{wall.acts.length > 1 ? `Changed ${plural(wall.acts.length - 1, "time")}, last` : "Declared"} {moment(last.at)} UTC by {last.by.name}{last.reason === "" ? "" : `: ${last.reason}`}</p>}
      </div>
      <div className="i2">
        <p>Cooling-off <b>{plural(wall.cooling_off_days, "day")}</b></p>
        <p>{wall.stopped === 0 ? <span className="m">nobody is stopped by it now</span> : <><Glyph name="halt" /> <b>{plural(wall.stopped, "engagement")}</b> stopped now</>}</p>
      </div>
      <div className={own["acts"]}>
        <Button onClick={() => onOpen("change")} aria-label={`Change ${wall.name}…`}>Change…</Button>
        <Button onClick={() => onOpen("lift")} aria-label={`Lift ${wall.name}…`}>Lift…</Button>
      </div>
    </li>
  );
}

function Dialog({ title, act, ready, run, onClose, children }: { title: string; act: string; ready: boolean; run: () => Promise<unknown>; onClose: () => void; children: ReactNode }) {
  const client = useQueryClient();
  const doing = useMutation({ mutationFn: run, onSuccess: () => { onClose(); void client.invalidateQueries(); } });
  return (
    <Sheet onClose={onClose} title={title} size={480}>
      <form className={classes["form"]} onSubmit={(event) => { event.preventDefault(); if (ready) doing.mutate(); }}>
        {children}
        {doing.error !== null && <p className="err" role="alert">Nothing was changed: {refusal(doing.error)}</p>}
        <div className={classes["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={!ready || doing.isPending}>{act}</Button></div>
      </form>
    </Sheet>
  );
}

function LabChecks({ chosen, onChange }: { chosen: string[]; onChange: (labs: string[]) => void }) {
  const labs = useQuery(queries.labs).data ?? [];
  return (
    <Checkbox.Group label="Labs" description="Two at least: each is kept from every other." value={chosen} onChange={onChange}>
      <div className={own["checks"]}>{labs.map((lab) => <Checkbox key={lab.id} value={lab.id} label={lab.name} mt={6} />)}</div>
    </Checkbox.Group>
  );
}

function Days({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return <TextInput label="Cooling-off in days" description="From the end of the day on which something was seen, UTC." inputMode="numeric" value={value} onChange={(event) => onChange(event.currentTarget.value)} error={value === "" || daysOf(value) !== null ? null : "1 to 36,500 whole days."} />;
}

function DeclareDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [labs, setLabs] = useState<string[]>([]);
  const [days, setDays] = useState("180");
  const [reason, setReason] = useState("");
  const cooling = daysOf(days);
  const ready = !isBlank(name) && labs.length >= 2 && cooling !== null && !isBlank(reason);
  return (
    <Dialog title="Declare a wall" act="Declare it" ready={ready} onClose={onClose} run={() => api.declareWall({ name: name.trim(), labs, cooling_off_days: cooling!, reason: reason.trim() })}>
      <p className="i2">It is in effect as soon as this is answered, for what was seen before too: engagements of whoever has seen another side stop then.</p>
      <TextInput label="Name" description="What the firm calls it. No lab is shown it." value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus dir="auto" />
      <LabChecks chosen={labs} onChange={setLabs} />
      <Days value={days} onChange={setDays} />
      <Textarea label="Why" description="No lab is shown it." value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" />
    </Dialog>
  );
}

function ChangeDialog({ wall, onClose }: { wall: Wall; onClose: () => void }) {
  const [labs, setLabs] = useState(wall.labs.map((lab) => lab.id));
  const [days, setDays] = useState(String(wall.cooling_off_days));
  const [reason, setReason] = useState("");
  const cooling = daysOf(days);
  const { change, loosens } = changeOf(wall, labs, cooling ?? wall.cooling_off_days);
  const said: WallChange = { ...change, ...(isBlank(reason) ? {} : { reason: reason.trim() }) };
  const ready = labs.length >= 2 && cooling !== null && Object.keys(change).length > 0 && (!loosens || !isBlank(reason));
  return (
    <Dialog title={`Change ${wall.name}`} act="Change it" ready={ready} onClose={onClose} run={() => api.changeWall(wall.id, said)}>
      <LabChecks chosen={labs} onChange={setLabs} />
      <Days value={days} onChange={setDays} />
      <Textarea label={loosens ? "Why" : "Why, if you like"} description={loosens ? "It must be said: this keeps fewer out, or for less long." : "No lab is shown it."} value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" />
    </Dialog>
  );
}

function LiftDialog({ wall, onClose }: { wall: Wall; onClose: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <Dialog title={`Lift ${wall.name}?`} act="Lift it" ready={!isBlank(reason)} onClose={onClose} run={() => api.liftWall(wall.id, reason.trim())}>
      <p className="i2">It keeps nobody out any more: {wall.stopped === 0 ? "nobody is stopped by it now" : `${plural(wall.stopped, "engagement")} that it stops may go on, unless something else stops them`}. It stays on record.</p>
      <Textarea label="Why" value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" data-autofocus />
    </Dialog>
  );
}
