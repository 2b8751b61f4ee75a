import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { useEntered } from "../app/session";
import { useTitle } from "../app/title";
import { accountTrouble, answerOf, takeErrand } from "./account";
import classes from "./LoginPage.module.css";

const REFUSED = {
  "by-you": "You did not go on at the provider. Nobody was signed in.",
  "by-it": "The provider sent no answer that can be used. Begin anew, or sign in by a login link.",
};

/** Where a provider leads back to. Its answer is taken out of the address before anything else may read it. */
export function AccountPage() {
  useTitle("Sign in");
  const navigate = useNavigate();
  const client = useQueryClient();
  const entered = useEntered();
  const begun = useRef(false);
  const [trouble, setTrouble] = useState<{ text: string; adding: boolean } | null>(null);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const answer = answerOf(window.location.search);
    window.history.replaceState(window.history.state, "", window.location.pathname);
    const errand = takeErrand();
    const finish = async () => {
      if (errand === null) return setTrouble({ text: "This sign-in was not begun in this tab. Begin anew.", adding: false });
      if ("refused" in answer) return setTrouble({ text: REFUSED[answer.refused], adding: errand.adding });
      try {
        if (errand.adding) {
          await api.addAccount(answer);
          await client.invalidateQueries({ queryKey: ["ways"] });
          return await navigate({ to: "/ways-in", replace: true });
        }
        return await entered(await api.enterByAccount(answer), errand.to);
      } catch (error) {
        return setTrouble({ text: accountTrouble(error, errand.adding), adding: errand.adding });
      }
    };
    void finish();
  }, [client, navigate, entered]);

  return (
    <main className={classes["page"]}>
      <div className={classes["sheet"]}>
        <div className={classes["brand"]}>
          <svg width="20" height="20" aria-hidden="true"><use href="#mark" /></svg>
          Cofferdam
        </div>
        {trouble === null ? <p role="status">Signing in.</p> : (
          <div role="alert" className={classes["refused"]}>
            <h1>{trouble.adding ? "The account was not added" : "You are not signed in"}</h1>
            <p className="i2">{trouble.text}</p>
            <p>{trouble.adding ? <Link to="/ways-in" className="link">To your ways in</Link> : <Link to="/login" className="link">To the login page</Link>}</p>
          </div>
        )}
      </div>
    </main>
  );
}
