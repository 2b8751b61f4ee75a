import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Incident } from "../api/contract";
import console_ from "../console/Console.module.css";
import { refusal } from "../console/ProjectsView";
import { plural } from "../ui/format";
import { Sheet } from "../ui/Sheet";

/** The keys of every project of the labs concerned: what it does is said before, and how many it was after. */
export function ReplaceKeys({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const client = useQueryClient();
  const replacing = useMutation({ mutationFn: () => api.rotateForIncident(incident.id), onSuccess: () => void client.invalidateQueries({ queryKey: ["rotation"] }) });
  const labs = incident.labs.map((one) => one.lab);
  const done = replacing.data;
  return (
    <Sheet title={`Replace the keys of ${plural(labs.length, "lab")}`} size={500} onClose={onClose}>
      <div className={console_["form"]}>
        <p>
          {labs.length === 1 ? "This incident concerns 1 lab" : `This incident concerns ${plural(labs.length, "lab")}`}: {labs.map((lab, at) => <span key={lab.id}>{at === 0 ? "" : ", "}<b><bdi>{lab.name}</bdi></b></span>)}. The keys of every project of {labs.length === 1 ? "it" : "theirs"} are replaced.
        </p>
        {done === undefined ? (
          <p className="i2">What comes is sealed under new keys at once. All that is sealed is sealed anew in the background, and work goes on meanwhile. Older keys are taken away an hour after, once nothing is under them. It is on each lab’s ledger, and cannot be undone. What was read before stays read.</p>
        ) : (
          <p role="status">{done.projects.length === 0 ? "These labs have no project: there is nothing to replace." : `Called for: the keys of ${plural(done.projects.length, "project")} are being replaced. Each project’s page says how far it is.`}</p>
        )}
        {replacing.error !== null && <p className="err" role="alert">Not replaced: {refusal(replacing.error)}</p>}
      </div>
      <div className={console_["end"]}>
        <Button onClick={onClose}>Close</Button>
        {done === undefined && <Button variant="filled" onClick={() => replacing.mutate()} disabled={replacing.isPending}>Replace the keys</Button>}
      </div>
    </Sheet>
  );
}
