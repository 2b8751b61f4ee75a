import type { Offer } from "../api/contract";
import { capital } from "../ui/format";
import { SCOPE_LABELS, type ScopeKind } from "./reasons";

/** What a narrow button holds in a line or two. */
const MOST = 30;
const MOST_IN_A_WORD = 16;

function fits(text: string): boolean {
  return text.length <= MOST && text.split(/\s+/).every((word) => word.length <= MOST_IN_A_WORD);
}

/** What the Halt button shows and what it is called: the name itself where it fits, which stands beside it in full in any case. */
export function haltLabel(name: string, kind: ScopeKind): { shown: string; full: string } {
  if (name === "") return { shown: "Halt", full: "Halt" };
  const whole = `Halt ${name}`;
  if (fits(whole)) return { shown: whole, full: whole };
  const shown = kind === "installation" ? "Halt everything" : `Halt this ${SCOPE_LABELS[kind].toLowerCase()}`;
  return { shown, full: `${shown}: ${name}` };
}

/** The scope that is a whole lab. */
export function wholeLab(name: string): string {
  const named = `All of ${name}`;
  return fits(named) ? named : "The whole lab";
}

/** What an offer is called: in the firm's words, or by its kind. */
export function offerTitle(offer: Pick<Offer, "notice" | "template_kind">): string {
  if (offer.notice !== "") return offer.notice;
  return capital(offer.template_kind.replaceAll("-", " "));
}
