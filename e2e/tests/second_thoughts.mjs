// A reviewer changes what they accept, takes verdicts back, sees what others answered, and remarks on a field.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { openFor, theHouse } from "../lib/house.mjs";

const PAIR = { prompt: "Can I still send it back?", response_a: "Within 14 days.", response_b: "Within 30 days, unpacked." };
const LIST = { prompt: "Put them in order.", responses: ["One.", "Two.", "Three."] };
const PAIRS = ["changed", "undone", "held", "late"];

const { base, of } = loginsFrom();
let browser;
let shop;

before(async () => {
  browser = await launch();
  const house = await theHouse(browser, base, of("operator"));
  shop = await openFor(browser, base, house, ["author", "author", "reviewer", "lead"], [
    ...PAIRS.map((name) => ({ name, template: "pairwise-preference", tasks: [1, 2, 3].map((n) => ({ ...PAIR, prompt: `${PAIR.prompt} ${n}` })) })),
    { name: "ranking", tasks: [LIST], overlap: 2 },
  ]);
  const [author, other] = shop.people;
  for (const name of PAIRS) for (let n = 1; n <= 3; n += 1) await answer(author, name, { choice: "b", reason: `It names the rule, says number ${n}.` });
  await answer(author, "ranking", { ranks: [1, 2, 3] });
  await answer(other, "ranking", { ranks: [2, 1, 3], reason: "The second is shorter." });
});
after(async () => {
  await shop?.leave();
  await browser?.close();
});

async function answer(author, name, given) {
  const engagement = author.engagements[name];
  const held = await author.ask("POST", `/engagements/${engagement}/claims`);
  await author.ask("POST", `/engagements/${engagement}/assignments/${held.assignment}/submission`, { answer: given });
}

const exported = (name) => shop.people[3].ask("GET", `/engagements/${shop.people[3].engagements[name]}/export`);
const submission = (page) => page.locator("header .mono").getAttribute("title");
const isShown = (page, id) => page.waitForFunction((wanted) => document.querySelector("header .mono")?.getAttribute("title") === wanted, id);
const isOver = (page, id) => page.waitForFunction((before) => document.querySelector("header .mono")?.getAttribute("title") !== before, id);
const verdict = (page) => page.getByRole("radiogroup", { name: "Verdict" });
const comment = (page) => page.getByRole("textbox", { name: "Comment" });
const undo = (page) => page.getByRole("button", { name: /^Undo/ });

async function enter(name) {
  const reviewer = shop.people[2];
  const visited = await visit(browser, base, { storageState: await reviewer.state() });
  await visited.page.goto(`${base}/review/${reviewer.engagements[name]}`);
  await verdict(visited.page).waitFor();
  return visited;
}

test("an answer is changed by keyboard, seen as changed, kept over a reload, and accepted so", async () => {
  const { context, page, seen } = await enter("changed");
  const first = await submission(page);
  await page.keyboard.press("e");
  await page.getByText("You are changing it").waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("r");
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" And it is in time.");
  await page.locator("ins").getByText("And it is in time.").waitFor();
  await page.locator("del").getByText("B is better").waitFor();
  await page.getByText("2 changes").waitFor();
  await page.reload();
  await page.locator("ins").getByText("And it is in time.").waitFor();
  // What was meant comes back, and goes for good.
  await page.getByRole("button", { name: "Back to the author’s" }).click();
  assert.equal(await page.getByRole("radio", { checked: true }).and(page.locator("[name=verdict]")).count(), 0, "a verdict is chosen");
  await page.getByRole("button", { name: "Take up your change again" }).click();
  await page.getByText("2 changes").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Accepted as changed.", { exact: true }).waitFor();
  await isOver(page, first);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => /^cf\.(change|comment)\./.test(key))), [], "what was handed in stayed on the device");
  assert.equal(await page.getByText("You are changing it").count(), 0, "the next is being changed");
  assert.deepEqual(seen.errors, []);
  await context.close();
  const given = (await exported("changed")).flatMap((row) => row.submissions).find((one) => one.submission === first);
  assert.deepEqual(given.amended, { choice: "a", reason: `${given.answer.reason} And it is in time.` });
  assert.equal(given.answer.choice, "b");
});

test("what the server finds wrong with a change is told at its field", async () => {
  const { context, page } = await enter("changed");
  await page.keyboard.press("e");
  await page.keyboard.press("r");
  await page.locator("textarea[data-field=reason]").fill("x".repeat(4001));
  await page.keyboard.press("Control+Enter");
  await page.getByText("Not decided yet: see what is marked in the answer.").waitFor();
  await page.locator("textarea[data-field=reason][aria-invalid=true]").waitFor();
  await context.close();
});

test("a verdict is taken back by U, with its comment as it was typed, and the next stays held", async () => {
  const { context, page, seen } = await enter("undone");
  const first = await submission(page);
  await page.keyboard.press("t");
  await page.keyboard.type("Quote the rule; ");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Returned.", { exact: true }).waitFor();
  await isOver(page, first);
  const second = await submission(page);
  const left = await undo(page).innerText();
  assert.match(left, /^Undo\s+\((2\d|30) s\)/);
  await page.keyboard.press("c");
  await page.keyboard.type("For the second.");
  await page.keyboard.press("Escape");
  await page.keyboard.press("u");
  await isShown(page, first);
  assert.equal(await comment(page).inputValue(), "Quote the rule; ");
  assert.equal(await undo(page).count(), 0);
  await page.keyboard.press("a");
  await page.keyboard.press("Control+Enter");
  await isShown(page, second);
  assert.equal(await comment(page).inputValue(), "For the second.", "what was written meanwhile is gone");
  assert.deepEqual(seen.errors, []);
  await context.close();
  const states = (await exported("undone")).flatMap((row) => row.submissions).filter((one) => one.submission === first).map((one) => one.state);
  assert.deepEqual(states, ["accepted"]);
});

test("after a reload both that are held come, one after the other", async () => {
  const { context, page } = await enter("held");
  const first = await submission(page);
  await page.keyboard.press("a");
  await page.keyboard.press("c");
  await page.keyboard.type("Kept.");
  await page.keyboard.press("Control+Enter");
  await isOver(page, first);
  const second = await submission(page);
  await page.keyboard.press("u");
  await isShown(page, first);
  await page.reload();
  await verdict(page).waitFor();
  const comes = [await submission(page)];
  if (comes[0] !== first) {
    await page.keyboard.press("a");
    await page.keyboard.press("Control+Enter");
    await isOver(page, comes[0]);
    comes.push(await submission(page));
  }
  assert.ok(comes.includes(first), `neither of what was held came: ${comes}`);
  assert.ok([first, second].includes(comes[0]));
  if ((await submission(page)) === first) assert.equal(await comment(page).inputValue(), "Kept.");
  await context.close();
});

test("what cannot be taken back any more is told in words, and nothing is lost", async () => {
  const { context, page } = await enter("late");
  const first = await submission(page);
  await page.keyboard.press("t");
  await page.keyboard.type("Mend it.");
  await page.keyboard.press("Control+Enter");
  await undo(page).waitFor();
  await isOver(page, first);
  const second = await submission(page);
  // Its author begins to mend it.
  const author = shop.people[0];
  const held = await author.ask("POST", `/engagements/${author.engagements.late}/claims`);
  await author.ask("PUT", `/engagements/${author.engagements.late}/assignments/${held.assignment}/draft`, { answer: { choice: "b", reason: "Mended." }, after: 0 });
  await page.keyboard.press("u");
  await page.getByRole("alert").getByText(/Returned; not taken back\. Its author has begun to mend it\./).waitFor();
  assert.equal(await submission(page), second);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  assert.equal(await page.getByRole("complementary", { name: "The last verdict" }).count(), 0);
  await context.close();
});

test("others are seen side by side, and one of their answers is where a change begins", async () => {
  const { context, page } = await enter("ranking");
  await page.keyboard.press("o");
  await page.getByText("They differ in 2 places.").waitFor();
  await page.getByRole("button", { name: /^Start from the answer of/ }).click();
  await page.getByText("You are changing it").waitFor();
  await page.getByRole("heading", { name: "What you changed" }).waitFor();
  await page.getByText("became").first().waitFor({ state: "attached" });
  await page.keyboard.press("Control+Enter");
  await page.getByText("Accepted as changed.", { exact: true }).waitFor();
  await context.close();
  const given = (await exported("ranking"))[0].submissions.find((one) => one.amended !== undefined && one.amended !== null);
  assert.notDeepEqual(given.amended.ranks, given.answer.ranks);
});

test("a remark on a field begins a line of the comment with its words", async () => {
  const { context, page } = await enter("changed");
  // What was left half changed by the test before is gone back on.
  const back = page.getByRole("button", { name: "Back to the author’s" });
  if (await back.isVisible()) await back.click();
  await page.getByRole("button", { name: "Remark on Why?" }).click();
  // The line is there, and one writes on behind it.
  await page.waitForFunction(() => document.activeElement instanceof HTMLTextAreaElement && document.activeElement.value.endsWith("— "));
  await page.keyboard.type("which rule?");
  assert.match(await comment(page).inputValue(), /^Why\?: “It names the rule, says number \d\.” — which rule\?$/);
  await context.close();
});
