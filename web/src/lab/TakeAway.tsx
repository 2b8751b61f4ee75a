import { Button } from "@mantine/core";
import type { LabIncident } from "../api/contract";
import { printable } from "../exposure/html";
import type { Report } from "../exposure/report";
import { CopyText } from "../ui/CopyText";
import { bytes, moment } from "../ui/format";
import { Panel } from "../ui/Panel";
import { save } from "../ui/save";
import classes from "./Incidents.module.css";

interface TakeProps {
  lab: { id: string; name: string };
  incident: LabIncident;
  report: Report;
  text: string;
  nameOf: (project: string) => string;
}

/** The report as a file: signed, for programs and for checking; and to be read and printed. */
export function TakeAway({ lab, incident, report, text, nameOf }: TakeProps) {
  const stem = `exposure-${incident.id}`;
  return (
    <Panel title="Take it with you" note={`made ${moment(new Date(report.made_at / 1000).toISOString())} UTC over ${report.ledger.size.toLocaleString("en-GB")} entries`}>
      <div className={classes["take"]}>
        <div className="sm m">Its id in your ledger <CopyText text={incident.id} label="the incident’s id" head={8} /></div>
        <div className="row">
          <Button onClick={() => save(`${stem}.json`, "application/json", text)}>Signed report, {bytes(new Blob([text]).size)}</Button>
          <Button onClick={() => save(`${stem}.html`, "text/html", printable(report, { lab: lab.name, nameOf }))}>To print (HTML)</Button>
        </div>
        <p className="i2 sm">The signed file is what counts. Every number in it follows from your ledger; check it without this page and without the firm:</p>
        <code>{`cofferdam ledger export ${lab.id} ledger/\ncofferdam verify ${stem}.json --ledger ledger/ --vkey KEY`}</code>
      </div>
    </Panel>
  );
}
