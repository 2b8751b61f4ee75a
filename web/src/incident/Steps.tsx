import { moment } from "../ui/format";
import type { IncidentState } from "../api/contract";
import classes from "./Room.module.css";
import { reached, STATES } from "./states";

const EACH = 79;

/** The four states as a way, as far as it was gone. */
export function Steps({ incident }: { incident: { opened: string; state: IncidentState; moves: { state: IncidentState; at: string }[] } }) {
  const at = reached(incident);
  const now = STATES.indexOf(incident.state);
  const said = STATES.map((state, index) => (index <= now ? `${state}${at[state] === undefined ? "" : ` ${moment(at[state])}`}` : `not ${state}`)).join(", ");
  return (
    <svg className={classes["steps"]} width={EACH * 4} height="44" viewBox={`0 0 ${EACH * 4} 44`} role="img" aria-label={`It is ${incident.state}: ${said}`}>
      <path d={`M8 20H${8 + EACH * 3}`} stroke="var(--cf-line-strong)" strokeWidth="2" />
      <path d={`M8 20H${8 + EACH * now}`} stroke="var(--cf-ink-2)" strokeWidth="2" />
      {STATES.map((state, index) => {
        const x = 8 + EACH * index;
        const open = state === "open" && now === 0;
        return (
          <g key={state}>
            <circle cx={x} cy="20" r={index === now ? 6 : 4.5} fill={index > now ? "var(--cf-surface)" : open ? "var(--s-expiring)" : index === now ? "var(--cf-accent)" : "var(--cf-ink-2)"} stroke={index > now ? "var(--cf-line-strong)" : "none"} strokeWidth="2" />
            <text x={index === 0 ? 0 : x - 8} y="10" className={index === now ? classes["now"] : undefined} style={index > now ? { fill: "var(--cf-ink-3)" } : undefined}>{state}</text>
            <text x={index === 0 ? 0 : x - 8} y="40" style={{ fill: "var(--cf-ink-3)" }}>{at[state] === undefined || index > now ? "" : shortMoment(at[state])}</text>
          </g>
        );
      })}
    </svg>
  );
}

/** Short enough to stand under a step: `24 Mar 13:31`. */
function shortMoment(iso: string): string {
  const words = moment(iso).split(" ");
  return words.length < 3 ? words.join(" ") : `${words[0]} ${words[1]?.slice(0, 3)} ${words.at(-1)}`;
}
