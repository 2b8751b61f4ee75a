// Ways through the application in a house of its own: what somebody does, and what it says then.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { theHouse } from "../lib/house.mjs";
import { SCREENS, show } from "../lib/screens.mjs";

const { base, of } = loginsFrom();
let browser;
let house;

before(async () => {
  browser = await launch();
  house = await theHouse(browser, base, of("operator"));
});
after(async () => browser?.close());

const enter = (who, options = {}) => visit(browser, base, { storageState: house.states[who], ...options });
const scheme = (page) => page.evaluate(() => document.documentElement.dataset.mantineColorScheme);

test("the Halt panel holds a name of sixty characters, of words and of one word", async () => {
  for (const [name, lab] of [["portal-halt", house.lab], ["portal-halt-word", house.other]]) {
    assert.equal(lab.name.length, 60);
    for (const viewport of [{ width: 1440, height: 900 }, { width: 1024, height: 768 }, { width: 390, height: 844 }]) {
      const { context, page } = await enter("steward", { viewport });
      await show(page, house, SCREENS[name]);
      const panel = page.getByRole("dialog", { name: "Halt" });
      assert.ok(await panel.getByText(lab.name, { exact: true }).isVisible(), "the scope is not named in full");
      assert.ok(await panel.getByRole("button", { name: `Halt this lab: ${lab.name}` }).isVisible());
      const [inner, outer, heading] = await panel.evaluate((element) => [element.scrollWidth, element.clientWidth, element.querySelector("h2").getBoundingClientRect().height]);
      assert.ok(inner <= outer, `the panel is ${inner} px wide within ${outer} px`);
      assert.ok(heading <= 24, `its title wraps: ${heading} px high`);
      await context.close();
    }
  }
});

test("no verdict is preselected, and after one is handed in the next has none", async () => {
  const { context, page } = await enter("reviewer");
  await show(page, house, SCREENS.review);
  const taken = () => page.locator("header .mono").getAttribute("title");
  const first = await taken();
  const none = async () => {
    assert.equal(await page.getByRole("radio", { checked: true }).and(page.locator("[name=verdict]")).count(), 0, "a verdict is preselected");
    assert.ok(await page.getByRole("button", { name: /^Decide and next/ }).isDisabled());
    assert.ok(await page.getByText("Choose a verdict first: A, T or X.").isVisible());
  };
  await none();
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(300);
  assert.equal(await taken(), first, "an answer was judged that nobody had chosen a verdict for");
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("choose accept").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("a");
  assert.ok(await page.getByRole("radio", { name: /^Accept/ }).isChecked());
  assert.equal(await taken(), first, "choosing handed it in");
  await page.keyboard.press("t");
  await page.keyboard.type("Quote the rule that decides it.");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction((before) => document.querySelector("header .mono")?.getAttribute("title") !== before, first);
  await none();
  await context.close();
});

test("what a reviewer returned is not done until it is handed in again", async () => {
  const { context, page } = await enter("reviewer");
  await show(page, house, SCREENS["review-rubric"]);
  await page.keyboard.press("t");
  await page.keyboard.type("Name what is pumped out.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Nothing waits for review").waitFor();
  await context.close();
  const operator = await enter("operator");
  await operator.page.goto(`${base}/console/projects/${house.projects.rubric.id}`);
  await operator.page.getByText("0 of 2 tasks done").waitFor();
  await operator.page.getByText("1 returned").waitFor();
  const author = await enter("author");
  await author.page.goto(`${base}/work/${house.projects.rubric.author}`);
  await author.page.getByText("Returned by a reviewer").waitFor();
  await author.page.keyboard.press("Control+Enter");
  await author.page.getByText("Returned by a reviewer").waitFor({ state: "hidden" });
  await operator.page.getByText("1 of 2 tasks done").waitFor({ timeout: 60_000 });
  await author.context.close();
  await operator.context.close();
});

test("the hours of the lines add up to the totals above them", async () => {
  const { context, page } = await enter("author");
  for (const kind of ["chat", "freeform"]) {
    await page.goto(`${base}/work/${house.projects[kind].author}`);
    await page.getByRole("button", { name: /^Submit and next/ }).waitFor();
    await page.waitForTimeout(1600);
  }
  await page.goto(base);
  await page.getByText(/\d s today/).first().waitFor();
  const seconds = (said) => [...said.matchAll(/([\d,]+) (h|min|s)\b/g)].reduce((sum, [, n, unit]) => sum + Number(n.replaceAll(",", "")) * { h: 3600, min: 60, s: 1 }[unit], 0);
  const lines = await page.getByText(/ today, .* this week/).allInnerTexts();
  const total = await page.locator("dl dd").first().innerText();
  assert.ok(seconds(total) > 0, `no seconds are shown: ${total}`);
  assert.equal(lines.reduce((sum, line) => sum + seconds(line.split(" today")[0]), 0), seconds(total));
  await context.close();
});

test("two windows at one task ask which words stay, lose none, and leave none once it is handed in", async () => {
  const { context, page: first, seen } = await enter("author");
  await first.goto(`${base}/work/${house.twice}`);
  await first.locator("textarea[data-field]").first().waitFor();
  // A tab that is duplicated begins with a copy of what the other calls itself by.
  const [second] = await Promise.all([context.waitForEvent("page"), first.evaluate(() => void window.open(location.href))]);
  const text = (page) => page.locator("textarea[data-field]").first();
  const sealed = (page) => page.getByText(/^Draft sealed/).waitFor();
  const asked = (page) => page.getByText(/^Another window of yours kept other words/).waitFor();
  const onDevice = () => first.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cf.draft.")));
  await text(second).waitFor();
  const [name, copy] = await Promise.all([first, second].map((page) => page.evaluate(() => sessionStorage.getItem("cf.window"))));
  assert.notEqual(name, copy, "two windows go by one name");

  await text(first).fill("words of the first");
  await sealed(first);
  await text(second).fill("words of the second");
  await asked(second);
  await second.getByRole("button", { name: "Keep these words" }).click();
  await sealed(second);
  await second.getByText("The words that you left are still on this device.").waitFor();
  await text(first).fill("words of the first, gone on");
  await asked(first);
  await first.getByRole("button", { name: "Keep these words" }).click();
  await sealed(first);
  for (const page of [first, second]) await page.getByText(/Words that you left are still on this device: 2 versions/).waitFor();

  await second.keyboard.press("Control+Enter");
  await asked(second);
  await second.getByRole("button", { name: "Take the others" }).click();
  assert.equal(await text(second).inputValue(), "words of the first, gone on");
  await second.getByText(/: 2 versions/).waitFor();
  await second.getByRole("button", { name: /^Submit and next/ }).click();
  await first.getByText(/^Another window of yours handed this task in/).waitFor();
  await second.waitForFunction(() => document.querySelector("textarea[data-field]")?.value === "");
  assert.deepEqual(await onDevice(), [], "words of a task that was handed in are still on the device");
  assert.ok(await first.getByRole("button", { name: /^Submit and next/ }).isDisabled());
  await first.getByRole("button", { name: "Go on with the next task" }).click();
  await first.waitForFunction(() => document.querySelector("textarea[data-field]")?.value === "");
  assert.deepEqual(seen.errors.filter((error) => !/\/draft\)$|\/submission\)$/.test(error)), []);
  await context.close();
});

test("an answer that was taken, though its reply was lost, leaves no words on the device", async () => {
  const { context, page } = await enter("author");
  await page.goto(`${base}/work/${house.twice}`);
  const words = page.locator("textarea[data-field]").first();
  await words.waitFor();
  const onDevice = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cf.draft.")));
  await page.route("**/draft", (route) => route.abort());
  await page.route("**/submission", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await words.fill("words that were taken");
  await page.getByText(/Draft kept on this device/).waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText(/^Not submitted: the server does not answer/).waitFor();
  assert.equal((await onDevice()).length, 1);
  await page.unrouteAll();
  await page.reload();
  await page.getByText(/Nothing to do in this project now/).first().waitFor();
  await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("cf.draft.")));
  await context.close();
});

test("the colours follow the system until somebody chooses, and the choice stays", async () => {
  const { context, page } = await enter("author", { colorScheme: "light" });
  await page.goto(base);
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await scheme(page), "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
  const choose = async (name) => {
    await page.getByRole("button", { name: /settings and sign out/ }).click();
    await page.getByRole("menuitemradio", { name }).click();
    await page.getByRole("menu").waitFor({ state: "hidden" });
  };
  await choose("Light");
  assert.equal(await scheme(page), "light");
  assert.equal(await page.evaluate(() => localStorage.getItem("cf.scheme")), "light");
  await page.reload({ waitUntil: "domcontentloaded" });
  assert.equal(await scheme(page), "light", "the choice did not outlive the page");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await choose("As the system");
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
  await context.close();
});

test("every screen is called after what it shows, then for whom, and never by a word of a task", async () => {
  const titles = new Map();
  for (const [name, screen] of Object.entries(SCREENS).filter(([, { do: act }]) => act === undefined)) {
    const { context, page } = await (screen.who === null ? visit(browser, base) : enter(screen.who));
    await show(page, house, screen);
    const [title, path] = [await page.title(), new URL(page.url()).pathname];
    assert.match(title, /^\S.* · Cofferdam$/, `${name} is called ${title}`);
    assert.equal(titles.get(`${screen.who} ${title}`) ?? path, path, `${name} is called as another screen: ${title}`);
    titles.set(`${screen.who} ${title}`, path);
    for (const word of ["lamp", "cofferdam to a child", "sheet pile", "pumps"]) assert.ok(!title.includes(word), `${name} shows a task’s words: ${title}`);
    await context.close();
  }
  const { context, page } = await enter("operator");
  await page.goto(`${base}/console`);
  await page.waitForFunction(() => document.title === "Projects · Console · Cofferdam");
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.waitForFunction(() => document.title === "People · Console · Cofferdam");
  await page.goBack();
  await page.waitForFunction(() => document.title === "Projects · Console · Cofferdam");
  await context.close();
});

test("the room follows the window that is chosen: by claim, by key, by dragging, and by its address", async () => {
  const { context, page, seen } = await enter("operator");
  await show(page, house, SCREENS.room);
  const asked = [];
  page.on("request", (request) => { if (request.url().includes("/report?")) asked.push(request.url()); });
  const chosen = () => page.locator("text=/^chosen /").first();
  await page.getByRole("combobox", { name: "Window" }).selectOption({ label: "The project’s security update" });
  await page.waitForURL(/from=/);
  await page.waitForFunction(() => document.querySelector("table[aria-busy=false], table:not([aria-busy])") !== null);
  assert.ok(asked.length > 0, "no report was asked for the chosen window");
  const to = () => new URL(page.url()).searchParams.get("to");
  const before = Date.parse(to());
  const edge = page.getByRole("slider", { name: "End of the window" });
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  // Whole minutes from the claim's own time on.
  await page.waitForFunction((old) => Math.abs(Date.parse(new URL(location.href).searchParams.get("to")) - old - 11 * 60_000) < 60_000, before);
  await page.keyboard.press("Home");
  await page.waitForFunction((old) => Math.abs(Date.parse(new URL(location.href).searchParams.get("to")) - old) < 60_000, before);
  const box = await edge.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  await page.waitForFunction((old) => Date.parse(new URL(location.href).searchParams.get("to")) - old > 10 * 60_000, before);
  await chosen().waitFor();
  const address = page.url();
  await page.getByRole("textbox", { name: /^Until/ }).fill("");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !new URL(location.href).searchParams.has("to"));
  await page.goto(address);
  await page.getByRole("slider", { name: "End of the window" }).waitFor();
  assert.equal(page.url(), address);
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("an incident is moved, rebuilt and claimed, and its lab sees the step and nothing of the reason", async () => {
  const { context, page, seen } = await enter("operator");
  await show(page, house, SCREENS.room);
  await page.getByRole("button", { name: "Add a claim…" }).click();
  await page.getByRole("textbox", { name: "Source" }).fill("A third party, who saw it live");
  await page.getByRole("dialog").getByRole("textbox", { name: "From, UTC" }).fill("2026-02-31 10:00");
  await page.getByText(/Write a day and a time/).waitFor();
  assert.ok(await page.getByRole("button", { name: "Add the claim" }).isDisabled());
  const day = new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  await page.getByRole("dialog").getByRole("textbox", { name: "From, UTC" }).fill(day);
  await page.getByRole("checkbox", { name: /No end is known/ }).check();
  await page.getByRole("button", { name: "Add the claim" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("listitem").filter({ hasText: "A third party, who saw it live" }).waitFor();
  await page.getByRole("button", { name: new RegExp(`^Model gateway .* was rebuilt`) }).click();
  await page.getByRole("button", { name: "Declare it rebuilt" }).click();
  await page.getByText(/Its host was rebuilt/).waitFor();
  await page.getByRole("button", { name: "Move on…" }).click();
  await page.getByRole("textbox", { name: "Why", exact: true }).fill("the gateway is rebuilt: for the firm alone");
  await page.getByRole("button", { name: "It is contained" }).click();
  await page.getByRole("img", { name: /^It is contained/ }).waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
  const steward = await enter("steward");
  await show(steward.page, house, SCREENS["portal-incident"]);
  await steward.page.getByRole("img", { name: /^It is contained/ }).waitFor();
  const said = await steward.page.locator("main").innerText();
  for (const secret of ["for the firm alone", "Model gateway", "Quality dashboard", "Merrowby"]) assert.ok(!said.includes(secret), `the lab is told: ${secret}`);
  await steward.context.close();
});

test("an operator replaces the keys of a project, and of every lab that an incident concerns; its steward sees when", async () => {
  const { context, page, seen } = await enter("operator");
  await page.goto(`${base}/console/projects/${house.projects.rubric.id}`);
  await page.getByText("Never replaced.").waitFor();
  await page.getByRole("button", { name: "Replace keys…" }).click();
  await page.getByRole("dialog").getByText(/sealed under a new key at once/).waitFor();
  await page.getByRole("button", { name: "Replace the keys" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByText(/^Last replaced \d\d:\d\d UTC\.$/).waitFor();
  await page.getByText("Nothing is under an older key any more.").waitFor();
  await page.getByText(/^1 older key is still there\. An hour after the call, from .* UTC, it is taken away\.$/).waitFor();
  await show(page, house, SCREENS.room);
  await page.getByRole("button", { name: "Replace keys…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Replace the keys of \d+ labs?$/ });
  await dialog.getByText(house.lab.name).waitFor();
  await dialog.getByRole("button", { name: "Replace the keys" }).click();
  await dialog.getByText(/^Called for: the keys of \d+ projects are being replaced\./).waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Replace the keys" }).count(), 0, "it can be called for twice by one dialog");
  assert.deepEqual(seen.errors, []);
  await context.close();
  const steward = await enter("steward");
  await steward.page.goto(`${base}/lab/${house.lab.id}`);
  await steward.page.getByText(/^keys replaced \d\d:\d\d$/).first().waitFor();
  assert.equal(await steward.page.getByRole("button", { name: "Replace keys…" }).count(), 0);
  assert.deepEqual(steward.seen.errors, []);
  await steward.context.close();
});

test("an operator goes to whatever has a name or an id, by Ctrl K", async () => {
  const { context, page, seen } = await enter("operator");
  const search = async (text) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /a name, an id/i }).fill(text);
    await page.getByRole("dialog").getByRole("option").first().waitFor();
  };
  await page.goto(`${base}/console`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const project = house.projects.chat.id;
  for (const [text, path] of [
    [project, `/console/projects/${project}`],
    [house.lab.id, `/lab/${house.lab.id}`],
    [house.incident.own, `/console/incidents/${house.incident.id}`],
    [house.incident.components[0].id, `/console/components/${house.incident.components[0].id}`],
    [house.stopped, `/console/projects/${project}`],
    [house.incident.record, `/console/advisories/${house.incident.record}`],
    ["walls", "/console/walls"],
  ]) {
    const before = await page.title();
    await search(text);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === path);
    // The address changes before the screen does.
    await page.waitForFunction((title) => document.title !== title, before);
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  await search("chat of");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getByRole("dialog").getByRole("option", { selected: true }).count(), 1);
  await page.getByRole("combobox", { name: /a name, an id/i }).fill("tsk_01M8…CAE7");
  await page.getByText(/Nothing has this id/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await search("halt…");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Halt" }).waitFor();
  await page.getByRole("switch", { name: /Lift the guard/ }).waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("a past halt says what was checked before it was ended, and that nothing was", async () => {
  const { context, page } = await enter("operator");
  const halt = (scope) => context.request.post(`${base}/api/v1/halts`, { headers: { origin: base }, data: { scope, reason: "drill" } }).then((answer) => answer.json());
  const ids = [(await halt(`project:${house.projects.freeform.id}`)).id, (await halt(`project:${house.projects.rubric.id}`)).id];
  await page.goto(`${base}/console/halts`);
  const line = (kind) => page.getByRole("listitem").filter({ hasText: `${kind} of ${house.lab.name}` }).filter({ hasText: "This is a drill" });
  for (const [kind, checks] of [["freeform", ["The host was rebuilt", "The lab agrees"]], ["rubric", []]]) {
    await line(kind).getByRole("button", { name: /^Resume/ }).click();
    for (const check of checks) await page.getByRole("checkbox", { name: check }).check();
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  assert.equal(ids.length, 2);
  await line("freeform").getByText("Checked: The host was rebuilt; The lab agrees.").waitFor();
  await line("rubric").getByText("No check is on record.").waitFor();
  await context.close();
});

test("a steward reads the report, takes it along in both forms, and decides", async () => {
  const { context, page, seen } = await enter("steward", { acceptDownloads: true });
  await page.goto(`${base}/lab/${house.lab.id}`);
  await page.getByRole("link", { name: "Read report" }).first().click();
  await page.getByRole("heading", { name: "By subject" }).waitFor();
  await page.getByText("UNWITNESSED", { exact: true }).first().waitFor();
  const file = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    const stream = await download.createReadStream();
    let text = "";
    for await (const chunk of stream) text += chunk;
    return text;
  };
  const signed = JSON.parse(await file(/^Signed report/));
  assert.equal(signed.report.format, "cofferdam-exposure/1");
  assert.equal(signed.report.case.incident, house.incident.own);
  const printed = await file(/^To print/);
  assert.match(printed, /UNWITNESSED/);
  assert.doesNotMatch(printed, /<script|https?:\/\//);
  assert.equal(await page.getByRole("radio", { checked: true }).and(page.locator("[name=decision]")).count(), 0, "a decision is preselected");
  assert.ok(await page.getByRole("button", { name: "Record this decision" }).isDisabled());
  await page.getByRole("radio", { name: /^Review/ }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Record this decision" }).click();
  await page.getByText("Recorded.", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Incidents" }).first().click();
  await page.getByText(/none awaits a decision/).waitFor();
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.foreign, []);
  await context.close();
});

test("whose lab it is not finds neither its incidents nor the room", async () => {
  const { context, page } = await enter("author");
  for (const path of [`/lab/${house.lab.id}/incidents/${house.incident.own}`, `/lab/${house.lab.id}/incidents`, `/console/incidents/${house.incident.id}`, "/console/walls", "/console/advisories"]) {
    await page.goto(base + path);
    await page.getByRole("heading", { name: "Nothing is at this address" }).waitFor();
  }
  await context.close();
});

test("a wall is declared, made stricter without a reason, and loosened only with one", async () => {
  const { context, page, seen } = await enter("operator");
  await page.goto(`${base}/console/walls`);
  await page.getByRole("button", { name: /^Change / }).first().waitFor();
  await page.getByRole("button", { name: /^Change / }).first().click();
  const days = page.getByRole("textbox", { name: /^Cooling-off/ });
  await days.fill("90");
  assert.ok(await page.getByRole("button", { name: "Change it" }).isDisabled(), "loosened without a reason");
  await days.fill("200");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByText("200 days").waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("whoever is halted has open work that fits, its reasons, and what to tell the operator", async () => {
  const { context, page } = await enter("stopped", { permissions: ["clipboard-read", "clipboard-write"] });
  await show(page, house, SCREENS["work-halted"]);
  await page.getByText("it asks for editing, which you have").waitFor();
  await page.getByRole("button", { name: /^I would take it.*Criteria for explanations/ }).click();
  await page.getByText("Copied. Paste it to your operator.").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^I would take “Criteria for explanations” \(prj_/);
  await context.close();
});

/** Who opens which dialog, with what key on which button. */
const DIALOGS = [["steward", "portal", /Halt…/], ["steward", "portal", "Return rows…"], ["steward", "portal", "Manifest"], ["steward", "portal", "Check…"], ["steward", "portal", "Change…"], ["author", "ways-in", /^Revoke /], ["operator", "console", "New lab…"], ["operator", "console-people", "Invite…"], ["operator", "console-incidents", "Open an incident…"], ["operator", "console-project", "Replace keys…"], ["operator", "room", "Replace keys…"], ["operator", "room", "Move on…"], ["operator", "console-walls", "Declare a wall…"], ["operator", "console-advisories", "Take records…"]];
for (const [who, screen, opener] of DIALOGS) {
  test(`the dialog behind ${opener} keeps the focus and gives it back`, async () => {
    const { context, page } = await enter(who);
    await show(page, house, SCREENS[screen]);
    const button = page.getByRole("button", { name: opener }).first();
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    const inside = () => page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null);
    await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]") !== null);
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press(step === 13 ? "Shift+Tab" : "Tab");
      assert.ok(await inside(), `the focus left after ${step + 1} steps`);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.waitForTimeout(50);
    assert.ok(await button.evaluate((element) => element === document.activeElement), "the focus did not come back");
    await context.close();
  });
}

test("whatever has the focus shows it", async () => {
  for (const [name, screen] of Object.entries(SCREENS).filter(([, { who, do: act }]) => who !== null && act === undefined)) {
    const { context, page } = await enter(screen.who);
    await show(page, house, screen);
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      const hidden = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        // A radio that is not drawn shows its focus on its label.
        const drawn = element.matches(".vh") ? element.closest("label") : element;
        const { boxShadow, outlineStyle } = getComputedStyle(drawn);
        return boxShadow === "none" && outlineStyle === "none" ? element.outerHTML.slice(0, 160) : null;
      });
      assert.equal(hidden, null, `${name}: the focus cannot be seen`);
    }
    await context.close();
  }
});
