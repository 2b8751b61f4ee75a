import { Button } from "@mantine/core";
import { useState } from "react";
import { isProblem } from "../api/client";
import type { Project } from "../api/contract";
import { isSteward, useMe } from "../app/session";
import { QuestionsPanel } from "../questions/QuestionsPanel";
import { useQuestions } from "../questions/useQuestions";
import { KeysLine } from "../rotation/Keys";
import { plural, workedBy } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { ProjectProgress, SubmissionCounts } from "../ui/ProjectProgress";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import classes from "./LabProjects.module.css";

export function LabProjects({ lab, projects, error }: { lab: string; projects: Project[] | null; error: unknown }) {
  const steward = useMe().engagements.find((engagement) => isSteward(engagement) && engagement.lab.id === lab && engagement.state === "active");
  const [asked, setAsked] = useState<Project | null>(null);
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
              {steward !== undefined && <div className={classes["ask"]}><Button onClick={() => setAsked(project)} aria-haspopup="dialog">Questions…<span className="vh"> about {project.name}</span></Button></div>}
            </div>
            <span className={classes["state"]}>{project.halted !== null ? <StateTag state="halted">halted</StateTag> : project.state === "closed" ? <StateTag state="plain">closed</StateTag> : <StateTag state="active">open</StateTag>}</span>
          </li>
        ))}
      </ul>
      {asked !== null && steward !== undefined && <Asked key={asked.id} engagement={steward.id} project={asked} stopped={asked.halted !== null || steward.halted !== null} onClose={() => setAsked(null)} />}
    </Panel>
  );
}

/** What people ask who work on a project: read when it is opened, which the ledger says, and answered by the lab. */
function Asked({ engagement, project, stopped, onClose }: { engagement: string; project: Project; stopped: boolean; onClose: () => void }) {
  const questions = useQuestions(engagement, "steward", project.id);
  return (
    <Sheet title="Questions" size={640} onClose={onClose}>
      <p className="i2"><bdi>{project.name}</bdi></p>
      <QuestionsPanel engagement={engagement} role="steward" project={project.id} questions={questions} stopped={stopped} />
    </Sheet>
  );
}
