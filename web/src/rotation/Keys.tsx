import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Project, Rotation } from "../api/contract";
import { queries } from "../app/queries";
import console_ from "../console/Console.module.css";
import { refusal } from "../console/ProjectsView";
import { count, moment, plural } from "../ui/format";
import { Panel, Trouble } from "../ui/Panel";
import { Progress } from "../ui/Progress";
import { Sheet } from "../ui/Sheet";
import { useNow } from "../ui/useNow";
import { isStuck, keysWords, mostOf, standingOf, takenFrom, type Most } from "./progress";

/** What a project's data is sealed under, and the way to replace it. */
export function KeysOfProject({ project }: { project: Project }) {
  const rotation = useQuery(queries.rotation(project.id));
  const [asking, setAsking] = useState(false);
  return (
    <Panel title="Keys" note={rotation.data === undefined ? undefined : <Replaced rotation={rotation.data} />} aside={<Button onClick={() => setAsking(true)}>Replace keys…</Button>}>
      {rotation.data !== undefined && <div className={`${console_["pad"]} ${console_["stack"]}`}><Standing rotation={rotation.data} name={project.name} /></div>}
      {rotation.error !== null && rotation.data === undefined && <Trouble title="How the keys stand could not be read">{isProblem(rotation.error) ? (rotation.error.problem.detail ?? rotation.error.problem.title) : "The server does not answer. Try again."}</Trouble>}
      {asking && <ReplaceKeys project={project} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function Replaced({ rotation: { called } }: { rotation: Rotation }) {
  return called === null ? "Never replaced." : <>Last replaced {moment(called)} UTC.</>;
}

function Standing({ rotation, name }: { rotation: Rotation; name: string }) {
  const now = useNow(30_000).getTime();
  const [most, setMost] = useState<Most | null>(null);
  const seen = mostOf(most, rotation);
  if (seen.called !== most?.called || seen.objects !== most.objects) setMost(seen);
  const is = standingOf(rotation);
  const older = rotation.epochs === 0 ? "No older key is left." : `${plural(rotation.epochs, "older key")} ${rotation.epochs === 1 ? "is" : "are"} still there.`;
  const from = takenFrom(rotation);
  return (
    <>
      <p role="status">
        {is === "never" && "A new key begins each day. Those of earlier days stay, for what they sealed, until they are replaced."}
        {is === "sealing" && "What older keys sealed is being sealed anew. Work goes on meanwhile."}
        {(is === "waiting" || is === "done") && "Nothing is under an older key any more."}
      </p>
      {is === "sealing" && (
        <>
          <div><Progress label={`Object versions of ${name}, since this page shows them`} total={seen.objects} parts={[{ n: seen.objects - rotation.objects, tone: "done", word: "sealed anew" }, { n: rotation.objects, tone: "open", word: "to go" }]} /></div>
          <p className="sm i2"><b>{count(rotation.objects)}</b> object {rotation.objects === 1 ? "version" : "versions"} to go. The bar is of the {count(seen.objects)} that were left when this page first asked. {older}</p>
          {isStuck(rotation, now) && <p className="err">An hour has gone by: what is left may not be as it was written, and stays under its key. The server’s log names it.</p>}
        </>
      )}
      {is === "waiting" && <p className="sm i2">{older} {from !== null && Date.parse(from) > now ? `An hour after the call, from ${moment(from)} UTC, ${rotation.epochs === 1 ? "it is" : "they are"} taken away.` : `${rotation.epochs === 1 ? "It is" : "They are"} taken away as soon as nobody can be reading by ${rotation.epochs === 1 ? "it" : "them"}.`}</p>}
      {is === "done" && <p className="sm i2">{older}</p>}
    </>
  );
}

function ReplaceKeys({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const replacing = useMutation({
    mutationFn: () => api.rotate(project.id),
    onSuccess: (rotation) => {
      client.setQueryData(queries.rotation(project.id).queryKey, rotation);
      onClose();
    },
  });
  return (
    <Sheet title="Replace the keys of this project" size={500} onClose={onClose}>
      <div className={console_["form"]}>
        <p>What comes to <b><bdi>{project.name}</bdi></b> is sealed under a new key at once. All that it has sealed is sealed anew in the background, and work goes on meanwhile.</p>
        <p className="i2">Older keys are taken away an hour after, once nothing is under them. It is on the ledger of <bdi>{project.lab.name}</bdi>, and cannot be undone.</p>
        {replacing.error !== null && <p className="err" role="alert">Not replaced: {refusal(replacing.error)}</p>}
      </div>
      <div className={console_["end"]}>
        <Button onClick={onClose}>Close</Button>
        <Button variant="filled" onClick={() => replacing.mutate()} disabled={replacing.isPending}>Replace the keys</Button>
      </div>
    </Sheet>
  );
}

/** When a project's keys were last replaced, in a line. */
export function KeysLine({ project }: { project: string }) {
  const rotation = useQuery(queries.rotation(project));
  const now = useNow(30_000);
  if (rotation.data === undefined) return rotation.error === null ? null : <p className="sm m">keys: ?</p>;
  return <p className="sm m">{keysWords(rotation.data, now)}</p>;
}
