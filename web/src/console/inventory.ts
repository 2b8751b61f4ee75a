/** A component's inventory, format `cofferdam-inventory` 1, as far as it is shown. Whatever else is in it stays in the file. */
import type { Json } from "../api/contract";

export interface PackageLine {
  key: string;
  ecosystem: string;
  name: string;
  version: string;
  places: string[];
}

export interface Inventory {
  packages: PackageLine[];
  startup: string[];
  gaps: string[];
  roots: string[];
}

type Dict = { [key: string]: Json };

const dict = (value: Json | undefined): Dict => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {});
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Nothing, where it is of a format that this page does not know. */
export function readInventory(document: Json): Inventory | null {
  const all = dict(document);
  if (all["format"] !== "cofferdam-inventory" || all["version"] !== 1) return null;
  const roots = list(all["roots"]).map((root) => text(dict(root)["name"]));
  const placeOf = (place: Json | undefined) => {
    const { root, path } = dict(place);
    const name = roots[typeof root === "number" ? root : -1];
    return [name, text(path)].filter((part) => part !== undefined && part !== "").join("/");
  };
  const packages = list(all["packages"]).map((item): PackageLine => {
    const { ecosystem, name, version } = dict(dict(item)["package"]);
    const known = dict(version)["known"];
    const said = typeof known === "string" ? known : "?";
    return { key: `${text(ecosystem)} ${text(name)} ${said}`, ecosystem: text(ecosystem), name: text(name), version: said, places: list(dict(item)["evidence"]).map((evidence) => placeOf(dict(evidence)["place"])).filter((place) => place !== "") };
  });
  return { packages: packages.toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version)), startup: list(all["startup"]).map((item) => lineOf(item, placeOf)), gaps: list(all["gaps"]).map((item) => lineOf(item, placeOf)), roots };
}

/** Whatever else has a place: its place and what is said of it, in one line. */
function lineOf(item: Json, placeOf: (place: Json | undefined) => string): string {
  const all = dict(item);
  const place = placeOf(all["place"]);
  const rest = Object.entries(all).filter(([key]) => key !== "place").map(([key, value]) => `${key}: ${typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value)}`);
  if (typeof item === "string") return item;
  return [place, ...rest].filter((part) => part !== "").join(", ");
}

export interface Changes {
  came: PackageLine[];
  went: PackageLine[];
  changed: { name: string; ecosystem: string; from: string; to: string }[];
}

/** What one scan has that another had not: by package, and of one that is there in both by its versions. */
export function changesOf(before: Inventory, after: Inventory): Changes {
  const versions = (inventory: Inventory) => {
    const map = new Map<string, PackageLine[]>();
    for (const line of inventory.packages) map.set(`${line.ecosystem} ${line.name}`, [...(map.get(`${line.ecosystem} ${line.name}`) ?? []), line]);
    return map;
  };
  const [was, is] = [versions(before), versions(after)];
  const said = (lines: PackageLine[]) => [...new Set(lines.map((line) => line.version))].join(", ");
  const changes: Changes = { came: [], went: [], changed: [] };
  for (const [key, lines] of is) {
    const old = was.get(key);
    if (old === undefined) changes.came.push(...lines);
    else if (said(old) !== said(lines)) changes.changed.push({ name: lines[0]!.name, ecosystem: lines[0]!.ecosystem, from: said(old), to: said(lines) });
  }
  for (const [key, lines] of was) if (!is.has(key)) changes.went.push(...lines);
  return changes;
}
