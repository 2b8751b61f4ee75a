import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sheet = readFileSync(new URL("../src/app/tokens.css", import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

/** The custom properties of the first rule whose selector begins so. */
function tokensOf(selector: string): Map<string, string> {
  const start = sheet.indexOf(selector);
  const body = sheet.slice(sheet.indexOf("{", start) + 1, sheet.indexOf("}", start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})\b/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

const light = tokensOf(":root");
const THEMES = { light, dark: new Map([...light, ...tokensOf('[data-theme="dark"]')]) };

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["--cf-bg", "--cf-surface", "--cf-sunken", "--cf-raised"];
const INKS = ["--cf-ink", "--cf-ink-2", "--cf-ink-3", "--cf-accent", "--s-active", "--s-danger", "--s-expired", "--s-expiring", "--s-unwitnessed"];
/** Text on the grounds that are made for it. */
const PAIRS = [
  ["--cf-on-accent", "--cf-accent"], ["--cf-on-inverse", "--cf-inverse"], ["--s-on-halted", "--s-halted"], ["--s-on-danger", "--s-danger"], ["--cf-accent", "--cf-accent-soft"], ["--cf-ink", "--cf-accent-soft"],
  ["--s-unwitnessed", "--s-unwitnessed-soft"], ["--cf-ink", "--cf-diff-a"], ["--cf-ink", "--cf-diff-b"], ["--cf-ink-2", "--cf-diff-a"], ["--cf-ink-2", "--cf-diff-b"],
] as const;
/** What is not text but must be seen: borders of controls, the focus. */
const MARKS = ["--cf-control-line", "--cf-accent", "--cf-data"];

describe.each(Object.entries(THEMES))("the %s theme", (_, tokens) => {
  const of = (name: string) => tokens.get(name) ?? `no token ${name}`;
  const texts = [...GROUNDS.flatMap((ground) => INKS.map((ink) => [ink, ground] as const)), ...[...tokens.keys()].filter((name) => /^--x-.*-ink$/.test(name)).map((ink) => [ink, "--cf-surface"] as const), ...PAIRS];
  it.each(texts)("has %s readable on %s", (ink, ground) => expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5));
  it.each(MARKS.flatMap((mark) => ["--cf-surface", "--cf-bg"].map((ground) => [mark, ground] as const)))("has %s visible on %s", (mark, ground) => expect(contrast(of(mark), of(ground))).toBeGreaterThanOrEqual(3));
});

it("computes contrast as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.478, 2);
});
