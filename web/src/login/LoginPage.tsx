import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { api, isProblem, Unreachable } from "../api/client";
import { useEntered } from "../app/session";
import { useTitle } from "../app/title";
import classes from "./LoginPage.module.css";
import { AccountLogin } from "./AccountLogin";
import { PasskeyLogin } from "./PasskeyLogin";

type Trouble = "used" | "unreachable" | "often" | "other";

/** Takes the secret out of the address bar before anything else may read it. */
function takeSecret(): string | null {
  const secret = window.location.hash.slice(1);
  if (secret === "") return null;
  window.history.replaceState(window.history.state, "", window.location.pathname);
  return decodeURIComponent(secret);
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Unreachable) return "unreachable";
  if (isProblem(error, "rate-limited")) return "often";
  if (isProblem(error) && error.problem.status < 500) return "used";
  return "other";
}

export function LoginPage() {
  useTitle("Sign in");
  const { why, to } = useSearch({ from: "/login" });
  const taken = useRef<string | null | undefined>(undefined);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);

  const entered = useEntered();

  useEffect(() => {
    const enter = async (secret: string) => {
      setBusy(true);
      try {
        await entered(await api.login(secret));
      } catch (error) {
        setTrouble(troubleOf(error));
        setBusy(false);
      }
    };
    const look = () => {
      const secret = takeSecret();
      if (secret === null) return;
      taken.current = secret;
      setTrouble(null);
      void enter(secret);
    };
    if (taken.current === undefined) {
      taken.current = null;
      look();
    }
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, [entered]);

  return (
    <main className={classes["page"]}>
      <div className={classes["sheet"]}>
        <div className={classes["brand"]}>
          <svg width="20" height="20" aria-hidden="true"><use href="#mark" /></svg>
          Cofferdam
        </div>
        {busy ? <p role="status">Signing in.</p> : (
          <>
            {trouble === null ? <Welcome why={why} /> : <Refused trouble={trouble} />}
            <PasskeyLogin filled={trouble === null} onEntered={(me) => entered(me, to)} />
            <AccountLogin to={to} />
            {trouble === null && <Links signedIn={why === undefined} />}
          </>
        )}
      </div>
    </main>
  );
}

function Welcome({ why }: { why: string | undefined }) {
  const titles: Record<string, string> = { "signed-out": "You are signed out", "session-ended": "Your session has ended" };
  return (
    <>
      <h1>{titles[why ?? ""] ?? "Sign in"}</h1>
      {why === "session-ended" && <p className="i2">What you typed is kept on this device and is sent when you are back.</p>}
    </>
  );
}

/** What there is beside a passkey. */
function Links({ signedIn }: { signedIn: boolean }) {
  return (
    <>
      <p className="i2">By link: open the one-time link that you were given, in this browser. There is no password to type.</p>
      <p className="i2">No link, or lost it? Ask the person who invited you, or an operator of your firm, for a new one.</p>
      {signedIn && <p><Link to="/" className="link">Already signed in</Link></p>}
    </>
  );
}

const TROUBLES: Record<Trouble, [title: string, next: ReactNode]> = {
  used: ["This link no longer opens anything", "Each link works once and for a short time, and this one has been used or has run out. Ask an operator for a new one. Nobody can enter with the old one."],
  unreachable: ["The server does not answer", "The link was not used. Check the connection, then open the link again."],
  often: ["Too many attempts", "Wait a minute, then open the link again. It was not used."],
  other: ["Signing in did not work", "The server met an error of its own. Open the link again in a minute; if it has been used by then, ask an operator for a new one."],
};

function Refused({ trouble }: { trouble: Trouble }) {
  const [title, next] = TROUBLES[trouble];
  return (
    <div role="alert" className={classes["refused"]}>
      <h1>{title}</h1>
      <p className="i2">{next}</p>
    </div>
  );
}
