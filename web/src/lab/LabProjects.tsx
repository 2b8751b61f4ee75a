import { isProblem } from "../api/client";
import type { Project } from "../api/contract";
import { KeysLine } from "../rotation/Keys";
import { plural, workedBy } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { ProjectProgress, SubmissionCounts } from "../ui/ProjectProgress";
import { StateTag } from "../ui/StateTag";
import classes from "./LabProjects.module.css";

export function LabProjects({ projects, error }: { projects: Project[] | null; error: unknown }) {
  return (
    <Panel title="Projects" note={projects === null ? undefined : "Solid is done, striped is in work, outlined is open."}>
      {projects === null && error !== null && <Trouble title="The projects could not be read">{isProblem(error) ? error.problem.detail : "The server does not answer. Try again."}</Trouble>}
      {projects?.length === 0 && <Empty title="No project yet">Projects appear here when an operator opens one for this lab: its template, its tasks and how far they are.</Empty>}
      <ul className={classes["list"]}>
        {projects?.map((project) => (
          <li key={project.id}>
            <div className={classes["name"]}>
              <b>{project.name}</b>
              <span className="m sm">{project.template_kind}, each task {plural(project.overlap, "time")}</span>
            </div>
            <ProjectProgress project={project} />
            <div className={classes["numbers"]}>
              <SubmissionCounts project={project} />
              <p className="sm m">{workedBy(project)}</p>
              <KeysLine project={project.id} />
            </div>
            <span className={classes["state"]}>{project.halted !== null ? <StateTag state="halted">halted</StateTag> : project.state === "closed" ? <StateTag state="plain">closed</StateTag> : <StateTag state="active">open</StateTag>}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
