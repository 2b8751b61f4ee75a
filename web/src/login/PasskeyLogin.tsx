import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../api/contract";
import { enterByPasskey, troubleOf, unableHere } from "../ways/passkeys";
import { Unable } from "../ways/Unable";
import classes from "./LoginPage.module.css";

/** Signing in without a link. Where there can be no passkey, it says so, and no button is there. */
export function PasskeyLogin({ filled, onEntered }: { filled: boolean; onEntered: (me: Me) => Promise<void> }) {
  const [unable] = useState(unableHere);
  const entering = useMutation({ mutationFn: async () => onEntered(await enterByPasskey()) });
  if (unable !== null) return <Unable why={unable} />;
  return (
    <div className={classes["passkey"]}>
      <Button variant={filled ? "filled" : "default"} onClick={() => entering.mutate()} disabled={entering.isPending}>{entering.isPending ? "Waiting for your passkey" : "Sign in with a passkey"}</Button>
      {entering.error !== null && <p className="err" role="alert">{troubleOf(entering.error, "entering")}</p>}
    </div>
  );
}
