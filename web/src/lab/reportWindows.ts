import type { Window } from "../exposure/axis";
import type { Claim } from "../exposure/AxisPicture";
import type { Micros, Report, WindowName } from "../exposure/report";

function millis(window: Micros): Window {
  return { from: window.from / 1000, to: window.to === null ? null : window.to / 1000 };
}

/** One of a report's windows, from what its sources claim: all agree on the narrowest, any says the widest. */
export function windowIn(report: Report, which: WindowName): Window | null {
  if (which === "chosen") return report.case.chosen === null ? null : millis(report.case.chosen);
  const claimed = report.case.availability.map((claim) => millis(claim.window));
  if (claimed.length === 0) return null;
  const ends = claimed.map((window) => window.to ?? Infinity);
  const narrow = which === "narrowest";
  const from = (narrow ? Math.max : Math.min)(...claimed.map((window) => window.from));
  const to = (narrow ? Math.min : Math.max)(...ends);
  if (to <= from) return null;
  return { from, to: to === Infinity ? null : to };
}

/** What each source claims, earliest and shortest first; the first that is the narrowest or the widest is called so. */
export function claimsIn(report: Report): Claim[] {
  const long = (window: Window) => (window.to ?? Infinity) - window.from;
  const claims = report.case.availability.map((claim) => ({ source: claim.source, window: millis(claim.window) })).toSorted((a, b) => a.window.from - b.window.from || long(a.window) - long(b.window));
  const called = new Set<WindowName>();
  return claims.map((claim) => {
    const rank = (["narrowest", "widest"] as const).filter((which) => {
      const window = windowIn(report, which);
      return !called.has(which) && window !== null && window.from === claim.window.from && window.to === claim.window.to;
    });
    rank.forEach((which) => called.add(which));
    return { ...claim, rank: rank.length === 2 ? "all agree" : rank[0] };
  });
}
