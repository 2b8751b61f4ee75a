import type { Json } from "../api/contract";
import { same, type Base, type Kept, type Store } from "./local";

export type DraftStatus =
  | { state: "clean" }
  | { state: "kept"; why: "typing" | "unreachable" | "refused" | "halted"; detail?: string }
  /** The server has other words, kept by another window: which of them stay, whoever writes them says. */
  | { state: "elsewhere"; theirs: Theirs }
  | { state: "sealed"; at: string }
  /** Another window handed the answer in or gave the task back: nothing is kept any more. */
  | { state: "over" };

/** What another window kept. */
export interface Theirs {
  answer: Json;
  version: number;
  saved: string | null;
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
  /** Keeps an answer that goes on from a version of the draft. */
  save: (answer: Json, after: number, leaving: boolean) => Promise<{ saved: string; version: number }>;
  /** Whether trying again can help. */
  lasting: (error: unknown) => boolean;
  /** Whether it waits for the end of a halt. */
  halted?: (error: unknown) => boolean;
  store: Store;
  key: string;
  base: Base;
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
  private base: Base;
  /** What was sent since the server last confirmed: a reply that was lost is known by it. */
  private sent: Json[] = [];
  private revision = 0;
  private confirmed = 0;
  private sending: Promise<void> | undefined;
  private closed = false;
  private retry = FIRST_RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private status: DraftStatus = { state: "clean" };
  private readonly listeners = new Set<() => void>();
  private readonly options: DraftOptions;

  constructor(options: DraftOptions) {
    this.options = options;
    this.base = options.base;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): DraftStatus => this.status;

  edit(answer: Json): void {
    if (this.closed) return;
    this.answer = answer;
    this.revision += 1;
    this.keep();
    if (this.status.state === "elsewhere") return;
    if (this.status.state !== "kept" || this.status.why === "typing") this.say({ state: "kept", why: "typing" });
    this.schedule(this.options.delay ?? 800);
  }

  /** Holds words back until it is said whether they stay, or what another window kept. */
  ask(answer: Json, base: Base, theirs: Theirs): void {
    this.answer = answer;
    this.base = base;
    this.revision += 1;
    this.keep();
    this.say({ state: "elsewhere", theirs });
  }

  /** Sends now what has not been sent; resolves when it is settled one way or the other. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending !== undefined || this.closed || this.answer === undefined || this.confirmed === this.revision || this.status.state === "elsewhere") return;
    this.sending = this.send(this.answer, this.revision, leaving);
    await this.sending;
  }

  private async send(answer: Json, revision: number, leaving: boolean): Promise<void> {
    this.sent = [answer, ...this.sent].slice(0, 8);
    this.keep();
    try {
      const { saved, version } = await this.options.save(answer, this.base.version, leaving);
      this.sending = undefined;
      this.confirm(revision, saved, version);
    } catch (error) {
      this.sending = undefined;
      if (!this.closed) this.failed(error, revision);
    }
  }

  /**
   * Hands the answer in, or gives the task back, by a call that names the draft's version: the draft goes with it. Where another window
   * kept other words nothing is handed in, and it is asked which stay.
   */
  async end(call: (after: number) => Promise<unknown>): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    clearTimeout(this.timer);
    if (this.status.state === "elsewhere") throw new Elsewhere(this.status.theirs);
    try {
      await this.ending(call);
      this.done();
    } catch (error) {
      if (error instanceof Elsewhere) this.say({ state: "elsewhere", theirs: error.theirs });
      else if (this.confirmed !== this.revision) this.schedule(this.options.delay ?? 800);
      throw error;
    }
  }

  private async ending(call: (after: number) => Promise<unknown>): Promise<void> {
    try {
      await call(this.base.version);
    } catch (error) {
      // A draft of this window's own, whose reply was lost or is on its way, is no other's.
      if (!(error instanceof Elsewhere) || !this.sent.some((sent) => same(sent, error.theirs.answer))) throw error;
      this.base = { ...this.base, version: error.theirs.version };
      await call(this.base.version);
    }
  }

  /** These words replace what another window kept, also where nothing was typed here since they came from the server. */
  insist(answer: Json): Promise<void> {
    if (this.status.state !== "elsewhere") return Promise.resolve();
    this.answer = answer;
    this.revision += 1;
    this.base = { ...this.base, version: this.status.theirs.version };
    this.keep();
    this.say({ state: "kept", why: "typing" });
    return this.flush();
  }

  /** What another window kept replaces these words. */
  yield(round: number): void {
    if (this.status.state !== "elsewhere") return;
    const { version, saved } = this.status.theirs;
    this.base = { version, round };
    this.sent = [];
    this.confirmed = this.revision;
    this.forget();
    this.say(saved === null ? { state: "clean" } : { state: "sealed", at: saved });
  }

  /** The answer has been submitted or given back: nothing of it stays on this device. */
  done(): void {
    this.close();
    this.forget();
  }

  /** Another window ended the task: what stands here goes nowhere, and nothing of it stays on this device. */
  over(): void {
    if (this.closed) return;
    this.done();
    this.say({ state: "over" });
  }

  /** Stops trying; what is unconfirmed stays on this device. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private confirm(revision: number, saved: string, version: number): void {
    this.base = { ...this.base, version };
    this.sent = [];
    this.confirmed = revision;
    this.retry = FIRST_RETRY_MS;
    // A reply that comes after the answer was handed in changes nothing on this device.
    if (this.closed) return;
    if (revision === this.revision) {
      this.forget();
      this.say({ state: "sealed", at: saved });
    } else {
      this.keep();
      this.schedule(this.options.delay ?? 800);
    }
  }

  private failed(error: unknown, revision: number): void {
    if (error instanceof Elsewhere) {
      const { theirs } = error;
      if (this.sent.some((sent) => same(sent, theirs.answer))) {
        // Its reply was lost: the server has what this window sent.
        if (revision === this.revision && same(this.answer, theirs.answer) && theirs.saved !== null) this.confirm(revision, theirs.saved, theirs.version);
        else {
          this.base = { ...this.base, version: theirs.version };
          this.keep();
          this.schedule(0);
        }
        return;
      }
      this.say({ state: "elsewhere", theirs });
      return;
    }
    const detail = error instanceof Error ? error.message : "";
    if (this.options.halted?.(error) === true) {
      // What is refused by a halt is not asked again before it ends.
      this.say({ state: "kept", why: "halted" });
      return;
    }
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
    if (this.answer === undefined) return;
    const kept: Kept = { answer: this.answer, at: (this.options.now ?? Date.now)(), base: this.base };
    const sent = this.sent[0];
    try {
      this.options.store.setItem(this.options.key, JSON.stringify(sent === undefined ? kept : { ...kept, sent }));
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
