import type { Halt, Placement } from "../api/contract";

/** Whom halts left without work, and where they go: each person once, by the first halt that stops them. */
export interface Flow {
  displaced: number;
  from: { key: string; name: string; n: number }[];
  to: { key: string; name: string; n: number; placed: boolean; reasons: string }[];
  links: { from: string; to: string; n: number }[];
  people: { person: { id: string; name: string }; halt: string; project: string | null; reasons: string[]; engaged: boolean }[];
}

const NOWHERE = "nowhere";

export function flowOf(placements: { halt: Pick<Halt, "id" | "scope_name">; placement: Placement }[]): Flow {
  const people = new Map<string, Flow["people"][number]>();
  const from = new Map<string, Flow["from"][number]>();
  const to = new Map<string, Flow["to"][number]>();
  const links = new Map<string, Flow["links"][number]>();
  for (const { halt, placement } of placements) {
    for (const item of placement.items) {
      if (people.has(item.person.id)) continue;
      const key = item.project?.id ?? NOWHERE;
      people.set(item.person.id, { person: item.person, halt: halt.id, project: item.project?.name ?? null, reasons: item.reasons, engaged: item.engagement !== null });
      add(from, halt.id, { key: halt.id, name: halt.scope_name, n: 0 });
      add(to, key, { key, name: item.project?.name ?? "fit nothing that is open, and rest", n: 0, placed: item.project !== null, reasons: item.reasons.find((reason) => reason.includes("wall")) ?? item.reasons[0] ?? "" });
      add(links, `${halt.id} ${key}`, { from: halt.id, to: key, n: 0 });
    }
  }
  const ordered = [...to.values()].toSorted((a, b) => Number(b.placed) - Number(a.placed) || b.n - a.n);
  return { displaced: people.size, from: [...from.values()], to: ordered, links: [...links.values()], people: [...people.values()] };
}

function add<T extends { n: number }>(map: Map<string, T>, key: string, fresh: T): void {
  const item = map.get(key) ?? fresh;
  item.n += 1;
  map.set(key, item);
}

export interface Ribbon { key: string; d: string; placed: boolean }

const GAP = 16;

/** The heights of both sides and the ribbons between them: `unit` pixels for each person. */
export function ribbonsOf(flow: Flow, { left, right, unit, top = 4 }: { left: number; right: number; unit: number; top?: number }) {
  const stack = (items: { key: string; n: number }[]) => {
    let y = top;
    return new Map(items.map((item) => {
      const at = { y, tall: Math.max(4, item.n * unit), used: 0 };
      y += Math.max(at.tall, 24) + GAP;
      return [item.key, at] as const;
    }));
  };
  const from = stack(flow.from);
  const to = stack(flow.to);
  const middle = (left + right) / 2;
  const order = flow.from.flatMap((one) => flow.to.flatMap((other) => flow.links.filter((link) => link.from === one.key && link.to === other.key)));
  const ribbons = order.map((link): Ribbon => {
    const a = from.get(link.from)!;
    const b = to.get(link.to)!;
    const tall = Math.max(2, link.n * unit);
    const [y1, y2] = [a.y + a.used, b.y + b.used];
    a.used += tall;
    b.used += tall;
    return { key: `${link.from} ${link.to}`, placed: link.to !== NOWHERE, d: `M${left} ${y1}C${middle} ${y1} ${middle} ${y2} ${right} ${y2}V${y2 + tall}C${middle} ${y2 + tall} ${middle} ${y1 + tall} ${left} ${y1 + tall}z` };
  });
  const height = Math.max(...[...from.values(), ...to.values()].map((item) => item.y + Math.max(item.tall, 30)), 0) + top;
  return { from, to, ribbons, height };
}
