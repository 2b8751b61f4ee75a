/** Row numbers as people write them: `3, 7-9 12`. Numbers outside 1..most are refused, not dropped. */
export function parseRows(text: string, most: number): { rows: number[]; error: string | null } {
  const rows = new Set<number>();
  for (const part of text.split(/[\s,;]+/).filter((piece) => piece !== "")) {
    const found = /^(\d+)(?:[-–](\d+))?$/.exec(part);
    if (found === null) return { rows: [], error: `“${part}” is no row number. Write numbers or ranges: 3, 7-9.` };
    const from = Number(found[1]);
    const to = Number(found[2] ?? found[1]);
    if (from < 1 || to > most || from > to) return { rows: [], error: `${part} is outside this delivery: its rows are 1 to ${most.toLocaleString("en-GB")}.` };
    if (rows.size + (to - from) > 10_000) return { rows: [], error: "More than 10,000 rows at once. Return them in parts." };
    for (let row = from; row <= to; row += 1) rows.add(row);
  }
  return { rows: [...rows].toSorted((a, b) => a - b), error: null };
}
