import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Notice, Notices } from "../api/contract";
import { queries } from "../app/queries";
import { moment, shortId } from "../ui/format";
import { Empty, Panel } from "../ui/Panel";
import { Sheet } from "../ui/Sheet";
import classes from "./Notices.module.css";
import { goalOf, unreadWords } from "./words";

/** In a bar: how many notices are unread, and the list behind it. */
export function NoticesButton() {
  const [open, setOpen] = useState(false);
  const notices = useQuery(queries.notices);
  const unread = notices.data?.unread ?? 0;
  return (
    <>
      <button type="button" className={classes["button"]} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Notices {unread > 0 && <><b className={classes["unread"]}>{unread > 99 ? "99+" : unread}</b><span className="vh"> unread</span></>}
      </button>
      {open && (
        <Sheet title="Notices" size={520} onClose={() => setOpen(false)}>
          <Listed key={notices.data === undefined ? "asked" : "answered"} notices={notices.data ?? null} />
        </Sheet>
      )}
    </>
  );
}

/** On a page: the last few. */
export function NoticesPanel({ most }: { most: number }) {
  const notices = useQuery(queries.notices);
  const unread = notices.data?.unread ?? 0;
  return (
    <Panel title="Notices" note={unread > 0 ? unreadWords(unread) : undefined} aside={<ReadButton notices={notices.data ?? null} />}>
      {notices.data !== undefined && notices.data.items.length === 0 ? (
        <Empty title="You were told of nothing yet">Halts, engagements, answers that come back to you and questions of yours that were answered are told here.</Empty>
      ) : (
        <List items={(notices.data?.items ?? []).slice(0, most)} />
      )}
    </Panel>
  );
}

/** The list that was opened: what is in it is read then, and stays marked until it is closed. */
function Listed({ notices }: { notices: Notices | null }) {
  const [first] = useState(notices);
  const read = useRead();
  const newest = first?.unread === 0 ? undefined : first?.items[0]?.id;
  useEffect(() => {
    if (newest !== undefined) read(newest);
  }, [newest, read]);
  if (first === null) return <p className="i2">Asking the server.</p>;
  if (first.items.length === 0) return <Empty title="You were told of nothing yet">Halts, incidents and deliveries that concern you are told here.</Empty>;
  return <List items={first.items} />;
}

function List({ items }: { items: Notice[] }) {
  const here = useLocation({ select: (at) => at.pathname });
  return (
    <ul className={classes["list"]}>
      {items.map((notice) => (
        <li key={notice.id} className={classes["line"]} data-unread={notice.unread || undefined}>
          <p><b>{notice.subject}</b>{notice.unread && <span className={classes["new"]}> unread</span>} <span className="m sm">{moment(notice.at, { zone: "own" })}</span></p>
          <p className="i2">{notice.sentence}</p>
          <p className="m sm"><span className="mono" title={notice.about}>{shortId(notice.about)}</span><GoalLink notice={notice} here={here} /></p>
        </li>
      ))}
    </ul>
  );
}

function GoalLink({ notice, here }: { notice: Notice; here: string }) {
  const { to, hash, words } = goalOf(notice);
  return to === here ? null : <> <Link to={to} {...(hash === undefined ? {} : { hash })}>{words}</Link></>;
}

function ReadButton({ notices }: { notices: Notices | null }) {
  const read = useRead();
  const newest = notices?.items[0]?.id;
  if (newest === undefined || notices?.unread === 0) return null;
  return <button type="button" className="link" onClick={() => read(newest)}>Mark as read</button>;
}

function useRead(): (upTo: string) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({ mutationFn: api.readNotices, onSettled: () => client.invalidateQueries({ queryKey: queries.notices.queryKey }) });
  return mutate;
}
