import { Button } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { isProblem, Unreachable } from "../api/client";
import classes from "./Fallbacks.module.css";
import { useTitle } from "./title";

export function Waiting() {
  return (
    <main className={classes["page"]} aria-busy="true">
      <p className="i2">Waiting for the server.</p>
    </main>
  );
}

export function NotFound() {
  useTitle("Nothing is at this address");
  return (
    <main className={classes["page"]}>
      <h1>Nothing is at this address</h1>
      <p className="i2">It may have been shortened in copying, or it leads to something that you have no engagement for.</p>
      <p><Link to="/" className="link">To your start page</Link></p>
    </main>
  );
}

export function RouteTrouble({ error }: { error: unknown }) {
  const router = useRouter();
  const [title, next] = describe(error);
  useTitle(title);
  return (
    <main className={classes["page"]} role="alert">
      <h1>{title}</h1>
      <p className="i2">{next}</p>
      <div className="row">
        <Button onClick={() => void router.invalidate()}>Try again</Button>
        <Link to="/" className="link">To your start page</Link>
      </div>
    </main>
  );
}

function describe(error: unknown): [title: string, next: string] {
  if (error instanceof Unreachable) return ["The server does not answer", "What you typed is kept on this device. Check the connection, then try again."];
  if (isProblem(error)) return [error.problem.title, error.problem.detail ?? "Try again, or go back to your start page."];
  return ["This page could not be drawn", "What you typed is kept on this device. Reload the page; if it stays so, tell an operator what you opened."];
}
