/** The span that the portal looks at, aligned so that polling asks the same question and bars keep their places. */
export interface Span {
  from: string;
  to: string;
  bucketSeconds: number;
  label: string;
}

export type SpanName = "hour" | "day" | "week";

const SPANS: Record<SpanName, { seconds: number; bucket: number; label: string }> = {
  hour: { seconds: 3600, bucket: 60, label: "the last hour" },
  day: { seconds: 12 * 3600, bucket: 600, label: "the last 12 hours" },
  week: { seconds: 7 * 86_400, bucket: 4 * 3600, label: "the last 7 days" },
};

export const SPAN_NAMES: SpanName[] = ["hour", "day", "week"];

export function spanOf(name: SpanName, now: number): Span {
  const { seconds, bucket, label } = SPANS[name];
  const end = (Math.floor(now / 1000 / bucket) + 1) * bucket;
  return { from: iso(end - seconds), to: iso(end), bucketSeconds: bucket, label };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.(\d{3})Z$/, ".$1000Z");
}

export function bucketWords(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? "one hour" : `${seconds / 3600} hours`;
  return seconds === 60 ? "one minute" : `${seconds / 60} minutes`;
}

/** Times at which the axis has a tick: whole minutes, hours or days, at most `most` and one. */
export function ticks(from: number, to: number, most = 8): number[] {
  const steps = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000];
  const step = steps.find((s) => (to - from) / 1000 / s <= most) ?? 2_592_000;
  const out: number[] = [];
  for (let t = Math.ceil(from / 1000 / step) * step; t * 1000 <= to; t += step) out.push(t * 1000);
  return out;
}
