import { describe, expect, it } from "vitest";
import { domainOf, fieldOf, keyed, lasting, MINUTE, moved, ofField, same, shifted } from "../src/exposure/axis";
import { chosenOf, readSearch, searchOf } from "../src/exposure/chosen";
import { CLASSES, logShare, noCounts, worse, worst } from "../src/exposure/classes";
import { combine, isWitnessed, parseReport, ranWords, type Report, type ReportResult, type ResultWindow } from "../src/exposure/report";

const at = (clock: string) => Date.parse(`2026-03-24T${clock}:00Z`);
const domain: [number, number] = [at("10:00"), at("16:00")];

describe("the axis", () => {
  const window = { from: at("10:39"), to: at("13:24") };
  it("shows everything that has a time, with air, and an hour at least", () => {
    const [first, last] = domainOf([at("10:39"), at("16:00")]);
    expect(first).toBeLessThan(at("10:39"));
    expect(last).toBeGreaterThan(at("16:00"));
    const [one, two] = domainOf([at("10:00")]);
    expect(two - one).toBeGreaterThanOrEqual(60 * MINUTE);
  });
  it("leaves out what lies far from the windows, unless there is nothing else", () => {
    const later = Date.parse("2026-11-29T15:53:00Z");
    expect(domainOf([at("10:00"), at("16:00")], [at("18:00"), later])[1]).toBeLessThan(at("19:00"));
    expect(domainOf([at("10:00"), at("16:00")], [at("18:00"), later])[1]).toBeGreaterThan(at("18:00"));
    expect(domainOf([], [later])[0]).toBeLessThan(later);
  });
  it("moves an edge to whole minutes and never past the other", () => {
    expect(moved(window, "from", at("11:00") + 20_000, domain)).toEqual({ from: at("11:00"), to: at("13:24") });
    expect(moved(window, "from", at("15:00"), domain).from).toBe(at("13:23"));
    expect(moved(window, "to", at("10:00"), domain).to).toBe(at("10:40"));
    expect(moved(window, "from", at("09:00"), domain).from).toBe(at("10:00"));
  });
  it("knows no end where the end is pulled to the right", () => {
    expect(moved(window, "to", at("16:00"), domain).to).toBeNull();
    expect(lasting({ from: at("10:39"), to: null })).toBe("no end known");
    expect(shifted({ from: at("10:39"), to: null }, 5 * MINUTE)).toEqual({ from: at("10:44"), to: null });
  });
  it("takes arrows by a minute, with Shift by ten, and goes to what is claimed", () => {
    const claims = [{ from: at("10:39"), to: at("11:19") }, { from: at("10:39"), to: at("16:00") }];
    expect(keyed(window, "to", { key: "ArrowLeft", shiftKey: false }, claims, domain)?.to).toBe(at("13:23"));
    expect(keyed(window, "from", { key: "ArrowRight", shiftKey: true }, claims, domain)?.from).toBe(at("10:49"));
    expect(keyed(window, "to", { key: "Home", shiftKey: false }, claims, domain)?.to).toBe(at("11:19"));
    expect(keyed(window, "to", { key: "End", shiftKey: false }, claims, domain)?.to).toBeNull();
    expect(keyed(window, "from", { key: "Home", shiftKey: false }, claims, domain)).toEqual(window);
    expect(keyed(window, "from", { key: "a", shiftKey: false }, claims, domain)).toBeNull();
  });
  it("writes and reads times as they are read aloud", () => {
    expect(fieldOf(at("10:39"))).toBe("2026-03-24 10:39");
    expect(ofField(" 2026-03-24 10:39 ")).toBe(at("10:39"));
    expect(ofField("2026-03-24T10:39Z")).toBe(at("10:39"));
    expect(["", "10:39", "2026-02-31 10:00", "2026-03-24 25:00"].map(ofField)).toEqual([null, null, null, null]);
    expect(lasting(window)).toBe("2 h 45 min");
    expect(lasting({ from: at("10:39"), to: at("11:19") })).toBe("40 min");
    expect(lasting({ from: 0, to: 3 * 1440 * MINUTE })).toBe("3 days");
  });
  it("keeps the chosen window in the address", () => {
    expect(searchOf(window)).toEqual({ from: "2026-03-24T10:39Z", to: "2026-03-24T13:24Z" });
    expect(same(chosenOf(readSearch(searchOf(window) as Record<string, unknown>)), window)).toBe(true);
    expect(chosenOf(searchOf({ from: at("10:39"), to: null }))).toEqual({ from: at("10:39"), to: null });
    expect(readSearch({ from: "yesterday", to: "2026-03-24T13:24Z" })).toEqual({});
    expect(chosenOf({ from: "2026-03-24T10:39Z", to: "2026-03-24T09:00Z" })?.to).toBe(at("10:40"));
  });
});

const totals = (counts: Partial<Record<(typeof CLASSES)[number], number>>) => ({ classes: Object.fromEntries(CLASSES.map((name) => [name, { objects: counts[name] ?? 0, bytes: 0 }])) }) as ResultWindow["totals"];
const object = (id: string, name: (typeof CLASSES)[number], project = "prj_a") => ({ object: id, version: 1, bytes: 1, project, class: name, facts: [name] });
function result(objects: ResultWindow["objects"], untouched: number): ReportResult {
  const counts = { ...noCounts(), untouched };
  for (const item of objects) counts[item.class] += 1;
  const window: ResultWindow = { availability: { from: 0, to: 1 }, ran: [], exposed: { from: 0, to: 1 }, totals: totals(counts), projects: [{ project: "prj_a", totals: totals(counts) }], objects, deliveries: [] };
  return { subject: "p_1", kind: "component", engagements: [], windows: { narrowest: null, chosen: window, widest: window } };
}

describe("a report", () => {
  it("counts every object version once, in its most severe class", () => {
    const both = combine([result([object("a", "touched"), object("b", "reachable")], 3), result([object("a", "unknown"), object("b", "held")], 3)], "widest");
    expect(both?.counts).toEqual({ ...noCounts(), touched: 1, held: 1, untouched: 3 });
    expect(both?.total).toBe(5);
    expect(both?.projects.get("prj_a")?.untouched).toBe(3);
  });
  it("takes what one subject saw and the other did not for all that there is", () => {
    const both = combine([result([], 2), result([object("a", "touched")], 4)], "widest");
    expect(both?.counts).toEqual({ ...noCounts(), touched: 1, untouched: 4 });
  });
  it("says nothing where there is no such window", () => {
    expect(combine([result([], 2)], "narrowest")).toBeNull();
    expect(combine([], "widest")).toBeNull();
  });
  it("is refused in a format that is not known, and is not called witnessed without a name", () => {
    const report = { format: "cofferdam-exposure/1", witness: "UNWITNESSED" };
    expect(parseReport(JSON.stringify({ note: "", report }))?.format).toBe("cofferdam-exposure/1");
    expect(parseReport(JSON.stringify({ report: { ...report, format: "cofferdam-exposure/2" } }))).toBeNull();
    expect(parseReport("{")).toBeNull();
    expect(isWitnessed(report as Report)).toBe(false);
    expect(isWitnessed({ ...report, witness: [] } as unknown as Report)).toBe(false);
    expect(isWitnessed({ ...report, witness: ["kh-aster-1"] } as unknown as Report)).toBe(true);
  });
  it("says why what ran is unknown", () => {
    expect(ranWords("unknown", "no-scan-yet")).toBe("unknown: it had not said yet what it runs");
    expect(ranWords("may-have-run", null)).toBe("may have run it");
    expect(ranWords("unknown", "a-new-reason")).toBe("unknown: a new reason");
  });
});

describe("classes", () => {
  it("are ordered by what is worse", () => {
    expect(worse("held", "unknown")).toBe("held");
    expect(worse(null, "untouched")).toBe("untouched");
    expect(worst({ ...noCounts(), reachable: 3, unknown: 1 })).toBe("unknown");
    expect(worst(noCounts())).toBeNull();
  });
  it("have a bar that is seen, and none for nothing", () => {
    expect(logShare(0, 100)).toBe(0);
    expect(logShare(1, 100_000)).toBeGreaterThanOrEqual(6);
    expect(logShare(100_000, 100_000)).toBe(100);
  });
});
