import type { Wall, WallChange } from "../api/contract";

/** Whole days, as the server takes them. */
export function daysOf(text: string): number | null {
  const days = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : NaN;
  return days >= 1 && days <= 36_500 ? days : null;
}

/** What has to be asked for so that a wall becomes so, and whether it keeps fewer out then, or for less long. */
export function changeOf(wall: Pick<Wall, "labs" | "cooling_off_days">, labs: string[], days: number): { change: WallChange; loosens: boolean } {
  const before = wall.labs.map((lab) => lab.id);
  const add = labs.filter((lab) => !before.includes(lab));
  const remove = before.filter((lab) => !labs.includes(lab));
  const change: WallChange = { ...(add.length > 0 ? { add } : {}), ...(remove.length > 0 ? { remove } : {}), ...(days === wall.cooling_off_days ? {} : { cooling_off_days: days }) };
  return { change, loosens: remove.length > 0 || days < wall.cooling_off_days };
}
