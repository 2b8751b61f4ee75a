import type { Json } from "../api/contract";

/** Where words wait until the server has them. */
export interface Store {
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
}

export type DraftStatus =
  | { state: "clean" }
  | { state: "kept"; why: "typing" | "unreachable" | "refused"; detail?: string }
  /** The server has other words, kept by another window: which of them stay, whoever writes them says. */
  | { state: "elsewhere"; theirs: Theirs }
  | { state: "sealed"; at: string };

/** What another window kept. */
export interface Theirs {
  answer: Json;
  version: number;
  saved: string;
}

/** What was not kept, because the server has other words than those that these go on from. */
export class Elsewhere extends Error {
  readonly theirs: Theirs;
  constructor(theirs: Theirs) {
    super("another window kept other words");
    this.theirs = theirs;
  }
}

export interface DraftOptions {
  save: (answer: Json, leaving: boolean) => Promise<{ saved: string }>;
  /** Whether trying again can help. */
  lasting: (error: unknown) => boolean;
  store: Store;
  key: string;
  delay?: number;
  now?: () => number;
}

const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;

/**
 * Keeps one answer: on this device with every change, on the server after a pause, and again after a failure until it holds.
 * What the server has confirmed is removed from the device; what it has not stays, over reloads and halts.
 */
export class DraftKeeper {
  private answer: Json | undefined;
  private revision = 0;
  private confirmed = 0;
  private sending = false;
  private closed = false;
  private retry = FIRST_RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private status: DraftStatus = { state: "clean" };
  private readonly listeners = new Set<() => void>();
  private readonly options: DraftOptions;

  constructor(options: DraftOptions) {
    this.options = options;
  }

  /** What this device still holds and the server has not confirmed. */
  static waiting(store: Store, key: string): { answer: Json; at: number } | null {
    try {
      const text = store.getItem(key);
      return text === null ? null : (JSON.parse(text) as { answer: Json; at: number });
    } catch {
      return null;
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): DraftStatus => this.status;

  edit(answer: Json): void {
    this.answer = answer;
    this.revision += 1;
    this.keep();
    if (this.status.state === "elsewhere") return;
    if (this.status.state !== "kept" || this.status.why === "typing") this.say({ state: "kept", why: "typing" });
    this.schedule(this.options.delay ?? 800);
  }

  /** Sends now what has not been sent; resolves when it is settled one way or the other. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending || this.closed || this.answer === undefined || this.confirmed === this.revision || this.status.state === "elsewhere") return;
    const revision = this.revision;
    this.sending = true;
    try {
      const { saved } = await this.options.save(this.answer, leaving);
      this.sending = false;
      this.confirmed = revision;
      this.retry = FIRST_RETRY_MS;
      if (this.closed) return;
      if (revision === this.revision) {
        this.forget();
        this.say({ state: "sealed", at: saved });
      } else this.schedule(this.options.delay ?? 800);
    } catch (error) {
      this.sending = false;
      if (this.closed) return;
      this.failed(error);
    }
  }

  /** These words replace what another window kept. */
  insist(): Promise<void> {
    this.say({ state: "kept", why: "typing" });
    return this.flush();
  }

  /** What another window kept replaces these words. */
  yield(): void {
    if (this.status.state !== "elsewhere") return;
    this.confirmed = this.revision;
    this.forget();
    this.say({ state: "sealed", at: this.status.theirs.saved });
  }

  /** The answer has been submitted or given back: nothing of it stays on this device. */
  done(): void {
    this.close();
    this.forget();
  }

  /** Stops trying; what is unconfirmed stays on this device. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private failed(error: unknown): void {
    if (error instanceof Elsewhere) {
      this.say({ state: "elsewhere", theirs: error.theirs });
      return;
    }
    const detail = error instanceof Error ? error.message : "";
    if (this.options.lasting(error)) {
      this.say({ state: "kept", why: "refused", detail });
      return;
    }
    this.say({ state: "kept", why: "unreachable" });
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY_MS);
  }

  private schedule(ms: number): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private keep(): void {
    try {
      this.options.store.setItem(this.options.key, JSON.stringify({ answer: this.answer, at: (this.options.now ?? Date.now)() }));
    } catch {
      // A full or forbidden storage leaves the server, which is asked in any case.
    }
  }

  private forget(): void {
    try {
      this.options.store.removeItem(this.options.key);
    } catch {
      // Nothing was kept there.
    }
  }

  private say(status: DraftStatus): void {
    this.status = status;
    for (const listener of this.listeners) listener();
  }
}
