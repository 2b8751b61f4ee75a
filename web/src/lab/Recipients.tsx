import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import { queries } from "../app/queries";
import { CopyText } from "../ui/CopyText";
import { Empty, Panel } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import classes from "./Deliveries.module.css";

/** The keys that deliveries are sealed to. */
export function Recipients({ lab, steward }: { lab: { id: string; name: string }; steward: boolean }) {
  const recipients = useQuery(queries.recipients(lab.id));
  const [editing, setEditing] = useState(false);
  const keys = recipients.data?.recipients ?? [];
  return (
    <Panel title="Recipients" note="of deliveries" aside={steward && recipients.data !== undefined ? <Button variant="quiet" onClick={() => setEditing(true)}>Change…</Button> : null}>
      {recipients.data !== undefined && keys.length === 0 && <Empty title="No recipient yet">Without one nothing can be delivered. Make a key with <span className="mono">age-keygen</span>, keep its secret part, and name its public part here.</Empty>}
      {recipients.error !== null && recipients.data === undefined && <Empty title="Not shown here">{isProblem(recipients.error) ? (recipients.error.problem.detail ?? recipients.error.problem.title) : "The server does not answer."}</Empty>}
      <ul className={classes["list"]}>{keys.map((key) => <li key={key}><CopyText text={key} label="recipient" head={14} tail={10} /></li>)}</ul>
      {editing && <EditDialog lab={lab} keys={keys} onClose={() => setEditing(false)} />}
    </Panel>
  );
}

function EditDialog({ lab, keys, onClose }: { lab: { id: string; name: string }; keys: string[]; onClose: () => void }) {
  const [text, setText] = useState(keys.join("\n"));
  const client = useQueryClient();
  const lines = text.split(/\s+/).filter((line) => line !== "");
  const wrong = lines.find((line) => !/^age1[a-z0-9]{20,}$/.test(line));
  const saving = useMutation({
    mutationFn: () => api.setRecipients(lab.id, lines),
    onSuccess: () => {
      onClose();
      void client.invalidateQueries({ queryKey: ["recipients", lab.id] });
    },
  });
  return (
    <Sheet onClose={onClose} title={`Recipients of ${lab.name}`} size={620}>
      <Textarea
        label="age public keys"
        description="One to a line, each beginning with age1. Deliveries made from now on open with these; earlier ones keep theirs."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={wrong === undefined ? (saving.error === null ? null : isProblem(saving.error) ? (saving.error.problem.detail ?? saving.error.problem.title) : "Not saved: the server does not answer.") : `“${wrong.slice(0, 24)}” is no age public key.`}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        data-autofocus
      />
      <div className={classes["end"]}>
        <Button onClick={onClose}>Close</Button>
        <Button variant="filled" onClick={() => saving.mutate()} disabled={wrong !== undefined || lines.length === 0 || saving.isPending}>Save</Button>
      </div>
    </Sheet>
  );
}
