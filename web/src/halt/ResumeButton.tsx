import { Button, Checkbox, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, isProblem } from "../api/client";
import type { Checked } from "../api/contract";
import { CHECKS } from "./reasons";

/** Ends a halt, after one question. */
export function ResumeButton({ halt, name, filled = false }: { halt: string; name: string; filled?: boolean }) {
  const [asking, setAsking] = useState(false);
  const [checked, setChecked] = useState<string[]>([]);
  const client = useQueryClient();
  const resuming = useMutation({
    mutationFn: () => api.resume(halt, checked as Checked[]),
    onSuccess: () => {
      setAsking(false);
      void client.invalidateQueries();
    },
  });
  return (
    <>
      <Button variant={filled ? "filled" : "default"} onClick={() => { setChecked([]); setAsking(true); }} aria-label={`Resume ${name}…`}>Resume…</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Resume ${name}?`} size={440}>
        <p>Work, exports and model calls of this scope go on at once, unless another halt covers them. Timers start again when people do.</p>
        <Checkbox.Group label="What was checked" description="It goes on record; what you leave out was not checked." value={checked} onChange={setChecked} mt="sm">
          {CHECKS.map((check) => <Checkbox key={check.value} value={check.value} label={check.label} mt={6} />)}
        </Checkbox.Group>
        {resuming.error !== null && <p className="err" role="alert">Still halted: {isProblem(resuming.error) ? (resuming.error.problem.detail ?? resuming.error.problem.title) : "the server does not answer. Try again."}</p>}
        <div className="row" style={{ justifyContent: "flex-end", marginTop: 12 }}>
          <Button onClick={() => setAsking(false)}>Leave it halted</Button>
          <Button variant="filled" onClick={() => resuming.mutate()} disabled={resuming.isPending} data-autofocus>Resume</Button>
        </div>
      </Modal>
    </>
  );
}
