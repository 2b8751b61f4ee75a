import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Delivery } from "../api/contract";
import { queries } from "../app/queries";
import { isBlank } from "../ui/blank";
import { CopyText } from "../ui/CopyText";
import { bytes, count, moment, plural, shortId } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import { StateTag } from "../ui/StateTag";
import { CheckDelivery } from "./CheckDelivery";
import classes from "./Deliveries.module.css";
import { parseRows } from "./rows";
import type { Verifying } from "./useVerifier";

export function Deliveries({ lab, steward, verifying }: { lab: { id: string; name: string }; steward: boolean; verifying: Verifying }) {
  const deliveries = useQuery(queries.deliveries(lab.id));
  const [open, setOpen] = useState<{ what: "accept" | "return" | "manifest" | "check"; delivery: Delivery } | null>(null);
  const items = deliveries.data ?? [];
  const offered = items.filter((delivery) => delivery.state === "offered");
  const decided = items.filter((delivery) => delivery.state !== "offered");
  const first = offered[0]?.id;
  return (
    <Panel title={steward ? "Deliveries to accept" : "Deliveries offered"} aside={<span className="m sm">{offered.length}</span>}>
      {deliveries.error !== null && deliveries.data === undefined && <Trouble title="The deliveries could not be read">{isProblem(deliveries.error) ? deliveries.error.problem.detail : "The server does not answer. Try again."}</Trouble>}
      {deliveries.data !== undefined && items.length === 0 && <Empty title="Nothing has been delivered yet">A delivery appears here when an operator or a lead makes one: a file that only {lab.name}’s own key opens, with a signed manifest.</Empty>}
      <ul className={classes["list"]}>
        {offered.map((delivery) => (
          <li key={delivery.id}>
            <Head delivery={delivery} />
            <p className="sm i2">
              {delivery.format}, {bytes(delivery.bytes)}{delivery.left_out > 0 ? `, ${plural(delivery.left_out, "task")} left out` : ""}, made {moment(delivery.created)} UTC
            </p>
            <div className="sm m row"><span>SHA-256 <CopyText text={delivery.sha256} label="SHA-256 of the file" head={6} tail={6} /></span>{steward && <button type="button" className="link" onClick={() => setOpen({ what: "check", delivery })}>Check…</button>}</div>
            <div className={classes["acts"]}>
              {steward && <a className="link" href={`/api/v1/deliveries/${encodeURIComponent(delivery.id)}/file`} download title="An age file, sealed to your recipients">File</a>}
              <button type="button" className="link" onClick={() => setOpen({ what: "manifest", delivery })}>Manifest</button>
              <span className="grow" />
              {steward && <Button onClick={() => setOpen({ what: "return", delivery })}>Return rows…</Button>}
              {steward && <Button variant={delivery.id === first ? "filled" : "default"} onClick={() => setOpen({ what: "accept", delivery })}>Accept…</Button>}
            </div>
          </li>
        ))}
        {decided.map((delivery) => (
          <li key={delivery.id} className={classes["old"]}>
            <Head delivery={delivery} />
            <div className={classes["acts"]}>
              {delivery.state === "accepted" ? <StateTag state="done">accepted {delivery.decided === null ? "" : moment(delivery.decided)}</StateTag> : <StateTag state="returned">{plural(delivery.returned.length, "row")} returned</StateTag>}
              <span className="grow" />
              {steward && <a className="link sm" href={`/api/v1/deliveries/${encodeURIComponent(delivery.id)}/file`} download>File</a>}
              <button type="button" className="link sm" onClick={() => setOpen({ what: "manifest", delivery })}>Manifest</button>
              {steward && <button type="button" className="link sm" onClick={() => setOpen({ what: "check", delivery })}>Check…</button>}
            </div>
          </li>
        ))}
      </ul>
      {open?.what === "accept" && <AcceptDialog delivery={open.delivery} lab={lab} onClose={() => setOpen(null)} />}
      {open?.what === "return" && <ReturnDialog delivery={open.delivery} lab={lab} onClose={() => setOpen(null)} />}
      {open?.what === "manifest" && <ManifestDialog delivery={open.delivery} onClose={() => setOpen(null)} />}
      {open?.what === "check" && <CheckDelivery delivery={open.delivery} verifying={verifying} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function Head({ delivery }: { delivery: Delivery }) {
  return (
    <div className={classes["head"]}>
      <span><b>{delivery.project.name}</b> <span className="mono m nw" title={delivery.id}>{shortId(delivery.id)}</span></span>
      <span className="nw">{plural(delivery.rows, "row")}</span>
    </div>
  );
}

function useDecision(lab: string, call: () => Promise<Delivery>, onClose: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: () => {
      onClose();
      void client.invalidateQueries({ queryKey: ["deliveries", lab] });
    },
  });
}

function refusal(error: unknown, what: string): string {
  if (isProblem(error)) return `${what} ${error.problem.detail ?? error.problem.title}`;
  return `${what} The server does not answer. Try again.`;
}

function AcceptDialog({ delivery, lab, onClose }: { delivery: Delivery; lab: { id: string; name: string }; onClose: () => void }) {
  const deciding = useDecision(lab.id, () => api.acceptDelivery(delivery.id), onClose);
  return (
    <Sheet onClose={onClose} title={`Accept ${plural(delivery.rows, "row")} of ${delivery.project.name}?`} size={460}>
      <p>Accepting says that {lab.name} has the file, can open it and takes the rows. The firm sees the decision and its time. Rows cannot be returned afterwards.</p>
      {deciding.error !== null && <p className="err" role="alert">{refusal(deciding.error, "Not accepted.")}</p>}
      <div className={classes["end"]}>
        <Button onClick={onClose}>Not yet</Button>
        <Button variant="filled" onClick={() => deciding.mutate()} disabled={deciding.isPending} data-autofocus>Accept</Button>
      </div>
    </Sheet>
  );
}

interface Group {
  rows: string;
  reason: string;
}

function ReturnDialog({ delivery, lab, onClose }: { delivery: Delivery; lab: { id: string; name: string }; onClose: () => void }) {
  const [groups, setGroups] = useState<Group[]>([{ rows: "", reason: "" }]);
  const [shown, setShown] = useState(false);
  const read = groups.map((group) => parseRows(group.rows, delivery.rows));
  const errors = groups.map((group, index) => ({
    rows: read[index]?.error ?? (read[index]?.rows.length === 0 ? "Which rows? Write numbers or ranges: 3, 7-9." : null),
    reason: isBlank(group.reason) ? "Say what is wrong with them; the firm works from this." : null,
  }));
  const total = new Set(read.flatMap((item) => item.rows)).size;
  const deciding = useDecision(lab.id, () => api.returnRows(delivery.id, groups.flatMap((group, index) => (read[index]?.rows ?? []).map((row) => ({ row, reason: group.reason.trim() })))), onClose);
  const send = () => {
    setShown(true);
    if (errors.every((error) => error.rows === null && error.reason === null)) deciding.mutate();
  };
  const change = (index: number, patch: Partial<Group>) => setGroups(groups.map((group, at) => (at === index ? { ...group, ...patch } : group)));
  return (
    <Sheet onClose={onClose} title={`Return rows of ${delivery.project.name}`} size={520}>
      <p className="i2">Rows are counted from 1, as lines of the opened file: 1 to {count(delivery.rows)}. The rest stays as it is.</p>
      <div className={classes["groups"]}>
        {groups.map((group, index) => (
          <div key={index} className={classes["group"]}>
            <TextInput label="Rows" placeholder="3, 7-9" value={group.rows} onChange={(event) => change(index, { rows: event.currentTarget.value })} error={shown || group.rows !== "" ? (read[index]?.error ?? (shown ? errors[index]?.rows : null)) : null} data-autofocus={index === 0 || undefined} />
            <Textarea label="What is wrong with them" value={group.reason} onChange={(event) => change(index, { reason: event.currentTarget.value })} error={shown ? errors[index]?.reason : null} autosize minRows={1} maxRows={6} dir="auto" />
          </div>
        ))}
      </div>
      <Button variant="quiet" onClick={() => setGroups([...groups, { rows: "", reason: "" }])}>Other rows for another reason</Button>
      {deciding.error !== null && <p className="err" role="alert">{refusal(deciding.error, "Nothing was returned.")}</p>}
      <div className={classes["end"]}>
        <Button onClick={onClose}>Close</Button>
        <Button variant="filled" onClick={send} disabled={deciding.isPending}>Return {total === 0 ? "rows" : plural(total, "row")}</Button>
      </div>
    </Sheet>
  );
}

function ManifestDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const manifest = useQuery({ queryKey: ["manifest", delivery.id], queryFn: () => api.manifest(delivery.id), staleTime: Infinity });
  return (
    <Sheet onClose={onClose} title="Signed manifest" size={720}>
      <p className="i2">Check it without this page: download file and manifest, then <span className="mono">cofferdam open</span> with your identity.</p>
      {manifest.error !== null && <p className="err" role="alert">{refusal(manifest.error, "The manifest could not be read.")}</p>}
      <pre className={classes["manifest"]} tabIndex={0} aria-label="Manifest">{manifest.data ?? ""}</pre>
      <div className={classes["end"]}>
        <a className="link" href={`/api/v1/deliveries/${encodeURIComponent(delivery.id)}/manifest`} download={`${delivery.id}.manifest`}>Download the manifest</a>
        <Button onClick={onClose} data-autofocus>Close</Button>
      </div>
    </Sheet>
  );
}
