import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Window } from "./axis";
import { parseReport } from "./report";

/** One lab's report, as the file and as what is drawn from it. It is computed over the whole ledger, so nobody polls it. */
export const reportQuery = (lab: string, incident: string, chosen: Window | null) => {
  const asked = chosen === null ? {} : { from: iso(chosen.from), ...(chosen.to === null ? {} : { to: iso(chosen.to) }) };
  return queryOptions({
    queryKey: ["report", lab, incident, asked],
    queryFn: async ({ signal }) => {
      const text = await api.report(lab, incident, asked, signal);
      return { text, report: parseReport(text) };
    },
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
};

export function iso(time: number): string {
  return new Date(time).toISOString();
}
