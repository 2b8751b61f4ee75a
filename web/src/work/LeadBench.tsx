import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EngagementView } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { HaltedNotice } from "../halt/HaltedNotice";
import { QuestionsPanel } from "../questions/QuestionsPanel";
import { useQuestions } from "../questions/useQuestions";
import type { KeyList } from "../ui/KeysPanel";
import { Empty, Panel } from "../ui/Panel";
import { EndedNotice } from "./EndedNotice";
import { Frame } from "./Frame";
import { standingOf, titleWord } from "./standing";
import classes from "./WorkPage.module.css";

const KEYS: KeyList = [[["G"], "guideline"], [["Q"], "questions: asked, and answered by you"]];

/** A lead is handed no task: what they see of the project are its guideline and what people ask. */
export function LeadBench({ engagement }: { engagement: EngagementView }) {
  const standing = standingOf(engagement, null);
  useTitle(titleWord(standing, "Lead"), `${engagement.project?.name} for ${engagement.lab.name}`);
  const guideline = useQuery({ ...queries.guideline(engagement.id), enabled: standing === "open" });
  const questions = useQuestions(engagement.id, engagement.role);
  const [open, setOpen] = useState(false);
  const panel = <QuestionsPanel engagement={engagement.id} role={engagement.role} questions={questions} stopped={standing !== "open"} />;
  return (
    <Frame engagement={engagement} guideline={standing === "open" ? (guideline.data ?? null) : null} questions={open || standing !== "open" ? null : panel} task={null} timer={null} keys={KEYS} tab="Project">
      <main className={classes["rest"]}>
        {standing === "ended" && <EndedNotice engagement={engagement} typed={false} />}
        {engagement.halted !== null && standing === "halted" && <HaltedNotice engagement={engagement} halt={engagement.halted} typed={false} />}
        {standing === "open" && (
          <Panel title="Questions">
            {open ? <div className={classes["led"]}>{panel}</div> : (
              <Empty title="What people ask who work on this project">
                <p>They are read when you open them; the lab’s ledger says so.</p>
                <p><Button onClick={() => setOpen(true)}>Read the questions</Button></p>
              </Empty>
            )}
          </Panel>
        )}
      </main>
    </Frame>
  );
}
