// What the guideline does not say is asked beside the task, and answered; a task that is broken is reported and given back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { openFor, theHouse } from "../lib/house.mjs";

const NAME = "freeform";
const { base, of } = loginsFrom();
let browser;
let house;
let shop;

before(async () => {
  browser = await launch();
  house = await theHouse(browser, base, of("operator"));
  shop = await openFor(browser, base, house, ["author", "author", "reviewer", "lead"], [{ name: NAME, tasks: [1, 2, 3, 4].map((n) => ({ title: "Log", body: `The pumps ran for ${n} hours.` })) }]);
});
after(async () => {
  await shop?.leave();
  await browser?.close();
});

async function enter(who, page = "work", options = {}) {
  const person = shop.people[who];
  const visited = await visit(browser, base, { storageState: await person.state(), ...options });
  await visited.page.goto(`${base}/${page}/${person.engagements[NAME]}`);
  await visited.page.getByRole("button", { name: /^Submit and next/ }).or(visited.page.getByText(/Nothing waits for review|What people ask/)).first().waitFor();
  return visited;
}
const engagementOf = (who) => shop.people[who].engagements[NAME];
const asks = (seen) => seen.filter((path) => /\/questions/.test(path)).length;
const field = (page) => page.getByRole("textbox", { name: "Ask what the guideline does not say" });

test("a contractor asks by keyboard; nothing is read before the panel is opened, and words outlive a reload and a lost connection", async () => {
  const { context, page, seen } = await enter(0);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.waitForTimeout(500);
  assert.equal(asks(asked), 0, "questions were read that nobody opened");
  await page.keyboard.press("q");
  await page.getByText("Nothing was asked and answered yet.").waitFor();
  assert.equal(asks(asked), 1);
  // The field has the focus: what is typed is the question, and no key of the task.
  await page.keyboard.type("Are ساعات hours in UTC?");
  await page.reload();
  await page.getByRole("button", { name: /^Submit and next/ }).waitFor();
  await page.keyboard.press("q");
  await page.waitForFunction(() => document.querySelector("aside textarea")?.value === "Are ساعات hours in UTC?");
  await context.setOffline(true);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText(/^Not asked: the server does not answer.*kept on this device/).waitFor();
  await context.setOffline(false);
  await page.keyboard.press("Control+Enter");
  await page.getByText("1 question, 1 of yours not answered yet.").waitFor();
  await page.getByText(/asked by you, .*on this task/).waitFor();
  assert.equal(await field(page).inputValue(), "");
  // Sent from the panel, it handed no task in.
  assert.ok(await page.getByRole("button", { name: /^Submit and next/ }).isVisible());
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, title: document.title, at: location.href }));
  assert.doesNotMatch(kept, /hours in UTC/);
  assert.deepEqual(seen.errors.filter((error) => !/ERR_INTERNET_DISCONNECTED/.test(error)), []);
  await context.close();
  const [question] = (await shop.people[3].ask("GET", `/engagements/${engagementOf(3)}/questions`)).items;
  assert.equal(question.text, "Are ساعات hours in UTC?");
  assert.notEqual(question.task, null);
});

test("a broken task is reported, given back, and does not come again", async () => {
  const { context, page, seen } = await enter(0);
  const task = await page.locator("header .mono").getAttribute("title");
  await page.getByRole("button", { name: "This task is broken…" }).click();
  await page.getByRole("dialog", { name: "This task is broken" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Say in a line what is wrong.").waitFor();
  await page.keyboard.type("The text is cut off.");
  // The second step fails, and it is said which of the two stands.
  await page.route("**/return*", (route) => route.abort(), { times: 1 });
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText(/^Your report stands\. Not given back: the server does not answer\./).waitFor();
  await page.getByRole("button", { name: "Give it back" }).click();
  await page.getByText(/reported as broken and given back\. The hours you worked at it stand\./).waitFor();
  assert.notEqual(await page.locator("header .mono").getAttribute("title"), task);
  assert.deepEqual(seen.errors.filter((error) => !/ERR_FAILED/.test(error)), []);
  await context.close();
  const broken = (await shop.people[3].ask("GET", `/engagements/${engagementOf(3)}/questions`)).items.filter((one) => one.broken);
  assert.deepEqual(broken.map((one) => [one.task, one.text]), [[task, "The text is cut off."]]);
});

test("a reviewer sees what waits first, and answers; everybody who works there reads it then", async () => {
  const { context, page, seen } = await enter(2, "review");
  await page.keyboard.press("q");
  await page.getByText("2 questions, 2 to answer.").waitFor();
  const first = page.getByRole("listitem").filter({ hasText: "asked by" }).first();
  assert.ok(await first.getByText("broken task").isVisible());
  await page.getByRole("button", { name: /^Answer “Are/ }).click();
  await page.keyboard.type("In UTC, all of them.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("2 questions, 1 to answer.").waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
  const other = await enter(1);
  await other.page.keyboard.press("q");
  await other.page.getByText("In UTC, all of them.").waitFor();
  assert.equal(await other.page.getByText("The text is cut off.").count(), 0, "an unanswered question of somebody else is shown");
  assert.ok(await other.page.getByText(/asked by a contributor/).isVisible());
  assert.ok(await other.page.getByText(/^a reviewer, /).isVisible());
  await other.context.close();
});

test("whoever asked is told by the server", async () => {
  const asked = shop.people[0];
  for (let second = 0; second < 5; second += 1) {
    const { items } = await asked.ask("GET", "/me/notices");
    if (items.some((notice) => notice.kind === "question-answered")) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  assert.fail("nobody was told that the question was answered");
});

test("a notice of an answer leads to it", async () => {
  const person = shop.people[0];
  const { context, page, seen } = await visit(browser, base, { storageState: await person.state() });
  const [question] = (await person.ask("GET", `/engagements/${engagementOf(0)}/questions`)).items.filter((one) => one.answered);
  const notice = { id: "ntc_00000000000000000000000000", kind: "question-answered", about: question.question, engagement: engagementOf(0), lab: null, at: new Date().toISOString(), unread: true, subject: "A question was answered", sentence: "Somebody answered a question of yours. Sign in to read it.", path: "/" };
  await page.route("**/api/v1/me/notices?*", (route) => route.fulfill({ json: { items: [notice], unread: 1, next: null } }));
  await page.goto(base);
  await page.getByText("A question was answered").waitFor();
  await page.getByRole("link", { name: "Read the answer" }).click();
  await page.waitForURL(/\/work\/eng_[^/]+#questions$/);
  await page.getByText("In UTC, all of them.").waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("a steward answers where they see the project, and a lead on the page of theirs", async () => {
  const { context, page, seen } = await visit(browser, base, { storageState: house.states.steward });
  await page.goto(`${base}/lab/${house.lab.id}`);
  const project = page.getByRole("listitem").filter({ hasText: new RegExp(`^${NAME} \\w{5}`) }).filter({ hasText: "0 of 4 tasks done" });
  await project.getByRole("button", { name: /^Questions…/ }).click();
  const dialog = page.getByRole("dialog", { name: "Questions" });
  await dialog.getByText("2 questions, 1 to answer.").waitFor();
  assert.equal(await dialog.getByText("Ask what the guideline").count(), 0, "a steward is asked to ask");
  await dialog.getByRole("button", { name: /^Answer “The text is cut off/ }).click();
  await page.keyboard.type("It is whole now.");
  await page.keyboard.press("Control+Enter");
  await dialog.getByText("2 questions, all answered.").waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
  const lead = await enter(3);
  await lead.page.getByRole("button", { name: "Read the questions" }).click();
  await lead.page.getByText("It is whole now.").waitFor();
  await lead.page.getByText(/^the lab, /).waitFor();
  assert.deepEqual(lead.seen.errors, []);
  await lead.context.close();
});

test("what is typed stays on the device when the work is halted, and it is said", async () => {
  const { context, page } = await enter(1);
  await page.keyboard.press("q");
  await field(page).fill("And who halts the pumps?");
  const halt = await shop.operator.ask("POST", "/halts", { scope: `engagement:${engagementOf(1)}`, reason: "drill" });
  await page.getByText("It can be sent when the halt ends. What you write is kept on this device.").waitFor({ timeout: 60_000 });
  assert.equal(await field(page).inputValue(), "And who halts the pumps?");
  assert.equal(await page.getByText("In UTC, all of them.").count(), 0, "what was asked is shown during a halt");
  await page.reload();
  await page.getByText(/is halted|halted/).first().waitFor();
  await page.keyboard.press("q");
  assert.equal(await field(page).inputValue(), "And who halts the pumps?");
  await shop.operator.ask("POST", `/halts/${halt.id}/resume`, { checked: [] });
  await page.getByRole("button", { name: /^Submit and next/ }).waitFor({ timeout: 60_000 });
  assert.equal(await field(page).inputValue(), "And who halts the pumps?");
  await context.close();
});
