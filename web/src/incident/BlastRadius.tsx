import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import type { ExposureClass } from "../exposure/classes";
import { ClassName } from "../exposure/ClassName";
import console_ from "../console/Console.module.css";
import { Glyph } from "../ui/Glyphs";
import { cutTo, widthOf } from "../ui/measure";
import { Empty, Panel } from "../ui/Panel";
import { COLUMNS, graphOf, type Graph, type Placed, type Way } from "./blast";
import classes from "./Room.module.css";

const MOST_ROWS = 28;
const ROW = 45;
const TALL = 34;
const HEAD = 20;
/** Where each column begins and how wide it is, in parts of the whole width. */
const SHARES: Record<(typeof COLUMNS)[number], [from: number, wide: number]> = { subject: [0, 0.188], credential: [0.222, 0.2], engagement: [0.456, 0.186], project: [0.676, 0.162], lab: [0.868, 0.132] };

/** What may have gone which way: from the subject to the labs. */
export function BlastRadius({ ways, pending }: { ways: Way[]; pending: boolean }) {
  const [table, setTable] = useState(false);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const narrow = width > 0 && width < 640;
  return (
    <Panel
      title="Blast radius"
      note={<span className="desk">heavy: written · solid: released · dashed: unknown · dotted: could have been</span>}
      aside={!narrow && ways.length > 0 && <button type="button" className="link" onClick={() => setTable(!table)}>{table ? "as a picture" : "as a table"}</button>}
    >
      <div ref={ref}>
        {ways.length === 0 && <Empty title={pending ? "Waiting for the reports" : "No way is known"}>{pending ? "The graph is drawn from what each lab’s report and each credential’s ledger entries say." : "The graph appears when a report of a lab says under which engagements the subject could act."}</Empty>}
        {ways.length > 0 && narrow && <WaysList ways={ways} />}
        {ways.length > 0 && table && !narrow && <WaysTable ways={ways} />}
        {ways.length > 0 && !table && !narrow && width > 0 && <Picture ways={ways.slice(0, MOST_ROWS)} width={width} />}
        {!table && !narrow && ways.length > MOST_ROWS && <p className={`m sm ${classes["foot"]}`}>{ways.length - MOST_ROWS} more, the mildest of each lab: as a table.</p>}
      </div>
    </Panel>
  );
}

function Picture({ ways, width }: { ways: Way[]; width: number }) {
  const graph = graphOf(ways);
  const inner = width - 32;
  const height = HEAD + graph.rows * ROW;
  const box = (node: Placed) => {
    const [from, wide] = SHARES[node.column];
    return { x: Math.round(from * inner) + 0.5, y: Math.round(HEAD + node.row * ROW) + 0.5, w: Math.round(wide * inner) - 1 };
  };
  return (
    <svg className={classes["graph"]} width={inner} height={height} viewBox={`0 0 ${inner} ${height}`} role="img" aria-label={`${ways.length} ways from subjects to labs. The same as a table: the button above.`}>
      {COLUMNS.map((column) => <text key={column} x={Math.round(SHARES[column][0] * inner)} y={12} className={classes["tick"]}>{column}</text>)}
      {graph.edges.map((edge) => <Edge key={`${edge.from.key} ${edge.to.key}`} edge={edge} from={box(edge.from)} to={box(edge.to)} />)}
      {graph.nodes.map((node) => <Node key={`${node.column} ${node.key}`} node={node} {...box(node)} />)}
    </svg>
  );
}

interface Box { x: number; y: number; w: number }

function Edge({ edge, from, to }: { edge: Graph["edges"][number]; from: Box; to: Box }) {
  const [x1, y1, x2, y2] = [from.x + from.w, from.y + TALL / 2, to.x, to.y + TALL / 2];
  const middle = (x1 + x2) / 2;
  return <path d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`} fill="none" {...strokeOf(edge.worst)} />;
}

function strokeOf(worst: ExposureClass | null) {
  const stroke = worst === null ? "var(--cf-line-strong)" : `var(--x-${worst}-mark)`;
  if (worst === "altered") return { stroke, strokeWidth: 3.5 };
  if (worst === "touched" || worst === "leased" || worst === "held") return { stroke, strokeWidth: 2.5 };
  if (worst === "unknown") return { stroke, strokeWidth: 2, strokeDasharray: "5 3" };
  if (worst === "reachable") return { stroke, strokeWidth: 2, strokeDasharray: "1 3", strokeLinecap: "round" as const };
  return { stroke, strokeWidth: 1 };
}

function Node({ node, x, y, w }: Box & { node: Placed }) {
  const unknown = node.worst === "unknown";
  const stroke = node.worst === null ? "var(--cf-line-strong)" : `var(--x-${node.worst}-mark)`;
  return (
    <g>
      <title>{`${node.name}: ${node.about}${node.worst === null ? "" : `, ${node.worst}`}`}</title>
      <rect x={x} y={y} width={w} height={TALL} rx="2" fill="var(--cf-surface)" stroke={stroke} strokeDasharray={unknown ? "4 3" : undefined} />
      <rect x={x} y={y} width="8" height={TALL} fill={node.worst === null ? "none" : `url(#x-${node.worst})`} stroke={stroke} strokeDasharray={unknown ? "4 3" : undefined} />
      <text x={x + 15} y={y + 14} className={classes["strong"]}>{cutTo(node.name, w - 20, (text) => widthOf(text, 12, 600))}</text>
      <text x={x + 15} y={y + 28} className={classes["tick"]}>{cutTo(node.about, w - 20, (text) => widthOf(text, 11))}</text>
    </g>
  );
}

/** On a phone: each way from its subject to its lab, the most severe class beside it. */
function WaysList({ ways }: { ways: Way[] }) {
  return (
    <ul className={classes["ways"]}>
      {ways.map((way) => (
        <li key={`${way.engagement.key} ${way.credential?.key ?? ""}`}>
          <p><b>{way.subject.name}</b> to <b>{way.lab.name}</b></p>
          <p className="i2 sm">{way.credential === null ? "no credential known" : `${way.credential.name}, ${way.credential.about}`}; {way.engagement.name}; {way.project.name}</p>
          <Spotted spot={way.engagement} />
        </li>
      ))}
    </ul>
  );
}

/** The most severe class, and the counts of the two most severe: the word stands once. */
function Spotted({ spot }: { spot: Way["engagement"] }) {
  if (spot.worst === null) return <p className="m sm"><Glyph name="none" /> {spot.about}</p>;
  if (!spot.about.includes(spot.worst)) return <p><ClassName name={spot.worst} /> <span className="m sm">{spot.about}</span></p>;
  return <p className="sm" style={{ color: `var(--x-${spot.worst}-ink)` }}><Glyph name={spot.worst} /> {spot.about}</p>;
}

function WaysTable({ ways }: { ways: Way[] }) {
  return (
    <div className={console_["scroll"]} tabIndex={0} role="region" aria-label="Ways from subjects to labs">
      <table className={console_["table"]}>
        <thead><tr>{COLUMNS.map((column) => <th key={column} scope="col">{column}</th>)}<th scope="col">most severe</th></tr></thead>
        <tbody>
          {ways.map((way) => (
            <tr key={`${way.engagement.key} ${way.credential?.key ?? ""}`}>
              <th scope="row"><b>{way.subject.name}</b></th>
              <td>{way.credential === null ? <span className="m">none known</span> : <>{way.credential.name} <span className="m sm">{way.credential.about}</span></>}</td>
              <td>{way.engagement.name} <span className="m sm">{way.engagement.about}</span></td>
              <td>{way.project.name}</td>
              <td>{way.lab.name} <span className="m sm">{way.lab.about}</span></td>
              <td>{way.engagement.worst === null ? <span className="m"><Glyph name="none" /> none</span> : <ClassName name={way.engagement.worst} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
