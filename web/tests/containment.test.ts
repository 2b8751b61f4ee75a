import { describe, expect, it } from "vitest";
import { changesOf, readInventory } from "../src/console/inventory";
import { readRecords } from "../src/console/records";
import { changeOf, daysOf } from "../src/console/walls";
import { noCounts } from "../src/exposure/classes";
import { escaped, printable } from "../src/exposure/html";
import type { Report } from "../src/exposure/report";
import { claimsIn, windowIn } from "../src/lab/reportWindows";

const scan = (packages: [string, string][]) => ({
  format: "cofferdam-inventory", version: 1, scanned_at_micros: 1, roots: [{ name: "/srv", kind: "folder" }], sources: {},
  packages: packages.map(([name, known]) => ({ package: { ecosystem: "PyPI", name, version: { known } }, evidence: [{ standing: "installed", source: "dist-info", place: { root: 0, path: `lib/${name}` } }] })),
  startup: [{ place: { root: 0, path: "lib/litellm_init.pth" }, bytes: 34, executed: 1 }], gaps: [{ place: { root: 0, path: "lib/closed" }, reason: "denied" }],
});

describe("an inventory", () => {
  it("shows packages, what runs at every start, and what could not be read, with their places", () => {
    const read = readInventory(scan([["litellm", "1.82.8"]]));
    expect(read?.packages[0]).toMatchObject({ name: "litellm", version: "1.82.8", ecosystem: "PyPI", places: ["/srv/lib/litellm"] });
    expect(read?.startup).toEqual(["/srv/lib/litellm_init.pth, bytes: 34, executed: 1"]);
    expect(read?.gaps).toEqual(["/srv/lib/closed, reason: denied"]);
  });
  it("is not shown in another format, and a version that is not known is a question", () => {
    expect(readInventory({ ...scan([]), version: 2 })).toBeNull();
    expect(readInventory("text")).toBeNull();
    expect(readInventory({ format: "cofferdam-inventory", version: 1, packages: [{ package: { name: "x", version: { unknown: "?" } } }, 7, null] })?.packages.map((line) => line.version)).toEqual(["?", "?", "?"]);
  });
  it("says what came, went and changed", () => {
    const changes = changesOf(readInventory(scan([["litellm", "1.82.6"], ["old", "1"]]))!, readInventory(scan([["litellm", "1.82.8"], ["new", "2"]]))!);
    expect(changes.changed).toEqual([{ name: "litellm", ecosystem: "PyPI", from: "1.82.6", to: "1.82.8" }]);
    expect(changes.came.map((line) => line.name)).toEqual(["new"]);
    expect(changes.went.map((line) => line.name)).toEqual(["old"]);
  });
});

describe("advisory records", () => {
  it("are read from one object, an array, or several after each other", () => {
    expect(readRecords('{"id":"A"}').records).toHaveLength(1);
    expect(readRecords('[{"id":"A"},{"id":"B"}]').records).toHaveLength(2);
    expect(readRecords('{"id":"A","d":"} {"}\n{"id":"B"},\n[{"id":"C"}]').records.map((record) => record["id"])).toEqual(["A", "B", "C"]);
  });
  it("are refused whole, with what is wrong", () => {
    expect(readRecords("").error).toMatch(/Bring a record/);
    expect(readRecords("{").error).toMatch(/not JSON/);
    expect(readRecords('{"id":"A"} rubbish').error).toMatch(/not JSON/);
    expect(readRecords('[{"id":"A"},{"name":"B"}]').error).toMatch(/The 2\. of 2/);
    expect(readRecords("[]").error).toMatch(/no record/);
  });
});

describe("a wall", () => {
  const wall = { labs: [{ id: "a", name: "A" }, { id: "b", name: "B" }], cooling_off_days: 90 };
  it("changes by what differs, and says where it keeps fewer out", () => {
    expect(changeOf(wall, ["a", "b"], 90)).toEqual({ change: {}, loosens: false });
    expect(changeOf(wall, ["a", "b", "c"], 120)).toEqual({ change: { add: ["c"], cooling_off_days: 120 }, loosens: false });
    expect(changeOf(wall, ["a", "c"], 90)).toEqual({ change: { add: ["c"], remove: ["b"] }, loosens: true });
    expect(changeOf(wall, ["a", "b"], 30).loosens).toBe(true);
  });
  it("cools off for whole days", () => {
    expect(["1", " 36500 ", "0", "36501", "1.5", "", "x"].map(daysOf)).toEqual([1, 36_500, null, null, null, null, null]);
  });
});

const micros = (clock: string) => Date.parse(`2026-03-24T${clock}:00Z`) * 1000;
const claim = (source: string, from: string, to: string | null) => ({ source, window: { from: micros(from), to: to === null ? null : micros(to) } });
const report = (availability: Report["case"]["availability"]): Report => ({
  format: "cofferdam-exposure/1", lab: "lab_1", made_at: micros("16:05"), ledger: { origin: "a.example/labs/1", size: 12, root: "r" }, witness: "UNWITNESSED", case: { incident: "inc_1", advisories: [], availability, chosen: null, subjects: [] },
  results: [{ subject: "p_<b>", kind: "component", engagements: [], windows: { narrowest: null, chosen: null, widest: { availability: { from: 0, to: 1 }, ran: [], exposed: null, totals: { classes: Object.fromEntries(Object.keys(noCounts()).map((name) => [name, { objects: name === "touched" ? 1874 : 0, bytes: 0 }])) as never }, projects: [], objects: [], deliveries: [] } } }],
  limits: ["It proves <nothing> & \"more\""],
});

describe("a report's windows", () => {
  it("are what all agree on, and what any says", () => {
    const read = report([claim("wide", "10:39", "16:00"), claim("narrow", "10:39", "11:19")]);
    expect(windowIn(read, "narrowest")).toEqual({ from: micros("10:39") / 1000, to: micros("11:19") / 1000 });
    expect(windowIn(read, "widest")?.to).toBe(micros("16:00") / 1000);
    expect(claimsIn(read).map((one) => [one.source, one.rank])).toEqual([["narrow", "narrowest"], ["wide", "widest"]]);
    expect(windowIn(report([claim("a", "10:00", null), claim("b", "11:00", "12:00")]), "widest")).toEqual({ from: micros("10:00") / 1000, to: null });
    expect(windowIn(report([claim("a", "10:00", "11:00"), claim("b", "12:00", "13:00")]), "narrowest")).toBeNull();
    expect(windowIn(report([]), "widest")).toBeNull();
  });
});

describe("the page to print", () => {
  const page = printable(report([claim("<script>alert(1)</script>", "10:39", null)]), { lab: "Aster & <i>Co</i>", nameOf: (id) => id });
  it("holds what was written as text, runs nothing and fetches nothing", () => {
    expect(escaped(`<a href="x">'&`)).toBe("&#60;a href=&#34;x&#34;&#62;&#39;&#38;");
    expect(page).not.toMatch(/<script|<i>|<b>"|src=|href=|@import|url\((?!#)/);
    expect(page).toContain("&#60;script&#62;alert(1)");
    expect(page).toContain("p_&#60;b&#62;");
  });
  it("says first that nobody witnessed it, and when it was made", () => {
    expect(page.indexOf("UNWITNESSED")).toBeLessThan(page.indexOf("In all"));
    expect(page).toContain("24 March 2026 16:05:00 UTC");
    expect(page).toContain("no end known");
  });
});
