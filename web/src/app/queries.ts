import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api, isProblem } from "../api/client";
import { againIn } from "../rotation/progress";

/** How often live pictures are renewed when no event says that they changed. */
export const LIVE_MS = 5000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (failures, error) => !isProblem(error) && failures < 2,
      refetchOnWindowFocus: true,
      // The old picture stays until the new one is there.
      placeholderData: (previous: unknown) => previous,
    },
  },
});

/** Reading these leaves an entry in the lab's ledger, so they are read once and when somebody asks. */
const released = { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false };

const live = { refetchInterval: LIVE_MS };

export const queries = {
  me: queryOptions({ queryKey: ["me"], queryFn: api.me, staleTime: 30_000, refetchInterval: LIVE_MS }),
  offers: queryOptions({ queryKey: ["offers"], queryFn: api.offers, staleTime: 30_000 }),
  /** Renewed by events alone: each notice comes with one. */
  notices: queryOptions({ queryKey: ["notices"], queryFn: api.notices, staleTime: 30_000 }),
  timer: (engagement: string) => queryOptions({ queryKey: ["timer", engagement], queryFn: () => api.timer(engagement), refetchInterval: 30_000 }),
  hours: (engagement: string) => queryOptions({ queryKey: ["hours", engagement], queryFn: () => api.hours(engagement), staleTime: 60_000 }),
  guideline: (engagement: string) => queryOptions({ queryKey: ["guideline", engagement], queryFn: () => api.guideline(engagement), ...released }),
  labs: queryOptions({ queryKey: ["labs"], queryFn: api.labs, ...live }),
  projects: (lab?: string) => queryOptions({ queryKey: ["projects", lab ?? "all"], queryFn: () => api.projects(lab), ...live }),
  project: (project: string) => queryOptions({ queryKey: ["project", project], queryFn: () => api.project(project), ...live }),
  rotation: (project: string) => queryOptions({ queryKey: ["rotation", project], queryFn: () => api.rotation(project), staleTime: 1000, refetchInterval: (query) => againIn(query.state.data, Date.now()) }),
  roster: (project: string) => queryOptions({ queryKey: ["roster", project], queryFn: () => api.roster(project), ...live }),
  agreement: (project: string) => queryOptions({ queryKey: ["agreement", project], queryFn: () => api.agreement(project), ...released, enabled: false }),
  people: queryOptions({ queryKey: ["people"], queryFn: api.people, ...live }),
  halts: (open: boolean) => queryOptions({ queryKey: ["halts", open], queryFn: () => api.halts(open), ...live }),
  incidents: queryOptions({ queryKey: ["incidents"], queryFn: api.incidents, ...live }),
  incident: (incident: string) => queryOptions({ queryKey: ["incident", incident], queryFn: () => api.incident(incident), ...live }),
  labIncidents: (lab: string) => queryOptions({ queryKey: ["lab-incidents", lab], queryFn: () => api.labIncidents(lab), ...live }),
  components: queryOptions({ queryKey: ["components"], queryFn: api.components, staleTime: 10_000 }),
  inventories: (component: string) => queryOptions({ queryKey: ["inventories", component], queryFn: () => api.inventories(component), staleTime: 10_000 }),
  inventory: (inventory: string) => queryOptions({ queryKey: ["inventory", inventory], queryFn: () => api.inventory(inventory), staleTime: Infinity }),
  advisories: queryOptions({ queryKey: ["advisories"], queryFn: api.advisories, staleTime: 10_000 }),
  advisory: (record: string) => queryOptions({ queryKey: ["advisory", record], queryFn: () => api.advisory(record), staleTime: 10_000 }),
  walls: queryOptions({ queryKey: ["walls"], queryFn: api.walls, ...live }),
  engagementCredentials: (engagement: string) => queryOptions({ queryKey: ["credentials", engagement], queryFn: () => api.engagementCredentials(engagement), staleTime: 10_000 }),
  provider: queryOptions({ queryKey: ["provider"], queryFn: api.provider, staleTime: 600_000 }),
  /** One's own credentials, and those that are good for one engagement alone. */
  ways: (person: string) => queryOptions({ queryKey: ["ways", person], queryFn: () => api.credentialsOf(person), staleTime: 10_000, refetchInterval: 60_000 }),
  boundWays: (engagement: string) => queryOptions({ queryKey: ["ways", "under", engagement], queryFn: () => api.engagementCredentials(engagement, true), staleTime: 10_000, refetchInterval: 60_000 }),
  exposure: (credential: string, from: string, to: string | null) => queryOptions({ queryKey: ["exposure", credential, from, to], queryFn: () => api.exposure(credential, from, to ?? undefined), staleTime: 30_000, refetchInterval: 60_000, refetchOnWindowFocus: false }),
  placement: (halt: string) => queryOptions({ queryKey: ["placement", halt], queryFn: () => api.placement(halt, false), staleTime: 30_000, refetchInterval: 60_000, refetchOnWindowFocus: false }),
  noticesLog: queryOptions({ queryKey: ["notices-log"], queryFn: api.noticesLog, staleTime: 10_000 }),
  summary: (lab: string, from: string, to: string, bucket: number) =>
    queryOptions({ queryKey: ["accesses", lab, "summary", from, to, bucket], queryFn: () => api.accessSummary(lab, from, to, bucket), ...live }),
  deliveries: (lab: string) => queryOptions({ queryKey: ["deliveries", lab], queryFn: () => api.deliveries(lab), ...live }),
  lookup: (id: string) => queryOptions({ queryKey: ["id", id], queryFn: () => api.lookup(id), staleTime: 10_000 }),
  /** It is another program, of the lab's, that is asked: not for every event. */
  keyholder: (lab: string) => queryOptions({ queryKey: ["keyholder", lab], queryFn: () => api.keyholder(lab), staleTime: 30_000, refetchInterval: 30_000 }),
  recipients: (lab: string) => queryOptions({ queryKey: ["recipients", lab], queryFn: () => api.recipients(lab), staleTime: 30_000 }),
};
