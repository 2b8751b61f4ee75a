import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SCHEME_KEY, schemeOf } from "../src/app/scheme";

const script = readFileSync(new URL("../public/theme.js", import.meta.url), "utf8");

/** What `theme.js` sets before the first paint, for what is kept and what the system prefers. */
function painted(kept: string | null | Error, system: "light" | "dark"): string | undefined {
  let set: string | undefined;
  const storage = { getItem: (key: string) => {
    if (kept instanceof Error) throw kept;
    return key === SCHEME_KEY ? kept : null;
  } };
  const matchMedia = (query: string) => ({ matches: query === `(prefers-color-scheme: ${system})` });
  const document = { documentElement: { setAttribute: (name: string, value: string) => {
    if (name === "data-mantine-color-scheme") set = value;
  } } };
  new Function("localStorage", "matchMedia", "document", script)(storage, matchMedia, document);
  return set;
}

describe("the colour scheme", () => {
  it.each([[null, "auto"], ["auto", "auto"], ["nonsense", "auto"], ["light", "light"], ["dark", "dark"]] as const)("kept as %s is %s", (kept, scheme) => {
    expect(schemeOf(kept)).toBe(scheme);
  });
  it.each(["light", "dark"] as const)("follows a system that prefers %s, before the first paint", (system) => {
    for (const kept of [null, "auto", "nonsense", new Error("storage is refused")]) expect(painted(kept, system)).toBe(system);
  });
  it.each(["light", "dark"] as const)("stays %s where somebody chose it, whatever the system prefers", (chosen) => {
    expect(painted(chosen, "light")).toBe(chosen);
    expect(painted(chosen, "dark")).toBe(chosen);
  });
});
