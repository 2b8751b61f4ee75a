import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Halt } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { byWhom, endedBy } from "../halt/reasons";
import { ResumeButton } from "../halt/ResumeButton";
import { count, moment, plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { useKeys } from "../ui/keys";
import { Panel, Trouble } from "../ui/Panel";
import { useNow } from "../ui/useNow";
import { whoSaw } from "./actors";
import { Awaiting } from "./Awaiting";
import { Deliveries } from "./Deliveries";
import { concerns, LabBar, OfLab } from "./frame";
import classes from "./LabPage.module.css";
import { LabProjects } from "./LabProjects";
import { Holding } from "./Holding";
import { Recipients } from "./Recipients";
import { SeenPanel } from "./SeenPanel";
import { useVerifier } from "./useVerifier";
import { spanOf, type SpanName } from "./window";

export function LabPage() {
  const { lab: id } = useParams({ from: "/signed-in/lab/$lab" });
  return <OfLab id={id}>{(lab, steward) => <Portal key={id} lab={lab} steward={steward} />}</OfLab>;
}

function Portal({ lab, steward }: { lab: { id: string; name: string }; steward: boolean }) {
  useTitle("Who has seen the data", lab.name);
  const [spanName, setSpan] = useState<SpanName>("day");
  const [table, setTable] = useState(false);
  const span = spanOf(spanName, useNow(5000).getTime());
  const summary = useQuery(queries.summary(lab.id, span.from, span.to, span.bucketSeconds));
  const verifying = useVerifier(lab.id);
  const projects = useQuery(queries.projects(lab.id));
  const halts = useQuery(queries.halts(true));
  const labs = useQuery(queries.labs);
  // Stewards are not told of halts over the whole installation but by what they do to their lab.
  const all = labs.data?.find((item) => item.id === lab.id)?.halted ?? null;
  const own = (halts.data?.items ?? []).filter((halt) => concerns(halt, lab.id, projects.data ?? []));
  useKeys({ T: () => setTable(!table) });

  return (
    <>
      <LabBar lab={lab} steward={steward} at="lab" keys={[[["T"], "entries as a table, or the picture"]]} />
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
          <Awaiting lab={lab} steward={steward} />
          {own.map((halt) => <HaltBanner key={halt.id} halt={halt} steward={steward} />)}
          {summary.error !== null && summary.data === undefined ? (
            <Panel title="By actor"><Trouble title="Who has seen this data is not known to this page now">{isProblem(summary.error) ? (summary.error.problem.detail ?? summary.error.problem.title) : "The server does not answer. The ledger itself is unharmed; try again."}</Trouble></Panel>
          ) : (
            <SeenPanel lab={lab} summary={summary.data ?? null} asked={summary.isPlaceholderData ? 0 : summary.dataUpdatedAt} verifying={verifying} stale={summary.isError || summary.isPlaceholderData} span={span} spanName={spanName} onSpan={setSpan} table={table} onTable={setTable} />
          )}
          <LabProjects lab={lab.id} projects={projects.data ?? null} error={projects.error} />
        </div>
        <div className={classes["right"]}>
          <Deliveries lab={lab} steward={steward} verifying={verifying} />
          <Recipients lab={lab} steward={steward} />
          <Holding lab={lab.id} />
        </div>
      </main>
    </>
  );
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
