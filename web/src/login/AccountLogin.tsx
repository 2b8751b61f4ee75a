import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { queries } from "../app/queries";
import { accountTrouble, leave } from "./account";
import classes from "./LoginPage.module.css";

/** Signing in by the provider that the installation trusts; nothing where it trusts none. */
export function AccountLogin({ to }: { to: string | undefined }) {
  const provider = useQuery(queries.provider);
  const leaving = useMutation({ mutationFn: () => leave({ adding: false, ...(to === undefined ? {} : { to }) }) });
  const name = provider.data?.name ?? null;
  if (name === null) return null;
  return (
    <div className={classes["passkey"]}>
      <Button onClick={() => leaving.mutate()} disabled={leaving.isPending}>Sign in with <bdi>{name}</bdi></Button>
      {leaving.error !== null && <p className="err" role="alert">{accountTrouble(leaving.error, false)}</p>}
    </div>
  );
}
