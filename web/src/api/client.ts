import createClient from "openapi-fetch";
import type { Access, AccessSummary, AdvisoryEvent, Agreement, Attempt, Challenge, Checked, Component, Concerns, Credential, Decision, Delivery, EngagementView, Exposure, Found, Guideline, Halt, HaltPreview, HaltReason, Held, Hold, Hours, Incident, IncidentState, InventoryHead, Json, Judged, Keyholder, Lab, LabIncident, Link, Me, NewChallenge, NewIncident, NewPasskey, NewWall, Notices, Offer, Opened, OtherAnswer, Page, PasskeySigned, Person, Placement, Problem, Project, Question, Recipients, Remarked, Returned, ReviewHeld, Role, Rotation, Submitted, Taken, Timer, Verdict, Wall, WallChange, Withdrawn } from "./contract";
import type { paths } from "./schema";

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

/** Whether the server refused for good: the same request would be refused again. */
export function isFinal(error: unknown): error is ProblemError {
  return isProblem(error) && !isProblem(error, "rate-limited", "unavailable", "internal");
}

const client = createClient<paths>({
  baseUrl: "",
  credentials: "same-origin",
  cache: "no-store",
  headers: { accept: "application/json" },
  fetch: async (request) => {
    try {
      return await fetch(request);
    } catch {
      throw new Unreachable();
    }
  },
});

interface Outcome {
  data?: unknown;
  error?: unknown;
  response: Response;
}

function problemOf({ error, response }: Outcome): ProblemError {
  const fallback: Problem = { type: "about:blank", title: `The server answered ${response.status}.`, status: response.status };
  return new ProblemError(typeof error === "object" && error !== null ? { ...fallback, ...error } : fallback);
}

/** What was answered, under the name that the screens give its shape. */
async function told<T>(asked: Promise<Outcome>): Promise<T> {
  const outcome = await asked;
  if (!outcome.response.ok) throw problemOf(outcome);
  return outcome.data as T;
}

/** Nothing, where the server answers 204. */
async function toldOrNothing<T>(asked: Promise<Outcome>): Promise<T | null> {
  const outcome = await asked;
  if (!outcome.response.ok) throw problemOf(outcome);
  return outcome.response.status === 204 ? null : (outcome.data as T);
}

/** A key under which the server answers a repeated request once. */
export function once(): string {
  // `randomUUID` is missing where the page came over plain HTTP from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const keyed = (key: string = once()) => ({ headers: { "idempotency-key": key } });
const MOST_PEOPLE = 2000;

async function people(): Promise<Person[]> {
  const items: Person[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Person> = await told(client.GET("/api/v1/people", { params: { query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } } }));
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < MOST_PEOPLE);
  return items;
}

interface PageQuery {
  cursor?: string;
}

/** A list, and the labs of which it lacks something. */
export interface Listed<T> {
  items: T[];
  unread: string[];
}

/** A whole list, page after page. */
async function items<T>(ask: (page: PageQuery) => Promise<Outcome>): Promise<T[]> {
  return (await listed<T>(ask)).items;
}

async function listed<T>(ask: (page: PageQuery) => Promise<Outcome>): Promise<Listed<T>> {
  const all: T[] = [];
  const unread = new Set<string>();
  let page: PageQuery | null = {};
  while (page !== null) {
    const found: Page<T> = await told<Page<T>>(ask(page));
    all.push(...found.items);
    found.unread?.forEach((lab) => unread.add(lab));
    page = found.next === null || found.next === undefined ? null : { cursor: found.next };
  }
  return { items: all, unread: [...unread] };
}

type JsonRecord = { [key: string]: Json };

/** The document cannot say of what shape an answer is: its template does. */
const shapeless = (value: Json) => value as unknown as Record<string, never>;

export const api = {
  login: (link: string) => told<Me>(client.POST("/api/v1/sessions", { body: { link } })),
  logout: () => toldOrNothing(client.DELETE("/api/v1/sessions/current")),
  provider: () => told<{ name: string | null }>(client.GET("/api/v1/accounts/provider")),
  askProvider: () => told<{ url: string }>(client.POST("/api/v1/accounts/challenges")),
  enterByAccount: (body: Returned) => told<Me>(client.POST("/api/v1/accounts/logins", { body })),
  askProviderForNew: () => told<{ url: string }>(client.POST("/api/v1/me/accounts/challenges")),
  addAccount: (body: Returned) => told<{ credential: string }>(client.POST("/api/v1/me/accounts", { body, ...keyed() })),
  askForPasskey: () => told<Challenge>(client.POST("/api/v1/passkeys/challenges")),
  enterByPasskey: (body: PasskeySigned) => told<Me>(client.POST("/api/v1/passkeys/logins", { body })),
  askForNewPasskey: () => told<NewChallenge>(client.POST("/api/v1/me/passkeys/challenges")),
  addPasskey: (body: NewPasskey) => told<{ credential: string }>(client.POST("/api/v1/me/passkeys", { body, ...keyed() })),
  me: () => told<Me>(client.GET("/api/v1/me")),
  notices: () => told<Notices>(client.GET("/api/v1/me/notices", { params: { query: { limit: 50 } } })),
  readNotices: (up_to: string) => toldOrNothing(client.POST("/api/v1/me/notices/read", { body: { up_to } })),

  labs: () => items<Lab>((query) => client.GET("/api/v1/labs", { params: { query } })),
  createLab: (name: string) => told<Lab>(client.POST("/api/v1/labs", { body: { name }, ...keyed() })),
  projects: (lab?: string) => items<Project>((page) => client.GET("/api/v1/projects", { params: { query: lab === undefined ? page : { lab, ...page } } })),
  project: (project: string) => told<Project>(client.GET("/api/v1/projects/{project}", { params: { path: { project } } })),
  createProject: (lab: string, body: { name: string; template: string; overlap: number }) =>
    told<Project>(client.POST("/api/v1/labs/{lab}/projects", { params: { path: { lab } }, body, ...keyed() })),
  roster: (project: string) => items<EngagementView>((query) => client.GET("/api/v1/projects/{project}/engagements", { params: { path: { project }, query } })),
  engage: (project: string, body: { principal: string; role: Role }) => told<EngagementView>(client.POST("/api/v1/projects/{project}/engagements", { params: { path: { project } }, body, ...keyed() })),
  appointSteward: (lab: string, principal: string) => told<EngagementView>(client.POST("/api/v1/labs/{lab}/stewards", { params: { path: { lab } }, body: { principal }, ...keyed() })),
  endEngagement: (engagement: string) => told<EngagementView>(client.POST("/api/v1/engagements/{engagement}/end", { params: { path: { engagement } } })),
  agreement: (project: string) => told<Agreement>(client.GET("/api/v1/projects/{project}/agreement", { params: { path: { project } } })),
  rotation: (project: string) => told<Rotation>(client.GET("/api/v1/projects/{project}/rotation", { params: { path: { project } } })),
  rotate: (project: string) => told<Rotation>(client.POST("/api/v1/projects/{project}/rotation", { params: { path: { project } }, ...keyed() })),
  people,
  createPerson: (name: string, another: boolean) => told<Person>(client.POST("/api/v1/people", { body: { name, kind: "person", operator: false, another }, ...keyed() })),
  createLink: (person: string) => told<Link>(client.POST("/api/v1/people/{person}/links", { params: { path: { person } }, body: {} })),

  halts: (open: boolean) => listed<Halt>((page) => client.GET("/api/v1/halts", { params: { query: { open, ...page } } })),
  haltPreview: (scope: string) => told<HaltPreview>(client.GET("/api/v1/halts/preview", { params: { query: { scope, limit: 1 } } })),
  halt: (body: { scope: string; reason: HaltReason }) => told<Halt>(client.POST("/api/v1/halts", { body, ...keyed() })),
  resume: (halt: string, checked: Checked[]) => told<Halt>(client.POST("/api/v1/halts/{halt}/resume", { params: { path: { halt } }, body: { checked } })),
  placement: (halt: string, engage: boolean) => told<Placement>(client.POST("/api/v1/halts/{halt}/placement", { params: { path: { halt } }, body: { engage }, ...keyed() })),

  incidents: () => items<Incident>((query) => client.GET("/api/v1/incidents", { params: { query } })),
  incident: (incident: string) => told<Incident>(client.GET("/api/v1/incidents/{incident}", { params: { path: { incident } } })),
  openIncident: (body: NewIncident) => told<Opened>(client.POST("/api/v1/incidents", { body, ...keyed() })),
  addSubject: (incident: string, subject: string) => told<Opened>(client.POST("/api/v1/incidents/{incident}/subjects", { params: { path: { incident } }, body: { subject }, ...keyed() })),
  addClaim: (incident: string, body: { source: string; from: string; to?: string }) => told<Incident>(client.POST("/api/v1/incidents/{incident}/claims", { params: { path: { incident } }, body, ...keyed() })),
  moveIncident: (incident: string, body: { state: IncidentState; reason: string }) => told<Incident>(client.POST("/api/v1/incidents/{incident}/moves", { params: { path: { incident } }, body, ...keyed() })),
  rotateForIncident: (incident: string) => told<{ projects: string[] }>(client.POST("/api/v1/incidents/{incident}/rotation", { params: { path: { incident } }, ...keyed() })),
  rebuilt: (incident: string, component: string, at?: string) =>
    told<Incident>(client.POST("/api/v1/incidents/{incident}/subjects/{component}/rebuilt", { params: { path: { incident, component } }, body: at === undefined ? {} : { at }, ...keyed() })),
  labIncidents: (lab: string) => items<LabIncident>((query) => client.GET("/api/v1/labs/{lab}/incidents", { params: { path: { lab }, query } })),
  decideIncident: (lab: string, lab_incident: string, decision: Decision, conditions: Checked[]) =>
    told<LabIncident>(client.POST("/api/v1/labs/{lab}/incidents/{lab_incident}/decision", { params: { path: { lab, lab_incident } }, body: { decision, conditions }, ...keyed() })),
  /** The file as it is: what is downloaded is what was read. */
  report: (lab: string, lab_incident: string, chosen: { from?: string; to?: string }, signal?: AbortSignal) =>
    told<string>(client.GET("/api/v1/labs/{lab}/incidents/{lab_incident}/report", { params: { path: { lab, lab_incident }, query: chosen }, parseAs: "text", headers: { accept: "*/*" }, ...(signal === undefined ? {} : { signal }) })),
  components: () => items<Component>((query) => client.GET("/api/v1/components", { params: { query } })),
  inventories: (component: string) => items<InventoryHead>((query) => client.GET("/api/v1/components/{component}/inventories", { params: { path: { component }, query } })),
  inventory: (inventory: string) => told<Json>(client.GET("/api/v1/inventories/{inventory}", { params: { path: { inventory } } })),
  advisories: () => told<{ items: AdvisoryEvent[] }>(client.GET("/api/v1/advisories")),
  advisory: (record: string) => told<Concerns>(client.GET("/api/v1/advisories/{record}", { params: { path: { record } } })),
  takeAdvisories: (records: JsonRecord[]) => told<Taken>(client.POST("/api/v1/advisories", { body: { records: records as unknown as Record<string, never>[] }, ...keyed() })),
  walls: () => items<Wall>((query) => client.GET("/api/v1/walls", { params: { query } })),
  declareWall: (body: NewWall) => told<Wall>(client.POST("/api/v1/walls", { body, ...keyed() })),
  changeWall: (wall: string, body: WallChange) => told<Wall>(client.POST("/api/v1/walls/{wall}/change", { params: { path: { wall } }, body, ...keyed() })),
  liftWall: (wall: string, reason: string) => told<Wall>(client.POST("/api/v1/walls/{wall}/lift", { params: { path: { wall } }, body: { reason }, ...keyed() })),
  engagementCredentials: (engagement: string, good?: boolean) => items<Credential>((page) => client.GET("/api/v1/engagements/{engagement}/credentials", { params: { path: { engagement }, query: good === undefined ? page : { good, ...page } } })),
  credentialsOf: (person: string) => items<Credential>((query) => client.GET("/api/v1/people/{person}/credentials", { params: { path: { person }, query } })),
  revoke: (credential: string) => toldOrNothing(client.DELETE("/api/v1/credentials/{credential}", { params: { path: { credential } } })),
  exposure: (credential: string, from: string, to?: string) => told<Exposure>(client.GET("/api/v1/exposure", { params: { query: { credential, from, ...(to === undefined ? {} : { to }) } } })),
  noticesLog: () => told<Page<Attempt>>(client.GET("/api/v1/notices/log", { params: { query: { limit: 500 } } })),

  accesses: (lab: string, cursor?: string) => told<Page<Access>>(client.GET("/api/v1/labs/{lab}/accesses", { params: { path: { lab }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } })),
  accessSummary: (lab: string, from: string, to: string, bucket_seconds: number) => told<AccessSummary>(client.GET("/api/v1/labs/{lab}/accesses/summary", { params: { path: { lab }, query: { from, to, bucket_seconds } } })),
  keyholder: (lab: string) => told<Keyholder>(client.GET("/api/v1/labs/{lab}/keyholder", { params: { path: { lab } } })),
  recipients: (lab: string) => told<Recipients>(client.GET("/api/v1/labs/{lab}/recipients", { params: { path: { lab } } })),
  setRecipients: (lab: string, recipients: string[]) => told<Recipients>(client.PUT("/api/v1/labs/{lab}/recipients", { params: { path: { lab } }, body: { recipients } })),
  deliveries: (lab: string) => items<Delivery>((query) => client.GET("/api/v1/labs/{lab}/deliveries", { params: { path: { lab }, query } })),
  lookup: (id: string) => told<Found>(client.GET("/api/v1/ids/{id}", { params: { path: { id } } })),
  deliver: (project: string) => told<Delivery>(client.POST("/api/v1/projects/{project}/deliveries", { params: { path: { project } }, body: {}, ...keyed() })),
  manifest: (delivery: string) => told<string>(client.GET("/api/v1/deliveries/{delivery}/manifest", { params: { path: { delivery } }, parseAs: "text", headers: { accept: "text/plain" } })),
  acceptDelivery: (delivery: string) => told<Delivery>(client.POST("/api/v1/deliveries/{delivery}/accept", { params: { path: { delivery } }, ...keyed() })),
  returnRows: (delivery: string, rows: { row: number; reason: string }[]) => told<Delivery>(client.POST("/api/v1/deliveries/{delivery}/return", { params: { path: { delivery } }, body: { rows }, ...keyed() })),

  guideline: (engagement: string) => told<Guideline>(client.GET("/api/v1/engagements/{engagement}/guideline", { params: { path: { engagement } } })),
  claim: (engagement: string) => toldOrNothing<Held>(client.POST("/api/v1/engagements/{engagement}/claims", { params: { path: { engagement } } })),
  /** One's newest holds: which tasks, and what became of each. */
  holds: (engagement: string) => told<Page<Hold>>(client.GET("/api/v1/engagements/{engagement}/assignments", { params: { path: { engagement }, query: { limit: 500 } } })),
  reopen: (engagement: string, assignment: string) => told<Held>(client.GET("/api/v1/engagements/{engagement}/assignments/{assignment}", { params: { path: { engagement, assignment } } })),
  saveDraft: (engagement: string, assignment: string, answer: Json, after: number, keepalive = false) =>
    told<{ saved: string; version: number }>(client.PUT("/api/v1/engagements/{engagement}/assignments/{assignment}/draft", { params: { path: { engagement, assignment } }, body: { answer: shapeless(answer), after }, keepalive })),
  submit: (engagement: string, assignment: string, answer: Json, after: number, key: string) =>
    told<Submitted>(client.POST("/api/v1/engagements/{engagement}/assignments/{assignment}/submission", { params: { path: { engagement, assignment } }, body: { answer: shapeless(answer), after }, ...keyed(key) })),
  skip: (engagement: string, assignment: string, after: number) => toldOrNothing(client.POST("/api/v1/engagements/{engagement}/assignments/{assignment}/return", { params: { path: { engagement, assignment }, query: { after } } })),
  offers: () => told<{ items: Offer[] }>(client.GET("/api/v1/me/offers")),
  timer: (engagement: string) => told<Timer>(client.GET("/api/v1/engagements/{engagement}/timer", { params: { path: { engagement } } })),
  moveTimer: (engagement: string, act: "start" | "beat" | "stop") => told<Timer>(client.POST("/api/v1/engagements/{engagement}/timer", { params: { path: { engagement } }, body: { do: act } })),
  hours: (engagement: string) => told<Hours>(client.GET("/api/v1/engagements/{engagement}/hours", { params: { path: { engagement } } })),
  claimReview: (engagement: string) => toldOrNothing<ReviewHeld>(client.POST("/api/v1/engagements/{engagement}/reviews/claims", { params: { path: { engagement } } })),
  otherAnswers: async (engagement: string, review: string) =>
    (await told<{ items: OtherAnswer[] }>(client.GET("/api/v1/engagements/{engagement}/reviews/{review}/others", { params: { path: { engagement, review } } }))).items,
  review: (engagement: string, review: string, { answer, ...rest }: { verdict: Verdict; comment?: string; answer?: Json }, key: string) =>
    told<Judged>(client.POST("/api/v1/engagements/{engagement}/reviews/{review}", { params: { path: { engagement, review } }, body: { ...rest, ...(answer === undefined ? {} : { answer: shapeless(answer) }) }, ...keyed(key) })),
  withdraw: (engagement: string, review: string, key: string) => told<Withdrawn>(client.POST("/api/v1/engagements/{engagement}/reviews/{review}/withdrawal", { params: { path: { engagement, review } }, ...keyed(key) })),
  /** A page of them. Each is read with it, and so recorded: it is asked for when somebody wants it, and never by itself. */
  questions: (engagement: string, which: { project?: string; cursor?: string }) =>
    told<Page<Question>>(client.GET("/api/v1/engagements/{engagement}/questions", { params: { path: { engagement }, query: { limit: 20, ...which } } })),
  ask: (engagement: string, body: { text: string; assignment?: string; broken?: boolean }, key: string) =>
    told<Remarked>(client.POST("/api/v1/engagements/{engagement}/questions", { params: { path: { engagement } }, body, ...keyed(key) })),
  sayToQuestion: (engagement: string, question: string, text: string, project: string | undefined, key: string) =>
    told<Remarked>(client.POST("/api/v1/engagements/{engagement}/questions/{question}", { params: { path: { engagement, question }, query: project === undefined ? {} : { project } }, body: { text }, ...keyed(key) })),
};
