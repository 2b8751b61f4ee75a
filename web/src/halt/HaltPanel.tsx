import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useFocusTrap } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { api, isProblem, Unreachable } from "../api/client";
import type { Halt, HaltReason } from "../api/contract";
import { plural, precise } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { useFocusBack } from "../ui/focus";
import { useKeys } from "../ui/keys";
import { StateTag } from "../ui/StateTag";
import { DOWN, extend, left, lift, spoken, tick, type Guard } from "./guard";
import classes from "./HaltPanel.module.css";
import { REASONS, type ScopeKind } from "./reasons";
import { haltLabel } from "./words";

export interface HaltTarget {
  /** The scope as the server takes it: `lab:lab_3F…`. */
  scope: string;
  name: string;
  /** What a halt of it stops. */
  stops: string;
  halted?: boolean;
}

export interface HaltScopes {
  kinds: { kind: ScopeKind; label: string; targets: HaltTarget[]; byId?: boolean }[];
}

/** Scope, what stops, what stays, reason; then the guard, and under it Halt. */
export function HaltPanel({ scopes, onClose }: { scopes: HaltScopes; onClose: () => void }) {
  const [kind, setKind] = useState(scopes.kinds[0]?.kind ?? "lab");
  const [chosen, setChosen] = useState<Partial<Record<ScopeKind, string>>>({});
  const [reason, setReason] = useState<HaltReason>("incident");
  const [made, setMade] = useState<Halt | null>(null);
  const entry = scopes.kinds.find((item) => item.kind === kind);
  const target = entry === undefined ? null : targetOf(entry, chosen[kind]);
  const client = useQueryClient();
  const trap = useFocusTrap();
  useFocusBack();
  const halting = useMutation({
    mutationFn: () => api.halt({ scope: target?.scope ?? "", reason }),
    onSuccess: (halt) => {
      setMade(halt);
      void client.invalidateQueries();
    },
  });
  return (
    <div className={classes["panel"]} role="dialog" aria-modal="true" aria-label="Halt" ref={trap}>
      <div className={classes["head"]}>
        <h2>Halt</h2>
        <span className="m sm desk"><kbd>Esc</kbd> closes</span>
        <span className="grow" />
        {target !== null && made === null && <StateTag state={target.halted ? "halted" : "active"}>{target.halted ? "halted" : "active"}</StateTag>}
        <button type="button" className={classes["close"]} onClick={onClose} aria-label="Close"><Glyph name="cross" /></button>
      </div>
      {made !== null ? (
        <Made halt={made} onClose={onClose} />
      ) : (
        <div className={classes["in"]}>
          {scopes.kinds.length > 1 && (
            <div className={classes["kinds"]} role="radiogroup" aria-label="Scope" data-count={scopes.kinds.length}>
              {scopes.kinds.map((item) => (
                <label key={item.kind} data-on={item.kind === kind || undefined}>
                  <input type="radio" name="halt-kind" className="vh" checked={item.kind === kind} onChange={() => setKind(item.kind)} />
                  {item.label}
                </label>
              ))}
            </div>
          )}
          {entry?.byId && <TextInput label={`${entry.label}, by its id`} value={chosen[kind] ?? ""} onChange={(event) => setChosen({ ...chosen, [kind]: event.currentTarget.value })} spellCheck={false} />}
          {entry !== undefined && !entry.byId && (entry.targets.length > 1 || kind !== "lab") && kind !== "installation" && (
            entry.targets.length === 0 ? <p className="i2">There is none to halt.</p> : (
              <NativeSelect label="Which" value={target?.scope ?? ""} onChange={(event) => setChosen({ ...chosen, [kind]: event.currentTarget.value })} data={entry.targets.map((item) => ({ value: item.scope, label: item.halted ? `${item.name} (halted)` : item.name }))} />
            )
          )}
          <dl>
            {target !== null && <dt>Scope</dt>}
            {target !== null && <dd><b>{target.name}</b></dd>}
            <dt>Stops</dt>
            <dd>{target?.stops ?? "Choose what to halt."} Takes effect within 1 s.</dd>
            {target !== null && <Now scope={target.scope} />}
            <dt>Stays</dt>
            <dd>Hours worked until the halt stand. Drafts are kept, sealed. Nothing is deleted.</dd>
            <dt>Back</dt>
            <dd>Resume it under the same name, here or in the list of halts.</dd>
          </dl>
          <NativeSelect label="Reason, shown to those who stop" value={reason} onChange={(event) => setReason(event.currentTarget.value as HaltReason)} data={REASONS} />
          {halting.error !== null && <p className="err" role="alert">{troubleOf(halting.error)}</p>}
          <GuardedHalt name={target?.name ?? ""} kind={kind} ready={target !== null && !halting.isPending} onHalt={() => halting.mutate()} onClose={onClose} />
        </div>
      )}
    </div>
  );
}

/** How much a halt would stop now, as the server foresees it. */
function Now({ scope }: { scope: string }) {
  const preview = useQuery({ queryKey: ["halt-preview", scope], queryFn: () => api.haltPreview(scope), retry: false });
  const words = preview.isPending
    ? "Counting…"
    : preview.data === undefined
      ? isProblem(preview.error) ? (preview.error.problem.detail ?? preview.error.problem.title) : "Not known: the server does not answer."
      : `${plural(preview.data.engagements, "active engagement")}, ${plural(preview.data.timers, "running timer")}.`;
  return (
    <>
      <dt>Now</dt>
      <dd><span role="status">{words}</span></dd>
    </>
  );
}

function targetOf(entry: HaltScopes["kinds"][number], chosen: string | undefined): HaltTarget | null {
  if (entry.byId) {
    const id = chosen?.trim() ?? "";
    return id === "" ? null : { scope: `${entry.kind}:${id}`, name: id, stops: "Everything that uses it." };
  }
  return entry.targets.find((item) => item.scope === chosen) ?? entry.targets[0] ?? null;
}

function troubleOf(error: unknown): string {
  if (error instanceof Unreachable) return "Nothing was halted: the server does not answer. Try again, or halt from the command line: cofferdam halt.";
  if (isProblem(error)) return `Nothing was halted: ${error.problem.detail ?? error.problem.title}`;
  return "It is not known whether the halt took effect. Look at the list of halts.";
}

function Made({ halt, onClose }: { halt: Halt; onClose: () => void }) {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  useKeys({ Escape: onClose }, { inDialog: true });
  const stopped = halt.stopped;
  return (
    <div className={classes["in"]} role="status">
      <p><StateTag state="halted">{halt.scope_name} is halted</StateTag></p>
      <p>In effect since <b>{precise(halt.since)}</b> UTC. {halt.sentence}</p>
      {stopped !== undefined && stopped !== null && (
        <p className="i2">Stopped: {plural(stopped.engagements, "engagement")}, {plural(stopped.timers, "running timer")}; open streams of it were cut.</p>
      )}
      <div><Button ref={close} onClick={onClose}>Close</Button></div>
    </div>
  );
}

function GuardedHalt({ name, kind, ready, onHalt, onClose }: { name: string; kind: ScopeKind; ready: boolean; onHalt: () => void; onClose: () => void }) {
  const [guard, setGuard] = useState<Guard>(DOWN);
  const [now, setNow] = useState(() => Date.now());
  const group = useRef<HTMLDivElement>(null);
  const lever = useRef<HTMLButtonElement>(null);
  const label = useId();

  useEffect(() => {
    if (!guard.up) return;
    const timer = setInterval(() => {
      const at = Date.now();
      setNow(at);
      setGuard((before) => tick(before, at));
    }, 200);
    const fall = () => setGuard({ up: false, fell: true });
    window.addEventListener("blur", fall);
    return () => {
      clearInterval(timer);
      window.removeEventListener("blur", fall);
    };
  }, [guard.up]);
  useKeys(
    {
      Escape: () => {
        if (!guard.up) onClose();
        else {
          setGuard({ up: false, fell: true });
          lever.current?.focus();
        }
      },
    },
    { inDialog: true },
  );

  const toggle = () => {
    const at = Date.now();
    setNow(at);
    setGuard(guard.up ? DOWN : lift(at));
  };
  const remaining = left(guard, now);
  return (
    <div
      className={classes["guard"]}
      ref={group}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setGuard((before) => (before.up ? { up: false, fell: true } : before));
      }}
    >
      <span className={classes["lever"]}>
        <button type="button" role="switch" aria-checked={guard.up} aria-labelledby={label} className={classes["switch"]} onClick={toggle} ref={lever} disabled={!ready} data-autofocus />
        <span id={label}>
          <b>{guard.up ? "The guard is lifted" : "Lift the guard"}</b>
          <br />
          <span className="m sm">{guard.up ? `it falls in ${remaining} s` : "then Halt, within 10\u00a0s"}</span>
        </span>
      </span>
      <Button
        variant={guard.up ? "halt" : "default"}
        className={classes["halt"] ?? ""}
        aria-disabled={!guard.up || !ready}
        aria-label={haltLabel(name, kind).full}
        onClick={() => {
          if (!guard.up || !ready) return;
          setGuard(DOWN);
          onHalt();
        }}
      >
        <Glyph name="halt" /><span>{haltLabel(name, kind).shown}</span>
      </Button>
      {guard.up && remaining <= 4 && <button type="button" className={`link sm ${classes["more"]}`} onClick={() => setGuard(extend(guard, Date.now()))}>Keep it up ten more seconds</button>}
      <span className="vh" aria-live="assertive">{spoken(guard, now)}</span>
    </div>
  );
}
