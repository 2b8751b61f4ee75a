import { Button } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import type { Halt } from "../api/contract";
import { queries } from "../app/queries";
import console_ from "../console/Console.module.css";
import { refusal } from "../console/ProjectsView";
import { count, plural } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import { flowOf, ribbonsOf, type Flow } from "./flow";
import classes from "./Room.module.css";

/** Who is left without work by the halts that are open, and where they could go. */
export function Displaced({ halts }: { halts: Halt[] }) {
  const open = halts.filter((halt) => halt.state === "open");
  const { found, pending, failed } = useQueries({
    queries: open.map((halt) => queries.placement(halt.id)),
    combine: (all) => ({
      found: open.flatMap((halt, index) => { const placement = all[index]?.data; return placement === undefined ? [] : [{ halt, placement }]; }),
      pending: all.some((one) => one.isPending),
      failed: all.filter((one) => one.error !== null && one.data === undefined).length,
    }),
  });
  const [asking, setAsking] = useState(false);
  const flow = flowOf(found);
  const placed = flow.people.filter((one) => one.project !== null && !one.engaged).length;
  return (
    <Panel title={flow.displaced > 0 ? `${plural(flow.displaced, "person", "people")} displaced` : "Nobody is displaced"} note={flow.displaced > 0 ? "Hours worked until the halt stand." : undefined}>
      {failed > 0 && <Trouble title="Not all places are known">{plural(failed, "halt")} could not be asked for. Whoever it stops has their hours all the same; open this page again.</Trouble>}
      {open.length === 0 && <Empty title="No halt that bears on this is open">When one is, everybody whom it leaves without other work is shown here, with the open work that fits them.</Empty>}
      {open.length > 0 && flow.displaced === 0 && <Empty title={pending ? "Looking for places" : "Everybody has other work"}>{pending ? "One assignment over all whom the halts leave without work." : `${plural(open.length, "open halt")} looked at: nobody is left without work that goes on.`}</Empty>}
      {flow.displaced > 0 && <FlowPicture flow={flow} />}
      {flow.displaced > 0 && (
        <div className={classes["places"]}>
          <details>
            <summary>Who, and why it fits</summary>
            <ul className={classes["people"]}>{flow.people.map((one) => <li key={one.person.id}><b>{one.person.name}</b> <span className="i2">{one.project === null ? "fits nothing that is open now." : `to ${one.project}: ${one.reasons.join("; ")}.`}</span></li>)}</ul>
          </details>
          {placed > 0 && <Button className="desk" onClick={() => setAsking(true)}>Engage {placed === 1 ? "one" : "these"} there…</Button>}
        </div>
      )}
      {asking && <EngageDialog flow={flow} halts={open.filter((halt) => flow.from.some((one) => one.key === halt.id))} placed={placed} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function FlowPicture({ flow }: { flow: Flow }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const wide = Math.max(200, width - 32);
  const left = Math.min(168, Math.round(wide * 0.36));
  const right = left + Math.min(120, Math.round(wide * 0.22));
  const unit = Math.max(2, Math.min(24, 120 / Math.max(1, flow.displaced)));
  const { from, to, ribbons, height } = ribbonsOf(flow, { left: left + 6, right, unit });
  const most = (pixels: number) => Math.max(6, Math.floor(pixels / 6.3));
  const cut = (text: string, pixels: number) => (text.length <= most(pixels) ? text : `${text.slice(0, most(pixels) - 1)}…`);
  const said = flow.to.map((item) => `${item.n} ${item.placed ? `to ${item.name}` : item.name}`).join(", ");
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg className={classes["flow"]} width={wide} height={height} viewBox={`0 0 ${wide} ${height}`} role="img" aria-label={`${plural(flow.displaced, "person", "people")} displaced: ${said}`}>
          {ribbons.map((ribbon) => <path key={ribbon.key} d={ribbon.d} fill={ribbon.placed ? "var(--cf-accent)" : "var(--cf-control-line)"} opacity=".34" />)}
          {flow.from.map((item) => {
            const at = from.get(item.key)!;
            return (
              <g key={item.key}>
                <title>{`${item.name}: ${item.n}`}</title>
                <rect x={left} y={at.y} width="6" height={at.tall} fill="var(--cf-ink)" />
                <text x={left - 8} y={at.y + Math.max(14, at.tall / 2 + 4)} textAnchor="end" className={classes["strong"]}>{cut(item.name, left - 40)}  {count(item.n)}</text>
              </g>
            );
          })}
          {flow.to.map((item) => {
            const at = to.get(item.key)!;
            return (
              <g key={item.key}>
                <title>{`${item.n}: ${item.name}${item.reasons === "" ? "" : `, ${item.reasons}`}`}</title>
                <rect x={right} y={at.y} width="6" height={at.tall} fill={item.placed ? "var(--cf-accent)" : "var(--cf-control-line)"} />
                <text x={right + 14} y={at.y + Math.max(14, at.tall / 2 + 4)}><tspan className={classes["strong"]}>{count(item.n)}</tspan>  {cut(item.name, wide - right - 34)}</text>
                {item.placed && <text x={right + 14} y={at.y + Math.max(14, at.tall / 2 + 4) + 14} className={classes["tick"]}>{cut(item.reasons, wide - right - 14)}</text>}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function EngageDialog({ flow, halts, placed, onClose }: { flow: Flow; halts: Halt[]; placed: number; onClose: () => void }) {
  const client = useQueryClient();
  const engaging = useMutation({
    mutationFn: async () => {
      for (const halt of halts) await api.placement(halt.id, true);
    },
    onSettled: () => void client.invalidateQueries(),
    onSuccess: onClose,
  });
  return (
    <Sheet onClose={onClose} title={`Engage ${plural(placed, "person", "people")} elsewhere?`} size={480}>
      <p className="i2">They are engaged as authors at once, and told. Who goes where is computed anew when this is done, so that it can differ where something changed meanwhile.</p>
      <ul className={classes["people"]}>{flow.people.filter((one) => one.project !== null).map((one) => <li key={one.person.id}><b>{one.person.name}</b> to {one.project}</li>)}</ul>
      {engaging.error !== null && <p className="err" role="alert">Not all were engaged: {refusal(engaging.error)}</p>}
      <div className={console_["end"]}><Button onClick={onClose}>Not now</Button><Button variant="filled" onClick={() => engaging.mutate()} disabled={engaging.isPending} data-autofocus>Engage</Button></div>
    </Sheet>
  );
}
