import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Delivery } from "../api/contract";
import { plural } from "../ui/format";
import { Points } from "../ui/Points";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import { Cancelled } from "../verify/client";
import type { Point } from "../verify/delivery";
import type { Step } from "../verify/protocol";
import classes from "./Deliveries.module.css";
import type { Verifying } from "./useVerifier";
import { HowFar } from "./Verification";

const TITLES: Record<Point["what"], string> = { signature: "The signature", manifest: "The manifest", file: "The file", ledger: "Your ledger" };

/** Fetches and checks one delivery while it is on screen. */
function useCheck(delivery: Delivery, check: Verifying["check"]) {
  const [step, setStep] = useState<Step | null>(null);
  const [found, setFound] = useState<Point[] | { why: string } | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    setFound(null);
    setStep(null);
    const shown = { id: delivery.id, project: delivery.project.id, format: delivery.format, rows: delivery.rows, bytes: delivery.bytes, sha256: delivery.sha256 };
    check(shown, setStep, control.signal).then(setFound, (error: unknown) => {
      if (!(error instanceof Cancelled)) setFound({ why: String((error as Error).message) });
    });
    return () => control.abort();
    // What the list says of it is renewed all the time; what is checked is what it said when this was opened.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [round, delivery.id, check]);
  return { step, found, again: () => setRound(round + 1) };
}

export function CheckDelivery({ delivery, verifying, onClose }: { delivery: Delivery; verifying: Verifying; onClose: () => void }) {
  const { step, found, again } = useCheck(delivery, verifying.check);
  const points = Array.isArray(found) ? found : [];
  return (
    <Sheet onClose={onClose} title={`Check ${plural(delivery.rows, "row")} of ${delivery.project.name}`} size={560}>
      <div role="status">
        {found === null && <p className="row"><StateTag state="waiting">checking</StateTag> <HowFar step={step} /></p>}
        {found !== null && !Array.isArray(found) && <p className="row"><StateTag state="unknown">unknown</StateTag> Nothing was checked. {found.why}</p>}
        {points.length > 0 && <Summary points={points} />}
      </div>
      {points.length > 0 && <div className={classes["points"]}><Points label="What was checked" points={points.map(({ what, is, why }) => ({ title: TITLES[what], is, why }))} /></div>}
      {points.length > 0 && <p className="i2 sm">The rows are sealed to your own key, which no browser has. With it <span className="mono">cofferdam open --identity FILE --manifest FILE</span> holds them against the manifest, too.</p>}
      <div className={classes["end"]}>
        {found === null ? <Button onClick={onClose} data-autofocus>Cancel</Button> : <><Button onClick={again}>Check again</Button><Button onClick={onClose}>Close</Button></>}
      </div>
    </Sheet>
  );
}

function Summary({ points }: { points: Point[] }) {
  const fails = points.filter(({ is }) => is === "fails").length;
  const unknown = points.filter(({ is }) => is === "unknown").length;
  if (fails > 0) return <p className="row"><StateTag state="failed">does not hold</StateTag> Do not use this file, and do not accept the delivery. Check once more; if it stays so, tell the firm what is said here.</p>;
  if (unknown > 0) return <p className="row"><StateTag state="unknown">unknown</StateTag> Not everything could be checked. What is unknown is not good and not bad: check again.</p>;
  return <p className="row"><StateTag state="verified">verified</StateTag> Manifest, file and ledger go together.</p>;
}
