import type { Found } from "../api/contract";
import type { Goal } from "./find";

/** Where one goes for what an id is of: the thing itself, or what it belongs to. */
function hrefOf({ kind, lab, project, person, incident }: Found): string {
  if (incident !== null) return `/console/incidents/${incident}`;
  if (kind === "wall") return "/console/walls";
  if (kind === "halt") return "/console/halts";
  if ((kind === "component" || kind === "inventory") && person !== null) return `/console/components/${person.id}`;
  if (kind === "delivery" && lab !== null) return `/lab/${lab.id}`;
  const ofPerson = ["person", "pseudonym", "credential", "credential-tag"].includes(kind);
  if (ofPerson && person !== null) return `/console/people?find=${encodeURIComponent(person.id)}`;
  if (project !== null) return `/console/projects/${project.id}`;
  return lab === null ? "/console" : `/lab/${lab.id}`;
}

/** What an id is of, as the server says it. */
export function ofId(id: string, found: Found): Goal {
  const names = [found.person?.name, found.project?.name, found.lab?.name].filter((name) => name !== undefined);
  const [title, ...rest] = names;
  return {
    key: id, kind: found.kind.replace("-", " "), title: title ?? id, about: rest.join(", "),
    ids: [id, found.engagement, found.credential, found.incident].filter((one): one is string => one !== null && one !== undefined), href: hrefOf(found),
  };
}
