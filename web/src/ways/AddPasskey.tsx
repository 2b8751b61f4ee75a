import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { queries } from "../app/queries";
import { homeOf, useMe } from "../app/session";
import { isBlank } from "../ui/blank";
import { moment, type Zone } from "../ui/format";
import { Sheet } from "../ui/Sheet";
import { useNow } from "../ui/useNow";
import { addPasskey, deviceOf, enterByPasskey, FRESH_MS, troubleOf } from "./passkeys";
import classes from "./Ways.module.css";

interface Props {
  /** When the session in use was opened. */
  since: string | null;
  /** Whether there is a passkey to sign in again with. */
  some: boolean;
  zone: Zone;
  onClose: () => void;
}

export function AddPasskey({ since, some, zone, onClose }: Props) {
  const client = useQueryClient();
  const [label, setLabel] = useState(() => deviceOf(navigator.userAgent));
  const adding = useMutation({
    mutationFn: () => addPasskey(label.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["ways"] });
      onClose();
    },
  });
  const now = useNow(10_000).getTime();
  const old = since !== null && now - Date.parse(since) > FRESH_MS;
  return (
    <Sheet title="Add a passkey" size={500} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); if (!isBlank(label)) adding.mutate(); }}>
        <div className={classes["dialog"]}>
          <p className="i2">Your device asks for your PIN, finger or face, keeps the passkey, and opens sessions by it from then on.</p>
          <TextInput label="What you call it" description="The device or the security key that it is on: by this you find it in the list." value={label} onChange={(event) => setLabel(event.currentTarget.value)} maxLength={100} data-autofocus dir="auto" />
          {old && <SignInAgain since={moment(since, { zone })} some={some} />}
          {adding.error !== null && <p className="err" role="alert">{troubleOf(adding.error, "adding")}</p>}
        </div>
        <div className={classes["end"]}>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" variant="filled" disabled={isBlank(label) || adding.isPending}>{adding.isPending ? "Waiting for your device" : "Add it"}</Button>
        </div>
      </form>
    </Sheet>
  );
}

/** The session is replaced where one is: nothing on the way is lost. */
function SignInAgain({ since, some }: { since: string; some: boolean }) {
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const entering = useMutation({
    mutationFn: enterByPasskey,
    onSuccess: async (entered) => {
      if (entered.principal !== me.principal) client.clear();
      client.setQueryData(queries.me.queryKey, entered);
      if (entered.principal !== me.principal) return navigate({ href: homeOf(entered) });
      await client.invalidateQueries({ queryKey: ["ways"] });
    },
  });
  return (
    <>
      <p>
        You signed in at {since}. A passkey is added within 15 minutes of signing in: sign in again first,{" "}
        {some ? "by a passkey that you have or a new one-time link." : "by a new one-time link. Ask an operator for one, and open it in this browser."}
      </p>
      {some && <div><Button onClick={() => entering.mutate()} disabled={entering.isPending}>Sign in again with a passkey</Button></div>}
      {entering.error !== null && <p className="err" role="alert">{troubleOf(entering.error, "entering")}</p>}
    </>
  );
}
