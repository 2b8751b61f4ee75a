import { api, isProblem, Unreachable } from "../api/client";
import { wantedOf } from "../app/wanted";
import { sentence } from "../ui/format";

/** What somebody goes to the provider for. It stays in this tab until they are back. */
export type Errand = { adding: boolean; to?: string };

const KEY = "cf.errand";

/** Leaves for the provider's page. */
export async function leave(errand: Errand): Promise<void> {
  const { url } = errand.adding ? await api.askProviderForNew() : await api.askProvider();
  sessionStorage.setItem(KEY, JSON.stringify(errand));
  window.location.assign(url);
}

/** What somebody is back for; null where this tab sent nobody, or what it kept is damaged. */
export function takeErrand(): Errand | null {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return kept === null ? null : errandIn(kept);
}

function errandIn(text: string): Errand | null {
  try {
    const errand = JSON.parse(text) as Partial<Errand> | null;
    return typeof errand !== "object" || errand === null ? null : { adding: errand.adding === true, ...wantedOf(errand.to) };
  } catch {
    return null;
  }
}

/** What the provider sent along: an answer, or why there is none (OpenID Connect Core 1.0, section 3.1.2.6). */
export function answerOf(search: string): { code: string; state: string } | { refused: "by-you" | "by-it" } {
  const found = new URLSearchParams(search);
  const [code, state] = [found.get("code"), found.get("state")];
  if (code !== null && state !== null && found.get("error") === null) return { code, state };
  return { refused: found.get("error") === "access_denied" ? "by-you" : "by-it" };
}

/** What went wrong, and what to do. */
export function accountTrouble(error: unknown, adding: boolean): string {
  if (error instanceof Unreachable) return "The server does not answer. Check the connection, then begin anew.";
  if (isProblem(error, "rate-limited")) return "Too many attempts. Wait a minute, then begin anew.";
  if (isProblem(error, "unauthenticated") && adding) return "Your session ended meanwhile. Sign in, then add the account.";
  if (isProblem(error)) return sentence(error.problem.detail ?? error.problem.title);
  return "That did not work. Begin anew.";
}
