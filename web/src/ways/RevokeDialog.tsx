import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Credential } from "../api/contract";
import { useLeave } from "../app/session";
import { refusal } from "../console/ProjectsView";
import { Sheet } from "../ui/Sheet";
import classes from "./Ways.module.css";
import { revokingDoes } from "./ways";

/** Says what it does, then does it. The session in use is ended as signing out ends it, so that its cookie goes too. */
export function RevokeDialog({ credential, named, inUse, onClose }: { credential: Credential; named: string; inUse: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const leave = useLeave();
  const revoking = useMutation({
    mutationFn: () => (inUse ? api.logout() : api.revoke(credential.id)),
    onSuccess: async () => {
      if (inUse) return leave("signed-out");
      await client.invalidateQueries({ queryKey: ["ways"] });
      onClose();
    },
  });
  return (
    <Sheet title={inUse ? "Sign out here" : `Revoke ${named}`} size={500} onClose={onClose}>
      <div className={classes["dialog"]}>
        <p>{revokingDoes(credential, inUse)}</p>
        {!inUse && <p className="i2">It cannot be undone.</p>}
        {revoking.error !== null && <p className="err" role="alert">Not revoked: {refusal(revoking.error)}</p>}
      </div>
      <div className={classes["end"]}>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="filled" onClick={() => revoking.mutate()} disabled={revoking.isPending}>{inUse ? "Revoke and sign out" : "Revoke"}</Button>
      </div>
    </Sheet>
  );
}
