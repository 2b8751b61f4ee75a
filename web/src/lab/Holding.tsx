import { useQuery } from "@tanstack/react-query";
import { isProblem } from "../api/client";
import type { Keyholder, KeyholderStanding } from "../api/contract";
import { queries } from "../app/queries";
import { CopyText } from "../ui/CopyText";
import { capital, count, moment, plural } from "../ui/format";
import { Empty, Panel } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import classes from "./Holding.module.css";

/** Who holds a lab's keys, and how that stands. */
export function Holding({ lab }: { lab: string }) {
  const found = useQuery(queries.keyholder(lab));
  return (
    <Panel title="Keys" note={found.data === undefined ? undefined : found.data.held_by === "lab" ? "held by this lab" : "held by the platform"} aside={found.data === undefined ? null : <State holding={found.data} />}>
      {found.data !== undefined && <div className={classes["body"]}>{found.data.held_by === "lab" ? <Own holding={found.data} /> : <p className="i2">In its own process. Whoever takes that machine with its disk has them. A lab that runs a keyholder of its own stops all reading by itself, and its log says which keys were leased, to whom and for what.</p>}</div>}
      {found.error !== null && found.data === undefined && <Empty title="Not shown here">{isProblem(found.error) ? (found.error.problem.detail ?? found.error.problem.title) : "The server does not answer."}</Empty>}
    </Panel>
  );
}

function State({ holding: { held_by, standing, trouble } }: { holding: Keyholder }) {
  if (held_by !== "lab") return null;
  if (standing === null) return <StateTag state="halted">does not answer</StateTag>;
  if (standing.diverged !== null) return <StateTag state="halted">contradicted</StateTag>;
  if (trouble !== null && standing.halts.length === 0) return <StateTag state="halted">gives no key</StateTag>;
  return standing.halts.length > 0 ? <StateTag state="halted">halted</StateTag> : <StateTag state="active">leases</StateTag>;
}

function Own({ holding }: { holding: Keyholder }) {
  const { authority, witness, entry, standing, trouble } = holding;
  return (
    <>
      {trouble !== null && <p className="err">{capital(trouble)}. {standing === null ? "What is leased goes on until it ends; then nothing is read." : ""}</p>}
      {standing !== null && <Standing standing={standing} />}
      <dl className={classes["facts"]}>
        <dt>Keyholder</dt>
        <dd>{authority !== null && <CopyText text={authority} label="keyholder" head={10} tail={6} />}</dd>
        <dt>Witness</dt>
        <dd>{witness !== null && <CopyText text={witness} label="witness" head={16} tail={6} />}</dd>
        {entry !== null && <><dt>Since</dt><dd>entry {count(entry)} of the ledger</dd></>}
        {standing !== null && <><dt>Node</dt><dd><bdi>{standing.node}</bdi>, enrolled until {moment(standing.enrolled_until)} UTC</dd></>}
      </dl>
    </>
  );
}

function Standing({ standing: { halts, diverged, witnessed } }: { standing: KeyholderStanding }) {
  return (
    <>
      {diverged !== null && <p className="err">The ledger contradicts what the keyholder saw: {diverged}. Nothing is leased until the lab has decided.</p>}
      {halts.map((halt) => (
        <p key={halt.project ?? ""} className="err">{halt.project === null ? "Everything is halted" : "A project is halted"} there since {moment(halt.since)} UTC: <bdi>{halt.reason}</bdi></p>
      ))}
      <p className="i2">It has cosigned {plural(witnessed, "entry", "entries")} of the ledger.</p>
    </>
  );
}
