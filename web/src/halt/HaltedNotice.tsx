import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { EngagementView, HaltedView } from "../api/contract";
import { queries } from "../app/queries";
import { isWork, useMe } from "../app/session";
import { moment, worked, zoneName } from "../ui/format";
import { Glyph } from "../ui/Glyphs";
import { Offers } from "./Offers";
import classes from "./HaltedNotice.module.css";

export type Stop = Pick<HaltedView, "reason" | "sentence" | "since"> & Partial<Pick<HaltedView, "scope">>;

/** What is halted, by the halt's own scope where it is known. */
function what(engagement: EngagementView, halt: Stop): string {
  const project = engagement.project?.name ?? engagement.lab.name;
  const titles: Record<string, string> = {
    installation: "All work is halted",
    lab: `All work for ${engagement.lab.name} is halted, ${project} with it`,
    person: "Your own work is halted",
    engagement: `Your engagement in ${project} is halted`,
  };
  return titles[halt.scope?.split(":")[0] ?? ""] ?? `${project} is halted`;
}

/** To those whose work stops: what, why, since when, what stays, and what else there is to do. */
export function HaltedNotice({ engagement, halt, typed }: { engagement: EngagementView; halt: Stop; typed: boolean }) {
  const me = useMe();
  const timer = useQuery(queries.timer(engagement.id));
  const others = me.engagements.filter((other) => isWork(other) && other.id !== engagement.id && other.state === "active" && other.halted === null);
  return (
    <section className={classes["notice"]} role="status" aria-label="Halted">
      <div className={classes["head"]}>
        <Glyph name="halt" />
        <b>{what(engagement, halt)}</b>
        <span className={classes["since"]}>since {moment(halt.since, { zone: "own", seconds: true })} ({zoneName()})</span>
      </div>
      <div className={classes["body"]}>
        <p>{halt.sentence} It is not about anything you did.</p>
        <dl>
          <dt>Stops</dt>
          <dd>Tasks are put away, and the timer stopped at the halt.</dd>
          <dt>Stays</dt>
          <dd>
            Hours worked until then stand{timer.data === undefined ? "" : `: ${worked(timer.data.seconds_today)} today, ${worked(timer.data.seconds_week)} this week`}.
            {typed ? " What you typed is kept, and you can go on typing it." : " Drafts are kept."}
          </dd>
          <dt>Then</dt>
          <dd>This page goes on by itself when the halt is resumed.</dd>
        </dl>
        {others.length > 0 && (
          <div>
            <h2 className="h3">Other work that you are engaged for</h2>
            <ul className={classes["others"]}>
              {others.map((other) => (
                <li key={other.id}>
                  <Link to={other.role === "reviewer" ? "/review/$engagement" : "/work/$engagement"} params={{ engagement: other.id }} className="link">{other.project?.name} for {other.lab.name}</Link>
                  <span className="m"> {other.role}, not halted</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <Offers />
      </div>
    </section>
  );
}
