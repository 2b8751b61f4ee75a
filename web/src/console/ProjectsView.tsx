import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Lab } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { isBlank } from "../ui/blank";
import { count, plural, workedBy } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import { ProjectProgress, SubmissionCounts } from "../ui/ProjectProgress";
import { StateTag } from "../ui/StateTag";
import classes from "./Console.module.css";

export function ProjectsView() {
  useTitle("Projects", "Console");
  const labs = useQuery(queries.labs);
  const projects = useQuery(queries.projects());
  const [dialog, setDialog] = useState<{ what: "lab" } | { what: "project"; lab: Lab } | null>(null);
  const items = projects.data ?? [];
  const open = items.filter((project) => project.state === "open");
  const halted = items.filter((project) => project.halted !== null).length;
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h1>Projects</h1>
          <p className="i2">
            {projects.data === undefined ? "Asking the server." : <><b>{count(open.length)}</b> open for {plural((labs.data ?? []).length, "lab")}; {halted === 0 ? "none halted" : <b>{halted} halted</b>}. Counts and states only: the labs’ words stay sealed.</>}
          </p>
        </div>
        <Button onClick={() => setDialog({ what: "lab" })}>New lab…</Button>
      </div>
      {projects.error !== null && projects.data === undefined && <Trouble title="The projects could not be read">{isProblem(projects.error) ? projects.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
      {labs.data?.length === 0 && <Panel title="Labs"><Empty title="No lab yet">A lab is a customer with a compartment, keys and a ledger of its own. Make the first, then a project for it.</Empty></Panel>}
      {labs.data?.map((lab) => {
        const own = items.filter((project) => project.lab.id === lab.id);
        return (
          <Panel
            key={lab.id}
            title={lab.name}
            note={<Link to="/lab/$lab" params={{ lab: lab.id }} className="link">its portal</Link>}
            aside={<span className="row">{lab.halted !== null ? <StateTag state="halted">halted</StateTag> : own.some((project) => project.halted !== null) ? <StateTag state="partial">in part</StateTag> : <StateTag state="active">active</StateTag>}<Button variant="quiet" onClick={() => setDialog({ what: "project", lab })}>New project…</Button></span>}
          >
            {own.length === 0 ? <Empty title="No project yet">Open one with a template; then import tasks with <span className="mono">cofferdam import</span> and engage people.</Empty> : (
              <ul className={classes["projects"]}>
                {own.map((project) => (
                  <li key={project.id}>
                    <div className={classes["stack"]}>
                      <Link to="/console/projects/$project" params={{ project: project.id }} className="link"><b>{project.name}</b></Link>
                      <span className="m sm">{project.template_kind}, each task {plural(project.overlap, "time")}</span>
                    </div>
                    <ProjectProgress project={project} />
                    <div className={classes["stack"]}><SubmissionCounts project={project} /><span className="m sm">{workedBy(project)}</span></div>
                    <span className={classes["state"]}>{project.halted !== null ? <StateTag state="halted">halted</StateTag> : project.state === "closed" ? <StateTag state="plain">closed</StateTag> : <StateTag state="active">open</StateTag>}</span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        );
      })}
      {dialog?.what === "lab" && <LabDialog onClose={() => setDialog(null)} />}
      {dialog?.what === "project" && <ProjectDialog lab={dialog.lab} onClose={() => setDialog(null)} />}
    </>
  );
}

function LabDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const making = useMutation({ mutationFn: () => api.createLab(name.trim()), onSuccess: () => { onClose(); void client.invalidateQueries(); } });
  return (
    <Sheet onClose={onClose} title="New lab" size={420}>
      <form onSubmit={(event) => { event.preventDefault(); making.mutate(); }}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} error={making.error === null ? null : refusal(making.error)} data-autofocus />
        <div className={classes["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={isBlank(name) || making.isPending}>Make the lab</Button></div>
      </form>
    </Sheet>
  );
}

const TEMPLATES = [
  { value: "pairwise-preference", label: "Pairwise preference: two responses, which is better" },
  { value: "ranking", label: "Ranking: up to nine responses, from the best to the worst" },
  { value: "rubric", label: "Rubric: criteria to write or to grade" },
  { value: "chat", label: "Demonstration: the assistant’s replies" },
  { value: "classification", label: "Classification: a text, and the labels that fit it" },
  { value: "spans", label: "Passages: a text, and what is wrong in it, marked and named" },
  { value: "freeform", label: "Free form: a text to read, a text to write" },
];

function ProjectDialog({ lab, onClose }: { lab: Lab; onClose: () => void }) {
  const [name, setName] = useState("");
  const [template, setTemplate] = useState("pairwise-preference");
  const [overlap, setOverlap] = useState("1");
  const client = useQueryClient();
  const making = useMutation({ mutationFn: () => api.createProject(lab.id, { name: name.trim(), template, overlap: Number(overlap) }), onSuccess: () => { onClose(); void client.invalidateQueries(); } });
  return (
    <Sheet onClose={onClose} title={`New project for ${lab.name}`} size={460}>
      <form className={classes["form"]} onSubmit={(event) => { event.preventDefault(); making.mutate(); }}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} error={making.error === null ? null : refusal(making.error)} data-autofocus />
        <NativeSelect label="Template" value={template} onChange={(event) => setTemplate(event.currentTarget.value)} data={TEMPLATES} />
        <NativeSelect label="Overlap" description="How many people answer each task." value={overlap} onChange={(event) => setOverlap(event.currentTarget.value)} data={["1", "2", "3", "4", "5"]} />
        <div className={classes["end"]}><Button onClick={onClose}>Close</Button><Button type="submit" variant="filled" disabled={isBlank(name) || making.isPending}>Open the project</Button></div>
      </form>
    </Sheet>
  );
}

export function refusal(error: unknown): string {
  if (!isProblem(error)) return "Not done: the server does not answer. Try again.";
  const reasons = error.problem.errors?.map((item) => `${(item.field ?? "").replace(/^\//, "")} ${item.reason}`.trim()) ?? [];
  return reasons.length > 0 ? reasons.join("; ") : (error.problem.detail ?? error.problem.title);
}
