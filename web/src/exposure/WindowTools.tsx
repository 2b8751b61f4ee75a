import type { KeyboardEvent } from "react";
import { fieldOf, lasting, MINUTE, ofField, same, windowOf, type Window } from "./axis";
import type { Claim } from "./AxisPicture";
import classes from "./exposure.module.css";

const enter = (event: KeyboardEvent<HTMLInputElement>) => {
  if (event.key === "Enter") event.currentTarget.blur();
};

interface ToolsProps {
  claims: Claim[];
  narrowest: { from: string; to?: string | null } | null;
  widest: { from: string; to?: string | null } | null;
  window: Window | null;
  chosen: Window | null;
  onWindow: (window: Window | null) => void;
}

/** The same as dragging, without it: what sources claim, by name, and two time fields. */
export function WindowTools({ claims, narrowest, widest, window, chosen, onWindow }: ToolsProps) {
  if (window === null) return null;
  const named = [
    ...(narrowest === null ? [] : [{ label: "narrowest: all sources agree", window: windowOf(narrowest) }]),
    ...claims.map((claim) => ({ label: claim.source, window: claim.window })),
  ];
  const at = chosen === null ? "widest" : String(named.findIndex((item) => same(item.window, chosen)));
  const field = (edge: "from" | "to", text: string) => {
    const time = edge === "to" && text.trim() === "" ? null : ofField(text);
    if (time === null && (edge === "from" || text.trim() !== "")) return;
    const next = { ...window, [edge]: time };
    if (next.to === null || next.to >= next.from + MINUTE) onWindow(next);
  };
  return (
    <span className={classes["fields"]}>
      <select className={classes["field"]} aria-label="Window" value={at} onChange={(event) => onWindow(event.currentTarget.value === "widest" ? null : (named[Number(event.currentTarget.value)]?.window ?? window))}>
        {widest !== null && <option value="widest">widest: what any source says</option>}
        {named.map((item, index) => <option key={`${item.label} ${index}`} value={index}>{item.label}</option>)}
        {at === "-1" && <option value="-1">my own: {lasting(window)}</option>}
      </select>
      <label className="desk">from <input key={`from ${window.from}`} className={classes["field"]} placeholder="2026-03-24 10:39" aria-label="From, UTC" defaultValue={fieldOf(window.from)} onBlur={(event) => field("from", event.currentTarget.value)} onKeyDown={enter} /></label>
      <label className="desk">to <input key={`to ${window.to}`} className={classes["field"]} placeholder="no end known" aria-label="Until, UTC; empty: no end known" defaultValue={window.to === null ? "" : fieldOf(window.to)} onBlur={(event) => field("to", event.currentTarget.value)} onKeyDown={enter} /></label>
    </span>
  );
}
