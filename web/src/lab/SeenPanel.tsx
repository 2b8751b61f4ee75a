import { useElementSize } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api } from "../api/client";
import type { Access, AccessSummary } from "../api/contract";
import { LIVE_MS } from "../app/queries";
import { CopyText } from "../ui/CopyText";
import { bytes, count, moment } from "../ui/format";
import { Empty, Panel } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { ofPicture } from "../verify/shown";
import { actorAbout, actorName, factWords, ordered, refusedWords } from "./actors";
import classes from "./LabPage.module.css";
import { Lanes } from "./Lanes";
import type { Verifying } from "./useVerifier";
import { Verification } from "./Verification";
import { bucketWords, SPAN_NAMES, type Span, type SpanName } from "./window";

interface SeenProps {
  lab: { id: string; name: string };
  summary: AccessSummary | null;
  /** When the server was read for it. */
  asked: number;
  verifying: Verifying;
  stale: boolean;
  span: Span;
  spanName: SpanName;
  onSpan: (name: SpanName) => void;
  table: boolean;
  onTable: (table: boolean) => void;
}

const SPAN_WORDS: Record<SpanName, string> = { hour: "hour", day: "12 hours", week: "7 days" };

export function SeenPanel({ lab, summary, asked, verifying, stale, span, spanName, onSpan, table, onTable }: SeenProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  useHeldPicture(verifying, summary, asked);
  const shown = summary === null ? 0 : Math.min(summary.actors.length, width < 620 ? 6 : 14);
  return (
    <Panel
      title="By actor"
      note={<span className="desk">Bar height: root of the openings in {bucketWords(span.bucketSeconds)}. Names are pseudonyms made for {lab.name} alone.</span>}
      aside={
        <span className={classes["switches"]}>
          <span role="group" aria-label="Span" className={classes["spans"]}>
            {SPAN_NAMES.map((name) => <button key={name} type="button" aria-pressed={name === spanName} onClick={() => onSpan(name)}>{SPAN_WORDS[name]}</button>)}
          </span>
          <span className="nw"><button type="button" className="link" onClick={() => onTable(!table)}>{table ? "as a picture" : "as a table"}</button><kbd className="desk">T</kbd></span>
        </span>
      }
    >
      <div className={classes["picture"]} ref={ref} data-stale={stale || undefined} aria-busy={stale}>
        {summary === null ? <p className="m">{width === 0 ? "" : "Waiting for the ledger."}</p> : summary.actors.length === 0 && summary.refused.length === 0 ? (
          <Empty title={`No access recorded in ${span.label}`}>Everything that is opened of {lab.name}’s data, by people, jobs and components, leaves an entry and a bar here. Searched until {moment(summary.to)} UTC.</Empty>
        ) : table ? (
          <Tables lab={lab} summary={summary} verifying={verifying} />
        ) : width > 0 ? (
          <>
            <Lanes summary={summary} narrow={width < 620} width={width} />
            {shown < summary.actors.length && <button type="button" className="link sm" onClick={() => onTable(true)}>all {summary.actors.length}</button>}
          </>
        ) : null}
      </div>
      <CheckpointLine summary={summary} />
      <Verification lab={lab} verifying={verifying} shown={verifying.run.is === "done" && asked < verifying.run.at ? null : (summary?.checkpoint ?? null)} screen={{ picture: summary === null ? null : ofPicture(summary), table }} />
    </Panel>
  );
}

/** Holds each picture that was read after the ledger was verified against it: an older one lacks the newest entries. */
function useHeldPicture({ run, holdPicture }: Verifying, summary: AccessSummary | null, asked: number): void {
  const since = run.is === "done" && run.outcome.verified ? run.at : null;
  useEffect(() => {
    if (since !== null && summary !== null && asked >= since) holdPicture(summary);
  }, [since, summary, asked, holdPicture]);
}

const WITNESSES: Record<string, { state: "own" | "witnessed" | "unwitnessed"; words: string }> = {
  "by-firm": { state: "own", words: "by the firm only" },
  "by-lab": { state: "witnessed", words: "witnessed" },
};

/** Who vouches for the ledger's head. Unless the server says that somebody else signed it, it is the firm's word only. */
function CheckpointLine({ summary }: { summary: AccessSummary | null }) {
  if (summary === null) return null;
  const checkpoint = summary.checkpoint;
  if (checkpoint === null) return <div className={classes["proof"]}><StateTag state="unwitnessed">UNWITNESSED</StateTag><span className="i2">No checkpoint of this ledger has been signed yet.</span></div>;
  const witness = WITNESSES[checkpoint.witnessed] ?? (checkpoint.witnessed === "unwitnessed" ? { state: "unwitnessed" as const, words: "UNWITNESSED" } : { state: "own" as const, words: "by the firm only" });
  return (
    <div className={classes["proof"]}>
      <StateTag state={witness.state}>{witness.words}</StateTag>
      <span><b>{count(summary.entries)}</b> entries in this span</span>
      <span className="m">signed tree head of {count(checkpoint.size)}</span>
      <span className="grow" />
      <span className="m mono nw">root <CopyText text={checkpoint.root} label="tree root" /></span>
    </div>
  );
}

function Tables({ lab, summary, verifying }: { lab: { id: string; name: string }; summary: AccessSummary; verifying: Verifying }) {
  return (
    <div className={classes["tables"]}>
      <table className={classes["table"]}>
        <caption className="vh">Objects opened, by actor</caption>
        <thead><tr><th scope="col">actor</th><th scope="col">who</th><th scope="col" className="r">openings</th><th scope="col" className="r desk">bytes</th><th scope="col" className="r">last seen</th></tr></thead>
        <tbody>
          {ordered(summary.actors).map((actor, index) => (
            <tr key={index}>
              <th scope="row" className="mono nw" title={actor.pseudonym ?? undefined}>{actorName(actor)}</th>
              <td className="i2">{actorAbout(actor)}</td>
              <td className="r"><Number value={actor.objects} /></td>
              <td className="r i2 desk">{bytes(actor.bytes)}</td>
              <td className="r i2">{moment(actor.last)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Entries lab={lab} verifying={verifying} />
    </div>
  );
}

function Number({ value }: { value: number }) {
  return value === 0 ? <span className="m">0</span> : <b>{count(value)}</b>;
}

function Entries({ lab, verifying: { run, rows, holdRows } }: { lab: { id: string; name: string }; verifying: Verifying }) {
  const entries = useInfiniteQuery({
    queryKey: ["accesses", lab.id, "entries"],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => api.accesses(lab.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LIVE_MS * 3,
  });
  const { data } = entries;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const since = run.is === "done" && run.outcome.verified ? run.at : null;
  useEffect(() => {
    if (since !== null) holdRows(items);
  }, [since, items, holdRows]);
  return (
    <>
      <h3 className={classes["entriesTitle"]}>Entries, newest first</h3>
      <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="Ledger entries">
        <table className={classes["table"]}>
          <thead><tr><th scope="col" className="r">entry</th><th scope="col">time</th><th scope="col">what</th><th scope="col">actor</th><th scope="col" className="desk">project</th><th scope="col" className="r">objects</th></tr></thead>
          <tbody>{items.map((entry) => <EntryRow key={entry.n} entry={entry} other={rows?.other.includes(entry.n) ?? false} />)}</tbody>
        </table>
      </div>
      {entries.hasNextPage && <div><button type="button" className="link" onClick={() => void entries.fetchNextPage()} disabled={entries.isFetchingNextPage}>Earlier entries</button></div>}
    </>
  );
}

function EntryRow({ entry, other }: { entry: Access; other: boolean }) {
  const refused = entry.refused ?? null;
  return (
    <tr>
      <td className="r mono m">{other && <StateTag state="failed">not the ledger’s</StateTag>} {count(entry.n)}</td>
      <td className="nw">{moment(entry.t, { seconds: true })}</td>
      <td>{refused === null ? factWords(entry.fact) : <><StateTag state="plain">refused</StateTag> <span className="i2">{refusedWords(refused)}</span></>}</td>
      <td><span className="mono nw" title={entry.actor.pseudonym ?? undefined}>{actorName(entry.actor)}</span> <span className="m sm desk">{entry.actor.role ?? (entry.actor.pseudonym ? entry.actor.kind : "")}</span></td>
      <td className="i2 desk">{entry.project?.name ?? entry.actor.project?.name ?? ""}</td>
      <td className="r"><Number value={entry.objects} /></td>
    </tr>
  );
}
