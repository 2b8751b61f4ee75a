import { Button } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { isProblem } from "../api/client";
import type { Credential, Me } from "../api/contract";
import { Bar } from "../app/Bar";
import { queries } from "../app/queries";
import { isSteward, isWork, useMe } from "../app/session";
import { useTitle } from "../app/title";
import { ConsoleBar } from "../console/ConsolePage";
import { LabBar } from "../lab/frame";
import { count, moment, plural, zoneName, type Zone } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import { AddPasskey } from "./AddPasskey";
import { Accounts } from "./Accounts";
import { unableHere } from "./passkeys";
import { RevokeDialog } from "./RevokeDialog";
import { Unable } from "./Unable";
import classes from "./Ways.module.css";
import { calledOf, endOf, leftOf, MOST_PAST, namedOf, waysOf, type Way } from "./ways";

/** Everything by which one can sign in or act, and the way to end each. */
export function WaysPage() {
  const me = useMe();
  useTitle("Ways in", me.name);
  const now = useNow(30_000);
  const zone: Zone = me.operator || me.engagements.some(isSteward) ? "UTC" : "own";
  const own = useQuery(queries.ways(me.principal));
  const bound = useBound(me);
  const [adding, setAdding] = useState(false);
  const [unable] = useState(unableHere);
  const [revoking, setRevoking] = useState<Credential | null>(null);
  const { passkeys, accounts, others, past } = waysOf(own.data ?? [], bound.ways, me.credential);
  const list = (ways: Way[]) => (
    <ul className={classes["list"]}>
      {ways.map((way) => <Line key={way.credential.id} way={way} inUse={way.credential.id === me.credential} now={now} zone={zone} onRevoke={() => setRevoking(way.credential)} />)}
    </ul>
  );
  return (
    <>
      <OwnBar me={me} />
      <main className={classes["page"]}>
        <div className={classes["head"]}>
          <h1>Ways in</h1>
          <p className="i2">
            {own.data === undefined ? "Asking the server." : <>What proves that it is you: {told(passkeys, accounts, others)}. Revoke what you do not know, and what you do not use.</>}{" "}
            <span className="m">Times in {zone === "UTC" ? "UTC" : zoneName()}.</span>
          </p>
        </div>
        {own.error !== null && own.data === undefined && <Trouble title="Your ways in could not be read">{isProblem(own.error) ? (own.error.problem.detail ?? own.error.problem.title) : "The server does not answer. Try again."}</Trouble>}
        {own.data !== undefined && (
          <Panel title="Passkeys" note="Kept by your devices." aside={unable === null ? <Button variant="filled" onClick={() => setAdding(true)}>Add a passkey…</Button> : null}>
            {passkeys.length === 0 && <Empty title="No passkey yet">With a passkey you sign in by your PIN, finger or face, without a link. It is kept by your device, or by a security key that you plug in.</Empty>}
            {passkeys.length > 0 && list(passkeys)}
            {unable !== null && <div className={classes["pad"]}><Unable why={unable} /></div>}
          </Panel>
        )}
        {own.data !== undefined && <Accounts accounts={accounts.length}>{list(accounts)}</Accounts>}
        {own.data !== undefined && (
          <Panel title="Sessions, links and tokens" note="A bar is the time that is left of each.">
            {list(others)}
            {bound.failed && <p className={`err ${classes["pad"]}`} role="alert">Tokens that are good for one engagement alone could not all be read. Reload the page.</p>}
          </Panel>
        )}
        {past.length > 0 && <Past past={past} now={now} zone={zone} />}
      </main>
      {adding && <AddPasskey since={others.find((way) => way.credential.id === me.credential)?.credential.issued ?? null} some={passkeys.length > 0} zone={zone} onClose={() => setAdding(false)} />}
      {revoking !== null && <RevokeDialog credential={revoking} named={namedOf(revoking, zone)} inUse={revoking.id === me.credential} onClose={() => setRevoking(null)} />}
    </>
  );
}

function told(passkeys: Way[], accounts: Way[], others: Way[]): ReactNode {
  const of = (kind: Credential["kind"]) => others.filter((way) => way.credential.kind === kind).length;
  const parts = ([[passkeys.length, "passkey"], [accounts.length, "account"], [of("session"), "browser session"], [of("link"), "unused link"], [of("token"), "API token"]] as const).filter(([n]) => n > 0);
  return parts.map(([n, word], at) => <span key={word}>{at === 0 ? "" : at === parts.length - 1 ? " and " : ", "}<b>{count(n)}</b> {n === 1 ? word : `${word}s`}</span>);
}

/** Tokens that are good for one of one's engagements alone: they are listed with it. */
function useBound(me: Me): { ways: Way[]; failed: boolean } {
  const current = me.engagements.filter((engagement) => engagement.state !== "ended");
  return useQueries({
    queries: current.map((engagement) => queries.boundWays(engagement.id)),
    combine: (all) => ({
      ways: all.flatMap((one, at) => (one.data ?? []).map((credential): Way => ({ credential, under: current[at] ?? null }))),
      failed: all.some((one) => one.isError),
    }),
  });
}

/** The bar that one has where one works: whoever can halt something can halt it from here. */
function OwnBar({ me }: { me: Me }) {
  const steward = me.engagements.find(isSteward);
  if (me.operator) return <ConsoleBar />;
  if (steward !== undefined) return <LabBar lab={steward.lab} steward at={null} />;
  return <Bar nav={[{ to: "/", label: "Today", current: false }]} office={me.engagements.find(isWork)?.role ?? "no engagement"} />;
}

function Line({ way: { credential, under }, inUse, now, zone, onRevoke }: { way: Way; inUse: boolean; now: Date; zone: Zone; onRevoke: () => void }) {
  const { name, kind } = calledOf(credential);
  const at = (iso: string) => moment(iso, { now, zone });
  return (
    <li className={classes["line"]}>
      <div>
        <p><b><bdi>{name}</bdi></b>{kind !== "" && <span className="m"> {kind}</span>}</p>
        <p className="m sm">
          {under !== null && <>for {under.project?.name ?? "all"} of {under.lab.name} alone; </>}
          since {at(credential.issued)}{credential.last_used !== null && <>, last on a lab’s ledger {at(credential.last_used)}</>}
        </p>
        {credential.halted !== null && <p className="i2 sm">{credential.halted.sentence} Halted since {at(credential.halted.since)}.</p>}
      </div>
      <span><State credential={credential} inUse={inUse} /></span>
      <div className={classes["life"]}>
        <svg width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect width={leftOf(credential, now.getTime()) * 100} height="8" fill="var(--cf-data)" />
          <path d="M0 7.5H100" stroke="var(--cf-line-strong)" vectorEffect="non-scaling-stroke" />
        </svg>
        <span className="sm i2">good until {at(credential.expires)}</span>
      </div>
      <span className={classes["act"]}><Button onClick={onRevoke} aria-label={`Revoke ${namedOf(credential, zone)}…`}>Revoke…</Button></span>
    </li>
  );
}

function State({ credential, inUse }: { credential: Credential; inUse: boolean }) {
  if (credential.halted !== null) return <StateTag state="halted">{inUse ? "in use, halted" : "halted"}</StateTag>;
  if (inUse) return <StateTag state="active">in use</StateTag>;
  return credential.kind === "link" ? <StateTag state="waiting">unused</StateTag> : <StateTag state="plain">good</StateTag>;
}

function Past({ past, now, zone }: { past: Credential[]; now: Date; zone: Zone }) {
  return (
    <Panel title="Good no longer" note={past.length > MOST_PAST ? `The newest ${count(MOST_PAST)} of ${count(past.length)}.` : undefined}>
      <div className={classes["past"]}>
        <details>
          <summary>{plural(past.length, "way in", "ways in")} that {past.length === 1 ? "opens" : "open"} nothing any more</summary>
          <ul>
            {past.slice(0, MOST_PAST).map((credential) => {
              const { name, kind } = calledOf(credential);
              return (
                <li key={credential.id}>
                  <span><bdi>{name}</bdi>{kind !== "" && <span className="m"> {kind}</span>}</span>
                  <span className="m">since {moment(credential.issued, { now, zone })}</span>
                  <span className="i2">{endOf(credential, zone, now)}</span>
                </li>
              );
            })}
          </ul>
        </details>
      </div>
    </Panel>
  );
}
