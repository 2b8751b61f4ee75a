const counts = new Intl.NumberFormat("en-GB").format;

export function count(n: number): string {
  return counts(n);
}

/** `1 task`, `2 tasks`, `1,204 tasks`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${counts(n)} ${n === 1 ? one : many}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${counts(n)} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/** From here on worked time is said to the minute; below, to the second. */
const MINUTES_FROM = 3600;

function spell(seconds: number, minutesOnly: boolean): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds % 60;
  const parts = [...(hours > 0 ? [`${counts(hours)} h`] : []), ...(minutes > 0 || (minutesOnly && hours > 0) ? [`${minutes} min`] : []), ...(!minutesOnly && rest > 0 ? [`${rest} s`] : [])];
  return parts.length > 0 ? parts.join(" ") : minutesOnly ? "0 min" : "0 s";
}

/** Worked time: `3 h 26 min`, `26 min 4 s`, `12 s`; something that is less than a second is `less than 1 s`, not nothing. */
export function worked(seconds: number): string {
  if (seconds >= MINUTES_FROM) return spell(Math.floor(seconds), true);
  if (seconds > 0 && seconds < 1) return "less than 1 s";
  return spell(Math.max(0, Math.floor(seconds)), false);
}

/** How long people worked on a project, and how many they are. */
export function workedBy(project: { seconds_worked: number; people: number }): string {
  const people = plural(project.people, "person", "people");
  return project.seconds_worked > 0 ? `${worked(project.seconds_worked)} worked by ${people}` : `No hours yet; ${people}`;
}

/**
 * Parts of worked time with their total, said so finely that the parts add up to the total as they are read: to the minute
 * where every part is of hours, else to the second. What is over goes to the parts that lost most by rounding down.
 */
export function workedParts(seconds: number[]): { parts: string[]; total: string } {
  const minutesOnly = seconds.some((part) => part > 0) && seconds.every((part) => part === 0 || part >= MINUTES_FROM);
  const unit = minutesOnly ? 60 : 1;
  const exact = seconds.map((part) => Math.max(0, part) / unit);
  const whole = exact.map(Math.floor);
  const total = Math.round(exact.reduce((sum, part) => sum + part, 0));
  const most = exact.map((part, index) => ({ index, lost: part - Math.floor(part) })).toSorted((a, b) => b.lost - a.lost);
  const over = total - whole.reduce((sum, part) => sum + part, 0);
  for (const { index } of most.slice(0, over)) whole[index] = (whole[index] ?? 0) + 1;
  return { parts: whole.map((part) => spell(part * unit, minutesOnly)), total: spell(total * unit, minutesOnly) };
}

/** A running clock: `4:12`, `1:04:12`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** `a3c1…9e07`: shortened in the middle; names lead, ids follow. */
export function shortened(text: string, head = 4, tail = 4): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** `p_4YPA…5RV6`, `tsk_01M8…G53M`: an id's kind, its beginning and its end. */
export function shortId(id: string): string {
  return shortened(id, id.indexOf("_") + 5, 4);
}

export type Zone = "UTC" | "own";

function parts(time: Date, zone: Zone): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...(zone === "UTC" ? { timeZone: "UTC" } : {}),
    hour: "2-digit", minute: "2-digit", second: "2-digit", day: "numeric", month: "long", year: "numeric", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(time).map((part) => [part.type, part.value]));
}

/** `16:41`, on another day `24 March 16:41`, in another year with the year. */
export function moment(iso: string, { now = new Date(), zone = "UTC", seconds = false }: { now?: Date; zone?: Zone; seconds?: boolean } = {}): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "?";
  const p = parts(time, zone);
  const n = parts(now, zone);
  const hour = `${p["hour"]}:${p["minute"]}${seconds ? `:${p["second"]}` : ""}`;
  if (p["day"] === n["day"] && p["month"] === n["month"] && p["year"] === n["year"]) return hour;
  const day = `${p["day"]} ${p["month"]}`;
  return p["year"] === n["year"] ? `${day} ${hour}` : `${day} ${p["year"]} ${hour}`;
}

/** `13:52:04.318`: for what took effect when. */
export function precise(iso: string, zone: Zone = "UTC"): string {
  const milliseconds = /\.(\d{3})/.exec(iso)?.[1];
  const time = moment(iso, { now: new Date(iso), zone, seconds: true });
  return milliseconds === undefined ? time : `${time}.${milliseconds}`;
}

/** The name of the reader's own zone, as it stands beside contractors' times. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** With a full stop, where nothing ends it. */
export function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What a server says in half a line, as a sentence. */
export function sentence(text: string): string {
  return ended(capital(text));
}

export function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
