import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { CopyText } from "../ui/CopyText";
import { bytes, count, moment, plural } from "../ui/format";
import { Points } from "../ui/Points";
import { save } from "../ui/save";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import type { Outcome } from "../verify/ledger";
import type { Head } from "../verify/memory";
import type { Step } from "../verify/protocol";
import { advice, contradiction, type OnScreen, standingOf, WHAT } from "./standing";
import type { Verifying } from "./useVerifier";
import classes from "./Verification.module.css";

interface Props {
  lab: { id: string; name: string };
  verifying: Verifying;
  /** The head that the page is shown, which nobody has checked; null where it is older than what was verified. */
  shown: { size: number; root: string } | null;
  screen: OnScreen;
}

/** Beside who signed the ledger: whether this browser found that it holds. */
export function Verification({ lab, verifying, shown, screen }: Props) {
  const { run, known } = verifying;
  const [open, setOpen] = useState(false);
  const head = known === "damaged" ? null : known;
  const found = standingOf(verifying, screen);
  // What was verified a while ago may be contradicted by what came since.
  const against = head !== null && shown !== null && found !== "running" && found !== "fails" ? contradiction(head, shown) : null;
  const standing = against !== null && (found === "verified" || found === "pending") ? "contradicted" : found;
  const act = (words: string) => <button type="button" className="link" onClick={verifying.verify}>{words}</button>;
  return (
    <>
      <div className={classes["line"]} role="status">
        {standing === "unchecked" && (
          <>
            <StateTag state="own">not verified now</StateTag>
            <span className="m">{known === "damaged" ? "What this device remembers of the ledger does not read any more." : head === null ? "This browser has not checked the ledger yet." : `This device remembers ${plural(head.size, "entry", "entries")}, from ${moment(head.at)} UTC.`}</span>
            {act("Verify in this browser")}
          </>
        )}
        {run.is === "running" && (
          <>
            <StateTag state="waiting">verifying</StateTag>
            <HowFar step={run.step} />
            <button type="button" className="link" onClick={verifying.cancel}>Cancel</button>
          </>
        )}
        {standing === "pending" && <><StateTag state="waiting">verifying</StateTag><span className="m">The ledger holds. What is shown above is being held against it.</span>{act("Verify again")}</>}
        {run.is === "done" && standing === "verified" && <Verified outcome={run.outcome} shown={shown} verifying={verifying} again={act("Verify again")} />}
        {(standing === "fails" || standing === "contradicted") && <><StateTag state="failed">does not hold</StateTag>{act("Verify again")}</>}
        {standing === "unknown" && <><StateTag state="unknown">unknown</StateTag><span className="m">The ledger could not be checked in full.</span>{act("Verify again")}</>}
      </div>
      {against !== null && head !== null && (
        <Told title={against.title} lab={lab} verifying={verifying} found={null}>
          <p>{against.why}</p>
          <p>Do not rely on what this page shows. Verify in this browser: it fetches the signed head and says what became of the entries that were there.</p>
        </Told>
      )}
      {run.is === "failed" && <Told title="The ledger was not checked" lab={lab} verifying={verifying} found={null} unknown><p>{run.why} Load the page again, then verify once more.</p></Told>}
      {run.is === "done" && standing === "unknown" && (
        <Told title="Not everything could be checked" lab={lab} verifying={verifying} found={run.outcome} unknown>
          <Checks outcome={run.outcome} />
          <p>{known === "damaged" ? "Forget what this device remembers, then verify: from then on it has something to hold the ledger against again." : "What is unknown is not good and not bad. Verify again; if it stays, ask an operator what the server does not give."}</p>
        </Told>
      )}
      {run.is === "done" && standing === "fails" && (
        <Told title={run.outcome.verified ? "What this page shows is not what the ledger says" : "The ledger does not hold"} lab={lab} verifying={verifying} found={run.outcome}>
          {run.outcome.verified ? <Differing verifying={verifying} /> : <><Checks outcome={run.outcome} /><p>{advice(run.outcome)}</p></>}
        </Told>
      )}
      {run.is === "done" && standing === "verified" && (
        <div className={classes["more"]}>
          <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>What was checked</summary>
            <Checks outcome={run.outcome} />
            <Shown verifying={verifying} table={screen.table} />
            <p className="i2 sm">Page and key come from the firm’s server, and this browser is no witness. Without both: <span className="mono">cofferdam ledger export {lab.id} ledger/</span>, then <span className="mono">cofferdam verify ledger/ --vkey KEY --known HEAD</span>.</p>
            {head !== null && <div className="i2 sm">The key, to compare it: <CopyText text={head.vkey} label="the ledger’s key" head={12} tail={12} /></div>}
            <Acts lab={lab} verifying={verifying} found={run.outcome} />
          </details>
        </div>
      )}
    </>
  );
}

/** How far it is. */
export function HowFar({ step }: { step: Step | null }) {
  if (step === null) return <span className="m">Asking the server.</span>;
  const words = step.with === "entries" ? `${count(step.done)} of ${plural(step.total, "entry", "entries")}` : `${bytes(step.done)} of ${bytes(step.total)}`;
  return <><progress className={classes["bar"]} value={step.done} max={Math.max(1, step.total)} aria-label={words} /><span className="m nw" aria-hidden="true">{words}</span></>;
}

function Verified({ outcome, shown, verifying, again }: { outcome: Outcome; shown: Props["shown"]; verifying: Verifying; again: ReactNode }) {
  const size = outcome.head?.size ?? 0;
  const newer = Math.max(0, (shown?.size ?? 0) - size);
  const kept = verifying.run.is === "done" && verifying.run.kept;
  return (
    <>
      <StateTag state="verified">verified</StateTag>
      <span><b>{count(size)}</b> {size === 1 ? "entry" : "entries"}{outcome.last === null ? "" : ` up to ${moment(new Date(outcome.last / 1000).toISOString(), { seconds: true })} UTC`}, in this browser</span>
      {newer > 0 && <span className="m">{count(newer)} newer not checked</span>}
      {!kept && <span className="m">This device keeps nothing: there is nothing to hold the next one against.</span>}
      {again}
    </>
  );
}

function Checks({ outcome }: { outcome: Outcome }) {
  // What does not hold comes first: it is what there is to read.
  const order = { fails: 0, unknown: 1, holds: 2, first: 2 };
  const checks = outcome.checks.toSorted((a, b) => order[a.is] - order[b.is]);
  return <Points label="What was checked" points={checks.map(({ what, is, why }) => ({ title: WHAT[what], is, why }))} />;
}

/** What is on screen, held against what was verified. */
function Shown({ verifying: { picture, rows }, table }: { verifying: Verifying; table: boolean }) {
  const newer = (n: number) => (n > 0 ? ` ${count(n)} newer not checked.` : "");
  return (
    <Points label="What is shown" points={[
      ...(picture === null ? [] : [{ title: "The picture", is: "holds" as const, why: `Counted again: ${plural(picture.same, "bar or refusal is", "bars and refusals are")} as the entries have them.${newer(picture.newer)} Names of projects are not in the ledger.` }]),
      ...(table && rows !== null ? [{ title: "The entries in the table", is: "holds" as const, why: `${plural(rows.same, "row says", "rows say")} what the entry of that number says: when, what, who, how much.${newer(rows.newer)}` }] : []),
    ]} />
  );
}

function Differing({ verifying: { picture, rows } }: { verifying: Verifying }) {
  return (
    <>
      <p>The ledger itself holds: its entries are those that were signed. {picture !== null && picture.other > 0 ? `${plural(picture.other, "number")} of the picture ${picture.other === 1 ? "is" : "are"} not what the entries add up to. ` : ""}{rows !== null && rows.other.length > 0 ? `${rows.other.length === 1 ? "Row" : "Rows"} ${rows.other.slice(0, 5).map(count).join(", ")}${rows.other.length > 5 ? " and more" : ""} of the table ${rows.other.length === 1 ? "says" : "say"} something else than the entry of that number.` : ""}</p>
      <p>Rely on the ledger and not on this page: export it and read it there. Ask the firm, not by this page, why the two differ.</p>
    </>
  );
}

function Told({ title, lab, verifying, found, unknown = false, children }: { title: string; lab: Props["lab"]; verifying: Verifying; found: Outcome | null; unknown?: boolean; children: ReactNode }) {
  return (
    <div className={classes["trouble"]} data-unknown={unknown || undefined} role={unknown ? undefined : "alert"}>
      <h3 className={unknown ? undefined : "err"}>{title}</h3>
      {children}
      <Acts lab={lab} verifying={verifying} found={found} />
    </div>
  );
}

/** The signed heads as files, and forgetting, which nothing but this does. */
function Acts({ lab, verifying: { known, forget }, found }: { lab: Props["lab"]; verifying: Verifying; found: Outcome | null }) {
  const [asking, setAsking] = useState(false);
  const head = known === "damaged" ? null : known;
  const now = found?.head ?? null;
  const file = ({ note, size }: Head) => save(`${lab.id}-${size}.checkpoint`, "text/plain", note);
  return (
    <div className={classes["acts"]}>
      {head !== null && <button type="button" className="link sm" onClick={() => file(head)}>Save the remembered head</button>}
      {now !== null && now.note !== head?.note && <button type="button" className="link sm" onClick={() => file(now)}>Save the head shown now</button>}
      {known !== null && <button type="button" className="link sm" onClick={() => setAsking(true)}>Forget on this device…</button>}
      {asking && (
        <Sheet title={`Forget what this device remembers of ${lab.name}’s ledger?`} size={460} onClose={() => setAsking(false)}>
          <p>{head === null ? "What is kept does not read any more." : `It remembers ${plural(head.size, "entry", "entries")} from ${moment(head.at)} UTC, under one key.`} Without it this browser takes the next ledger that it is shown as the first, and cannot tell a rollback, another past or another key. Save the remembered head before.</p>
          <div className={classes["end"]}>
            <Button onClick={() => setAsking(false)} data-autofocus>Keep it</Button>
            <Button variant="filled" onClick={() => { setAsking(false); forget(); }}>Forget it</Button>
          </div>
        </Sheet>
      )}
    </div>
  );
}
