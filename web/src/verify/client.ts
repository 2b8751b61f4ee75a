import type { Answers, Ask, FromWorker, Step, ToWorker } from "./protocol";

export class Cancelled extends Error {}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  step: (step: Step) => void;
}

/** The worker that verifies, begun with the first question. It ends with the page that asked. */
export class Verifier {
  private worker: Worker | null = null;
  private waiting = new Map<number, Waiting>();
  private next = 0;

  ask<A extends Ask>(ask: A, step: (step: Step) => void, signal?: AbortSignal): Promise<Answers[A["do"]]> {
    return new Promise((resolve, reject) => {
      const id = this.next;
      this.next += 1;
      this.waiting.set(id, { resolve, reject, step });
      signal?.addEventListener("abort", () => {
        this.send({ id, cancel: true });
        this.settle(id, (one) => one.reject(new Cancelled()));
      }, { once: true });
      this.send({ id, ask });
    });
  }

  end(): void {
    this.worker?.terminate();
    this.worker = null;
    for (const id of [...this.waiting.keys()]) this.settle(id, (one) => one.reject(new Cancelled()));
  }

  private send(message: ToWorker): void {
    this.worker ??= this.begin();
    this.worker.postMessage(message);
  }

  private begin(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "verifier" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.hear(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.worker = null;
      for (const id of [...this.waiting.keys()]) this.settle(id, (one) => one.reject(new Error("The part of this page that verifies could not be started.")));
    });
    return worker;
  }

  private hear(message: FromWorker): void {
    if ("step" in message) this.waiting.get(message.id)?.step(message.step);
    else if ("failed" in message) this.settle(message.id, (one) => one.reject(message.failed === "cancelled" ? new Cancelled() : new Error(message.failed)));
    else this.settle(message.id, (one) => one.resolve(message.answer as never));
  }

  private settle(id: number, how: (one: Waiting) => void): void {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    if (one !== undefined) how(one);
  }
}
