import type { Project } from "../api/contract";
import { count } from "./format";
import { Progress } from "./Progress";

/** Tasks of a project: finished, in work, open. */
export function ProjectProgress({ project }: { project: Project }) {
  const { total, open, done } = project.tasks;
  const between = Math.max(0, total - open - done);
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <Progress label={`Tasks of ${project.name}`} total={total} parts={[{ n: done, tone: "done", word: "done" }, { n: between, tone: "waiting", word: "in work" }, { n: open, tone: "open", word: "open" }]} />
      <p className="sm i2"><b>{count(done)}</b> of {count(total)} tasks done{between > 0 ? `, ${count(between)} in work` : ""}{open > 0 ? `, ${count(open)} open` : ""}</p>
    </div>
  );
}

export function SubmissionCounts({ project }: { project: Project }) {
  const { submitted, accepted, returned, rejected, lapsed } = project.submissions;
  const parts: [number, string][] = [[submitted, "waiting for review"], [accepted, "accepted"], [returned, "returned"], [rejected, "rejected"], [lapsed, "given up"]];
  const shown = parts.filter(([n]) => n > 0);
  return <p className="sm i2">{shown.length === 0 ? "No submission yet" : shown.map(([n, word]) => `${count(n)} ${word}`).join(", ")}</p>;
}
