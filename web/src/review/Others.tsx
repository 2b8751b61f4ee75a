import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { api, isProblem } from "../api/client";
import type { Json, OtherAnswer, ReviewHeld } from "../api/contract";
import { shortId } from "../ui/format";
import { useKeys } from "../ui/keys";
import { Panel } from "../ui/Panel";
import type { Form } from "../work/form";
import { Compared } from "./Compared";
import classes from "./ReviewPage.module.css";

/** Always the same, so that nothing is compared anew. */
const NOBODY: readonly OtherAnswer[] = [];

type Found = { phase: "asked" } | { phase: "there"; others: OtherAnswer[] } | { phase: "trouble"; said: string };

/** What others answered to the same task. Each look is an entry in the lab's ledger, so that it is asked for and not fetched ahead. */
export function Others({ engagement, held, form, onStart }: { engagement: string; held: ReviewHeld; form: Form; onStart: ((answer: Json) => void) | null }) {
  const [found, setFound] = useState<Found | null>(null);
  const ask = async () => {
    if (found !== null && found.phase !== "trouble") return;
    setFound({ phase: "asked" });
    try {
      setFound({ phase: "there", others: await api.otherAnswers(engagement, held.review) });
    } catch (error) {
      setFound({ phase: "trouble", said: isProblem(error) ? (error.problem.detail ?? error.problem.title) : "The server does not answer. Try again." });
    }
  };
  useKeys({ O: () => void ask() });
  const others = found?.phase === "there" ? found.others : NOBODY;
  // The same as long as they are: they stand beside an answer that is being typed.
  const answers = useMemo(() => [{ by: shortId(held.author_pseudonym), note: "this answer", answer: held.answer }, ...others.map((other) => ({ by: shortId(other.author_pseudonym), note: other.state, answer: other.answer }))], [held, others]);
  if (found === null || found.phase === "asked") return <div><Button onClick={() => void ask()} disabled={found !== null}>What others answered <kbd>O</kbd></Button></div>;
  if (found.phase === "trouble") return <div className="row"><Button onClick={() => void ask()}>Ask again <kbd>O</kbd></Button><p className="err" role="alert">{found.said}</p></div>;
  return (
    <Panel title="What others answered">
      {others.length === 0 ? <p className={`i2 ${classes["alone"]}`} role="status">Nobody else has answered this task.</p> : (
        <>
          <Compared form={form} input={held.input} answers={answers} />
          {onStart !== null && (
            <div className={`row ${classes["starts"]}`}>
              {others.map((other) => <Button key={other.submission} onClick={() => onStart(other.answer)}>Start from the answer of <span className="mono" title={other.author_pseudonym}>{shortId(other.author_pseudonym)}</span></Button>)}
            </div>
          )}
        </>
      )}
    </Panel>
  );
}
