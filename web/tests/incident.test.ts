import { describe, expect, it } from "vitest";
import type { Attempt, Credential, EngagementView, Exposure, Halt, Incident, Placement } from "../src/api/contract";
import { CLASSES, noCounts } from "../src/exposure/classes";
import type { Report } from "../src/exposure/report";
import { graphOf, topWords, waysOf, type Spot, type Way } from "../src/incident/blast";
import { flowOf, ribbonsOf } from "../src/incident/flow";
import { tally } from "../src/incident/Lists";
import { bearing, nextStates, reached } from "../src/incident/states";

const incident = {
  id: "inc_1", title: "GHSA-x", reason: "r",
  for_labs: null, advisory: null, opened: "2026-03-24T13:31:00Z", state: "open", moves: [], claims: [], narrowest: null,
  widest: { from: "2026-03-24T10:39:00Z", to: "2026-03-24T16:00:00Z" },
  subjects: [{ subject: "component:pri_1", name: "Gateway", grounds: "affected", added: "2026-03-24T13:31:00Z", rebuilt: null }],
  labs: [{ lab: { id: "lab_1", name: "Aster" }, incident: "inc_a", told: "2026-03-24T13:31:00Z", decision: null, conditions: [], decided: null }],
} satisfies Incident;

describe("an incident", () => {
  it("goes a step on, or is opened again", () => {
    expect((["open", "contained", "assessed", "closed"] as const).map(nextStates)).toEqual([["contained"], ["assessed", "open"], ["closed", "open"], ["open"]]);
  });
  it("forgets what it had reached when it is opened again", () => {
    const moves = [{ state: "contained" as const, at: "2" }, { state: "open" as const, at: "3" }, { state: "contained" as const, at: "4" }];
    expect(reached({ opened: "1", state: "contained", moves })).toEqual({ open: "3", contained: "4" });
    expect(reached({ opened: "1", state: "open", moves: moves.slice(0, 2) })).toEqual({ open: "3" });
  });
  it("has the halts that are on what it is about, and not what ended before", () => {
    const halt = (id: string, scope: string, resumed: string | null = null) => ({ id, scope, resumed, until: null, since: `2026-03-24T13:${id}:00Z` }) as unknown as Halt;
    const halts = [halt("10", "lab:lab_1"), halt("20", "lab:lab_2"), halt("30", "engagement:eng_1"), halt("40", "component:pri_1"), halt("50", "installation"), halt("05", "lab:lab_1", "2026-03-23T00:00:00Z")];
    expect(bearing(halts, incident, new Set(["eng_1"]), new Set()).map((item) => item.id)).toEqual(["50", "40", "30", "10"]);
  });
});

const totals = (counts: Partial<ReturnType<typeof noCounts>>) => ({ classes: Object.fromEntries(CLASSES.map((name) => [name, { objects: counts[name] ?? 0, bytes: 0 }])) });

describe("the blast radius", () => {
  const roster = [{ id: "eng_1", principal: { id: "pri_1", name: "Gateway" }, role: "integration", purposes: ["export"], project: { id: "prj_1", name: "Tone" }, lab: { id: "lab_1", name: "Aster" } }] as unknown as EngagementView[];
  const report = (counts: Partial<ReturnType<typeof noCounts>>) => ({ results: [{ subject: "p_1", kind: "component", engagements: ["eng_1"], windows: { narrowest: null, chosen: null, widest: { exposed: { from: Date.parse("2026-03-24T10:39:00Z") * 1000, to: null }, projects: [{ project: "prj_1", totals: totals(counts) }] } } }] }) as unknown as Report;
  const credential = (id: string, revoked: string | null) => ({ id, kind: "token", label: id, issued: "2026-03-23T00:00:00Z", expires: "2026-06-01T00:00:00Z", revoked, good: revoked === null }) as Credential;
  const exposure = (releases: number) => ({ labs: [{ lab: { id: "lab_1", name: "Aster" }, releases, undated: null }], unknown: [] }) as unknown as Exposure;
  const ways = (counts: Partial<ReturnType<typeof noCounts>>, credentials: Credential[], exposures: [string, Exposure][] = []) =>
    waysOf({ incident, reports: [{ lab: { id: "lab_1", name: "Aster" }, report: report(counts), about: "review" }], roster, credentials: new Map([["eng_1", credentials]]), exposures: new Map(exposures), name: "widest" });

  it("leads from the subject to the lab, by the credential that released", () => {
    const found = ways({ touched: 28, reachable: 6 }, [credential("a", null), credential("b", "2026-03-24T14:30:00Z")], [["a", exposure(28)], ["b", exposure(0)]]);
    expect(found.map((way) => [way.subject.name, way.credential?.worst, way.engagement.about, way.project.name, way.lab.name])).toEqual([["Gateway", "touched", "28 touched, 6 reachable", "Tone", "Aster"], ["Gateway", "reachable", "28 touched, 6 reachable", "Tone", "Aster"]]);
  });
  it("calls a credential unknown whose ledger entries are not known", () => {
    expect(ways({ touched: 1 }, [credential("a", null)])[0]?.credential?.worst).toBe("unknown");
    expect(ways({ unknown: 3 }, [credential("a", null)], [["a", exposure(0)]])[0]?.credential?.worst).toBe("unknown");
  });
  it("leaves out what was revoked before, and keeps the engagement", () => {
    const found = ways({ reachable: 3 }, [credential("a", "2026-03-24T10:00:00Z")]);
    expect(found).toHaveLength(1);
    expect(found[0]?.credential).toBeNull();
  });
  it("calls everything unknown while no source claims a window", () => {
    const none = report({ reachable: 3 });
    for (const result of none.results) result.windows.widest = null;
    const [way] = waysOf({ incident, reports: [{ lab: { id: "lab_1", name: "Aster" }, report: none, about: "" }], roster, credentials: new Map(), exposures: new Map(), name: "widest" });
    expect([way?.engagement.worst, way?.engagement.about, way?.lab.worst]).toEqual(["unknown", "no window yet", "unknown"]);
  });
  it("draws no node over another", () => {
    const spot = (key: string): Spot => ({ key, name: key, about: "", worst: "touched" });
    const many: Way[] = Array.from({ length: 6 }, (_, n) => ({ subject: spot(`s${n % 2}`), credential: n === 3 ? null : spot(`c${n}`), engagement: spot(`e${n}`), project: spot(`p${n % 3}`), lab: spot(`l${n % 3}`) }));
    const graph = graphOf(many);
    for (const node of graph.nodes) for (const other of graph.nodes) if (node !== other && node.column === other.column) expect(Math.abs(node.row - other.row)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...graph.nodes.map((node) => node.row))).toBeLessThan(graph.rows);
    expect(graph.edges.some((edge) => edge.from.column === "subject" && edge.to.key === "e3")).toBe(true);
  });
  it("says the two most severe", () => {
    expect(topWords({ ...noCounts(), altered: 3, touched: 1874, reachable: 9 })).toBe("3 altered, 1,874 touched");
    expect(topWords({ ...noCounts(), untouched: 4 })).toBe("4 untouched");
    expect(topWords(noCounts())).toBe("nothing counted");
  });
});

describe("who is displaced", () => {
  const item = (id: string, project: string | null) => ({ person: { id, name: id }, project: project === null ? null : { id: project, name: project, template_kind: "chat" }, reasons: project === null ? [] : ["it is in english", "no wall stands in the way"], engagement: null });
  const placement = (items: ReturnType<typeof item>[]): Placement => ({ displaced: items.length, placed: 0, items });
  it("counts each once, whichever halts stop them", () => {
    const flow = flowOf([{ halt: { id: "h1", scope_name: "Aster" }, placement: placement([item("a", "x"), item("b", null)]) }, { halt: { id: "h2", scope_name: "Tone" }, placement: placement([item("a", "y"), item("c", "x")]) }]);
    expect(flow.displaced).toBe(3);
    expect(flow.to.map((one) => [one.key, one.n])).toEqual([["x", 2], ["nowhere", 1]]);
    expect(flow.to[0]?.reasons).toBe("no wall stands in the way");
    const { ribbons, height } = ribbonsOf(flow, { left: 0, right: 100, unit: 4 });
    expect(ribbons).toHaveLength(3);
    expect(height).toBeGreaterThan(0);
  });
});

it("counts a message once, as it stands now", () => {
  const attempt = (message: string, at: string, state: string) => ({ message, at, state, channel: "e-mail", kind: "incident-opened" }) as Attempt;
  expect(tally([attempt("a", "1", "waiting"), attempt("a", "2", "delivered"), attempt("b", "1", "delivered")])).toMatchObject([{ n: 2, state: "delivered", last: "2" }]);
});
