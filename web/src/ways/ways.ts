import type { Credential, EngagementView } from "../api/contract";
import { moment, type Zone } from "../ui/format";

/** A credential of one's own; `under`: the one engagement that it is good for, if it is good for no more. */
export interface Way {
  credential: Credential;
  under: EngagementView | null;
}

const KINDS = { passkey: "passkey", account: "account", session: "browser session", link: "one-time link", token: "API token" } as const;
const ORDER = ["session", "link", "token"];

/** How many that open nothing any more are listed. */
export const MOST_PAST = 50;

/** Those that are good, passkeys by themselves, the one in use first; and those that were, newest first. */
export function waysOf(own: Credential[], bound: Way[], inUse: string): { passkeys: Way[]; accounts: Way[]; others: Way[]; past: Credential[] } {
  const known = new Set(own.map((credential) => credential.id));
  const more = bound.filter((way) => way.credential.good && !known.has(way.credential.id));
  const good = own.filter((credential) => credential.good).map((credential): Way => ({ credential, under: null }));
  const all = [...new Map([...good, ...more].map((way) => [way.credential.id, way])).values()];
  const rank = ({ credential }: Way) => (credential.id === inUse ? -1 : ORDER.indexOf(credential.kind));
  const newest = (a: Credential, b: Credential) => Date.parse(b.issued) - Date.parse(a.issued);
  const sorted = all.toSorted((a, b) => rank(a) - rank(b) || newest(a.credential, b.credential));
  return {
    passkeys: sorted.filter((way) => way.credential.kind === "passkey"),
    accounts: sorted.filter((way) => way.credential.kind === "account"),
    others: sorted.filter((way) => way.credential.kind !== "passkey" && way.credential.kind !== "account"),
    past: own.filter((credential) => !credential.good).toSorted(newest),
  };
}

/** What a credential is called, and of which kind it is. Sessions are told apart by when they began. */
export function calledOf(credential: Credential): { name: string; kind: string } {
  const kind = KINDS[credential.kind];
  return credential.kind === "session" ? { name: "Browser session", kind: "" } : { name: credential.label, kind };
}

/** What a credential is called where nothing stands beside it. */
export function namedOf(credential: Credential, zone: Zone, now?: Date): string {
  if (credential.kind === "session") return `the browser session of ${moment(credential.issued, { zone, ...(now === undefined ? {} : { now }) })}`;
  return `the ${KINDS[credential.kind]} “${credential.label}”`;
}

/** Why a credential opens nothing any more. */
export function endOf(credential: Credential, zone: Zone, now: Date): string {
  if (credential.revoked !== null) return `${credential.kind === "link" ? "used or revoked" : "revoked"} ${moment(credential.revoked, { zone, now })}`;
  return Date.parse(credential.expires) <= now.getTime() ? `ran out ${moment(credential.expires, { zone, now })}` : "good no longer";
}

/** How much of a credential's time is left, 0 to 1. */
export function leftOf(credential: Credential, now: number): number {
  const [from, to] = [Date.parse(credential.issued), Date.parse(credential.expires)];
  return to > from ? Math.min(1, Math.max(0, (to - now) / (to - from))) : 0;
}

/** What revoking does, before it is done. */
export function revokingDoes(credential: Credential, inUse: boolean): string {
  if (inUse) return "You are signed out here at once. Words that are not handed in yet are kept on this device. To come back you need a passkey or a new one-time link.";
  switch (credential.kind) {
    case "passkey": return "It opens no session from then on. Sessions that it has opened go on: revoke them too if the device is not in your hands. Your device may go on offering it until you remove it there.";
    case "account": return "It opens no session from then on. Sessions that it has opened go on: revoke them too if somebody else has that account. Your account there stays as it is.";
    case "session": return "Whoever uses it is signed out at once, in whichever browser that is.";
    case "link": return "Whoever has it can no longer sign in by it.";
    case "token": return "Programs that use it are refused at once, and what they are reading is cut.";
  }
}
