import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queries } from "../app/queries";
import { moment, shortId } from "../ui/format";
import classes from "./Incidents.module.css";

/** What waits for the lab's decision, on the lab's first page. */
export function Awaiting({ lab, steward }: { lab: { id: string; name: string }; steward: boolean }) {
  const incidents = useQuery(queries.labIncidents(lab.id)).data ?? [];
  const waiting = incidents.filter((item) => item.decision === null && item.state !== "closed");
  return (
    <>
      {waiting.map((item) => (
        <section key={item.id} className={classes["awaiting"]} aria-label={`Incident ${item.id}`}>
          <p><b>An incident awaits {steward ? "your" : "the lab’s"} decision.</b> <span className="mono nw" title={item.id}>{shortId(item.id)}</span>, told {moment(item.told)} UTC, {item.state}.</p>
          <Button component={Link} to={`/lab/${lab.id}/incidents/${item.id}`}>Read report</Button>
        </section>
      ))}
    </>
  );
}
