import { describe, expect, it } from "vitest";
import { ProblemError, Unreachable } from "../src/api/client";
import { wantedOf } from "../src/app/wanted";
import { atLocalhost, base64url, deviceOf, fromBase64url, troubleOf, unableAt } from "../src/ways/passkeys";

describe("bytes as the API has them", () => {
  it("are base64url without padding, both ways", () => {
    // RFC 4648 section 10, and what differs in section 5.
    for (const [text, said] of [["", ""], ["f", "Zg"], ["fo", "Zm8"], ["foo", "Zm9v"], ["foob", "Zm9vYg"]] as const) {
      const bytes = new TextEncoder().encode(text);
      expect(base64url(bytes)).toBe(said);
      expect(base64url(bytes.buffer)).toBe(said);
      expect(fromBase64url(said)).toEqual(bytes);
    }
    expect(base64url(new Uint8Array([251, 255, 254]))).toBe("-__-");
    expect(fromBase64url("-__-")).toEqual(new Uint8Array([251, 255, 254]));
    const long = Uint8Array.from({ length: 5000 }, (_, at) => at % 256);
    expect(fromBase64url(base64url(long))).toEqual(long);
  });
  it("are nothing else", () => {
    for (const text of ["Zg==", "+//+", "Zh", "Z", "Zm 9v", "Zm9v\n"]) expect(fromBase64url(text), text).toBeNull();
  });
});

describe("where there are passkeys", () => {
  const at = (hostname: string, secure = true, knows = true) => unableAt({ hostname, secure, knows });
  it("is a host's name, over HTTPS or on this machine", () => {
    expect(at("work.example")).toBeNull();
    expect(at("localhost")).toBeNull();
    expect(at("10.example")).toBeNull();
  });
  it("is no number, no page without HTTPS, and no browser without them", () => {
    expect(at("127.0.0.1")).toBe("local");
    expect(at("[::1]")).toBe("local");
    expect(at("192.0.2.7")).toBe("number");
    expect(at("[2001:db8::1]")).toBe("number");
    expect(at("work.example", false)).toBe("insecure");
    expect(at("work.example", true, false)).toBe("unknown");
  });
  it("is the same page at localhost, where one is on this machine", () => {
    expect(atLocalhost("http://127.0.0.1:8417/login?why=signed-out")).toBe("http://localhost:8417/login?why=signed-out");
  });
});

describe("what a passkey is called", () => {
  it("is the device that it is made on, as far as the browser says so", () => {
    expect(deviceOf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")).toBe("Linux computer");
    expect(deviceOf("Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36")).toBe("Android device");
    expect(deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")).toBe("iPhone");
    expect(deviceOf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)")).toBe("Mac");
    expect(deviceOf("something else")).toBe("This computer");
  });
});

describe("what went wrong", () => {
  const problem = (slug: string, status: number, detail: string) => new ProblemError({ type: `/problems/${slug}`, title: "t", status, detail });
  const browser = (name: string) => Object.assign(new Error("of the browser"), { name });
  it("is told with what to do, and never in the browser's words", () => {
    for (const name of ["NotAllowedError", "AbortError", "InvalidStateError", "NotSupportedError", "ConstraintError", "SecurityError", "UnknownError", "TypeError"]) {
      for (const doing of ["adding", "entering"] as const) {
        const told = troubleOf(browser(name), doing);
        expect(told, name).toMatch(/(Try again|Choose|Sign in with it|Set up|Open this page|Use another)/);
        expect(told, name).not.toMatch(/of the browser|!/);
      }
    }
    expect(troubleOf(browser("AbortError"), "adding")).toBe(troubleOf(browser("NotAllowedError"), "adding"));
    expect(troubleOf(browser("InvalidStateError"), "adding")).toMatch(/already/);
    expect(troubleOf(browser("UnknownError"), "entering")).toMatch(/\(UnknownError\)/);
    expect(troubleOf("thrown", "adding")).toMatch(/^No passkey was made: the browser failed\. /);
  });
  it("is the server's own reason where it refused", () => {
    expect(troubleOf(problem("conflict", 409, "a passkey is added within 15 minutes of signing in; sign in again, then add it"), "adding")).toBe("Not added: a passkey is added within 15 minutes of signing in; sign in again, then add it.");
    expect(troubleOf(problem("unauthenticated", 401, "this credential was revoked"), "entering")).toBe("Not signed in: this credential was revoked. Use another passkey, open your one-time link, or ask an operator for a new one.");
    expect(troubleOf(problem("conflict", 409, "passkeys are for a host's name."), "entering")).toBe("Not signed in: passkeys are for a host's name.");
    expect(troubleOf(problem("rate-limited", 429, "slow down"), "entering")).toMatch(/^Too many attempts/);
    expect(troubleOf(new Unreachable(), "adding")).toMatch(/^The server does not answer/);
    const field = new ProblemError({ type: "/problems/invalid", title: "t", status: 422, detail: "see errors", errors: [{ field: "/attestation", reason: "that was said to another page than ours" }] });
    expect(troubleOf(field, "adding")).toBe("Not added: that was said to another page than ours.");
  });
});

describe("where somebody wanted to go", () => {
  it("is a page of our own", () => {
    expect(wantedOf("/ways-in")).toEqual({ to: "/ways-in" });
    expect(wantedOf("/lab/lab_1/incidents/x?from=2026-03-24T10%3A00")).toEqual({ to: "/lab/lab_1/incidents/x?from=2026-03-24T10%3A00" });
  });
  it("is neither another host, nor where one is", () => {
    for (const path of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/", "", "/login", "/login?to=x", 7, undefined]) expect(wantedOf(path), String(path)).toEqual({});
  });
});
