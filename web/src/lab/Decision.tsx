import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Checked, Decision as Choice, LabIncident } from "../api/contract";
import { CHECKS, checkLabel } from "../halt/reasons";
import { DECISION_GLYPHS, DECISION_WORDS } from "../incident/states";
import { moment } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Panel } from "../ui/Panel";
import classes from "./Incidents.module.css";

const CHOICES: Record<Choice, string> = {
  continue: "Work goes on. You state that you read the report.",
  review: "You look into it. Halt a project meanwhile, if it should pause: the rest goes on.",
  halt: "Work stops until you resume it. This is the record of it; the halt itself is set under Halt…",
};

/** What the lab does about an incident: a record in its own ledger. What stops work is a halt. */
export function Decision({ lab, incident, steward, read }: { lab: { id: string; name: string }; incident: LabIncident; steward: boolean; read: boolean }) {
  const [choice, setChoice] = useState<Choice | null>(incident.decision);
  const [conditions, setConditions] = useState<string[]>(incident.conditions);
  const client = useQueryClient();
  const asked = choice === "continue" ? [] : conditions;
  const same = choice === incident.decision && [...asked].sort().join() === [...incident.conditions].sort().join();
  const deciding = useMutation({ mutationFn: (decision: Choice) => api.decideIncident(lab.id, incident.id, decision, asked as Checked[]), onSuccess: () => void client.invalidateQueries() });
  const said = incident.decision === null ? null : <><Glyph name={DECISION_GLYPHS[incident.decision]} /> <b>{DECISION_WORDS[incident.decision]}</b>{incident.decided === null ? "" : `, ${moment(incident.decided)} UTC`}{incident.conditions.length > 0 && <> · until checked: {incident.conditions.map(checkLabel).join(", ").toLowerCase()}</>}</>;
  return (
    <Panel title={steward ? "Your decision" : `What ${lab.name} decides`} inverse={steward && incident.decision === null} note={said ?? "none yet"}>
      <div className={classes["decide"]}>
        {!steward && <p className="i2">Its stewards decide, and nobody else. It stands in the ledger of {lab.name}, with its time.</p>}
        {steward && (
          <>
            <div className={classes["cards"]} role="radiogroup" aria-label="Decision">
              {(Object.keys(CHOICES) as Choice[]).map((item) => (
                <label key={item} className={classes["card"]} data-on={item === choice || undefined}>
                  <i aria-hidden="true" />
                  <b><input type="radio" name="decision" className="vh" checked={item === choice} onChange={() => setChoice(item)} />{DECISION_WORDS[item]}</b>
                  <span>{CHOICES[item]}</span>
                </label>
              ))}
            </div>
            {choice !== null && choice !== "continue" && (
              <Checkbox.Group label="To be checked before what is stopped goes on" description="It is told to operators with your decision; whoever resumes says on record what was checked." value={conditions} onChange={setConditions}>
                {CHECKS.filter((check) => check.value !== "false-alarm").map((check) => <Checkbox key={check.value} value={check.value} label={check.label} mt={6} />)}
              </Checkbox.Group>
            )}
            <div><Button variant="filled" disabled={choice === null || same || deciding.isPending} onClick={() => { if (choice !== null) deciding.mutate(choice); }}>Record this decision</Button></div>
            <p className="m sm">{choice === null ? "Choose first; nothing is preselected." : read ? "It goes into your ledger at once. The last decision holds." : "The report could not be read here: you would decide without it."}</p>
            {deciding.error !== null && <p className="err" role="alert">Not recorded: {isProblem(deciding.error) ? (deciding.error.problem.detail ?? deciding.error.problem.title) : "the server does not answer. Try again."}</p>}
            <p role="status" className="sm">{deciding.isSuccess && incident.decision === "halt" ? <>Recorded. It stops nothing by itself: <b>Halt…</b> at the right end of the bar does (<kbd>Shift</kbd> <kbd>H</kbd>).</> : deciding.isSuccess ? "Recorded." : ""}</p>
          </>
        )}
      </div>
    </Panel>
  );
}
