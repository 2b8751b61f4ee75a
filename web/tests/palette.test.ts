import { describe, expect, it } from "vitest";
import type { Found } from "../src/api/contract";
import { find, isId, stepped, type Goal } from "../src/palette/find";
import { ofId } from "../src/palette/lookup";

const goal = (title: string, more: Partial<Goal> = {}): Goal => ({ key: title, kind: "project", title, about: "", ids: [`prj_${title.replaceAll(" ", "").toUpperCase()}`], href: "/", ...more });
const GOALS = [
  goal("Projects", { kind: "page", ids: [] }),
  goal("Tone in support", { about: "for Larkspur" }),
  goal("Support replies", { about: "for Oxlip", ids: ["prj_01M8M7WFG1QTS8TBMJPD1FNM77"] }),
  goal("Ines Barros", { kind: "person", ids: ["pri_01M8M7WFTQ2PZYM2WZFAP1CAE7", "p_3VX0AAAAY61W"] }),
];
const found = (text: string) => find(GOALS, text, 8).map((item) => item.title);

describe("what is looked for", () => {
  it("is found by its id, whole, by its beginning, and as screens shorten it", () => {
    expect(found("prj_01M8M7WFG1QTS8TBMJPD1FNM77")).toEqual(["Support replies"]);
    expect(found(" PRI_01M8 ")).toEqual(["Ines Barros"]);
    expect(found("p_3VX0…Y61W")).toEqual(["Ines Barros"]);
    expect(found("p_3VX0…0000")).toEqual([]);
  });
  it("is found by name, what begins with it first, then by what it is for", () => {
    expect(found("support")).toEqual(["Support replies", "Tone in support"]);
    expect(found("sup rep")).toEqual(["Support replies"]);
    expect(found("project larkspur")).toEqual(["Tone in support"]);
    expect(found("nobody")).toEqual([]);
  });
  it("is the pages, before anything is written", () => {
    expect(found("")).toEqual(["Projects"]);
  });
});

describe("an id", () => {
  it("is told from a name", () => {
    for (const id of ["eng_01M8M7WFTQ2PZYM2WZFAP1CAE7", "p_27FT…NQXB"]) expect(isId(id)).toBe(true);
    for (const name of ["Support", "two words", "a_b"]) expect(isId(name)).toBe(false);
  });
});

describe("what the server says of an id", () => {
  const nothing: Found = { kind: "lab", lab: null, project: null, engagement: null, person: null, credential: null, incident: null };
  const [lab, person] = [{ id: "lab_1", name: "Oxlip" }, { id: "pri_1", name: "Ada" }];
  const project = { id: "prj_1", name: "Pairs", template_kind: "chat" };
  const goes = (more: Partial<Found>) => ofId("x_1", { ...nothing, ...more }).href;
  it("leads to the thing itself, or to what it belongs to", () => {
    expect(goes({ kind: "lab", lab })).toBe("/lab/lab_1");
    expect(goes({ kind: "task", lab, project })).toBe("/console/projects/prj_1");
    expect(goes({ kind: "engagement", lab, project, person, engagement: "eng_1" })).toBe("/console/projects/prj_1");
    expect(goes({ kind: "delivery", lab, project })).toBe("/lab/lab_1");
    expect(goes({ kind: "credential-tag", lab, project, person, credential: "crd_1" })).toBe("/console/people?find=pri_1");
    expect([goes({ kind: "inventory", person }), goes({ kind: "component", person })]).toEqual(["/console/components/pri_1", "/console/components/pri_1"]);
    expect(goes({ kind: "incident", lab, incident: "inc_1" })).toBe("/console/incidents/inc_1");
    expect([goes({ kind: "halt" }), goes({ kind: "wall" })]).toEqual(["/console/halts", "/console/walls"]);
  });
  it("is told by names, and found by every id that it has", () => {
    const goal = ofId("ct_1", { ...nothing, kind: "credential-tag", lab, project, person, credential: "crd_1", engagement: "eng_1" });
    expect([goal.kind, goal.title, goal.about]).toEqual(["credential tag", "Ada", "Pairs, Oxlip"]);
    expect(goal.ids).toEqual(["ct_1", "eng_1", "crd_1"]);
    expect(ofId("hlt_1", { ...nothing, kind: "halt" }).title).toBe("hlt_1");
  });
});

describe("the arrow keys", () => {
  it("go round", () => {
    expect([stepped(0, 1, 3), stepped(2, 1, 3), stepped(0, -1, 3), stepped(0, 1, 0)]).toEqual([1, 0, 2, 0]);
  });
});
