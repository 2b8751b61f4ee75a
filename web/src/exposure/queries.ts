import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Window } from "./axis";
import { parseReport } from "./report";

/** How often a report that is on screen is computed anew, where nothing else asks for it. */
const RENEWED_MS = 60_000;

/**
 * One lab's report, as the file and as what is drawn from it. It is computed over the whole ledger, so that no event asks for it
 * anew, but the clock and `of`: what the case says as far as the reader knows.
 */
export const reportQuery = (lab: string, incident: string, chosen: Window | null, of = "") => {
  const asked = chosen === null ? {} : { from: iso(chosen.from), ...(chosen.to === null ? {} : { to: iso(chosen.to) }) };
  return queryOptions({
    queryKey: ["report", lab, incident, asked, of],
    queryFn: async ({ signal }) => {
      const text = await api.report(lab, incident, asked, signal);
      return { text, report: parseReport(text) };
    },
    staleTime: 30_000,
    refetchInterval: RENEWED_MS,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
};

export function iso(time: number): string {
  return new Date(time).toISOString();
}
