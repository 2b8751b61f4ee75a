/** Shapes of `/api/v1`. Names follow the components of the server's OpenAPI document. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Named {
  id: string;
  name: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Role = "author" | "reviewer" | "lead" | "steward" | "integration";

export interface HaltedView {
  halt: string;
  scope: string;
  reason: string;
  sentence: string;
  since: string;
}

export interface EngagementView {
  id: string;
  lab: Named;
  project: (Named & { template_kind: string }) | null;
  role: Role;
  state: "active" | "not-begun" | "ended";
  halted: HaltedView | null;
  pseudonym: string;
  from: string;
  until: string | null;
  principal?: Named | null;
}

export interface Me {
  principal: string;
  name: string;
  kind: "person" | "component";
  operator: boolean;
  engagements: EngagementView[];
}

export interface Lab extends Named {
  created: string;
  projects: number;
  halted: HaltedView | null;
}

export interface Project extends Named {
  lab: Named;
  template_kind: string;
  overlap: number;
  state: "open" | "closed";
  tasks: { total: number; open: number; done: number };
  submissions: { submitted: number; accepted: number; returned: number; rejected: number };
  seconds_worked: number;
  people: number;
  halted: HaltedView | null;
  created: string;
}

export interface Person extends Named {
  kind: "person" | "component";
  created: string;
  engagements: number;
  halted: HaltedView | null;
  operator: boolean;
}

export interface Link {
  url: string;
  expires: string;
}

export interface Halt {
  id: string;
  scope: string;
  scope_name: string;
  reason: string;
  sentence: string;
  since: string;
  until: string | null;
  by: string;
  resumed: string | null;
  /** Known only to the answer that opened it. */
  stopped?: { timers: number; engagements: number } | null;
}

export type HaltReason = "incident" | "component" | "lab-request" | "credential" | "budget" | "maintenance" | "drill";

export interface Access {
  n: number;
  t: string;
  actor: Actor;
  fact: string;
  objects: number;
  bytes: number;
  refused?: { act: string; why: { because: string; reason?: string; ceiling?: string } } | null;
  project?: Named | null;
}

export interface Actor {
  pseudonym?: string | null;
  role?: string | null;
  project?: Named | null;
  engagement?: string | null;
  /** `engaged`: a person or a component under an engagement. */
  kind: "engaged" | "job" | "operator" | "platform" | "stranger";
}

export interface AccessSummary {
  from: string;
  to: string;
  bucket_seconds: number;
  entries: number;
  objects: number;
  bytes: number;
  actors: (Actor & { objects: number; bytes: number; last: string; buckets: { start: string; objects: number }[] })[];
  /** The newest refused attempts; `refused_total` counts all. */
  refused: Access[];
  refused_total: number;
  checkpoint: { size: number; root: string; witnessed: string } | null;
}

export interface Delivery {
  id: string;
  project: Named;
  format: string;
  state: "offered" | "accepted" | "rows-returned";
  rows: number;
  left_out: number;
  bytes: number;
  sha256: string;
  created: string;
  decided: string | null;
  returned: { row: number }[];
}

export type Control = "line" | "text" | "markdown" | "code" | "choice" | "turns" | "criteria";

export interface LayoutField {
  field: string;
  label: string;
  as: Control;
  help?: string;
  options?: { value: string | number | boolean; label: string; key?: string }[];
}

export interface TemplateDocument {
  version?: number;
  kind: string;
  name?: string;
  description?: string;
  input: JsonObject;
  answer: JsonObject;
  layout: {
    interaction: "pairwise" | "rubric" | "demonstration" | "freeform";
    input: LayoutField[];
    answer: LayoutField[];
    agreement?: { field: string; level: string };
  };
}

export interface Guideline {
  /** 0: there is none. */
  version: number;
  markdown: string | null;
  template: TemplateDocument;
}

export interface Held {
  assignment: string;
  task: string;
  until: string;
  input: Json;
  draft: { answer: Json; saved: string } | null;
  rework: { submission: string; version: number; answer: Json; comment: string | null } | null;
  guideline_version: number;
}

export interface Timer {
  state: "running" | "stopped";
  started: string | null;
  seconds_today: number;
  seconds_week: number;
  last?: { from: string; to: string; cause: string } | null;
}

export interface ReviewHeld {
  review: string;
  submission: string;
  version: number;
  task: string;
  input: Json;
  answer: Json;
  author_pseudonym: string;
}

export interface Agreement {
  items: number;
  labels: number;
  raters: string[];
  cohen_kappa: { a: string; b: string; kappa: number | null; items: number }[];
  fleiss_kappa: number | null;
  krippendorff_alpha: number | null;
  explained: string[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  halt?: { id: string; reason: string; sentence: string; since: string };
  errors?: { row?: number; line?: number; field?: string; reason: string; hint?: string }[];
}
