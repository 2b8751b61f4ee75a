/** The shapes of `/api/v1` under the names that the screens use. They follow the server's OpenAPI document. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The document marks what may be null as optional; the server writes the null. */
type Written<T> = T extends object ? { [K in keyof T]-?: Written<Exclude<T[K], undefined>> } : T;

export interface Page<T> {
  items: T[];
  next?: string | null;
  /** Labs of which not all is listed: something there is not as it was written. */
  unread?: string[];
}

export type Named = Schemas["Named"];
export type HaltPreview = Written<Schemas["WouldStopPage"]>;
export type HaltedView = Written<Schemas["Stop"]>;
export type EngagementView = Written<Schemas["EngagementOut"]>;
export type Me = Written<Schemas["Me"]>;
export type Lab = Written<Schemas["Lab"]>;
export type Project = Written<Schemas["Project"]>;
export type Person = Written<Schemas["Person"]>;
export type Link = Schemas["Link"];
/** `stopped` is known only to the answer that opened the halt. */
export type Halt = Omit<Written<Schemas["HaltOut"]>, "stopped"> & Pick<Schemas["HaltOut"], "stopped">;
export type Checked = Schemas["Checked"];
export type HaltReason = Schemas["HaltReason"];
export type Role = Schemas["Role"];
export type Verdict = Schemas["Verdict"];

export type Notice = Written<Schemas["NoticeOut"]>;
export type Notices = Written<Schemas["Notices"]>;

export type Actor = Schemas["ActorOut"];
export type Refused = { act: string; why: { because: string } };
export type Access = Omit<Schemas["Access"], "refused"> & { refused?: Refused | null };
export type AccessSummary = Omit<Schemas["SummaryOut"], "refused" | "checkpoint"> & { refused: Access[]; checkpoint: Schemas["CheckpointOut"] | null };
export type Delivery = Written<Schemas["Delivery"]>;
export type Found = Written<Schemas["FoundOut"]>;
export type Recipients = Schemas["Recipients"];
export type KeyholderStanding = Written<Schemas["StandingOut"]>;
export type Keyholder = Omit<Written<Schemas["KeyholderOut"]>, "standing"> & { standing: KeyholderStanding | null };
export type Agreement = Written<Schemas["AgreementOut"]>;
/** `stopped_elsewhere` is known only to the answer that started it. */
export type Timer = Omit<Written<Schemas["TimerOut"]>, "stopped_elsewhere"> & Pick<Schemas["TimerOut"], "stopped_elsewhere">;
export type Hours = Schemas["HoursOut"];
export type Offer = Schemas["OfferOut"];

/** What the policy stopped is known only to the answer that opened it. */
export type Incident = Omit<Written<Schemas["IncidentOut"]>, "stopped">;
export type Opened = Incident & Pick<Schemas["IncidentOut"], "stopped">;
export type IncidentState = Schemas["IncidentState"];
export type Decision = Schemas["IncidentDecision"];
export type NewIncident = Schemas["NewIncidentIn"];
export type LabIncident = Written<Schemas["LabIncidentOut"]>;
export type Component = Written<Schemas["ComponentOut"]>;
export type InventoryHead = Schemas["InventoryOut"];
export type AdvisoryEvent = Schemas["EventOut"];
export type Concerns = Written<Schemas["Concerns"]>;
export type Taken = Schemas["TakenOut"];
export type Wall = Omit<Written<Schemas["WallOut"]>, "lifted">;
export type NewWall = Schemas["WallIn"];
export type WallChange = Schemas["WallChange"];
export type Credential = Written<Schemas["CredentialOut"]>;
export type Rotation = Written<Schemas["RotationOut"]>;
export type Challenge = Schemas["Challenge"];
export type NewChallenge = Schemas["NewChallenge"];
export type NewPasskey = Schemas["NewPasskey"];
export type Returned = Schemas["Returned"];
export type PasskeySigned = Schemas["SignedIn"];
export type Exposure = Written<Schemas["ExposureOut"]>;
export type Placement = Written<Schemas["Placement"]>;
export type Attempt = Written<Schemas["AttemptOut"]>;

type Answered<T> = Omit<T, "answer"> & { answer: Json };

/** A task in one's hands. Input and answer are of the template's own shape. */
export type Held = Omit<Written<Schemas["HeldOut"]>, "input" | "draft" | "rework"> & {
  input: Json;
  draft: Answered<Schemas["DraftOut"]> | null;
  rework: Answered<Written<Schemas["ReworkOut"]>> | null;
};
export type Hold = Schemas["AssignmentOut"];
export type ReviewHeld = Omit<Schemas["ToReviewOut"], "input" | "answer"> & { input: Json; answer: Json };
export type OtherAnswer = Answered<Schemas["OtherOut"]>;
export type Judged = Schemas["JudgedOut"];
export type Withdrawn = Schemas["WithdrawnOut"];
/** What was said to a question: in what capacity, never by whom. */
export type Said = Schemas["QuestionRemarkOut"];
export type Question = Written<Schemas["QuestionOut"]>;
export type Remarked = Schemas["RemarkedOut"];
export type Submitted = Schemas["SubmissionOut"];
export type Guideline = Omit<Written<Schemas["GuidelineOut"]>, "template"> & { template: TemplateDocument };

export type Control = "line" | "text" | "markdown" | "code" | "choice" | "turns" | "criteria" | "responses" | "ranks" | "choices" | "spans";

export interface LayoutField {
  field: string;
  label: string;
  as: Control;
  help?: string;
  options?: LayoutOption[];
}

export interface LayoutOption {
  value: string | number | boolean;
  label: string;
  key?: string;
}

/** A template's document: the schemas of input and answer, and what the workbench draws. */
export interface TemplateDocument {
  version?: number;
  kind: string;
  name?: string;
  description?: string;
  input: JsonObject;
  answer: JsonObject;
  layout: {
    interaction: "pairwise" | "rubric" | "demonstration" | "freeform" | "ranking" | "classification" | "spans";
    input: LayoutField[];
    answer: LayoutField[];
    agreement?: { field: string; level: string };
  };
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  halt?: Schemas["HaltNotice"] | null;
  errors?: Schemas["FieldProblem"][];
}
