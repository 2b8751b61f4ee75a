import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { Bar } from "../app/Bar";
import { NotFound } from "../app/Fallbacks";
import { queries } from "../app/queries";
import { isSteward, isWork, useMe } from "../app/session";
import type { HaltScopes } from "../halt/HaltPanel";
import { NoticesButton } from "../notices/Notices";
import { AXIS_KEYS } from "../exposure/axis";
import { plural } from "../ui/format";
import classes from "./Console.module.css";

export function ConsolePage() {
  return useMe().operator ? <Console /> : <NotFound />;
}

function Console() {
  return (
    <>
      <ConsoleBar />
      <main className={classes["page"]}><Outlet /></main>
    </>
  );
}

/** An operator's bar: over the console, and over whatever else an operator opens. */
export function ConsoleBar() {
  const me = useMe();
  const path = useLocation({ select: (location) => location.pathname });
  const scopes = useScopes();
  const nav = [
    ...(me.engagements.some(isWork) ? [{ to: "/", label: "Today", current: false }] : []),
    { to: "/console", label: "Projects", current: path === "/console" || path.startsWith("/console/projects") },
    { to: "/console/people", label: "People", current: path.startsWith("/console/people") },
    { to: "/console/components", label: "Components", current: path.startsWith("/console/components") || path.startsWith("/console/advisories") },
    { to: "/console/incidents", label: "Incidents", current: path.startsWith("/console/incidents") },
    { to: "/console/walls", label: "Walls", current: path.startsWith("/console/walls") },
    { to: "/console/halts", label: "Halts", current: path.startsWith("/console/halts") },
    ...me.engagements.filter(isSteward).map((engagement) => ({ to: `/lab/${engagement.lab.id}`, label: engagement.lab.name, current: false })),
  ];
  return <Bar nav={nav} navLabel="Console" office="operator" utcClock search halt={scopes} aside={<NoticesButton />} keys={path.startsWith("/console/incidents/") ? AXIS_KEYS : []} />;
}

function useScopes(): HaltScopes {
  const labs = useQuery(queries.labs);
  const projects = useQuery(queries.projects());
  const people = useQuery(queries.people);
  const persons = (people.data ?? []).filter((person) => person.kind === "person");
  const components = (people.data ?? []).filter((person) => person.kind === "component");
  const named = (kind: string, verb: string) => (person: (typeof persons)[number]) => ({
    scope: `${kind}:${person.id}`, name: person.name, stops: `${verb} of ${person.name} under ${plural(person.engagements, "engagement")}.`, halted: person.halted !== null,
  });
  return {
    kinds: [
      { kind: "lab", label: "Lab", targets: (labs.data ?? []).map((lab) => ({ scope: `lab:${lab.id}`, name: lab.name, stops: `All of ${lab.name}: ${plural(lab.projects, "project")}, their exports and model calls.`, halted: lab.halted !== null })) },
      { kind: "project", label: "Project", targets: (projects.data ?? []).map((project) => ({ scope: `project:${project.id}`, name: `${project.name} for ${project.lab.name}`, stops: `${project.name} with ${plural(project.people, "engaged person", "engaged people")}. Other projects go on.`, halted: project.halted !== null })) },
      { kind: "person", label: "Person", targets: persons.map(named("person", "All work")) },
      { kind: "component", label: "Component", targets: components.map(named("component", "Every read and write")) },
      { kind: "credential", label: "Credential", targets: [], byId: true },
      { kind: "engagement", label: "Engagement", targets: [], byId: true },
      { kind: "installation", label: "Everything", targets: [{ scope: "installation", name: "everything", stops: `Every lab: ${plural((projects.data ?? []).length, "project")}, all people and components, all streams.` }] },
    ],
  };
}
