import { useQuery } from "@tanstack/react-query";
import { isProblem } from "../api/client";
import type { Halt } from "../api/contract";
import { queries } from "../app/queries";
import { useTitle } from "../app/title";
import { byWhom, checkedWords, endedBy, parseScope, reasonLabel } from "../halt/reasons";
import { ResumeButton } from "../halt/ResumeButton";
import { moment, worked } from "../ui/format";
import { Empty, Panel, Trouble } from "../ui/Panel";
import { StateTag } from "../ui/StateTag";
import { useNow } from "../ui/useNow";
import classes from "./Console.module.css";

export function HaltsView() {
  useTitle("Halts", "Console");
  const open = useQuery(queries.halts(true));
  const past = useQuery(queries.halts(false));
  const inEffect = open.data?.items;
  const unread = open.data?.unread ?? [];
  const none = inEffect?.length === 0 && unread.length === 0;
  const over = (past.data?.items ?? []).toSorted((a, b) => b.since.localeCompare(a.since));
  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h1>Halts</h1>
          <p className="i2">{inEffect === undefined ? "Asking the server." : none ? "Nothing is halted." : <><b>{inEffect.length}</b> in effect{unread.length > 0 && " that can be listed"}.</>} A halt stops data, models and hours of its scope at once; hours worked stand and drafts are kept.</p>
        </div>
      </div>
      <Panel title="In effect" inverse={(inEffect?.length ?? 0) > 0}>
        {open.error !== null && open.data === undefined && <Trouble title="The halts could not be read">{isProblem(open.error) ? open.error.problem.detail : "The server does not answer: what is halted stays halted."}</Trouble>}
        {unread.length > 0 && <Trouble title="This is not all">The ledger of {unread.length === 1 ? "a lab" : `${unread.length} labs`} does not check, so that its halts are not listed; they stand, and all work there is stopped: {unread.join(", ")}. <code>cofferdam doctor</code> says what is wrong.</Trouble>}
        {none && <Empty title="Nothing is halted">A halt appears here when somebody sets one: an operator with the button at the right end of the bar (<kbd>Shift</kbd> <kbd>H</kbd>), a steward for their own lab.</Empty>}
        <ul className={classes["halts"]}>{inEffect?.map((halt) => <HaltRow key={halt.id} halt={halt} />)}</ul>
      </Panel>
      {over.length > 0 && <Panel title="Past"><ul className={classes["halts"]}>{over.map((halt) => <HaltRow key={halt.id} halt={halt} />)}</ul></Panel>}
    </>
  );
}

function HaltRow({ halt }: { halt: Halt }) {
  const now = useNow(30_000);
  const scope = parseScope(halt.scope);
  const name = scope.kind === "installation" ? "Everything" : halt.scope_name;
  const open = halt.state === "open";
  const end = halt.resumed ?? (halt.state === "ended" ? halt.until : null);
  const until = end === null ? now.getTime() : Date.parse(end);
  return (
    <li>
      <span className={classes["tag"]}>{open ? <StateTag state="halted">halted</StateTag> : <StateTag state="plain">{halt.state}</StateTag>}</span>
      <div className={classes["stack"]}>
        <p><b>{name}</b> <span className="m">{scope.kind === "installation" ? "" : scope.kind}</span></p>
        <p className="i2">{halt.sentence === "" ? reasonLabel(halt.reason) : halt.sentence}</p>
        {halt.state === "resumed" && <p className="i2 sm">{checkedWords(halt.checked)}</p>}
      </div>
      <p className="i2 sm">
        since <b>{moment(halt.since, { now, seconds: true })}</b> UTC by {byWhom(halt)}
        {end === null ? (halt.until === null ? "" : ` until ${moment(halt.until, { now, seconds: true })}`) : `, ${halt.state} ${moment(end, { now, seconds: true })}`}, {worked(Math.max(0, (until - Date.parse(halt.since)) / 1000))} {open ? "so far" : "in all"}
      </p>
      <span className={classes["act"]}>{open && endedBy(halt, "operator") && <ResumeButton halt={halt.id} name={name} />}</span>
    </li>
  );
}
