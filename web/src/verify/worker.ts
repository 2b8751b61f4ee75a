// Verifies off the page's own thread. It asks the same server as the page does, and keeps the ledger that it verified last.

import { checkFile, checkManifest, checkRecord } from "./delivery";
import { type Known, verifyLedger, type Verified } from "./ledger";
import type { Answers, Ask, FromWorker, Step, ToWorker } from "./protocol";
import { server } from "./source";

const running = new Map<number, AbortController>();
let held: Verified | null = null;

const post = (message: FromWorker) => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if ("cancel" in data) return running.get(data.id)?.abort();
  const { id, ask } = data;
  const control = new AbortController();
  running.set(id, control);
  answer(ask, control.signal, seldom((step) => post({ id, step })))
    .then((found) => post({ id, answer: found }), (error: unknown) => post({ id, failed: control.signal.aborted ? "cancelled" : String(error) }))
    .finally(() => running.delete(id));
});

/** Nobody sees more than ten a second. */
function seldom(tell: (step: Step) => void): (step: Step) => void {
  let last = 0;
  return (step) => {
    if (Date.now() - last < 100) return;
    last = Date.now();
    tell(step);
  };
}

async function answer(ask: Ask, signal: AbortSignal, step: (step: Step) => void): Promise<Answers[keyof Answers]> {
  if (ask.do === "ledger") return (await verify(ask.ledger, ask.known, signal, step)).outcome;
  if (ask.do === "delivery") return delivery(ask, signal, step);
  if (held === null || !held.outcome.verified) return null;
  return { rows: held.entries.hold(ask.rows), picture: ask.drawn === null ? null : held.entries.draw(ask.drawn) };
}

async function verify(ledger: string, known: Known, signal: AbortSignal, step: (step: Step) => void): Promise<Verified> {
  held = await verifyLedger(server(signal), ledger, known, (progress) => step({ with: "entries", ...progress }));
  return held;
}

async function delivery(ask: Extract<Ask, { do: "delivery" }>, signal: AbortSignal, step: (step: Step) => void): Promise<Answers["delivery"]> {
  const source = server(signal);
  const { points, manifest, sha256 } = await checkManifest(source, ask.ledger, ask.delivery);
  points.push(await checkFile(source, ask.delivery, manifest, (done) => step({ with: "file", done, total: ask.delivery.bytes })));
  const verified = await verify(ask.ledger, ask.known, signal, step);
  points.push(checkRecord(verified.outcome, verified.entries.made.get(ask.delivery.id), ask.delivery, sha256));
  return { points, outcome: verified.outcome };
}
