/** Worked spans as seconds for each of the last seven days, the reader's own days, today last. */
export function byDay(spans: { from: string; to: string }[], now: Date): { day: Date; seconds: number }[] {
  const days = Array.from({ length: 7 }, (_, index) => {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 6 + index);
    return { day, end: new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1), seconds: 0 };
  });
  for (const span of spans) {
    const from = Date.parse(span.from);
    const to = Date.parse(span.to);
    for (const item of days) item.seconds += Math.max(0, Math.min(to, item.end.getTime()) - Math.max(from, item.day.getTime())) / 1000;
  }
  return days.map(({ day, seconds }) => ({ day, seconds }));
}
