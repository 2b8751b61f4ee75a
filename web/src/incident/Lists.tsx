import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Attempt, EngagementView, Halt, Incident } from "../api/contract";
import { queries } from "../app/queries";
import { byWhom, checkedWords, checkLabel, endedBy, parseScope, reasonLabel } from "../halt/reasons";
import { ResumeButton } from "../halt/ResumeButton";
import { CopyText } from "../ui/CopyText";
import { plural } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { RebuiltDialog } from "./dialogs";
import classes from "./Room.module.css";
import { GROUNDS, subjectOf } from "./states";

/** A time in words: without its day, where that is the incident’s. */
type Said = (iso: string) => string;

/** What the incident is about, and whether each is rebuilt. */
export function Subjects({ incident, time }: { incident: Incident; time: Said }) {
  const [rebuilding, setRebuilding] = useState<{ id: string; name: string } | null>(null);
  const components = useQuery(queries.components).data ?? [];
  return (
    <Panel title="What it is about" note={incident.subjects.length === 0 ? "the platform itself" : undefined}>
      <ul className={classes["lines"]}>
        {incident.subjects.map((subject) => {
          const { kind, id } = subjectOf(subject.subject);
          const said = components.find((item) => item.component.id === id);
          const name = subject.name ?? (kind === "platform" ? "The platform itself" : id);
          return (
            <li key={subject.subject}>
              <span className="m">{kind}</span>
              <div>
                <p><b>{kind === "component" ? <Link to="/console/components/$component" params={{ component: id }} className="link">{name}</Link> : name}</b> <span className="i2">{GROUNDS[subject.grounds] ?? subject.grounds}</span></p>
                <p className="m sm">
                  In it since {time(subject.added)}.
                  {kind === "component" && (said?.last === null || said === undefined ? " It never said what it runs." : ` ${plural(said.inventories, "scan")}, the last ${time(said.last.scanned)}.`)}
                  {subject.rebuilt !== null && ` Its host was rebuilt ${time(subject.rebuilt)}.`}
                </p>
              </div>
              {kind === "component" && incident.state !== "closed" && <Button className="desk" onClick={() => setRebuilding({ id, name })} aria-label={`${name} was rebuilt…`}>Rebuilt…</Button>}
            </li>
          );
        })}
      </ul>
      {rebuilding !== null && <RebuiltDialog incident={incident} component={rebuilding} onClose={() => setRebuilding(null)} />}
    </Panel>
  );
}

/** What stands still for it, open halts first. */
export function Halted({ halts, unlisted, roster, time }: { halts: Halt[]; unlisted: string[] | null; roster: EngagementView[]; time: Said }) {
  const open = halts.filter((halt) => halt.state === "open");
  const past = halts.filter((halt) => halt.state !== "open");
  return (
    <Panel title={open.length === 0 ? (unlisted?.length === 0 ? "Nothing is halted now" : "What is halted is not known") : `${plural(open.length, "halt")} in effect`} note={past.length > 0 ? `${past.length} ended` : undefined} inverse={open.length > 0}>
      {unlisted !== null && unlisted.length > 0 && <Trouble title="This is not all">Not every halt of {unlisted.join(", ")} can be listed; those that stand, stand all the same.</Trouble>}
      {halts.length === 0 && unlisted?.length === 0 && <Empty title="No halt bears on this incident">What the policy halts when an incident is opened, and what operators or a lab halt later, stands here.</Empty>}
      <ul className={classes["lines"]}>{[...open, ...past].map((halt) => <HaltLine key={halt.id} halt={halt} holder={roster.find((item) => halt.scope === `engagement:${item.id}`)?.principal?.name ?? null} time={time} />)}</ul>
    </Panel>
  );
}

function HaltLine({ halt, holder, time }: { halt: Halt; holder: string | null; time: Said }) {
  const { kind } = parseScope(halt.scope);
  const name = kind === "installation" ? "Everything" : halt.scope_name;
  const open = halt.state === "open";
  return (
    <li className={classes["halt"]}>
      <span>{open ? <StateTag state="halted">halted</StateTag> : <StateTag state="plain">{halt.state}</StateTag>}</span>
      <div>
        <p>{holder !== null && <><b>{holder}</b>, </>}<b>{name}</b> <span className="m">{kind === "installation" ? "" : kind}</span></p>
        <p className="m sm">since {time(halt.since)} by {byWhom(halt)}{halt.resumed === null ? "" : `, resumed ${time(halt.resumed)}`}. {reasonLabel(halt.reason)}{halt.state === "resumed" && ` ${checkedWords(halt.checked)}`}</p>
      </div>
      {open && endedBy(halt, "operator") ? <span className="desk"><ResumeButton halt={halt.id} name={name} /></span> : <span />}
    </li>
  );
}

/** Who was told: labs by their ledgers, people by e-mail and webhook as far as the log goes. */
export function Sent({ incident, time }: { incident: Incident; time: Said }) {
  const log = useQuery(queries.noticesLog);
  const sent = tally((log.data?.items ?? []).filter((item) => item.kind.startsWith("incident") && item.at >= incident.opened));
  return (
    <Panel title="Who was told" note={`${plural(incident.labs.length, "lab")} in ${incident.labs.length === 1 ? "its own ledger" : "their own ledgers"}`}>
      {incident.labs.length === 0 && <Empty title="Nobody had to be told yet">A lab is told as soon as it is concerned: in its own ledger, and its stewards by notice.</Empty>}
      <ul className={classes["lines"]}>
        {incident.labs.map((lab) => <li key={lab.lab.id}><span className="m nw">{time(lab.told)}</span><span><b>{lab.lab.name}</b>, its ledger and its stewards’ notices</span><CopyText text={lab.incident} label={`${lab.lab.name}’s own id of it`} head={8} /></li>)}
        {sent.map((item) => <li key={item.key}><span className="m nw">{time(item.last)}</span><span><b>{plural(item.n, item.channel === "webhook" ? "webhook message" : "letter")}</b>, {item.kind.replaceAll("-", " ")}</span><span className="i2 nw"><Glyph name={item.state === "delivered" ? "ok" : item.state === "waiting" ? "clock" : "cross"} /> {item.state.replaceAll("-", " ")}</span></li>)}
      </ul>
      {log.error !== null && log.data === undefined && <Trouble title="What was sent is not known">The log of letters and webhooks could not be read. Notices in the application were given all the same.</Trouble>}
      {log.data !== undefined && sent.length === 0 && <p className={`m sm ${classes["foot"]}`}>No letter and no webhook message about incidents since then: none is set up, or none was due.</p>}
    </Panel>
  );
}

interface Tally { key: string; channel: string; kind: string; state: string; n: number; last: string }

/** Messages by channel, kind and how they stand: each message once, by its newest attempt. */
export function tally(attempts: Attempt[]): Tally[] {
  const messages = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const before = messages.get(attempt.message);
    if (before === undefined || before.at < attempt.at) messages.set(attempt.message, attempt);
  }
  const groups = new Map<string, Tally>();
  for (const item of messages.values()) {
    const key = `${item.channel} ${item.kind} ${item.state}`;
    const group = groups.get(key) ?? { key, channel: item.channel, kind: item.kind, state: item.state, n: 0, last: item.at };
    group.n += 1;
    if (item.at > group.last) group.last = item.at;
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => b.last.localeCompare(a.last));
}

/** What was done, and what was learnt, newest first. */
export function History({ incident, time }: { incident: Incident; time: Said }) {
  const lines = [
    { at: incident.opened, what: "opened", why: incident.reason },
    ...incident.moves.map((move) => ({ at: move.at, what: move.state === "open" ? "opened again" : move.state, why: move.reason })),
    ...incident.claims.map((claim) => ({ at: claim.taken, what: "claim taken", why: claim.source })),
    ...incident.subjects.filter((subject) => subject.added !== incident.opened).map((subject) => ({ at: subject.added, what: "subject added", why: subject.name ?? subject.subject })),
    ...incident.labs.flatMap((lab) => (lab.decided === null ? [] : [{ at: lab.decided, what: `${lab.decision}${lab.conditions.length === 0 ? "" : `, until checked: ${lab.conditions.map(checkLabel).join(", ").toLowerCase()}`}`, why: `decided by ${lab.lab.name}` }])),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Panel title="What was decided" note={`${plural(lines.length, "entry", "entries")}, newest first`}>
      <ul className={classes["lines"]}>{lines.map((line, index) => <li key={`${line.at} ${index}`}><span className="m nw">{time(line.at)}</span><span><b>{line.what}</b> <bdi className="i2">{line.why}</bdi></span></li>)}</ul>
    </Panel>
  );
}
