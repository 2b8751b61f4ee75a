import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Halt, HaltedView, Project } from "../api/contract";
import { Bar } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { isSteward, isWork, useMe } from "../app/session";
import type { HaltScopes } from "../halt/HaltPanel";
import { parseScope } from "../halt/reasons";
import { wholeLab } from "../halt/words";
import { NoticesButton } from "../notices/Notices";
import { plural } from "../ui/format";
import type { KeyList } from "../ui/KeysPanel";

interface Named {
  id: string;
  name: string;
}

/** A page of a lab: for its stewards, and for operators, who decide nothing there. Nobody else finds it. */
export function OfLab({ id, children }: { id: string; children: (lab: Named, steward: boolean) => ReactNode }) {
  const me = useMe();
  const stewarded = me.engagements.filter(isSteward).find((engagement) => engagement.lab.id === id);
  const labs = useQuery({ ...queries.labs, enabled: me.operator && stewarded === undefined });
  if (stewarded !== undefined) return children(stewarded.lab, true);
  if (!me.operator) return <NotFound />;
  const lab = labs.data?.find((item) => item.id === id);
  if (lab === undefined) return labs.isPending ? null : <NotFound />;
  return children(lab, false);
}

/** The bar over every page of a lab: Halt is one click away from each. */
export function LabBar({ lab, steward, at, keys = [] }: { lab: Named; steward: boolean; at: "lab" | "incidents" | null; keys?: KeyList }) {
  const me = useMe();
  const projects = useQuery(queries.projects(lab.id)).data ?? [];
  const halts = useQuery(queries.halts(true)).data?.items ?? [];
  const own = halts.filter((halt) => concerns(halt, lab.id, projects));
  const incidents = { to: `/lab/${lab.id}/incidents`, label: "Incidents", current: at === "incidents" };
  const stewarded = me.engagements.filter(isSteward).flatMap((engagement) => [
    { to: `/lab/${engagement.lab.id}`, label: engagement.lab.name, current: at === "lab" && engagement.lab.id === lab.id },
    ...(engagement.lab.id === lab.id ? [incidents] : []),
  ]);
  const nav = [
    ...(me.operator ? [{ to: "/console", label: "Console", current: false }] : []),
    ...(me.engagements.some(isWork) ? [{ to: "/", label: "Today", current: false }] : []),
    ...stewarded,
    ...(steward ? [] : [{ to: `/lab/${lab.id}`, label: lab.name, current: at === "lab" }, incidents]),
  ];
  return <Bar nav={nav} navLabel="Portal" aside={<NoticesButton />} office={steward ? "steward" : "operator"} utcClock search={me.operator} halt={scopesOf(lab, projects, own)} keys={keys} />;
}

/** Open halts over this lab, its projects, or everything. */
export function concerns(halt: Halt, lab: string, projects: Project[]): boolean {
  const scope = parseScope(halt.scope);
  if (scope.kind === "installation") return true;
  if (scope.kind === "lab") return scope.id === lab;
  return scope.kind === "project" && projects.some((project) => project.id === scope.id);
}

function scopesOf(lab: Named, projects: Project[], halts: Halt[]): HaltScopes {
  const people = projects.reduce((sum, project) => sum + project.people, 0);
  const is = (scope: string, view: HaltedView | null = null) => view !== null || halts.some((halt) => halt.scope === scope);
  return {
    kinds: [
      {
        kind: "lab",
        label: wholeLab(lab.name),
        targets: [{ scope: `lab:${lab.id}`, name: lab.name, stops: `${plural(projects.length, "project")} with ${plural(people, "engaged person", "engaged people")}; open exports and model calls are cut.`, halted: is(`lab:${lab.id}`) }],
      },
      {
        kind: "project",
        label: "Project",
        targets: projects.map((project) => ({ scope: `project:${project.id}`, name: project.name, stops: `${project.name} with ${plural(project.people, "engaged person", "engaged people")}; its open exports are cut. Other projects go on.`, halted: is(`project:${project.id}`, project.halted) })),
      },
    ],
  };
}
