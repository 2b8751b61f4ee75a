import type { Checked, HaltReason } from "../api/contract";

/** The reasons that a halt may have, each with the sentence that those who stop will read. */
export const REASONS: { value: HaltReason; label: string }[] = [
  { value: "incident", label: "A security incident is being looked into." },
  { value: "component", label: "A component that this work uses is under review." },
  { value: "credential", label: "A credential may be in the wrong hands." },
  { value: "lab-request", label: "The lab asked for a pause." },
  { value: "budget", label: "More was read than the budget allows." },
  { value: "maintenance", label: "Planned maintenance." },
  { value: "drill", label: "This is a drill." },
];

export function reasonLabel(reason: string): string {
  return REASONS.find((item) => item.value === reason)?.label ?? reason;
}

export type ScopeKind = "installation" | "lab" | "project" | "engagement" | "person" | "component" | "credential";

export const SCOPE_LABELS: Record<ScopeKind, string> = {
  installation: "Everything",
  lab: "Lab",
  project: "Project",
  engagement: "Engagement",
  person: "Person",
  component: "Component",
  credential: "Credential",
};

/** `lab:lab_3F…` in two parts. */
export function parseScope(scope: string): { kind: string; id: string } {
  const at = scope.indexOf(":");
  return at === -1 ? { kind: scope, id: "" } : { kind: scope.slice(0, at), id: scope.slice(at + 1) };
}

/** Halts say by which office they were made, not by whom. */
/** Whether somebody in that office ends a halt: a lab ends its own, operators end theirs. */
export function endedBy(halt: { by: string }, office: "operator" | "steward"): boolean {
  return halt.by === office;
}

export function byWhom(halt: { by: string }): string {
  const offices: Record<string, string> = { operator: "an operator", steward: "the lab’s steward" };
  return offices[halt.by] ?? halt.by;
}

/** What may be checked before a halt is ended; whoever ends it says so, on record. */
export const CHECKS: { value: Checked; label: string }[] = [
  { value: "host-rebuilt", label: "The host was rebuilt" },
  { value: "credentials-rotated", label: "Credentials in reach were replaced" },
  { value: "inventory-clean", label: "A scan shows nothing affected" },
  { value: "report-read", label: "The exposure report was read" },
  { value: "lab-agrees", label: "The lab agrees" },
  { value: "false-alarm", label: "It was a false alarm" },
];

export function checkLabel(check: string): string {
  return CHECKS.find((item) => item.value === check)?.label ?? check;
}

/** What whoever resumed said was checked; that nobody said so is told as well. */
export function checkedWords(checked: string[]): string {
  return checked.length === 0 ? "No check is on record." : `Checked: ${checked.map(checkLabel).join("; ")}.`;
}
