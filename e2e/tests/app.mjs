// Each role's first steps, against a running server: COFFERDAM_E2E=logins.json npm test
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, loginsFrom, signIn, visit } from "../lib/browser.mjs";
import { enterWhere } from "../lib/real.mjs";
import * as verifying from "../lib/verifying.mjs";

const { base, of } = loginsFrom();
const pictures = new URL("../pictures/", import.meta.url).pathname;
let browser;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await launch();
});
after(async () => browser?.close());

const picture = (page, name) => page.screenshot({ path: `${pictures}e2e-${name}.png` });

/** Nothing in the console, nothing asked of another host, and a policy without holes. */
function clean(seen, { allowed = [] } = {}) {
  assert.deepEqual(seen.errors.filter((error) => !allowed.some((pattern) => pattern.test(error))), []);
  assert.deepEqual(seen.foreign, []);
  assert.ok(seen.policies.length > 0, "no document was seen");
  for (const policy of seen.policies) {
    assert.match(policy, /default-src '(self|none)'/);
    assert.doesNotMatch(policy, /unsafe-|\*|https?:/);
  }
}

async function noOverflow(page) {
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(scroll <= client, `the page is ${scroll} px wide on a screen of ${client} px`);
}

test("a link that was used says what to do next, and leaves the address bar", async () => {
  const { context, page, seen } = await visit(browser, base);
  await page.goto(`${base}/login#not-a-secret-that-was-ever-made`);
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").innerText(), /Ask an operator for a new one/);
  assert.equal(new URL(page.url()).hash, "");
  await picture(page, "login-used");
  clean(seen, { allowed: [/\/api\/v1\/sessions\)$/] });
  await context.close();
});

test("without a session every page leads to the login page", async () => {
  const { context, page, seen } = await visit(browser, base);
  for (const path of ["/", "/console", "/console/people"]) {
    await page.goto(base + path);
    await page.waitForURL(/\/login/);
  }
  clean(seen, { allowed: [/\/api\/v1\/me\)$/] });
  await context.close();
});

test("a contractor does a pairwise task with the keyboard alone", async (t) => {
  const { context, page, seen } = await signIn(browser, base, of("contractor"));
  assert.equal(new URL(page.url()).hash, "", "the secret stayed in the address bar");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await picture(page, "today");
  if (!(await enterWhere(page, "Work", 'article[aria-label] >> nth=1'))) {
    t.skip("no project of this contractor has a pairwise task now");
    await context.close();
    return;
  }
  const task = () => page.locator("header .mono").getAttribute("title");
  const first = await task();
  await page.keyboard.press("d");
  await page.keyboard.press("]");
  await page.keyboard.press("1");
  assert.equal(await page.locator('input[type="radio"]').first().isChecked(), true);
  await page.keyboard.press("r");
  await page.keyboard.type("The first names the rule that applies and says what happens next; the second leaves both out.");
  await page.getByText(/Draft sealed \d\d:\d\d:\d\d/).waitFor({ timeout: 60_000 });
  await picture(page, "workbench");
  const began = Date.now();
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction((before) => {
    return (document.querySelector("header .mono")?.getAttribute("title") ?? null) !== before;
  }, first, { timeout: 60_000 });
  t.diagnostic(`next task after ${Date.now() - began} ms`);
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cf.draft.")));
  assert.deepEqual(kept, [], "a draft stayed on the device after it was submitted");
  clean(seen);
  await context.close();
});

const INTERACTIONS = [
  ["rubric", "[data-handle]", async (page) => {
    const handles = page.locator('[role="radiogroup"][aria-label^="Verdict on"]');
    const count = await handles.count();
    await page.locator("[data-handle]").first().focus();
    await page.keyboard.press("1");
    // The others faster than the screen draws: each key must find the next criterion.
    await page.evaluate(async (keys) => {
      for (let index = 0; index < keys; index += 1) {
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true, cancelable: true }));
        await Promise.resolve();
      }
    }, count - 1);
  }],
  ["demonstration", "textarea[data-reply]", async (page) => {
    const count = await page.locator("textarea[data-reply]").count();
    for (let index = 0; index < count; index += 1) {
      await page.locator(`textarea[data-reply="${index}"]`).focus();
      await page.keyboard.press("Control+A");
      await page.keyboard.type(`Reply ${index + 1}, in **Markdown**.`);
    }
  }],
  ["freeform", 'main[data-interaction="freeform"] textarea', async (page) => {
    await page.keyboard.press("r");
    await page.keyboard.type("A text of one's own.");
  }],
];

for (const [name, selector, answer] of INTERACTIONS) {
  test(`a contractor answers a ${name} task by keyboard`, async (t) => {
    const { context, page, seen } = await signIn(browser, base, of("contractor"));
    if (!(await enterWhere(page, "Work", selector))) {
      await context.close();
      return t.skip(`no ${name} task now`);
    }
    const before = await page.locator("header .mono").getAttribute("title");
    await answer(page);
    await page.getByText(/Draft sealed/).waitFor({ timeout: 60_000 });
    await picture(page, `work-${name}`);
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction((old) => document.querySelector("header .mono")?.getAttribute("title") !== old, before, { timeout: 60_000 });
    clean(seen);
    await context.close();
  });
}

test("words survive a lost connection", async (t) => {
  const { context, page, seen } = await signIn(browser, base, of("contractor"));
  if (!(await enterWhere(page, "Work", "textarea"))) return t.skip("no task with a text to write");
  await context.setOffline(true);
  const area = page.locator("textarea").first();
  await area.focus();
  await page.keyboard.type("Typed while the line was cut.");
  await page.getByText(/Draft kept on this device; the server does not answer/).waitFor({ timeout: 60_000 });
  await picture(page, "offline");
  const kept = await page.evaluate(() => Object.values({ ...localStorage }).some((value) => value.includes("while the line was cut")));
  assert.ok(kept, "the words are not on this device");
  await context.setOffline(false);
  await page.getByText(/Draft sealed/).waitFor({ timeout: 90_000 });
  await page.reload();
  await page.locator("textarea").first().waitFor();
  assert.match(await page.locator("textarea").first().inputValue(), /while the line was cut/);
  clean(seen, { allowed: [/ERR_INTERNET_DISCONNECTED/] });
  await context.close();
});

test("a steward sees who has seen the data, the projects and the deliveries", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await page.getByRole("heading", { name: /^Who has seen .+’s data$/ }).waitFor();
  await page.getByRole("heading", { name: "By actor" }).waitFor();
  await page.locator("svg[role=img][aria-label^='Objects opened']").waitFor({ timeout: 60_000 });
  await page.getByText("by the firm only").waitFor();
  assert.equal(await page.getByText("witnessed", { exact: true }).count(), 0, "nothing may be called witnessed that is not");
  await page.getByRole("heading", { name: "Deliveries to accept" }).waitFor();
  assert.ok((await page.getByRole("link", { name: "File" }).count()) > 0, "no delivery is offered");
  await picture(page, "portal");
  await page.keyboard.press("t");
  await page.getByRole("region", { name: "Ledger entries" }).getByRole("row").nth(1).waitFor();
  await picture(page, "portal-table");
  await page.getByRole("button", { name: "Manifest" }).first().click();
  await page.getByRole("dialog").getByText(/^.{10,}/).first().waitFor();
  await picture(page, "manifest");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  clean(seen);
  await context.close();
});

const checked = (page) => verifying.points(page.getByRole("list", { name: "What was checked" }).first());
const saysVerified = (page) => page.getByText("verified", { exact: true }).count();

test("a steward verifies who has seen the data in the browser, and at the next visit that it is the same past", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await page.getByText("This browser has not checked the ledger yet.").waitFor();
  assert.equal(await saysVerified(page), 0);
  await verifying.verify(page);
  await page.getByText("verified", { exact: true }).waitFor();
  await page.getByText("by the firm only").waitFor();
  assert.equal(await page.getByText("witnessed", { exact: true }).count(), 0, "a browser that checks a signature is no witness");
  await page.getByText("What was checked").click();
  assert.deepEqual(await checked(page), { "The key": "first", "The signed head": "holds", "Every entry": "holds", "The tree given out": "holds", "The signed root": "holds", "What was there before": "first" });
  await page.keyboard.press("t");
  await page.getByText("The entries in the table").waitFor();
  await picture(page, "verified");
  for (const span of ["hour", "7 days"]) {
    await page.getByRole("button", { name: span, exact: true }).click();
    await page.getByText("verified", { exact: true }).waitFor();
  }
  await page.reload();
  await page.getByText(/^This device remembers/).waitFor();
  assert.equal(await saysVerified(page), 0, "nothing was verified in this visit");
  await verifying.verify(page);
  await page.getByText("What was checked").click();
  assert.deepEqual(Object.values(await checked(page)), ["holds", "holds", "holds", "holds", "holds", "holds"]);
  clean(seen);
  await context.close();
});

const ALTERED = [
  ["an entry is altered on the way", verifying.alterEntry, "Every entry", "fails"],
  ["a hash of the tree is altered", verifying.alterTile, "The tree given out", "fails"],
  ["the signed head is altered", verifying.alterHead, "The signed head", "fails"],
  ["a tile is withheld", (page) => verifying.withhold(page, /\/tile\/0\//), "The tree given out", "unknown"],
  ["the ledger is withheld", (page) => verifying.withhold(page), "The signed head", "unknown"],
];

for (const [what, alter, title, is] of ALTERED) {
  test(`a steward is told where ${what}`, async () => {
    const { context, page, seen } = await signIn(browser, base, of("steward"));
    await alter(page);
    await verifying.verify(page);
    assert.equal((await checked(page))[title], is);
    assert.equal(await saysVerified(page), 0);
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cf.ledger.")).length), 0, "what does not hold is remembered");
    await picture(page, `not-verified-${is}-${title.replaceAll(" ", "-")}`);
    await verifying.honest(page);
    await verifying.verify(page);
    await page.getByText("verified", { exact: true }).waitFor();
    clean(seen, { allowed: [/ERR_FAILED/] });
    await context.close();
  });
}

test("a steward is told where the picture leaves out somebody whom the ledger has", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await verifying.alterPicture(page);
  await page.reload();
  await verifying.verify(page);
  await page.getByText("What this page shows is not what the ledger says").waitFor();
  assert.equal(await saysVerified(page), 0);
  clean(seen);
  await context.close();
});

test("a rollback, another past and another key are told, and stay told until somebody forgets on purpose", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await verifying.verify(page);
  const key = await page.evaluate(() => Object.keys(localStorage).find((name) => name.startsWith("cf.ledger.")));
  const kept = await page.evaluate((name) => JSON.parse(localStorage.getItem(name)), key);
  const remembering = async (head) => {
    await page.evaluate(([name, value]) => localStorage.setItem(name, value), [key, JSON.stringify(head)]);
    await page.reload();
  };
  await remembering({ ...kept, size: kept.size + 100_000 });
  await page.getByText("The ledger is shorter than this device remembers").waitFor();
  await verifying.verify(page);
  assert.equal((await checked(page))["What was there before"], "fails");
  await page.getByText(/A ledger never becomes shorter/).waitFor();
  await picture(page, "rollback");
  const size = Math.floor(kept.size / 2);
  await remembering({ ...kept, size, root: Buffer.alloc(32).toString("base64"), note: "another head\n" });
  await verifying.verify(page);
  assert.equal((await checked(page))["What was there before"], "fails");
  await page.getByRole("button", { name: "Save the remembered head" }).waitFor();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the head shown now" }).click()]);
  assert.equal(readFileSync(await saved.path(), "utf8"), kept.note, "what was saved is not the signed head");
  await remembering({ ...kept, vkey: "demo/lab+00000000+AWSm5tqSdImTdBNqdz6s042C30xtGAtGhkAZgFg3VJ2G" });
  await verifying.verify(page);
  assert.equal((await checked(page))["The key"], "fails");
  assert.equal(await saysVerified(page), 0);
  assert.match(await page.evaluate((name) => localStorage.getItem(name), key), /00000000/, "the memory was cleared by itself");
  await page.getByRole("button", { name: "Forget on this device…" }).click();
  await page.getByRole("button", { name: "Forget it" }).click();
  await page.getByText("This browser has not checked the ledger yet.").waitFor();
  await verifying.verify(page);
  await page.getByText("verified", { exact: true }).waitFor();
  clean(seen);
  await context.close();
});

test("a rollback is told also after the ledger was verified, while the page stays open", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await verifying.verify(page);
  await page.getByText("verified", { exact: true }).waitFor();
  await verifying.alterSummaryHead(page);
  await page.getByText("The ledger is shorter than this device remembers").waitFor({ timeout: 60_000 });
  assert.equal(await saysVerified(page), 0);
  clean(seen);
  await context.close();
});

test("where the worker does not come, nothing is said to be checked", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await verifying.withhold(page, /\/assets\/worker-/);
  await verifying.verify(page);
  await page.getByText("The ledger was not checked").waitFor();
  assert.equal(await saysVerified(page), 0);
  clean(seen, { allowed: [/ERR_FAILED/] });
  await context.close();
});

test("verifying can be cancelled, and leaves nothing", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await context.route(/\/tile\/entries\//, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue().catch(() => undefined);
  });
  await page.getByRole("button", { name: "Verify in this browser" }).click();
  await page.getByText("verifying", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("This browser has not checked the ledger yet.").waitFor();
  await page.waitForTimeout(2000);
  assert.equal(await saysVerified(page), 0);
  clean(seen);
  await context.close();
});

test("a steward checks a delivery, and is told of a file that was altered", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  const check = async () => {
    await page.getByRole("button", { name: "Check…" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Check again" }).waitFor({ timeout: 60_000 });
    return checked(page);
  };
  assert.deepEqual(await check(), { "The signature": "holds", "The manifest": "holds", "The file": "holds", "Your ledger": "holds" });
  await picture(page, "delivery-checked");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await verifying.alterFile(page);
  assert.deepEqual(await check(), { "The signature": "holds", "The manifest": "holds", "The file": "fails", "Your ledger": "holds" });
  assert.equal(await page.getByRole("dialog").getByText("verified", { exact: true }).count(), 0);
  await picture(page, "delivery-altered");
  clean(seen);
  await context.close();
});

test("the guard falls by itself, and the Halt panel never halts by a key", async () => {
  const { context, page, seen } = await signIn(browser, base, of("steward"));
  await page.getByRole("button", { name: "Halt…" }).waitFor();
  await page.keyboard.press("Shift+H");
  const guard = page.getByRole("switch");
  await guard.waitFor();
  assert.ok(await guard.evaluate((element) => element === document.activeElement), "focus does not start at the guard");
  const halt = page.getByRole("dialog").getByRole("button", { name: /^Halt / });
  assert.equal(await halt.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Space");
  assert.equal(await guard.getAttribute("aria-checked"), "true");
  await picture(page, "halt-guard");
  await page.waitForTimeout(10_600);
  assert.equal(await guard.getAttribute("aria-checked"), "false");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  clean(seen);
  await context.close();
});

test("a contractor types while the steward halts, and goes on after the resume", async (t) => {
  const steward = await signIn(browser, base, of("steward"));
  await steward.page.getByRole("heading", { name: /^Who has seen/ }).waitFor();
  const lab = /^Who has seen (.+)’s data$/.exec(await steward.page.getByRole("heading", { level: 1 }).innerText())[1];
  const worker = await signIn(browser, base, of("contractor"));
  await worker.page.getByRole("heading", { level: 1 }).waitFor();
  const line = worker.page.getByRole("listitem").filter({ hasText: `for ${lab}` }).getByRole("link", { name: "Work", exact: true });
  await line.first().waitFor({ timeout: 5000 }).catch(() => undefined);
  if ((await line.count()) === 0) return t.skip(`this contractor has no open work for ${lab}`);
  await line.first().click();
  await worker.page.locator("textarea").first().waitFor({ timeout: 60_000 });
  const area = worker.page.locator("textarea").first();
  await area.focus();
  await worker.page.keyboard.press("Control+End");
  await worker.page.keyboard.type("Before the halt.");

  await steward.page.keyboard.press("Shift+H");
  await steward.page.getByRole("switch").waitFor();
  await steward.page.keyboard.press("Space");
  await steward.page.keyboard.press("Tab");
  await steward.page.keyboard.press("Enter");
  await steward.page.getByText(/In effect since/).waitFor({ timeout: 60_000 });
  await picture(steward.page, "halted-portal");
  await worker.page.getByRole("status", { name: "Halted" }).waitFor({ timeout: 60_000 });
  await worker.page.locator("textarea").first().focus();
  await worker.page.keyboard.press("Control+End");
  await worker.page.keyboard.type(" During the halt.");
  await worker.page.getByText(/Draft sealed/).waitFor({ timeout: 60_000 });
  assert.equal(await worker.page.locator("article").count(), 0, "the lab's text is still shown while halted");
  await picture(worker.page, "halted-workbench");

  await steward.page.getByRole("button", { name: "Close" }).last().click();
  await steward.page.getByRole("button", { name: new RegExp(`^Resume ${lab}`) }).click();
  await steward.page.getByRole("dialog").getByRole("button", { name: "Resume", exact: true }).click();
  await worker.page.getByRole("status", { name: "Halted" }).waitFor({ state: "hidden", timeout: 60_000 });
  assert.match(await worker.page.locator("textarea").first().inputValue(), /Before the halt\. During the halt\./);
  clean(steward.seen);
  clean(worker.seen, { allowed: [/status of 403/] });
  await steward.context.close();
  await worker.context.close();
});

test("an open workbench says at once that its engagement has ended", async (t) => {
  const operator = await signIn(browser, base, of("operator"));
  const asked = (method, path, body) =>
    operator.page.evaluate(
      async ([method, path, body]) => {
        const answer = await fetch(`/api/v1${path}`, { method, headers: { "content-type": "application/json" }, body: body === null ? null : JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
      },
      [method, path, body ?? null],
    );
  const project = (await asked("GET", "/projects")).items.find((item) => item.tasks.open > 0 && item.halted === null);
  if (project === undefined) return t.skip("no project has an open task");
  const person = await asked("POST", "/people", { name: `Short stay ${Date.now() % 100_000}`, kind: "person", operator: false });
  const engagement = await asked("POST", `/projects/${project.id}/engagements`, { principal: person.id, role: "author" });
  const link = await asked("POST", `/people/${person.id}/links`, {});
  const worker = await visit(browser, base);
  await worker.page.goto(`${base}/login${new URL(link.url).hash}`);
  await worker.page.getByRole("heading", { level: 1 }).waitFor();
  await worker.page.goto(`${base}/work/${engagement.id}`);
  await worker.page.getByRole("button", { name: /^Submit and next/ }).waitFor({ timeout: 60_000 });
  await asked("POST", `/engagements/${engagement.id}/end`);
  await worker.page.getByRole("status", { name: "Ended" }).waitFor({ timeout: 30_000 });
  await worker.page.getByText("stopped: the engagement has ended").waitFor();
  assert.equal(await worker.page.getByText("stopped by the halt").count(), 0);
  assert.equal(await worker.page.locator("article").count(), 0, "the lab's text is still shown");
  assert.equal(await worker.page.getByRole("button", { name: /^Submit and next/ }).isDisabled(), true);
  await picture(worker.page, "ended-workbench");
  clean(worker.seen, { allowed: [/status of 403/] });
  clean(operator.seen);
  await worker.context.close();
  await operator.context.close();
});

test("a reviewer sees an answer and can judge it", async (t) => {
  const login = of("reviewer");
  if (login === undefined) return t.skip("no login for a reviewer");
  const { context, page, seen } = await signIn(browser, base, login);
  if (!(await enterWhere(page, "Review", 'aside[aria-label="Verdict"]'))) return t.skip("nothing waits for review");
  await picture(page, "review");
  const before = await page.locator("header .mono").getAttribute("title");
  await page.keyboard.press("t");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/Say what is missing/).waitFor();
  await page.keyboard.type("Name the rule that decided it, quoted.");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction((old) => document.querySelector("header .mono")?.getAttribute("title") !== old, before, { timeout: 60_000 });
  clean(seen);
  await context.close();
});

test("an operator sees projects, people and halts", async () => {
  const { context, page, seen } = await signIn(browser, base, of("operator"));
  await page.goto(`${base}/console`);
  await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
  await page.getByRole("img", { name: /^Tasks of / }).first().waitFor();
  await picture(page, "console-projects");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  await page.getByRole("row").nth(1).waitFor();
  await picture(page, "console-people");
  await page.getByRole("link", { name: "Halts" }).click();
  await page.getByRole("heading", { level: 1, name: "Halts" }).waitFor();
  await picture(page, "console-halts");
  await page.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("listitem").getByRole("link").first().click();
  await page.getByRole("heading", { name: "Engaged here" }).waitFor();
  await picture(page, "console-project");
  clean(seen);
  await context.close();
});

test("an operator invites a person, whose link works once", async () => {
  const { context, page, seen } = await signIn(browser, base, of("operator"));
  await page.goto(`${base}/console/people`);
  await page.getByRole("button", { name: "Invite…" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(`Guest ${Date.now() % 100_000}`);
  await page.getByRole("button", { name: "Invite and make a link" }).click();
  const url = await page.getByRole("textbox", { name: "One-time link" }).inputValue();
  await picture(page, "console-link");
  const guest = await visit(browser, base);
  // The link names the public address, which is not always the one that these tests were given.
  await guest.page.goto(`${base}/login${new URL(url).hash}`);
  await guest.page.getByText("You are not engaged in a project yet").waitFor();
  clean(guest.seen);
  clean(seen);
  await guest.context.close();
  await context.close();
});

for (const [width, height] of [[1024, 768], [390, 844]]) {
  test(`screens fit into ${width} × ${height}, dark and light`, async () => {
    for (const scheme of ["dark", "light"]) {
      for (const [role, paths] of [["contractor", ["/"]], ["steward", ["/"]], ["operator", ["/console", "/console/people", "/console/halts"]]]) {
        const { context, page, seen } = await signIn(browser, base, of(role), { viewport: { width, height } });
        await page.addInitScript((value) => localStorage.setItem("cf.scheme", value), scheme);
        for (const path of paths) {
          await page.goto(base + path);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.waitForTimeout(400);
          await noOverflow(page);
          assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), scheme);
          await picture(page, `${role}${path.replaceAll("/", "-")}-${scheme}-${width}`);
        }
        clean(seen);
        await context.close();
      }
    }
  });
}
