import type { Json } from "../api/contract";
import type { Changing } from "../draft/local";
import { sameAnswer } from "./changes";

/** What was changed so far, where it says anything else than the author. */
function meant({ change }: Changing, author: Json): Json[] {
  return change === null || sameAnswer(change, author) ? [] : [change];
}

const others = (left: readonly Json[], these: readonly (Json | null)[]) => left.filter((each) => !these.some((one) => one !== null && sameAnswer(each, one)));

/** Another beginning, null for the author's answer as it is: what was changed so far gives way to it, and may have been meant. */
export function begun(from: Changing, author: Json, next: Json | null): Changing {
  const gone = others(meant(from, author), [next]);
  return { change: next, left: [...gone, ...others(from.left, [next, ...gone])] };
}

/** Back to what gave way last. What stood in its place comes after all others: so each can be come to. */
export function takenUp(from: Changing, author: Json): Changing {
  const again = from.left[0];
  if (again === undefined) return from;
  const gone = others(meant(from, author), [again]);
  return { change: again, left: [...others(from.left, [again, ...gone]), ...gone] };
}
