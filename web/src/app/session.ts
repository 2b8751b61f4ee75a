import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { api } from "../api/client";
import type { EngagementView, Me } from "../api/contract";
import { queries } from "./queries";

export function isSteward(engagement: EngagementView): boolean {
  return engagement.role === "steward";
}

/** Engagements under which somebody works: not stewards' and not components'. */
export function isWork(engagement: EngagementView): boolean {
  return engagement.project !== null && ["author", "reviewer", "lead"].includes(engagement.role);
}

/** Where a person's day begins. */
export function homeOf(me: Me): string {
  if (me.engagements.some(isWork)) return "/";
  const steward = me.engagements.find(isSteward);
  if (me.operator) return "/console";
  if (steward !== undefined) return `/lab/${steward.lab.id}`;
  return "/";
}

/** The signed-in principal. Only below routes that have loaded it. */
export function useMe(): Me {
  const { data } = useQuery(queries.me);
  if (data === undefined) throw new Error("no session has been loaded for this route");
  return data;
}

/** Asks again how one stands: after a refusal that the session had not heard of yet. */
export function useStale(): () => void {
  const client = useQueryClient();
  return useCallback(() => void client.invalidateQueries({ queryKey: queries.me.queryKey }), [client]);
}

/** Begins a session: nothing that another person's left on this page is kept. */
export function useEntered(): (me: Me, wanted?: string) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(async (me, wanted) => {
    client.clear();
    client.setQueryData(queries.me.queryKey, me);
    await navigate({ href: wanted ?? homeOf(me), replace: true });
  }, [client, navigate]);
}

/** Leaves for the login page, and forgets what was on screen. */
export function useLeave(): (why: "signed-out") => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(async (why) => {
    client.clear();
    await navigate({ to: "/login", search: { why } });
  }, [client, navigate]);
}

export function useSignOut(): () => Promise<void> {
  const leave = useLeave();
  return useCallback(async () => {
    await api.logout().catch(() => undefined);
    await leave("signed-out");
  }, [leave]);
}
