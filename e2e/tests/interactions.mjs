// Every interaction by the keyboard alone: twenty tasks of each, and what the server has afterwards is what was meant.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { openFor, theHouse } from "../lib/house.mjs";
import { tasksOf } from "../lib/tasks.mjs";

const KINDS = ["pairwise-preference", "ranking", "rubric", "chat", "classification", "spans", "freeform"];
/** From the key that hands an answer in until the next task is there. */
const IN_TIME_MS = 2000;

const { base, of } = loginsFrom();
let browser;
let shop;

before(async () => {
  browser = await launch();
  const house = await theHouse(browser, base, of("operator"));
  shop = await openFor(browser, base, house, ["author", "lead"], KINDS.map((name) => ({ name, tasks: tasksOf(name) })));
});
after(async () => {
  await shop?.leave();
  await browser?.close();
});

const pick = (list, n) => list[n % list.length];
const focused = (page, selector) => page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

/** By Tab to what is wanted, as somebody would who sees where the focus is. */
async function tabTo(page, selector) {
  for (let step = 0; step < 40; step += 1) {
    if (await focused(page, selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${selector}`);
}
const awaitFocus = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted) === true, selector);
async function presses(page, key, times) {
  for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
}

/** Does the n-th task, and says what its answer should be. */
const DO = {
  "pairwise-preference": async (page, input, n) => {
    await page.keyboard.press(pick(["1", "2", "3"], n));
    await page.keyboard.press("r");
    await page.keyboard.type(`For reason ${n}.`);
    return { choice: pick(["a", "tie", "b"], n), reason: `For reason ${n}.` };
  },
  ranking: async (page, { responses }, n) => {
    const order = responses.map((_, at) => (at + n) % responses.length);
    const shared = n % 3 === 0;
    for (const [place, index] of order.entries()) {
      if (shared && place === order.length - 1) await page.keyboard.press("=");
      await page.keyboard.press(String(index + 1));
    }
    const ranks = [];
    for (const [place, index] of order.entries()) ranks[index] = shared && place === order.length - 1 ? place : place + 1;
    return { ranks };
  },
  rubric: async (page, { response, criteria }, n) => {
    await page.keyboard.press("r");
    if (response !== undefined) {
      const verdicts = criteria.map((_, at) => pick(["met", "not_met", "unclear"], n + at));
      for (const verdict of verdicts) await page.keyboard.press({ met: "1", not_met: "2", unclear: "3" }[verdict]);
      return { criteria: criteria.map((one, at) => ({ ...one, verdict: verdicts[at] })) };
    }
    await page.keyboard.press("Control+End");
    await page.keyboard.type(` As of ${n}.`);
    await page.keyboard.press("Enter");
    await awaitFocus(page, '[aria-label="Criterion 2"]');
    await page.keyboard.type("Says so plainly.");
    const [first, ...rest] = criteria;
    return { criteria: [{ ...first, text: `${first.text} As of ${n}.` }, { text: "Says so plainly." }, ...rest] };
  },
  chat: async (page, { turns }, n) => {
    await page.keyboard.press("r");
    for (const at of turns.keys()) {
      await tabTo(page, `textarea[data-reply="${at}"]`);
      await page.keyboard.type(`Reply ${at + 1}\nof ${n}.`);
    }
    return { replies: turns.map((_, at) => `Reply ${at + 1}\nof ${n}.`) };
  },
  classification: async (page, input, n) => {
    const known = ["generation", "open-qa", "brainstorming", "chat", "rewrite"];
    const chosen = [n % 5, (n + 2) % 5].toSorted();
    for (const at of chosen) await page.keyboard.press(String(at + 1));
    // One that is taken back.
    await presses(page, "0", 2);
    return { labels: chosen.map((at) => known[at]) };
  },
  spans: async (page, { body }, n) => {
    if (n % 5 === 4) {
      await page.keyboard.press("n");
      return { spans: [] };
    }
    const [word] = [...body.matchAll(/\w+/g)].slice(1 + (n % 2));
    await page.keyboard.press("t");
    await page.keyboard.press("Control+Home");
    await presses(page, "ArrowRight", word.index);
    await presses(page, "Shift+ArrowRight", word[0].length);
    await page.keyboard.press(pick(["1", "2", "3"], n));
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await page.keyboard.type(`Summary ${n}.`);
    const start = Array.from(body.slice(0, word.index)).length;
    return { spans: [{ start, end: start + Array.from(word[0]).length, label: pick(["incorrect", "unsupported", "unclear"], n), text: word[0] }], summary: `Summary ${n}.` };
  },
  freeform: async (page, input, n) => {
    await page.keyboard.press("r");
    await page.keyboard.type(`Answer **${n}**.`);
    await tabTo(page, 'main input[type="text"], main input:not([type])');
    await page.keyboard.type(`label ${n}`);
    return { text: `Answer **${n}**.`, label: `label ${n}` };
  },
};

const shown = (page, task) => page.waitForFunction((wanted) => document.querySelector("header .mono")?.getAttribute("title") === wanted && document.activeElement?.matches("main"), task, { timeout: 60_000 });
const sorted = (value) => (Array.isArray(value) ? value.map(sorted) : value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sorted(item)])) : value);

for (const kind of KINDS) {
  test(`twenty tasks of ${kind} are done by the keyboard alone, and are what was meant`, async (t) => {
    const [author, lead] = shop.people;
    const { context, page, seen } = await visit(browser, base, { storageState: await author.state() });
    const claims = [];
    let told = () => undefined;
    page.on("response", async (response) => {
      if (!response.url().endsWith("/claims")) return;
      claims.push(response.status() === 204 ? null : await response.json());
      told();
    });
    const next = async () => {
      while (claims.length === 0) await new Promise((resolve) => { told = resolve; });
      return claims.shift();
    };
    const meant = new Map();
    const times = [];
    await page.goto(`${base}/work/${author.engagements[kind]}`);
    let held = await next();
    for (let n = 0; held !== null; n += 1) {
      await shown(page, held.task);
      meant.set(held.task, await DO[kind](page, held.input, n));
      const began = performance.now();
      await page.keyboard.press("Control+Enter");
      held = await next();
      if (held === null) await page.getByText("Nothing to do in this project now").waitFor();
      else await shown(page, held.task);
      times.push(performance.now() - began);
    }
    assert.equal(meant.size, tasksOf(kind).length);
    times.sort((a, b) => a - b);
    t.diagnostic(`next task after ${Math.round(times[times.length >> 1])} ms, at most ${Math.round(times.at(-1))} ms`);
    assert.ok(times.at(-1) <= IN_TIME_MS, `the next task came after ${Math.round(times.at(-1))} ms`);
    assert.deepEqual(seen.errors, []);
    await context.close();
    const rows = await lead.ask("GET", `/engagements/${lead.engagements[kind]}/export`);
    const answers = new Map(rows.map((row) => [row.task, row.submissions[0]?.answer]));
    for (const [task, answer] of meant) assert.deepEqual(sorted(answers.get(task)), sorted(answer));
  });
}
