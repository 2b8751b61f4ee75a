import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { moment } from "../ui/format";
import { keyed, lasting, moved, same, shifted, type Edge, type Window } from "./axis";
import { AxisPicture, geometry, type Claim, type LaneOf } from "./AxisPicture";
import classes from "./exposure.module.css";

interface AxisProps {
  claims: Claim[];
  lanes: LaneOf[];
  window: Window | null;
  domain: [number, number];
  now: number | null;
  onWindow: (window: Window) => void;
  called: string;
  day: Date;
  stale?: boolean;
}

/** How long somebody rests on a window before everything else follows it. */
const REST_MS = 300;

/** A time axis with a window on it: by dragging, by arrow keys, or by clicking on what a source claims. */
export function Axis({ claims, lanes, window, domain, now, called, day, onWindow, stale = false }: AxisProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [draft, setDraft] = useState<Window | null>(null);
  const shown = draft ?? window;
  const narrow = width < 620;
  const geo = geometry(width, claims.length, lanes.length, narrow, domain);
  useRested(draft, (rested) => {
    if (!same(rested, window)) onWindow(rested);
    setDraft(null);
  });
  const choose = (next: Window) => {
    setDraft(null);
    onWindow(next);
  };
  return (
    <div className={classes["axis"]}>
      <div ref={ref} className={classes["canvas"]} data-stale={stale || undefined} aria-busy={stale}>
        {width > 0 && <AxisPicture {...{ claims, lanes, window: shown, geo, narrow, now, day, called: draft === null ? called : "chosen", onChoose: choose }} />}
        {width > 0 && shown !== null && !narrow && (
          <>
            <Grip window={shown} geo={geo} onDraft={setDraft} />
            <Handle edge="from" {...{ window: shown, geo, domain, claims }} onDraft={setDraft} />
            <Handle edge="to" {...{ window: shown, geo, domain, claims }} onDraft={setDraft} />
          </>
        )}
      </div>
    </div>
  );
}

/** Calls once what was drafted has stood still for a while. */
function useRested(draft: Window | null, act: (window: Window) => void): void {
  const held = useRef(act);
  useEffect(() => {
    held.current = act;
  });
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => held.current(draft), REST_MS);
    return () => clearTimeout(timer);
  }, [draft]);
}

type Geometry = ReturnType<typeof geometry>;

interface HandleProps {
  edge: Edge;
  window: Window;
  geo: Geometry;
  domain: [number, number];
  claims: Claim[];
  onDraft: (window: Window) => void;
}

/** One edge of the window, a slider in minutes. */
function Handle({ edge, window, geo, domain, claims, onDraft }: HandleProps) {
  const held = useRef(false);
  const time = edge === "from" ? window.from : (window.to ?? domain[1]);
  const words = edge === "to" && window.to === null ? "no end known" : moment(new Date(time).toISOString());
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!held.current) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    onDraft(moved(window, edge, geo.time(event.clientX - left), domain));
  };
  const press = (event: KeyboardEvent) => {
    const next = keyed(window, edge, event, claims.map((claim) => claim.window), domain);
    if (next === null) return;
    event.preventDefault();
    onDraft(next);
  };
  return (
    <div
      className={classes["handle"]}
      role="slider"
      tabIndex={0}
      aria-label={edge === "from" ? "Beginning of the window" : "End of the window"}
      aria-orientation="horizontal"
      aria-valuemin={domain[0]}
      aria-valuemax={domain[1]}
      aria-valuenow={time}
      aria-valuetext={`${words} UTC`}
      style={{ left: geo.x(time), top: geo.top - 8, height: geo.bottom - geo.top + 16 }}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => { held.current = false; }}
      onPointerCancel={() => { held.current = false; }}
      onKeyDown={press}
    />
  );
}

/** The window as a whole, by its head. The handles do the same by keyboard. */
function Grip({ window, geo, onDraft }: { window: Window; geo: Geometry; onDraft: (window: Window) => void }) {
  const began = useRef<{ x: number; window: Window } | null>(null);
  const left = geo.x(window.from);
  const right = window.to === null ? geo.right : geo.x(window.to);
  return (
    <div
      className={classes["grip"]}
      aria-hidden="true"
      title={lasting(window)}
      style={{ left, top: 0, width: Math.max(0, right - left) }}
      onPointerDown={(event) => {
        began.current = { x: event.clientX, window };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (began.current === null) return;
        onDraft(shifted(began.current.window, (event.clientX - began.current.x) * geo.perPixel));
      }}
      onPointerUp={() => { began.current = null; }}
      onPointerCancel={() => { began.current = null; }}
    />
  );
}
