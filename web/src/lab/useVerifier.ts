import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Access } from "../api/contract";
import { Cancelled, Verifier } from "../verify/client";
import type { Point, Shown } from "../verify/delivery";
import type { Known, Outcome } from "../verify/ledger";
import { forget, remember, remembered } from "../verify/memory";
import type { Step } from "../verify/protocol";
import type { Drawn, Picture, Rows } from "../verify/shown";

export type Run =
  | { is: "none" }
  | { is: "running"; step: Step | null }
  | { is: "done"; outcome: Outcome; at: number; kept: boolean }
  /** It could not even begin. */
  | { is: "failed"; why: string };

export interface Verifying {
  /** What this device remembers of the ledger. */
  known: Known;
  run: Run;
  /** Of the picture and the table on screen, as far as the last run tells; null while that is being found out. */
  picture: Picture | null;
  rows: Rows | null;
  verify: () => void;
  cancel: () => void;
  forget: () => void;
  holdPicture: (drawn: Drawn) => void;
  holdRows: (rows: readonly Access[]) => void;
  check: (delivery: Shown, step: (step: Step) => void, signal: AbortSignal) => Promise<Point[]>;
}

/** Reading the device's memory fails where a browser allows none. */
function recall(lab: string): Known {
  try {
    return remembered(localStorage, lab);
  } catch {
    return null;
  }
}

/** Keeps a head; another tab may have kept a newer one meanwhile, which stays. */
function keep(lab: string, outcome: Outcome): boolean {
  if (!outcome.verified || outcome.head === null) return false;
  try {
    const before = remembered(localStorage, lab);
    if (before === null || (before !== "damaged" && before.size <= outcome.head.size)) remember(localStorage, lab, outcome.head);
    return true;
  } catch {
    return false;
  }
}

/** Verifies a lab's ledger in this browser, and what the page shows of it. */
export function useVerifier(lab: string): Verifying {
  const client = useQueryClient();
  const verifier = useRef<Verifier | null>(null);
  const control = useRef<AbortController | null>(null);
  const [known, setKnown] = useState(() => recall(lab));
  const [run, setRun] = useState<Run>({ is: "none" });
  const [picture, setPicture] = useState<Picture | null>(null);
  const [rows, setRows] = useState<Rows | null>(null);

  const worker = useCallback(() => (verifier.current ??= new Verifier()), []);
  useEffect(() => () => {
    verifier.current?.end();
    verifier.current = null;
  }, []);

  const take = useCallback((outcome: Outcome) => {
    const kept = keep(lab, outcome);
    setPicture(null);
    setRows(null);
    setRun({ is: "done", outcome, at: Date.now(), kept });
    setKnown(recall(lab));
    // What is on screen may be older than what was verified.
    void client.invalidateQueries({ queryKey: ["accesses", lab] });
  }, [client, lab]);

  const verify = useCallback(() => {
    const own = new AbortController();
    control.current = own;
    setRun({ is: "running", step: null });
    const step = (step: Step) => setRun((before) => (before.is === "running" ? { is: "running", step } : before));
    void worker()
      .ask({ do: "ledger", ledger: lab, known: recall(lab) }, step, own.signal)
      .then(take, (error: unknown) => setRun(error instanceof Cancelled ? { is: "none" } : { is: "failed", why: String((error as Error).message) }));
  }, [lab, take, worker]);

  const check = useCallback(async (delivery: Shown, step: (step: Step) => void, signal: AbortSignal) => {
    const { points, outcome } = await worker().ask({ do: "delivery", ledger: lab, known: recall(lab), delivery }, step, signal);
    take(outcome);
    return points;
  }, [lab, take, worker]);

  const held = useCallback((rows: readonly Access[], drawn: Drawn | null) => worker().ask({ do: "shown", rows, drawn }, () => undefined), [worker]);
  const holdPicture = useCallback((drawn: Drawn) => void held([], drawn).then((found) => setPicture(found?.picture ?? null), () => undefined), [held]);
  const holdRows = useCallback((rows: readonly Access[]) => void held(rows, null).then((found) => setRows(found?.rows ?? null), () => undefined), [held]);

  return {
    known, run, picture, rows, verify, check, holdPicture, holdRows,
    cancel: useCallback(() => control.current?.abort(), []),
    forget: useCallback(() => {
      forget(localStorage, lab);
      setKnown(recall(lab));
      setRun({ is: "none" });
    }, [lab]),
  };
}
