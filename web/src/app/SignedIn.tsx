import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { isProblem } from "../api/client";
import { useLiveEvents } from "./events";
import { queries } from "./queries";
import { wantedOf } from "./wanted";

/** Keeps a session's pages live, and leaves for the login page when the session has ended. */
export function SignedIn() {
  const navigate = useNavigate();
  const me = useQuery(queries.me);
  useLiveEvents(me.data !== undefined);
  const ended = isProblem(me.error, "unauthenticated");
  useEffect(() => {
    if (ended) void navigate({ to: "/login", search: { why: "session-ended", ...wantedOf(`${window.location.pathname}${window.location.search}`) } });
  }, [ended, navigate]);
  return me.data === undefined ? null : <Outlet />;
}
