import type { Rotation } from "../api/contract";
import { moment, plural } from "../ui/format";

const HOUR_MS = 3_600_000;

export type Standing = "never" | "sealing" | "waiting" | "done";

/** How far the replacement of a project's keys is. */
export function standingOf({ called, objects, epochs }: Rotation): Standing {
  if (called === null) return "never";
  if (objects > 0) return "sealing";
  return epochs > 0 ? "waiting" : "done";
}

/** Whether something is left so long after the call that it will not go by itself: it is not as it was written. */
export function isStuck({ called, objects }: Rotation, now: number): boolean {
  return called !== null && objects > 0 && now - Date.parse(called) > HOUR_MS;
}

/** How soon to ask again: often while object versions are sealed anew, else seldom, since a page asks for each of its projects. */
export function againIn(rotation: Rotation | undefined, now: number): number {
  return rotation !== undefined && standingOf(rotation) === "sealing" && !isStuck(rotation, now) ? 2_000 : 60_000;
}

/** The most that was seen to be left of one call: the server says what is left, and not of how many. */
export interface Most {
  called: string | null;
  objects: number;
}

export function mostOf(before: Most | null, { called, objects }: Rotation): Most {
  if (before === null || before.called !== called) return { called, objects };
  return objects > before.objects ? { called, objects } : before;
}

/** When what is still there of the older keys is taken away, at the earliest. */
export function takenFrom({ called }: Rotation): string | null {
  return called === null ? null : new Date(Date.parse(called) + HOUR_MS).toISOString();
}

/** In a line, beside a project. */
export function keysWords(rotation: Rotation, now: Date): string {
  switch (standingOf(rotation)) {
    case "never": return "keys never replaced";
    case "sealing": return `replacing keys: ${plural(rotation.objects, "version")} to go`;
    default: return `keys replaced ${moment(rotation.called ?? "", { now })}`;
  }
}
