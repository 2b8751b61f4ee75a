import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import type { Incident, IncidentState, NewIncident } from "../api/contract";
import { queries } from "../app/queries";
import console_ from "../console/Console.module.css";
import { refusal } from "../console/ProjectsView";
import { ofField } from "../exposure/axis";
import { iso } from "../exposure/queries";
import { isBlank } from "../ui/blank";
import { Sheet } from "../ui/Sheet";
import classes from "./Room.module.css";
import { nextStates, STATE_WORDS } from "./states";

interface FormProps {
  title: string;
  act: string;
  ready: boolean;
  run: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with one act: what is refused stands under it, and nothing is lost. */
function Form({ title, act, ready, run, onClose, children }: FormProps) {
  const client = useQueryClient();
  const doing = useMutation({
    mutationFn: run,
    onSuccess: () => {
      onClose();
      void client.invalidateQueries();
    },
  });
  return (
    <Sheet onClose={onClose} title={title} size={500}>
      <form className={classes["form"]} onSubmit={(event) => { event.preventDefault(); if (ready) doing.mutate(); }}>
        {children}
        {doing.error !== null && <p className="err" role="alert">Nothing was done: {refusal(doing.error)}</p>}
        <div className={console_["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={!ready || doing.isPending}>{act}</Button></div>
      </form>
    </Sheet>
  );
}

/** A time in UTC by its field. */
function TimeField({ label, value, onChange, disabled = false, description }: { label: string; value: string; onChange: (value: string) => void; disabled?: boolean; description?: string }) {
  return <TextInput label={label} description={description} placeholder="2026-03-24 10:39" value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value)} error={value !== "" && ofField(value) === null && value.length >= 10 ? "Write a day and a time, as 2026-03-24 10:39." : null} />;
}

export function ClaimDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const [source, setSource] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [open, setOpen] = useState(false);
  const [first, last] = [ofField(from), open ? null : ofField(to)];
  const wrong = first !== null && last !== null && last <= first;
  return (
    <Form title="Add a claim" act="Add the claim" onClose={onClose} ready={!isBlank(source) && first !== null && (open || last !== null) && !wrong} run={() => api.addClaim(incident.id, { source: source.trim(), from: iso(first!), ...(last === null ? {} : { to: iso(last) }) })}>
      <p className="i2">What a source says of when it was. Sources may differ: the report answers for what all agree on, for what any says, and for a window of your choice.</p>
      <TextInput label="Source" description="Who says so: a document and its place." value={source} onChange={(event) => setSource(event.currentTarget.value)} data-autofocus dir="auto" />
      <div className={classes["two"]}>
        <TimeField label="From, UTC" value={from} onChange={setFrom} />
        <TimeField label="Until, UTC" value={to} onChange={setTo} disabled={open} />
      </div>
      <Checkbox label="No end is known: still open" checked={open} onChange={(event) => setOpen(event.currentTarget.checked)} />
      {wrong && <p className="err" role="alert">It ends before it begins.</p>}
    </Form>
  );
}

/** What the labs concerned read: one text for all of them, so that it may name none. */
function ForLabs({ value, onChange }: { value: string; onChange: (words: string) => void }) {
  return <Textarea label="Why, to the labs concerned" description="Each of them reads it, and its ledger commits to it. Name no lab, project or person. Without it they are told only that it happened." value={value} onChange={(event) => onChange(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" />;
}

const forLabs = (words: string) => (isBlank(words) ? {} : { for_labs: words.trim() });

export function MoveDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const states = nextStates(incident.state);
  const [state, setState] = useState<IncidentState>(states[0] ?? "open");
  const [reason, setReason] = useState("");
  const [words, setWords] = useState("");
  return (
    <Form title="Move this incident" act={state === "open" ? "Open it again" : `It is ${state}`} onClose={onClose} ready={!isBlank(reason)} run={() => api.moveIncident(incident.id, { state, reason: reason.trim(), ...forLabs(words) })}>
      <NativeSelect label="To" value={state} onChange={(event) => setState(event.currentTarget.value as IncidentState)} data={states.map((item) => ({ value: item, label: `${item}: ${STATE_WORDS[item]}` }))} data-autofocus />
      <Textarea label="Why" description="For the firm. No lab is shown this." value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" />
      <ForLabs value={words} onChange={setWords} />
      <p className="sm m">A move stops and resumes nothing: halts end by themselves, each with what was checked.</p>
    </Form>
  );
}

export function RebuiltDialog({ incident, component, onClose }: { incident: Incident; component: { id: string; name: string }; onClose: () => void }) {
  const [at, setAt] = useState("");
  const time = at === "" ? null : ofField(at);
  return (
    <Form title={`The host of ${component.name} was rebuilt`} act="Declare it rebuilt" onClose={onClose} ready={at === "" || time !== null} run={() => api.rebuilt(incident.id, component.id, time === null ? undefined : iso(time))}>
      <p className="i2">Exposure runs until the last credential in reach is revoked and the host is rebuilt. The last declaration holds; it counts only where no scan says otherwise.</p>
      <TimeField label="When, UTC" description="Empty: now." value={at} onChange={setAt} />
    </Form>
  );
}

type SubjectKind = "component" | "person" | "credential" | "platform";

/** What an incident can be about. */
function SubjectFields({ kind, id, onKind, onId }: { kind: SubjectKind; id: string; onKind: (kind: SubjectKind) => void; onId: (id: string) => void }) {
  const people = useQuery(queries.people).data ?? [];
  const some = people.filter((person) => person.kind === kind);
  return (
    <div className={classes["two"]}>
      <NativeSelect label="Subject" value={kind} onChange={(event) => { onKind(event.currentTarget.value as SubjectKind); onId(""); }} data={[{ value: "component", label: "A component" }, { value: "person", label: "A person" }, { value: "credential", label: "A credential" }, { value: "platform", label: "The platform itself" }]} />
      {kind === "credential" && <TextInput label="Its id" placeholder="crd_…" value={id} onChange={(event) => onId(event.currentTarget.value.trim())} spellCheck={false} />}
      {(kind === "component" || kind === "person") && <NativeSelect label="Which" value={id} onChange={(event) => onId(event.currentTarget.value)} data={[{ value: "", label: some.length === 0 ? "There is none" : "Choose…" }, ...some.map((person) => ({ value: person.id, label: person.name }))]} />}
    </div>
  );
}

function subject(kind: SubjectKind, id: string): string | null {
  if (kind === "platform") return "platform";
  return id === "" ? null : `${kind}:${id}`;
}

export function SubjectDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const [kind, setKind] = useState<SubjectKind>("component");
  const [id, setId] = useState("");
  const named = subject(kind, id);
  return (
    <Form title="Add a subject" act="Add the subject" onClose={onClose} ready={named !== null} run={() => api.addSubject(incident.id, named!)}>
      <p className="i2">What the installation’s policy halts is halted as soon as this is answered, and labs that it concerns are told.</p>
      <SubjectFields kind={kind} id={id} onKind={setKind} onId={setId} />
    </Form>
  );
}

/** Opens an incident from an advisory, or about something that was named. */
export function OpenDialog({ advisory, onClose }: { advisory?: string; onClose: () => void }) {
  const events = useQuery(queries.advisories).data?.items ?? [];
  const [by, setBy] = useState<"advisory" | "subject">("advisory");
  const [record, setRecord] = useState(advisory ?? "");
  const [since, setSince] = useState("");
  const [kind, setKind] = useState<SubjectKind>("component");
  const [id, setId] = useState("");
  const [title, setTitle] = useState("");
  const [reason, setReason] = useState("");
  const [words, setWords] = useState("");
  const navigate = useNavigate();
  const named = subject(kind, id);
  const start = ofField(since);
  const chosen = by === "advisory" ? record !== "" && start !== null : named !== null && !isBlank(title);
  const open = async () => {
    const called = { ...(isBlank(title) ? {} : { title: title.trim() }), ...forLabs(words) };
    const body: NewIncident = by === "advisory" ? { advisory: record, since: iso(start!), reason: reason.trim(), ...called } : { subjects: [named!], reason: reason.trim(), ...called };
    const made = await api.openIncident(body);
    await navigate({ to: "/console/incidents/$incident", params: { incident: made.id } });
  };
  return (
    <Form title="Open an incident" act="Open it" onClose={onClose} ready={chosen && !isBlank(reason)} run={open}>
      <p className="i2">What the installation’s policy halts is halted as soon as this is answered. Labs that it concerns are told, each in its own ledger.</p>
      <NativeSelect label="It comes from" value={by} onChange={(event) => setBy(event.currentTarget.value as typeof by)} data={[{ value: "advisory", label: "an advisory: every component that it affects, or may" }, { value: "subject", label: "what I name: a component, a person, a credential" }]} data-autofocus />
      {by === "advisory" && (
        <div className={classes["two"]}>
          <NativeSelect label="Advisory" value={record} onChange={(event) => setRecord(event.currentTarget.value)} data={[{ value: "", label: events.length === 0 ? "None was taken yet" : "Choose…" }, ...events.map((event) => ({ value: event.id, label: event.id }))]} />
          <TimeField label="Since, UTC" value={since} onChange={setSince} />
        </div>
      )}
      {by === "subject" && <SubjectFields kind={kind} id={id} onKind={setKind} onId={setId} />}
      <TextInput label="Title" description={by === "advisory" ? "What the firm calls it; the record’s id unless said." : "What the firm calls it."} value={title} onChange={(event) => setTitle(event.currentTarget.value)} dir="auto" />
      <Textarea label="Why" description="For the firm. No lab is shown it." value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxRows={8} dir="auto" />
      <ForLabs value={words} onChange={setWords} />
    </Form>
  );
}
