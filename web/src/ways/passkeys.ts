import { api, isProblem, Unreachable } from "../api/client";
import type { Me } from "../api/contract";
import { ended } from "../ui/format";
import { base64, fromBase64 } from "../verify/bytes";

/** How long after signing in a passkey can be added. */
export const FRESH_MS = 15 * 60_000;

/** Base64url without padding, as the API has all that authenticators say. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  return base64(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Null for what is not written so: with other signs, with padding, or with bits left over. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(padded) as Uint8Array<ArrayBuffer> | null;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64url(text);
  if (bytes === null) throw new TypeError("the server sent what is not base64url");
  return bytes;
}

/** Why there can be no passkey at an address, in a browser. */
export type Unable = "local" | "number" | "insecure" | "unknown";

interface Place {
  hostname: string;
  secure: boolean;
  knows: boolean;
}

const NUMBER = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/i;
const LOCAL = /^(127\.|0\.0\.0\.0$|\[::1?\]$)/;

/** Passkeys are for a host's name, and for pages that came over HTTPS or from this machine. */
export function unableAt({ hostname, secure, knows }: Place): Unable | null {
  if (NUMBER.test(hostname)) return LOCAL.test(hostname) ? "local" : "number";
  if (!secure) return "insecure";
  return knows ? null : "unknown";
}

export function unableHere(): Unable | null {
  return unableAt({ hostname: window.location.hostname, secure: window.isSecureContext, knows: typeof PublicKeyCredential !== "undefined" && typeof navigator.credentials?.create === "function" });
}

/** The same page at the name of this machine. */
export function atLocalhost(href: string): string {
  const url = new URL(href);
  url.hostname = "localhost";
  return url.href;
}

const DEVICES: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android device"], [/Windows/, "Windows computer"], [/CrOS/, "Chromebook"], [/Mac OS X|Macintosh/, "Mac"], [/Linux/, "Linux computer"],
];

/** What a passkey is called unless somebody says so. */
export function deviceOf(userAgent: string): string {
  return DEVICES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "This computer";
}

export type Doing = "adding" | "entering";

function refused(error: unknown, doing: Doing): string | null {
  if (error instanceof Unreachable) return "The server does not answer. Check the connection, then try again.";
  if (!isProblem(error)) return null;
  if (error.slug === "rate-limited") return "Too many attempts. Wait a minute, then try again.";
  const { status, title, detail, errors } = error.problem;
  const why = ended(errors?.[0]?.reason ?? detail ?? title);
  if (doing === "adding") return `Not added: ${why}`;
  return `Not signed in: ${why}${status === 401 ? " Use another passkey, open your one-time link, or ask an operator for a new one." : ""}`;
}

/** By the names that the Web Authentication standard gives them. */
const BROWSERS: Record<string, Record<Doing, string>> = {
  NotAllowedError: {
    adding: "No passkey was made: the browser’s dialog was closed, or waited too long, or the device has no screen lock. Try again; if it asks for a PIN, a finger or a face, set that up on the device first.",
    entering: "No passkey was used: the browser’s dialog was closed, or waited too long, or this device has none for this address. Try again, or open your one-time link.",
  },
  InvalidStateError: {
    adding: "That device has a passkey of yours already. Sign in with it, or choose another device.",
    entering: "That passkey is not ready. Try again, or open your one-time link.",
  },
  NotSupportedError: {
    adding: "That device makes no passkey of a kind that is known here. Choose another device, or a security key.",
    entering: "This browser cannot ask for a passkey. Use another one, or open your one-time link.",
  },
  ConstraintError: {
    adding: "That device cannot tell that it is you. Set up a PIN, a finger or a face on it, then try again.",
    entering: "That device cannot tell that it is you. Set up a PIN, a finger or a face on it, or open your one-time link.",
  },
  SecurityError: {
    adding: "The browser takes no passkey for this address. Open this page by the name that your firm gives it, over HTTPS.",
    entering: "The browser uses no passkey for this address. Open this page by the name that your firm gives it, over HTTPS, or open your one-time link.",
  },
};

/** What went wrong, in a sentence or two with what to do. */
export function troubleOf(error: unknown, doing: Doing): string {
  const told = refused(error, doing);
  if (told !== null) return told;
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  const known = BROWSERS[name === "AbortError" ? "NotAllowedError" : name];
  if (known !== undefined) return known[doing];
  const what = doing === "adding" ? "No passkey was made" : "No passkey was used";
  return `${what}: the browser failed${name === "" ? "" : ` (${name})`}. Try again, or use another browser.`;
}

const ALGORITHMS = [-7, -8, -257];

/** Has an authenticator make a passkey, and adds it. One that the server refuses is told to the authenticator, so that it is not offered. */
export async function addPasskey(label: string): Promise<string> {
  const asked = await api.askForNewPasskey();
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(asked.challenge),
      rp: { id: asked.rp_id, name: "Cofferdam" },
      user: { id: bytesOf(asked.user), name: asked.name, displayName: asked.name },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id: bytesOf(id) })),
      timeout: asked.seconds * 1000,
    },
  })) as PublicKeyCredential | null;
  if (made === null) throw new DOMException("none was made", "NotAllowedError");
  const { clientDataJSON, attestationObject } = made.response as AuthenticatorAttestationResponse;
  try {
    return (await api.addPasskey({ label, client_data: base64url(clientDataJSON), attestation: base64url(attestationObject) })).credential;
  } catch (error) {
    if (isProblem(error) && error.problem.status < 500) await forget(asked.rp_id, made.rawId);
    throw error;
  }
}

type Signals = typeof PublicKeyCredential & { signalUnknownCredential?: (options: { rpId: string; credentialId: string }) => Promise<void> };

async function forget(rpId: string, handle: ArrayBuffer): Promise<void> {
  await (PublicKeyCredential as Signals).signalUnknownCredential?.({ rpId, credentialId: base64url(handle) }).catch(() => undefined);
}

/** Has a passkey sign, and opens a session by it: of whom it proves. */
export async function enterByPasskey(): Promise<Me> {
  const asked = await api.askForPasskey();
  const said = (await navigator.credentials.get({ publicKey: { challenge: bytesOf(asked.challenge), rpId: asked.rp_id, userVerification: "required", timeout: asked.seconds * 1000 } })) as PublicKeyCredential | null;
  if (said === null) throw new DOMException("none was used", "NotAllowedError");
  const { clientDataJSON, authenticatorData, signature, userHandle } = said.response as AuthenticatorAssertionResponse;
  return api.enterByPasskey({
    handle: base64url(said.rawId), client_data: base64url(clientDataJSON), authenticator_data: base64url(authenticatorData), signature: base64url(signature),
    ...(userHandle === null ? {} : { user: base64url(userHandle) }),
  });
}
