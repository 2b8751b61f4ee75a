import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Agreement, EngagementView, Project, Role } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { KeysOfProject } from "../rotation/Keys";
import { CopyText } from "../ui/CopyText";
import { count, moment, plural, shortId, workedBy } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { ProjectProgress, SubmissionCounts } from "../ui/ProjectProgress";
import { StateTag } from "../ui/StateTag";
import classes from "./Console.module.css";
import { refusal } from "./ProjectsView";

export function ProjectView() {
  const { project: id } = useParams({ from: "/signed-in/console/projects/$project" });
  const project = useQuery(queries.project(id));
  useTitle("Project", project.data === undefined ? shortId(id) : `${project.data.name} for ${project.data.lab.name}`, "Console");
  const roster = useQuery(queries.roster(id));
  const agreement = useQuery(queries.agreement(id));
  if (project.data === undefined) {
    return project.error === null ? <p className="i2">Asking the server.</p> : <Trouble title="This project could not be read">{isProblem(project.error) ? (project.error.problem.detail ?? project.error.problem.title) : "The server does not answer. Try again."}</Trouble>;
  }
  const p = project.data;
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <p className="sm"><Link to="/console" className="link">Projects</Link></p>
          <h1>{p.name}</h1>
          <p className="i2">for <Link to="/lab/$lab" params={{ lab: p.lab.id }} className="link">{p.lab.name}</Link>, {p.template_kind}, each task {plural(p.overlap, "time")}, since {moment(p.created)} UTC</p>
        </div>
        {p.halted !== null ? <StateTag state="halted">halted</StateTag> : <StateTag state="active">{p.state}</StateTag>}
      </div>
      {p.halted !== null && <Panel title="Halted" inverse><p className={classes["pad"]}>{p.halted.sentence} Since {moment(p.halted.since, { seconds: true })} UTC. <Link to="/console/halts" className="link">To the list of halts</Link></p></Panel>}
      <div className={classes["two"]}>
        <Panel title="How far it is"><div className={`${classes["pad"]} ${classes["stack"]}`}><ProjectProgress project={p} /><SubmissionCounts project={p} /><p className="sm m">{workedBy(p)}</p><DeliverButton project={p} /></div></Panel>
        <Panel title="Do they agree" note="on what the template compares"><div className={classes["pad"]}><AgreementPicture agreement={agreement.data ?? null} error={agreement.error} busy={agreement.isFetching} onMeasure={() => void agreement.refetch()} /></div></Panel>
      </div>
      <KeysOfProject project={p} />
      <Roster engagements={roster.data ?? null} project={id} />
    </>
  );
}

/** A delivery of what is accepted so far, sealed to the lab's recipients. */
function DeliverButton({ project }: { project: Project }) {
  const client = useQueryClient();
  const making = useMutation({ mutationFn: () => api.deliver(project.id), onSuccess: () => void client.invalidateQueries({ queryKey: ["deliveries", project.lab.id] }) });
  return (
    <>
      <Button onClick={() => making.mutate()} disabled={making.isPending}>{making.isPending ? "Sealing a delivery" : "Make a delivery"}</Button>
      <p className="sm i2" role="status">
        {making.data !== undefined && <>Offered to {project.lab.name}: {plural(making.data.rows, "row")} as {making.data.format}, <span className="mono">{shortId(making.data.id)}</span>.</>}
      </p>
      {making.error !== null && <p className="err" role="alert">Not delivered: {refusal(making.error)}</p>}
    </>
  );
}

/** Coefficients on a line from 0 to 1, with their counts. */
function AgreementPicture({ agreement, error, busy, onMeasure }: { agreement: Agreement | null; error: unknown; busy: boolean; onMeasure: () => void }) {
  const measure = <Button onClick={onMeasure} disabled={busy}>{busy ? "Measuring" : agreement === null ? "Measure" : "Measure again"}</Button>;
  const failed = error === null ? null : <p className="err" role="alert">Not measured: {isProblem(error) ? (error.problem.detail ?? error.problem.title) : "the server does not answer."}</p>;
  if (agreement === null) {
    return (
      <div className={classes["stack"]}>
        <p className="i2">Not measured yet on this page. A job reads the labels for it, and the lab’s ledger says so.</p>
        {failed}
        {measure}
      </div>
    );
  }
  const rows: [string, number | null, string][] = [
    ...agreement.cohen_kappa.map((pair): [string, number | null, string] => [`Cohen’s κ, ${shortId(pair.a)} and ${shortId(pair.b)}`, pair.kappa, plural(pair.items, "item")]),
    ["Fleiss’ κ", agreement.fleiss_kappa, plural(agreement.items, "item")],
    ["Krippendorff’s α", agreement.krippendorff_alpha, plural(agreement.items, "item")],
  ];
  return (
    <>
      {agreement.explained.map((reason) => <p key={reason} className="i2">{reason}</p>)}
      <table className={classes["table"]}>
        <tbody>
          {rows.map(([name, value, items]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={classes["bar"]}>{value !== null && <svg width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width={Math.max(0, value) * 100} height="8" fill="var(--cf-data)" /><path d="M100 0V8" stroke="var(--cf-line-strong)" vectorEffect="non-scaling-stroke" /></svg>}</td>
              <td className="r">{value === null ? <span className="m" title="not measured">?</span> : <b>{value.toFixed(3)}</b>}</td>
              <td className="r m sm nw">{items}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {failed}
      <div className={classes["again"]}>{measure}</div>
    </>
  );
}

function Roster({ engagements, project }: { engagements: EngagementView[] | null; project: string }) {
  const people = useQuery(queries.people);
  const [who, setWho] = useState("");
  const [role, setRole] = useState<Role>("author");
  const client = useQueryClient();
  const engaging = useMutation({ mutationFn: () => api.engage(project, { principal: who, role }), onSuccess: () => { setWho(""); void client.invalidateQueries(); } });
  const ending = useMutation({ mutationFn: api.endEngagement, onSuccess: () => void client.invalidateQueries() });
  const [ask, setAsk] = useState<string | null>(null);
  return (
    <Panel title="Engaged here" note={engagements === null ? undefined : count(engagements.length)}>
      {engagements?.length === 0 && <Empty title="Nobody is engaged yet">Engage somebody below: from then on tasks are handed out to them.</Empty>}
      {engagements !== null && engagements.length > 0 && (
        <div className={classes["scroll"]}>
          <table className={classes["table"]}>
            <thead><tr><th scope="col">who</th><th scope="col">role</th><th scope="col" className="desk">known to the lab as</th><th scope="col" className="desk">since</th><th scope="col">state</th><th scope="col"><span className="vh">act</span></th></tr></thead>
            <tbody>
              {engagements.map((engagement) => (
                <tr key={engagement.id}>
                  <th scope="row"><b>{engagement.principal?.name ?? engagement.pseudonym}</b></th>
                  <td className="nw">{engagement.role}</td>
                  <td className="mono desk"><CopyText text={engagement.pseudonym} label="pseudonym" head={6} /></td>
                  <td className="i2 desk nw">{moment(engagement.from)}</td>
                  <td>{engagement.state === "ended" ? <StateTag state="plain">ended</StateTag> : engagement.halted !== null ? <StateTag state="halted">halted</StateTag> : <StateTag state="active">{engagement.state === "active" ? "active" : "not begun"}</StateTag>}</td>
                  <td className="r nw">
                    {engagement.state !== "ended" && (ask === engagement.id ? (
                      <><Button onClick={() => setAsk(null)}>Keep</Button> <Button onClick={() => { setAsk(null); ending.mutate(engagement.id); }}>End it for good</Button></>
                    ) : (
                      <button type="button" className="link" onClick={() => setAsk(engagement.id)} aria-label={`End the engagement of ${engagement.principal?.name ?? engagement.pseudonym}…`}>End…</button>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {ending.error !== null && <p className={`err ${classes["pad"]}`} role="alert">Not ended: {refusal(ending.error)}</p>}
      <form className={classes["inline"]} onSubmit={(event) => { event.preventDefault(); engaging.mutate(); }}>
        <NativeSelect label="Engage" value={who} onChange={(event) => setWho(event.currentTarget.value)} data={[{ value: "", label: "somebody" }, ...(people.data ?? []).filter((person) => person.kind === "person").map((person) => ({ value: person.id, label: person.name }))]} error={engaging.error === null ? null : refusal(engaging.error)} />
        <NativeSelect label="as" value={role} onChange={(event) => setRole(event.currentTarget.value as Role)} data={["author", "reviewer", "lead"]} />
        <Button type="submit" variant="filled" disabled={who === "" || engaging.isPending}>Engage</Button>
      </form>
    </Panel>
  );
}
