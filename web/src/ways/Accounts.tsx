import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { queries } from "../app/queries";
import { accountTrouble, leave } from "../login/account";
import { Empty, Panel } from "../ui/Panel";
import classes from "./Ways.module.css";

/** One's accounts at the provider that the installation trusts; nothing where it trusts none and there is none. */
export function Accounts({ accounts, children }: { accounts: number; children: ReactNode }) {
  const provider = useQuery(queries.provider);
  const leaving = useMutation({ mutationFn: () => leave({ adding: true }) });
  const name = provider.data?.name ?? null;
  if (name === null && accounts === 0) return null;
  const add = name === null ? null : <Button onClick={() => leaving.mutate()} disabled={leaving.isPending}>Add my account at <bdi>{name}</bdi></Button>;
  return (
    <Panel title="Accounts" note={name === null ? "The provider is trusted no more: none opens a session." : "Whoever is signed in there is let in here."} aside={add}>
      {accounts === 0 ? <Empty title="No account yet">Add your account once, within 15 minutes of signing in. From then on you sign in by it, without a link.</Empty> : children}
      {leaving.error !== null && <p className={`err ${classes["pad"]}`} role="alert">{accountTrouble(leaving.error, true)}</p>}
    </Panel>
  );
}
