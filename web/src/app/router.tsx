import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { isProblem } from "../api/client";
import type { Me } from "../api/contract";
import { GlyphSheet } from "../ui/Glyphs";
import { NotFound, RouteTrouble, Waiting } from "./Fallbacks";
import { queries, queryClient } from "./queries";
import { homeOf } from "./session";
import { wantedOf } from "./wanted";
import { readSearch } from "../exposure/chosen";

interface Context {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <>
      <GlyphSheet />
      <Outlet />
    </>
  ),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { why?: string; to?: string } => ({ ...(typeof search["why"] === "string" ? { why: search["why"] } : {}), ...wantedOf(search["to"]) }),
  component: lazyRouteComponent(() => import("../login/LoginPage"), "LoginPage"),
});

const loginAccount = createRoute({ getParentRoute: () => root, path: "/login/account", component: lazyRouteComponent(() => import("../login/AccountPage"), "AccountPage") });

/** Everything below needs a session. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queryClient.ensureQueryData(queries.me) };
    } catch (error) {
      if (isProblem(error, "unauthenticated")) throw redirect({ to: "/login", search: { why: "no-session", ...wantedOf(location.href) } });
      throw error;
    }
  },
  component: lazyRouteComponent(() => import("./SignedIn"), "SignedIn"),
});

const today = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: ({ context }) => {
    const home = homeOf(context.me);
    if (home !== "/") throw redirect({ href: home });
  },
  component: lazyRouteComponent(() => import("../today/TodayPage"), "TodayPage"),
});

/** An engagement's page is that of its role, by whichever address one came. */
const inRole = (page: "work" | "review", me: Me, engagement: string, hash: string) => {
  const role = me.engagements.find((item) => item.id === engagement)?.role;
  const other = role === "reviewer" ? "review" : role === "author" ? "work" : page;
  if (other !== page) throw redirect({ href: `/${other}/${engagement}${hash === "" ? "" : `#${hash}`}` });
};
const work = createRoute({ getParentRoute: () => signedIn, path: "/work/$engagement", beforeLoad: ({ context, params, location }) => inRole("work", context.me, params.engagement, location.hash), component: lazyRouteComponent(() => import("../work/WorkPage"), "WorkPage") });
const review = createRoute({ getParentRoute: () => signedIn, path: "/review/$engagement", beforeLoad: ({ context, params, location }) => inRole("review", context.me, params.engagement, location.hash), component: lazyRouteComponent(() => import("../review/ReviewPage"), "ReviewPage") });
const lab = createRoute({ getParentRoute: () => signedIn, path: "/lab/$lab", component: lazyRouteComponent(() => import("../lab/LabPage"), "LabPage") });
const labIncidents = createRoute({ getParentRoute: () => signedIn, path: "/lab/$lab/incidents", component: lazyRouteComponent(() => import("../lab/LabIncidents"), "LabIncidents") });
const labIncident = createRoute({ getParentRoute: () => signedIn, path: "/lab/$lab/incidents/$incident", validateSearch: readSearch, component: lazyRouteComponent(() => import("../lab/LabIncident"), "LabIncidentPage") });

const ways = createRoute({ getParentRoute: () => signedIn, path: "/ways-in", component: lazyRouteComponent(() => import("../ways/WaysPage"), "WaysPage") });

const consoleRoute = createRoute({ getParentRoute: () => signedIn, path: "/console", component: lazyRouteComponent(() => import("../console/ConsolePage"), "ConsolePage") });
const consoleProjects = createRoute({ getParentRoute: () => consoleRoute, path: "/", component: lazyRouteComponent(() => import("../console/ProjectsView"), "ProjectsView") });
const consoleProject = createRoute({ getParentRoute: () => consoleRoute, path: "/projects/$project", component: lazyRouteComponent(() => import("../console/ProjectView"), "ProjectView") });
const consolePeople = createRoute({ getParentRoute: () => consoleRoute, path: "/people", validateSearch: (search: Record<string, unknown>): { find?: string } => (typeof search["find"] === "string" ? { find: search["find"] } : {}), component: lazyRouteComponent(() => import("../console/PeopleView"), "PeopleView") });
const consoleHalts = createRoute({ getParentRoute: () => consoleRoute, path: "/halts", component: lazyRouteComponent(() => import("../console/HaltsView"), "HaltsView") });

const consoleIncidents = createRoute({ getParentRoute: () => consoleRoute, path: "/incidents", component: lazyRouteComponent(() => import("../incident/IncidentsView"), "IncidentsView") });
const consoleIncident = createRoute({ getParentRoute: () => consoleRoute, path: "/incidents/$incident", validateSearch: readSearch, component: lazyRouteComponent(() => import("../incident/IncidentRoom"), "IncidentRoom") });
const consoleComponents = createRoute({ getParentRoute: () => consoleRoute, path: "/components", component: lazyRouteComponent(() => import("../console/ComponentsView"), "ComponentsView") });
const consoleComponent = createRoute({ getParentRoute: () => consoleRoute, path: "/components/$component", component: lazyRouteComponent(() => import("../console/ComponentView"), "ComponentView") });
const consoleAdvisories = createRoute({ getParentRoute: () => consoleRoute, path: "/advisories", component: lazyRouteComponent(() => import("../console/AdvisoriesView"), "AdvisoriesView") });
const consoleAdvisory = createRoute({ getParentRoute: () => consoleRoute, path: "/advisories/$record", component: lazyRouteComponent(() => import("../console/AdvisoryView"), "AdvisoryView") });
const consoleWalls = createRoute({ getParentRoute: () => consoleRoute, path: "/walls", component: lazyRouteComponent(() => import("../console/WallsView"), "WallsView") });

const routeTree = root.addChildren([
  login,
  loginAccount,
  signedIn.addChildren([
    today, work, review, lab, labIncidents, labIncident, ways,
    consoleRoute.addChildren([consoleProjects, consoleProject, consolePeople, consoleHalts, consoleIncidents, consoleIncident, consoleComponents, consoleComponent, consoleAdvisories, consoleAdvisory, consoleWalls]),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultPendingMs: 500,
  defaultErrorComponent: RouteTrouble,
  defaultNotFoundComponent: NotFound,
  // The restoration script of the library is inline, which the Content-Security-Policy refuses.
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
