/** Somewhere to go to, or something to do: by its name, by what it is, and by every id that it has. */
export interface Goal {
  key: string;
  kind: string;
  title: string;
  about: string;
  ids: string[];
  href: string | null;
}

/** What looks like an id: a kind, and what follows it; shortened in the middle too, as screens show it. */
export function isId(asked: string): boolean {
  return /^[a-z]{1,4}_[0-9a-z…]{4,}$/i.test(asked.trim());
}

/** Whole, its beginning, or shortened in the middle. */
function isOf(id: string, asked: string): "whole" | "part" | null {
  const [head, tail] = asked.split("…");
  const known = id.toLowerCase();
  if (known === asked) return "whole";
  return asked.length >= 4 && known.startsWith(head ?? "") && known.endsWith(tail ?? "") ? "part" : null;
}

function rank(goal: Goal, asked: string, words: string[]): number | null {
  const ids = goal.ids.map((id) => isOf(id, asked));
  if (ids.includes("whole")) return 0;
  if (ids.includes("part")) return 1;
  const title = goal.title.toLowerCase();
  if (title.startsWith(asked)) return 2;
  const begins = title.split(/[^\p{L}\p{N}.]+/u);
  if (words.every((word) => begins.some((begin) => begin.startsWith(word)))) return 3;
  const all = `${title} ${goal.kind} ${goal.about}`.toLowerCase();
  return words.every((word) => all.includes(word)) ? 4 : null;
}

/** The best first; of equals, as they were given. Where nothing is asked, the pages and acts. */
export function find(goals: Goal[], text: string, most: number): Goal[] {
  const asked = text.trim().toLowerCase();
  if (asked === "") return goals.filter((goal) => goal.ids.length === 0).slice(0, most);
  const words = asked.split(/\s+/);
  const ranked = goals.flatMap((goal) => {
    const at = rank(goal, asked, words);
    return at === null ? [] : [{ goal, at }];
  });
  return ranked.toSorted((a, b) => a.at - b.at).slice(0, most).map((item) => item.goal);
}

/** The option that a key leads to; round at both ends. */
export function stepped(at: number, by: number, count: number): number {
  return count === 0 ? 0 : (at + by + count) % count;
}
