import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { moment, plural } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import classes from "./Console.module.css";
import own from "./containment.module.css";
import { refusal } from "./ProjectsView";
import { readRecords } from "./records";

export function AdvisoriesView() {
  useTitle("Advisories", "Console");
  const advisories = useQuery(queries.advisories);
  const incidents = useQuery(queries.incidents).data ?? [];
  const [taking, setTaking] = useState(false);
  const items = (advisories.data?.items ?? []).toSorted((a, b) => b.taken.localeCompare(a.taken));
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <p className="sm"><Link to="/console/components" className="link">Components</Link></p>
          <h1>Advisories</h1>
          <p className="i2">{advisories.data === undefined ? "Asking the server." : <><b>{plural(items.length, "event")}</b>, each with all records of it that were taken. What they mean follows from what components said.</>}</p>
        </div>
        <Button variant="filled" onClick={() => setTaking(true)}>Take records…</Button>
      </div>
      <Panel title="Events, newest first">
        {advisories.error !== null && advisories.data === undefined && <Trouble title="The advisories could not be read">{isProblem(advisories.error) ? advisories.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
        {advisories.data !== undefined && items.length === 0 && <Empty title="No advisory was taken yet">Take records in the OSV format, as public databases publish them. Nothing is fetched from anywhere: what you bring is judged against every scan, also against those of long ago.</Empty>}
        <ul className={own["rows"]}>
          {items.map((event) => {
            const incident = incidents.find((item) => item.advisory !== null && event.records.includes(item.advisory));
            return (
              <li key={event.id}>
                <Link to="/console/advisories/$record" params={{ record: event.id }} className="link mono"><b>{event.id}</b></Link>
                <p className="i2 sm">{event.records.length > 1 ? `with ${event.records.filter((record) => record !== event.id).join(", ")}` : "one record"}, taken {moment(event.taken)} UTC</p>
                <p className="sm">{event.withdrawn ? <StateTag state="plain">withdrawn</StateTag> : incident === undefined ? <span className="m">no incident</span> : <Link to="/console/incidents/$incident" params={{ incident: incident.id }} className="link">incident, {incident.state}</Link>}</p>
              </li>
            );
          })}
        </ul>
      </Panel>
      {taking && <TakeDialog onClose={() => setTaking(false)} />}
    </>
  );
}

function TakeDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const client = useQueryClient();
  const read = readRecords(text);
  const taking = useMutation({ mutationFn: () => api.takeAdvisories(read.records), onSuccess: () => void client.invalidateQueries() });
  const file = async (list: FileList | null) => {
    const texts = await Promise.all([...(list ?? [])].map((one) => one.text()));
    if (texts.length > 0) setText(texts.join("\n"));
  };
  const done = taking.data;
  return (
    <Sheet onClose={onClose} title="Take advisory records" size={560}>
      <form className={classes["form"]} onSubmit={(event) => { event.preventDefault(); if (read.error === null) taking.mutate(); }}>
        <p className="i2">Records in the OSV format: one, an array, or several after each other. All are taken or, where one does not read, none.</p>
        <label className="sm i2">Files <input className="cf-input" type="file" accept=".json,application/json" multiple onChange={(event) => void file(event.currentTarget.files)} /></label>
        <Textarea label="Or the text" value={text} onChange={(event) => setText(event.currentTarget.value)} autosize minRows={5} maxRows={14} spellCheck={false} error={text.trim() === "" ? null : read.error} data-autofocus />
        {taking.error !== null && <p className="err" role="alert">None was taken: {refusal(taking.error)}</p>}
        <p role="status" className="sm">{done === undefined ? "" : `Taken: ${done.new} new, ${done.replaced} in place of older ones, ${done.unchanged} known already.`}</p>
        <div className={classes["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={read.error !== null || taking.isPending}>Take {read.records.length === 0 ? "them" : plural(read.records.length, "record")}</Button></div>
      </form>
    </Sheet>
  );
}
