import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Halt, HaltedView, Project } from "../api/contract";
import { Bar } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { isSteward, isWork, useMe } from "../app/session";
import type { HaltScopes } from "../halt/HaltPanel";
import { byWhom, endedBy, parseScope } from "../halt/reasons";
import { ResumeButton } from "../halt/ResumeButton";
import { wholeLab } from "../halt/words";
import { NoticesButton } from "../notices/Notices";
import { count, moment, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { useKeys } from "../ui/keys";
import { Panel, Trouble } from "../ui/Panel";
import { useNow } from "../ui/useNow";
import { whoSaw } from "./actors";
import { Deliveries } from "./Deliveries";
import classes from "./LabPage.module.css";
import { LabProjects } from "./LabProjects";
import { Recipients } from "./Recipients";
import { SeenPanel } from "./SeenPanel";
import { spanOf, type SpanName } from "./window";

export function LabPage() {
  const { lab: id } = useParams({ from: "/signed-in/lab/$lab" });
  const me = useMe();
  const stewarded = me.engagements.filter(isSteward).find((engagement) => engagement.lab.id === id);
  const labs = useQuery({ ...queries.labs, enabled: me.operator && stewarded === undefined });
  if (stewarded !== undefined) return <Portal key={id} lab={stewarded.lab} steward />;
  if (!me.operator) return <NotFound />;
  const lab = labs.data?.find((item) => item.id === id);
  if (lab === undefined) return labs.isPending ? null : <NotFound />;
  return <Portal key={id} lab={lab} steward={false} />;
}

function Portal({ lab, steward }: { lab: { id: string; name: string }; steward: boolean }) {
  const me = useMe();
  const [spanName, setSpan] = useState<SpanName>("day");
  const [table, setTable] = useState(false);
  const span = spanOf(spanName, useNow(5000).getTime());
  const summary = useQuery(queries.summary(lab.id, span.from, span.to, span.bucketSeconds));
  const projects = useQuery(queries.projects(lab.id));
  const halts = useQuery(queries.halts(true));
  const labs = useQuery(queries.labs);
  // Stewards are not told of halts over the whole installation but by what they do to their lab.
  const all = labs.data?.find((item) => item.id === lab.id)?.halted ?? null;
  const own = (halts.data?.items ?? []).filter((halt) => concerns(halt, lab.id, projects.data ?? []));
  useKeys({ T: () => setTable(!table) });

  const nav = [
    ...(me.operator ? [{ to: "/console", label: "Console", current: false }] : []),
    ...(me.engagements.some(isWork) ? [{ to: "/", label: "Today", current: false }] : []),
    ...me.engagements.filter(isSteward).map((engagement) => ({ to: `/lab/${engagement.lab.id}`, label: engagement.lab.name, current: engagement.lab.id === lab.id })),
    ...(steward ? [] : [{ to: `/lab/${lab.id}`, label: lab.name, current: true }]),
  ];
  return (
    <>
      <Bar nav={nav} navLabel="Portal" aside={<NoticesButton />} office={steward ? "steward" : "operator"} utcClock halt={scopesOf(lab, projects.data ?? [], own)} keys={[[["T"], "entries as a table, or the picture"]]} />
      <main className={classes["page"]}>
        <div className={classes["left"]}>
          <div className={classes["head"]}>
            <h1>Who has seen {lab.name}’s data</h1>
            <p className="i2">
              {summary.data === undefined ? "Asking the ledger." : (
                <>
                  In {span.label}: <b>{count(summary.data.objects)}</b> {summary.data.objects === 1 ? "opening" : "openings"} of objects, by {whoSaw(summary.data.actors)}.{" "}
                  {summary.data.refused_total === 0 ? "No refused attempt recorded." : `${plural(summary.data.refused_total, "attempt")} refused.`}
                </>
              )}
            </p>
          </div>
          {all !== null && !own.some((halt) => halt.id === all.halt) && (
            <section className={classes["banner"]} aria-label="Halt in effect">
              <p><Glyph name="halt" /> <b>{all.scope === "installation" ? "Everything" : lab.name} is halted</b> since {moment(all.since, { seconds: true })} UTC. {all.sentence} Hours worked until then stand, drafts are kept.</p>
            </section>
          )}
          {own.map((halt) => <HaltBanner key={halt.id} halt={halt} steward={steward} />)}
          {summary.error !== null && summary.data === undefined ? (
            <Panel title="By actor"><Trouble title="Who has seen this data is not known to this page now">{isProblem(summary.error) ? (summary.error.problem.detail ?? summary.error.problem.title) : "The server does not answer. The ledger itself is unharmed; try again."}</Trouble></Panel>
          ) : (
            <SeenPanel lab={lab} summary={summary.data ?? null} stale={summary.isError || summary.isPlaceholderData} span={span} spanName={spanName} onSpan={setSpan} table={table} onTable={setTable} />
          )}
          <LabProjects projects={projects.data ?? null} error={projects.error} />
        </div>
        <div className={classes["right"]}>
          <Deliveries lab={lab} steward={steward} />
          <Recipients lab={lab} steward={steward} />
        </div>
      </main>
    </>
  );
}

/** Open halts over this lab, its projects, or everything. */
function concerns(halt: Halt, lab: string, projects: Project[]): boolean {
  const scope = parseScope(halt.scope);
  if (scope.kind === "installation") return true;
  if (scope.kind === "lab") return scope.id === lab;
  return scope.kind === "project" && projects.some((project) => project.id === scope.id);
}

function HaltBanner({ halt, steward }: { halt: Halt; steward: boolean }) {
  const whole = halt.scope === "installation";
  return (
    <section className={classes["banner"]} aria-label="Halt in effect">
      <p><Glyph name="halt" /> <b>{whole ? "Everything" : halt.scope_name} is halted</b> since {moment(halt.since, { seconds: true })} UTC, by {byWhom(halt)}. {halt.sentence} Hours worked until then stand, drafts are kept.</p>
      {endedBy(halt, steward ? "steward" : "operator") && <ResumeButton halt={halt.id} name={whole ? "everything" : halt.scope_name} />}
    </section>
  );
}

function scopesOf(lab: { id: string; name: string }, projects: Project[], halts: Halt[]): HaltScopes {
  const people = projects.reduce((sum, project) => sum + project.people, 0);
  const is = (scope: string, view: HaltedView | null = null) => view !== null || halts.some((halt) => halt.scope === scope);
  return {
    kinds: [
      {
        kind: "lab",
        label: wholeLab(lab.name),
        targets: [{ scope: `lab:${lab.id}`, name: lab.name, stops: `${plural(projects.length, "project")} with ${plural(people, "engaged person", "engaged people")}; open exports and model calls are cut.`, halted: is(`lab:${lab.id}`) }],
      },
      {
        kind: "project",
        label: "Project",
        targets: projects.map((project) => ({ scope: `project:${project.id}`, name: project.name, stops: `${project.name} with ${plural(project.people, "engaged person", "engaged people")}; its open exports are cut. Other projects go on.`, halted: is(`project:${project.id}`, project.halted) })),
      },
    ],
  };
}
