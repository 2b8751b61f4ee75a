import { useQueries, useQuery } from "@tanstack/react-query";
import type { EngagementView } from "../api/contract";
import { queries } from "../app/queries";
import { parseScope } from "../halt/reasons";
import { plural } from "../ui/format";
import type { Goal } from "./find";
import { ofId } from "./lookup";

const page = (title: string, href: string, about = ""): Goal => ({ key: href, kind: "page", title, about, ids: [], href });

const PAGES: Goal[] = [
  page("Projects", "/console"),
  page("People", "/console/people"),
  page("Components", "/console/components"),
  page("Advisories", "/console/advisories"),
  page("Incidents", "/console/incidents"),
  page("Walls", "/console/walls"),
  page("Halts", "/console/halts"),
  page("Ways in", "/ways-in", "your own passkeys, sessions, links and tokens"),
  { key: "halt", kind: "act", title: "Halt…", about: "open the Halt panel; it never halts by itself", ids: [], href: null },
];

/** How many projects are asked who is engaged there: each is a request of its own. */
const MOST_ROSTERS = 60;

/** A pseudonym as screens shorten it: the rosters have it, and are asked. */
const SHORTENED = /^p_[0-9a-z]{3,}…[0-9a-z]{3,}$/i;
/** A whole id: the server says what it is of. */
const WHOLE = /^[a-z]{1,3}_[0-9a-z]{26}$/i;

/** Where one can go: what the console's own lists have, and what is asked for by its id. */
export function useGoals(asked: string): { goals: Goal[]; waiting: boolean; failed: boolean } {
  const id = asked.trim();
  const lists = {
    labs: useQuery(queries.labs), projects: useQuery(queries.projects()), people: useQuery(queries.people), components: useQuery(queries.components),
    incidents: useQuery(queries.incidents), advisories: useQuery(queries.advisories), walls: useQuery(queries.walls), open: useQuery(queries.halts(true)), past: useQuery(queries.halts(false)),
  };
  const projects = lists.projects.data ?? [];
  const rosters = useQueries({
    queries: (SHORTENED.test(id) ? projects.slice(0, MOST_ROSTERS) : []).map((project) => ({ ...queries.roster(project.id), refetchInterval: false as const })),
    combine: (all) => ({ items: all.flatMap((one) => one.data ?? []), waiting: all.some((one) => one.isPending), failed: all.some((one) => one.isError) }),
  });
  const looked = useQuery({ ...queries.lookup(id), enabled: WHOLE.test(id), placeholderData: () => undefined });
  const components = lists.components.data ?? [];
  const isComponent = new Set(components.map((item) => item.component.id));
  const halts = [...(lists.open.data?.items ?? []), ...(lists.past.data?.items ?? [])];
  const goals: Goal[] = [
    ...PAGES,
    ...(lists.labs.data ?? []).map((lab): Goal => ({ key: lab.id, kind: "lab", title: lab.name, about: plural(lab.projects, "project"), ids: [lab.id], href: `/lab/${lab.id}` })),
    ...projects.map((project): Goal => ({ key: project.id, kind: "project", title: project.name, about: `for ${project.lab.name}`, ids: [project.id], href: `/console/projects/${project.id}` })),
    ...(lists.incidents.data ?? []).map((item): Goal => ({ key: item.id, kind: "incident", title: item.title, about: item.state, ids: [item.id, ...item.labs.map((lab) => lab.incident)], href: `/console/incidents/${item.id}` })),
    ...components.map((item): Goal => ({ key: item.component.id, kind: "component", title: item.component.name, about: "", ids: [item.component.id], href: `/console/components/${item.component.id}` })),
    ...(lists.people.data ?? []).filter((person) => !isComponent.has(person.id)).map((person): Goal => ({ key: person.id, kind: person.kind, title: person.name, about: plural(person.active, "engagement"), ids: [person.id], href: `/console/people?find=${encodeURIComponent(person.id)}` })),
    ...(lists.advisories.data?.items ?? []).map((event): Goal => ({ key: event.id, kind: "advisory", title: event.id, about: event.records.filter((record) => record !== event.id).join(", "), ids: [event.id, ...event.records], href: `/console/advisories/${encodeURIComponent(event.id)}` })),
    ...(lists.walls.data ?? []).map((wall): Goal => ({ key: wall.id, kind: "wall", title: wall.name, about: `around ${plural(wall.labs.length, "lab")}`, ids: [wall.id], href: "/console/walls" })),
    ...halts.map((halt): Goal => ({ key: halt.id, kind: "halt", title: parseScope(halt.scope).kind === "installation" ? "Everything" : halt.scope_name, about: halt.state === "open" ? "halted" : halt.state, ids: [halt.id, ...(parseScope(halt.scope).kind === "credential" ? [parseScope(halt.scope).id] : [])], href: "/console/halts" })),
    ...rosters.items.map(ofEngagement),
    ...(looked.data === undefined ? [] : [ofId(id, looked.data)]),
  ];
  const asking = Object.values(lists);
  return {
    goals: [...new Map(goals.map((goal) => [`${goal.kind} ${goal.key}`, goal])).values()],
    waiting: asking.some((list) => list.isPending) || rosters.waiting || looked.isFetching,
    failed: asking.some((list) => list.isError) || rosters.failed,
  };
}

function ofEngagement(engagement: EngagementView): Goal {
  const project = engagement.project;
  return {
    key: engagement.id, kind: "engagement", title: `${engagement.principal?.name ?? engagement.pseudonym}, ${engagement.role}`, about: `in ${project?.name ?? engagement.lab.name}`,
    ids: [engagement.id, engagement.pseudonym], href: project === null ? `/lab/${engagement.lab.id}` : `/console/projects/${project.id}`,
  };
}
