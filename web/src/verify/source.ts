/** Something that the server did not give: what depends on it is unknown. */
export class Missing extends Error {}

/** Where a ledger is read from. */
export interface Source {
  text: (path: string) => Promise<string>;
  bytes: (path: string) => Promise<Uint8Array>;
}

const MOST_TRIES = 6;
const MOST_WAIT_S = 30;

/** The server's API, asked again where it says when to. */
export function server(signal: AbortSignal): Source & { open: (path: string) => Promise<Response> } {
  const open = async (path: string): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`/api/v1/${path}`, { signal, cache: "no-store", headers: { accept: "*/*" } }).catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw new Missing("the server does not answer");
      });
      if (answer.ok) return answer;
      const wait = Number(answer.headers.get("retry-after") ?? Number.NaN);
      if (tries === MOST_TRIES || !(wait <= MOST_WAIT_S)) throw new Missing(await said(answer));
      await slept(wait * 1000, signal);
    }
  };
  const read = async <T>(path: string, as: (answer: Response) => Promise<T>): Promise<T> => {
    const answer = await open(path);
    return as(answer).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new Missing("the answer broke off");
    });
  };
  return { open, text: (path) => read(path, (answer) => answer.text()), bytes: (path) => read(path, async (answer) => new Uint8Array(await answer.arrayBuffer())) };
}

async function said(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => null)) as { detail?: string; title?: string } | null;
  return problem?.detail ?? problem?.title ?? `the server answered ${answer.status}`;
}

function slept(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }, { once: true });
  });
}

/** What is asked for by number, in order, a few of them ahead of whoever reads. What fails says so when its turn comes. */
export async function* ahead<T>(count: number, most: number, ask: (index: number) => Promise<T>): AsyncGenerator<T, void> {
  const asked: Promise<T>[] = [];
  for (let index = 0; index < count; index += 1) {
    while (asked.length < most && index + asked.length < count) {
      const next = ask(index + asked.length);
      next.catch(() => undefined);
      asked.push(next);
    }
    const first = asked.shift();
    if (first !== undefined) yield await first;
  }
}
