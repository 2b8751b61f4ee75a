import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { EngagementView } from "../api/contract";
import { queries } from "../app/queries";
import { Empty, Panel } from "../ui/Panel";
import { moment, worked } from "../ui/format";

/** To those whose engagement is over: since when, what stays, what they can do. */
export function EndedNotice({ engagement, typed }: { engagement: EngagementView; typed: boolean }) {
  const timer = useQuery(queries.timer(engagement.id));
  return (
    <section role="status" aria-label="Ended">
      <Panel title="This engagement has ended" note={engagement.ended === null || engagement.ended === undefined ? undefined : `at ${moment(engagement.ended, { zone: "own", seconds: true })}`}>
        <Empty title={`Hours worked stand${timer.data === undefined ? "" : `: ${worked(timer.data.seconds_today)} today, ${worked(timer.data.seconds_week)} this week`}`}>
          <p>The timer stopped then. Nothing more can be opened or handed in under it.{typed ? " What you typed stays on this device; an operator who engages you again can say what becomes of it." : ""}</p>
          <p><Link to="/" className="link">To your other work</Link></p>
        </Empty>
      </Panel>
    </section>
  );
}
