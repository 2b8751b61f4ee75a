import type {
  Access, AccessSummary, Agreement, Delivery, EngagementView, Guideline, Halt, Held, Json, Lab, Link, Me, Page, Person, Problem, Project, ReviewHeld, Timer,
} from "./contract";

/** A refusal by the server, as RFC 9457 describes it. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
  get slug(): string {
    return this.problem.type.replace(/^.*\/problems\//, "");
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
    this.name = "Unreachable";
  }
}

export function isProblem(error: unknown, ...slugs: string[]): error is ProblemError {
  return error instanceof ProblemError && (slugs.length === 0 || slugs.includes(error.slug));
}

async function problemOf(response: Response): Promise<ProblemError> {
  const fallback: Problem = { type: "about:blank", title: `The server answered ${response.status}.`, status: response.status };
  if (!response.headers.get("content-type")?.includes("json")) return new ProblemError(fallback);
  const body = (await response.json().catch(() => null)) as Problem | null;
  return new ProblemError(body === null ? fallback : { ...fallback, ...body });
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

export async function send(method: Method, path: string, body?: unknown, options: { keepalive?: boolean; key?: string } = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (options.key !== undefined) headers["idempotency-key"] = options.key;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(options.keepalive ? { keepalive: true } : {}),
    });
  } catch {
    throw new Unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function json<T>(method: Method, path: string, body?: unknown, key?: string): Promise<T> {
  const response = await send(method, path, body, key === undefined ? {} : { key });
  return (await response.json()) as T;
}

async function orNothing<T>(method: Method, path: string, body?: unknown): Promise<T | null> {
  const response = await send(method, path, body);
  return response.status === 204 ? null : ((await response.json()) as T);
}

async function nothing(method: Method, path: string, body?: unknown): Promise<void> {
  await send(method, path, body);
}

function query(params: Record<string, string | number | boolean | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** Reads a list to its end, at most `most` items. */
async function all<T>(path: string, params: Record<string, string | number | boolean | undefined> = {}, most = 2000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await json("GET", `${path}${query({ ...params, limit: 200, cursor })}`);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}

/** A key under which the server answers a repeated request once. */
export function once(): string {
  // `randomUUID` is missing where the page came over plain HTTP from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const e = (engagement: string): string => `/engagements/${encodeURIComponent(engagement)}`;
const id = encodeURIComponent;

export const api = {
  login: (link: string) => json<Me>("POST", "/sessions", { link }),
  logout: () => nothing("DELETE", "/sessions/current"),
  me: () => json<Me>("GET", "/me"),

  labs: () => all<Lab>("/labs"),
  createLab: (name: string) => json<Lab>("POST", "/labs", { name }, once()),
  projects: (lab?: string) => all<Project>("/projects", { lab }),
  project: (project: string) => json<Project>("GET", `/projects/${id(project)}`),
  createProject: (lab: string, body: { name: string; template: string; overlap: number }) => json<Project>("POST", `/labs/${id(lab)}/projects`, body, once()),
  roster: (project: string) => all<EngagementView>(`/projects/${id(project)}/engagements`),
  engage: (project: string, body: { principal: string; role: string }) => json<EngagementView>("POST", `/projects/${id(project)}/engagements`, body, once()),
  appointSteward: (lab: string, principal: string) => json<EngagementView>("POST", `/labs/${id(lab)}/stewards`, { principal }, once()),
  endEngagement: (engagement: string) => json<EngagementView>("POST", `${e(engagement)}/end`, {}),
  agreement: (project: string) => json<Agreement>("GET", `/projects/${id(project)}/agreement`),
  deliver: (project: string, format: string) => json<Delivery>("POST", `/projects/${id(project)}/deliveries`, { format }, once()),
  people: () => all<Person>("/people"),
  createPerson: (name: string, kind: "person" | "component") => json<Person>("POST", "/people", { name, kind }, once()),
  createLink: (person: string) => json<Link>("POST", `/people/${id(person)}/links`, {}),

  halts: (open: boolean) => all<Halt>("/halts", { open }),
  halt: (body: { scope: string; reason: string }) => json<Halt>("POST", "/halts", body, once()),
  resume: (halt: string) => json<Halt>("POST", `/halts/${id(halt)}/resume`, {}),

  accesses: (lab: string, cursor?: string) => json<Page<Access>>("GET", `/labs/${id(lab)}/accesses${query({ limit: 100, cursor })}`),
  accessSummary: (lab: string, from: string, to: string, bucketSeconds: number) =>
    json<AccessSummary>("GET", `/labs/${id(lab)}/accesses/summary${query({ from, to, bucket_seconds: bucketSeconds })}`),
  recipients: (lab: string) => json<{ recipients: string[] }>("GET", `/labs/${id(lab)}/recipients`),
  setRecipients: (lab: string, recipients: string[]) => json<{ recipients: string[] }>("PUT", `/labs/${id(lab)}/recipients`, { recipients }),
  deliveries: (lab: string) => all<Delivery>(`/labs/${id(lab)}/deliveries`),
  manifest: async (delivery: string) => (await send("GET", `/deliveries/${id(delivery)}/manifest`)).text(),
  acceptDelivery: (delivery: string) => json<Delivery>("POST", `/deliveries/${id(delivery)}/accept`, {}),
  returnRows: (delivery: string, rows: { row: number; reason: string }[]) => json<Delivery>("POST", `/deliveries/${id(delivery)}/return`, { rows }),

  guideline: (engagement: string) => json<Guideline>("GET", `${e(engagement)}/guideline`),
  claim: (engagement: string) => orNothing<Held>("POST", `${e(engagement)}/claims`, {}),
  saveDraft: async (engagement: string, assignment: string, answer: Json, keepalive = false) =>
    (await (await send("PUT", `${e(engagement)}/assignments/${id(assignment)}/draft`, { answer }, { keepalive })).json()) as { saved: string },
  submit: (engagement: string, assignment: string, answer: Json, key: string) =>
    json<{ submission: string; version: number; state: string }>("POST", `${e(engagement)}/assignments/${id(assignment)}/submission`, { answer }, key),
  skip: (engagement: string, assignment: string) => nothing("POST", `${e(engagement)}/assignments/${id(assignment)}/return`, {}),
  timer: (engagement: string) => json<Timer>("GET", `${e(engagement)}/timer`),
  moveTimer: (engagement: string, act: "start" | "beat" | "stop") => json<Timer>("POST", `${e(engagement)}/timer`, { do: act }),
  claimReview: (engagement: string) => orNothing<ReviewHeld>("POST", `${e(engagement)}/reviews/claims`, {}),
  review: (engagement: string, review: string, body: { verdict: "accept" | "return" | "reject"; comment?: string }) =>
    json<{ review: string; submission: string; state: string }>("POST", `${e(engagement)}/reviews/${id(review)}`, body, once()),
};
