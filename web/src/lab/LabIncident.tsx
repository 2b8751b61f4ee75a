import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { isProblem } from "../api/client";
import type { LabIncident } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { Axis } from "../exposure/Axis";
import { AXIS_KEYS, domainOf, same, type Window } from "../exposure/axis";
import type { LaneOf } from "../exposure/AxisPicture";
import { chosenOf, searchOf } from "../exposure/chosen";
import { CLASSES } from "../exposure/classes";
import { ClassName } from "../exposure/ClassName";
import ex from "../exposure/exposure.module.css";
import { Patterns } from "../exposure/Patterns";
import { reportQuery } from "../exposure/queries";
import { combinedOf, countsOf, isoOf, isWitnessed, ranWords, type Micros, type Report, type WindowName } from "../exposure/report";
import { Legend, Stack } from "../exposure/Stack";
import { WindowTools } from "../exposure/WindowTools";
import { Steps } from "../incident/Steps";
import { count, moment, plural, shortId } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import { Decision } from "./Decision";
import { LabBar, OfLab } from "./frame";
import classes from "./Incidents.module.css";
import { claimsIn, windowIn } from "./reportWindows";
import { TakeAway } from "./TakeAway";

interface OfIncident {
  lab: { id: string; name: string };
  steward: boolean;
  incident: LabIncident;
}

export function LabIncidentPage() {
  const { lab: id, incident: own } = useParams({ from: "/signed-in/lab/$lab/incidents/$incident" });
  return <OfLab id={id}>{(lab, steward) => <Found key={`${id} ${own}`} lab={lab} steward={steward} own={own} />}</OfLab>;
}

function Found({ lab, steward, own }: { lab: { id: string; name: string }; steward: boolean; own: string }) {
  useTitle(`Incident ${shortId(own)}`, lab.name);
  const incidents = useQuery(queries.labIncidents(lab.id));
  const incident = incidents.data?.find((item) => item.id === own);
  return (
    <>
      <LabBar lab={lab} steward={steward} at="incidents" keys={AXIS_KEYS} />
      <main className={classes["page"]}>
        {incident !== undefined ? <TheIncident lab={lab} steward={steward} incident={incident} /> : (
          <>
            <h1>Incident</h1>
            {incidents.error !== null && incidents.data === undefined ? <Trouble title="This incident could not be read">{isProblem(incidents.error) ? incidents.error.problem.detail : "The server does not answer. Try again."}</Trouble> : <p className="i2">{incidents.data === undefined ? "Asking the server." : `No incident of ${lab.name} has this id. It may have been shortened in copying.`}</p>}
          </>
        )}
      </main>
    </>
  );
}

function TheIncident({ lab, steward, incident }: OfIncident) {
  const chosen = chosenOf(useSearch({ from: "/signed-in/lab/$lab/incidents/$incident" }));
  const navigate = useNavigate({ from: "/lab/$lab/incidents/$incident" });
  const asked = useQuery(reportQuery(lab.id, incident.id, chosen));
  const report = asked.data?.report ?? null;
  const projects = useQuery(queries.projects(lab.id)).data ?? [];
  const nameOf = (project: string) => projects.find((item) => item.id === project)?.name ?? shortId(project);
  const name: WindowName = chosen === null ? "widest" : "chosen";
  const onWindow = (window: Window | null) => void navigate({ search: searchOf(window), replace: true });
  return (
    <>
      <Patterns />
      <div className={classes["head"]}>
        <div>
          <p className="sm"><Link to="/lab/$lab/incidents" params={{ lab: lab.id }} className="link">Incidents</Link></p>
          <h1>What befell {lab.name}’s data</h1>
          <p className="i2">
            Incident <span className="mono nw" title={incident.id}>{shortId(incident.id)}</span>, told {moment(incident.told)} UTC, {incident.subjects.length === 0 ? "about the platform itself" : `about ${plural(incident.subjects.length, "subject")}`}.{" "}
            <Sum report={report} name={name} />
          </p>
        </div>
        <Steps incident={{ opened: incident.told, state: incident.state, moves: incident.moves }} />
      </div>
      <div className={classes["cols"]}>
        <div className={classes["col"]}>
          {report === null ? (
            <Panel title="Exposure report">
              {asked.isPending ? <Empty title="Computing over your ledger">Every entry of the ledger is looked at; on a large one this takes some seconds.</Empty> : <Trouble title="What befell the data is unknown">{asked.error === null ? "The report is of a format that this page does not know. Download it, and check it with the command line." : isProblem(asked.error) ? (asked.error.problem.detail ?? asked.error.problem.title) : "The server does not answer. Your ledger is unharmed; try again."} Nothing follows from it: unknown is not untouched.</Trouble>}
            </Panel>
          ) : (
            <>
              <Exposed {...{ report, name, chosen, onWindow, incident, lab }} stale={asked.isPlaceholderData} />
              <ByProject report={report} name={name} nameOf={nameOf} />
              <BySubject report={report} name={name} />
              <div className={classes["last"]}><Panel title="What it does not prove"><ul className={classes["limits"]}>{report.limits.map((limit) => <li key={limit}>{limit}</li>)}</ul></Panel></div>
            </>
          )}
        </div>
        <div className={classes["col"]}>
          <Decision lab={lab} incident={incident} steward={steward} read={report !== null} />
          <Told incident={incident} />
          {report !== null && <TakeAway {...{ lab, incident, report, nameOf }} text={asked.data?.text ?? ""} />}
        </div>
      </div>
    </>
  );
}

/** What the firm says of each step; the lab's ledger commits to every word of it. */
function Told({ incident }: { incident: LabIncident }) {
  const steps = [{ state: "opened", at: incident.told, why: incident.why }, ...incident.moves];
  return (
    <Panel title="What the firm says">
      <ol className={classes["told"]}>
        {steps.map((step) => (
          <li key={`${step.state} ${step.at}`}>
            <p className="sm m"><b>{step.state}</b> {moment(step.at)} UTC</p>
            <p dir="auto">{step.why === null ? <span className="i2">It gave you no reason.</span> : step.why.words}</p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** The sentence over everything: what is worst, with its window. */
function Sum({ report, name }: { report: Report | null; name: WindowName }) {
  const combined = report === null ? null : combinedOf(report)[name];
  if (combined === null) return null;
  const { altered, touched, unknown } = combined.counts;
  return <>{name === "widest" ? "Widest" : "Chosen"} window: <b>{count(touched)}</b> released to a subject, <b>{count(altered)}</b> written by one, <b>{count(unknown)}</b> unknown, of {count(combined.total)}.</>;
}

function Exposed({ report, name, chosen, onWindow, incident, lab, stale }: { report: Report; name: WindowName; chosen: Window | null; onWindow: (window: Window | null) => void; incident: LabIncident; lab: { name: string }; stale: boolean }) {
  const claims = claimsIn(report);
  const [narrowest, widest] = [windowIn(report, "narrowest"), windowIn(report, "widest")];
  const window = chosen ?? widest;
  const lanes = lanesIn(report);
  const now = useNow(30_000).getTime();
  const spans = [...claims.map((claim) => claim.window), ...lanes.flatMap((lane) => lane.exposed ?? []), ...(window === null ? [] : [window])];
  const range = domainOf(spans.flatMap((span) => (span.to === null ? [span.from] : [span.from, span.to])), [Date.parse(incident.told)]);
  const inView = now < range[1] + (range[1] - range[0]);
  const domain: [number, number] = inView ? [range[0], Math.max(range[1], now)] : range;
  const counts = combinedOf(report)[name]?.counts ?? null;
  const said = (one: Window | null) => (one === null ? null : { from: new Date(one.from).toISOString(), to: one.to === null ? null : new Date(one.to).toISOString() });
  return (
    <Panel
      title="Every object version, in its most severe class"
      note={isWitnessed(report) ? <StateTag state="witnessed">witnessed</StateTag> : <StateTag state="unwitnessed">UNWITNESSED</StateTag>}
      aside={<WindowTools claims={claims} narrowest={said(narrowest)} widest={said(widest)} window={window} chosen={chosen} onWindow={onWindow} />}
    >
      <div className={classes["picture"]} data-stale={stale || undefined} aria-busy={stale}>
        {counts === null ? <Empty title="No window is claimed yet">As soon as the firm takes what a source says of when it was, this is counted.</Empty> : <Stack counts={counts} label={lab.name} tall />}
        {counts !== null && <div className="mob"><Legend counts={counts} whole /></div>}
      </div>
      <WindowsTable report={report} name={name} />
      <div className={classes["when_it_was"]}><Axis claims={claims} lanes={lanes} window={window} domain={domain} now={inView ? now : null} called={name} day={new Date(window?.from ?? incident.told)} onWindow={(next) => { if (!same(next, window)) onWindow(next); }} stale={stale} /></div>
      <p className={ex["key"]}><span>solid: ran it</span><span>dots: may have run it</span><span>hatched: unknown</span><span>outline: exposed</span></p>
    </Panel>
  );
}

function WindowsTable({ report, name }: { report: Report; name: WindowName }) {
  const rows = (["narrowest", "chosen", "widest"] as const).flatMap((which) => {
    const combined = combinedOf(report)[which];
    const window = windowIn(report, which);
    return combined === null || window === null ? [] : [{ which, combined, window }];
  });
  return (
    <table className={`${classes["windows"]} desk`}>
      <thead><tr><th scope="col" className="m sm">window</th>{CLASSES.map((item) => <th key={item} scope="col"><ClassName name={item} /></th>)}</tr></thead>
      <tbody>
        {rows.map(({ which, combined, window }) => (
          <tr key={which} data-on={which === name || undefined}>
            <th scope="row">{which}<span className={`m sm ${classes["when"]}`}>{spanWords(window)}</span></th>
            {CLASSES.map((item) => <td key={item} className={combined.counts[item] === 0 ? classes["zero"] : undefined} style={combined.counts[item] === 0 ? undefined : { color: `var(--x-${item}-ink)` }}>{count(combined.counts[item])}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function spanWords(window: Window): string {
  const from = new Date(window.from);
  return `${moment(from.toISOString())} to ${window.to === null ? "now, still open" : moment(new Date(window.to).toISOString(), { now: from })}`;
}

function ByProject({ report, name, nameOf }: { report: Report; name: WindowName; nameOf: (project: string) => string }) {
  const projects = [...(combinedOf(report)[name]?.projects ?? [])];
  if (projects.length === 0) return null;
  return (
    <Panel title="By project">
      <ul className={classes["parts"]}>
        {projects.map(([id, counts]) => <li key={id}><b>{nameOf(id)}</b><div className={classes["part"]}><Stack counts={counts} label={nameOf(id)} /><Legend counts={counts} /></div></li>)}
      </ul>
    </Panel>
  );
}

function BySubject({ report, name }: { report: Report; name: WindowName }) {
  return (
    <Panel title="By subject" note="Names are pseudonyms made for this lab alone.">
      {report.results.length === 0 && <Empty title="No subject has a result">What a subject did is computed from the case and the ledger together; where they do not fit, there is none, and it stays unknown.</Empty>}
      <ul className={classes["parts"]}>
        {report.results.map((result) => {
          const window = result.windows[name];
          const counts = countsOf(window?.totals);
          return (
            <li key={`${result.subject} ${result.kind}`}>
              <div>
                <p><b className="mono" title={result.subject}>{shortId(result.subject)}</b> <span className="m">{result.kind}</span></p>
                <p className="m sm">{window === null ? "no such window" : window.exposed === null ? "not exposed in it" : `exposed ${spanWords(millis(window.exposed))}`}</p>
              </div>
              <div className={classes["part"]}>
                <Stack counts={counts} label={shortId(result.subject)} />
                <Legend counts={counts} />
                {window !== null && window.ran.length > 0 && <p className="m sm">{[...new Set(window.ran.map((span) => ranWords(span.known, span.why)))].join("; then ")}.</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function millis(window: Micros): Window {
  return { from: window.from / 1000, to: window.to === null ? null : window.to / 1000 };
}

function lanesIn(report: Report): LaneOf[] {
  return report.results.map((result) => {
    const window = result.windows.widest ?? result.windows.chosen;
    const exposed = (result.windows.chosen ?? result.windows.widest)?.exposed ?? null;
    const rebuilt = report.case.subjects.find((item) => item.pseudonym === result.subject && item.kind === result.kind)?.rebuilt ?? null;
    const first = new Date((window?.availability.from ?? 0) / 1000);
    const time = (at: number) => moment(isoOf(at), { now: first });
    return {
      key: `${result.subject} ${result.kind}`,
      name: shortId(result.subject),
      about: result.kind,
      spans: (window?.ran ?? []).map((span) => ({ window: millis(span.during), known: span.known, words: ranWords(span.known, span.why) })),
      exposed: exposed === null ? null : millis(exposed),
      scans: [],
      end: window === null || window === undefined ? "no window is claimed yet" : exposed === null ? "not exposed" : exposed.to === null ? "still open" : `until ${time(exposed.to)}${rebuilt === null ? "" : `, rebuilt ${time(rebuilt)}`}`,
      tone: window?.ran.some((span) => span.known === "ran" || span.known === "may-have-run") ?? false ? "exposed" : "unknown",
    };
  });
}
