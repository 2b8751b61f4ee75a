// Every screen of the application, as somebody comes to it in the house that `house.mjs` builds.

import { alterEntry, verify } from "./verifying.mjs";

const work = (kind, more = {}) => ({ who: "author", path: (house) => `/work/${house.projects[kind].author}`, ready: (page) => page.getByRole("button", { name: /^Submit and next/ }), ...more });
const portal = (more = {}) => ({ who: "steward", path: (house) => `/lab/${house.lab.id}`, ready: (page) => page.locator("svg[role=img][aria-label^='Objects opened']"), ...more });
const desk = (path, more = {}) => ({ who: "operator", path: () => path, ready: (page) => page.getByRole("listitem").or(page.getByRole("row")).or(page.getByText("Nothing is halted")), ...more });
const room = (more = {}) => ({ who: "operator", path: (house) => `/console/incidents/${house.incident.id}`, ready: (page) => page.getByRole("img", { name: /ways from subjects to labs/ }).or(page.getByText(/ to /).first()), ...more });
const report = (more = {}) => ({ who: "steward", path: (house) => `/lab/${house.lab.id}/incidents/${house.incident.own}`, ready: (page) => page.getByRole("heading", { name: "By subject" }), ...more });
const heading = (page) => page.getByRole("heading", { level: 1 });
const dialog = (page) => page.getByRole("dialog").waitFor();
const press = (name) => async (page) => {
  await page.getByRole("button", { name }).first().click();
  await dialog(page);
};
const ways = (who, more = {}) => ({ who, path: () => "/ways-in", ready: (page) => page.getByRole("heading", { name: "Sessions, links and tokens" }), ...more });

const review = (more = {}) => ({ who: "reviewer", path: (house) => `/review/${house.projects["pairwise-preference"].reviewer}`, ready: (page) => page.getByRole("radiogroup", { name: "Verdict" }), ...more });
const change = async (page) => {
  await page.getByRole("button", { name: /^Change it/ }).click();
  await page.getByRole("heading", { name: "What you changed" }).waitFor();
};
/** As a phone has it, or by its key. */
const questions = async (page) => {
  const tab = page.getByRole("button", { name: /^Questions/ }).first();
  if (await tab.isVisible()) await tab.click();
  else await page.keyboard.press("q");
  await page.getByRole("textbox", { name: "Ask what the guideline does not say" }).waitFor();
};

/** By name: who looks, where, what shows that it is there, and what is done to come to it. */
export const SCREENS = {
  login: { who: null, path: () => "/login", ready: heading },
  "login-used": { who: null, path: () => "/login#used-before", ready: (page) => page.getByRole("alert") },
  "not-found": { who: "author", path: () => "/work/eng_nobody", ready: heading },
  today: { who: "author", path: () => "/", ready: (page) => page.getByRole("link", { name: "Work", exact: true }) },
  menu: { who: "author", path: () => "/", ready: heading, do: async (page) => {
    await page.getByRole("button", { name: /settings and sign out/ }).click();
    await page.getByRole("menu").waitFor();
  } },
  "ways-in": ways("author"),
  "ways-in-steward": ways("steward"),
  "ways-in-operator": ways("operator", { do: async (page) => {
    const past = page.getByText(/open nothing any more|opens nothing any more/);
    if (await past.isVisible()) await past.click();
  } }),
  "ways-in-revoke": ways("author", { do: press(/^Revoke the browser session/) }),
  keys: work("pairwise-preference", { do: async (page) => {
    await page.keyboard.press("?");
    await dialog(page);
  } }),
  "work-pairwise": work("pairwise-preference"),
  "work-differences": work("pairwise-preference", { do: async (page) => {
    await page.keyboard.press("1");
    await page.keyboard.press("d");
    await page.keyboard.press("]");
  } }),
  "work-errors": work("chat", { do: async (page) => {
    await page.keyboard.press("Control+Enter");
    await page.getByText("Not submitted yet").waitFor();
  } }),
  "work-guideline": work("pairwise-preference", { do: (page) => page.keyboard.press("g") }),
  "work-rubric": work("rubric", { do: async (page) => {
    await page.getByRole("button", { name: "Add a criterion" }).click();
    await page.keyboard.type("Names what is pumped out.");
  } }),
  "work-chat": work("chat"),
  "work-freeform": work("freeform"),
  "work-ranking": work("ranking", { do: (page) => page.keyboard.press("2") }),
  "work-classification": work("classification", { do: (page) => page.keyboard.press("1") }),
  "work-spans": work("spans"),
  "review-ranking": review({ path: (house) => `/review/${house.projects.ranking.reviewer}` }),
  "review-spans": review({ path: (house) => `/review/${house.projects.spans.reviewer}` }),
  review: { who: "reviewer", path: (house) => `/review/${house.projects["pairwise-preference"].reviewer}`, ready: (page) => page.getByRole("radiogroup", { name: "Verdict" }) },
  "review-rubric": { who: "reviewer", path: (house) => `/review/${house.projects.rubric.reviewer}`, ready: (page) => page.getByRole("radiogroup", { name: "Verdict" }) },
  "review-changed": review({ do: async (page) => {
    await change(page);
    await page.locator("section[data-changing] textarea").last().fill("Only the second names the rule. يوم 30");
    await page.getByText(/change/).first().waitFor();
  } }),
  "review-changed-rubric": review({ path: (house) => `/review/${house.projects.rubric.reviewer}`, do: async (page) => {
    await change(page);
    await page.getByRole("button", { name: "Add a criterion" }).click();
    await page.keyboard.type("Names the pumps.");
  } }),
  "review-others": review({ path: (house) => `/review/${house.others}`, do: async (page) => {
    await page.getByRole("button", { name: /^What others answered/ }).click();
    await page.getByRole("button", { name: /^Start from the answer of/ }).click();
    await page.getByRole("heading", { name: "What you changed" }).waitFor();
  } }),
  "review-remark": review({ do: (page) => page.getByRole("button", { name: "Remark on Why?" }).click() }),
  // A verdict is given and taken back, so that whoever comes next finds the same.
  "review-undo": review({ path: (house) => `/review/${house.projects.freeform.reviewer}`, do: async (page) => {
    await page.getByText("Accept", { exact: true }).click();
    await page.getByRole("button", { name: /^Accept and next/ }).click();
    await page.getByRole("button", { name: /^Undo/ }).waitFor();
    await page.getByText("Nothing waits for review").waitFor();
  }, undo: async (page) => {
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByRole("radiogroup", { name: "Verdict" }).waitFor();
  } }),
  "review-questions": review({ do: async (page) => {
    await page.getByRole("button", { name: /^Questions/ }).click();
    await page.getByRole("button", { name: /^Answer “The second response/ }).click();
  } }),
  "work-questions": work("pairwise-preference", { do: async (page) => {
    await questions(page);
    await page.getByText(/questions, /).waitFor();
  } }),
  "work-questions-none": work("chat", { do: questions }),
  "work-broken": work("pairwise-preference", { do: press("This task is broken…") }),
  "work-halted-questions": { who: "stopped", path: (house) => `/work/${house.stopped}`, ready: (page) => page.getByRole("button", { name: /^I would take it/ }), do: questions },
  lead: { who: "lead", path: (house) => `/work/${house.led}`, ready: (page) => page.getByRole("button", { name: "Read the questions" }) },
  "lead-questions": { who: "lead", path: (house) => `/work/${house.led}`, ready: (page) => page.getByRole("button", { name: "Read the questions" }), do: async (page) => {
    await page.getByRole("button", { name: "Read the questions" }).click();
    await page.getByText(/to answer/).waitFor();
  } },
  portal: portal(),
  // By its whole name: other tests open projects of this kind in the same lab.
  "portal-questions": portal({ do: async (page, house) => {
    await press(`Questions… about ${house.projects["pairwise-preference"].name}`)(page);
    await page.getByText(/to answer/).waitFor();
  } }),
  "portal-empty": { who: "steward", path: (house) => `/lab/${house.other.id}`, ready: heading },
  "portal-table": portal({ do: async (page) => {
    await page.keyboard.press("t");
    await page.getByRole("region", { name: "Ledger entries" }).getByRole("row").nth(1).waitFor();
  } }),
  "portal-halt": portal({ do: press(/Halt…/) }),
  "portal-guard": portal({ do: async (page) => {
    await press(/Halt…/)(page);
    await page.getByRole("switch").click();
  } }),
  "portal-halt-word": { who: "steward", path: (house) => `/lab/${house.other.id}`, ready: heading, do: press(/Halt…/) },
  "portal-accept": portal({ do: press("Accept…") }),
  "portal-return": portal({ do: press("Return rows…") }),
  "portal-manifest": portal({ do: press("Manifest") }),
  "portal-verified": portal({ do: async (page) => {
    await verify(page);
    await page.getByText("What was checked").click();
  } }),
  "portal-not-verified": portal({ do: async (page) => {
    await alterEntry(page);
    await verify(page);
  } }),
  "portal-forget": portal({ do: async (page) => {
    await verify(page);
    await page.getByText("What was checked").click();
    await press("Forget on this device…")(page);
  } }),
  "portal-check": portal({ do: async (page) => {
    await press("Check…")(page);
    await page.getByRole("dialog").getByRole("button", { name: "Check again" }).waitFor();
  } }),
  "portal-recipients": portal({ do: press("Change…") }),
  console: desk("/console"),
  "console-project": { who: "operator", path: (house) => `/console/projects/${house.projects["pairwise-preference"].id}`, ready: (page) => page.getByRole("row") },
  "console-project-keys": { who: "operator", path: (house) => `/console/projects/${house.projects["pairwise-preference"].id}`, ready: (page) => page.getByRole("row"), do: press("Replace keys…") },
  "console-people": desk("/console/people"),
  "console-halts": desk("/console/halts"),
  "console-incidents": desk("/console/incidents"),
  "console-incidents-open": desk("/console/incidents", { do: press("Open an incident…") }),
  room: room(),
  // From 1024 px on: a phone shows the room and does nothing in it but halt.
  "room-chosen": room({ do: async (page) => {
    const claimed = page.getByRole("combobox", { name: "Window" });
    await claimed.selectOption({ index: 1 });
    await page.getByText(/chosen/).first().waitFor();
  } }),
  "room-table": room({ do: async (page) => {
    const table = page.getByRole("button", { name: "as a table" });
    if (await table.isVisible()) await table.click();
  } }),
  "room-keys": room({ do: async (page) => {
    const keys = page.getByRole("button", { name: "Replace keys…" });
    if (await keys.isVisible()) await press("Replace keys…")(page);
  } }),
  "console-components": desk("/console/components"),
  "console-component": { who: "operator", path: (house) => `/console/components/${house.incident.components[0].id}`, ready: (page) => page.getByRole("region", { name: "Packages" }) },
  "console-component-silent": { who: "operator", path: (house) => `/console/components/${house.incident.components[1].id}`, ready: (page) => page.getByRole("heading", { name: "What it runs is unknown" }) },
  "console-advisories": desk("/console/advisories"),
  "console-advisories-take": desk("/console/advisories", { do: press("Take records…") }),
  "console-advisory": { who: "operator", path: (house) => `/console/advisories/${house.incident.record}`, ready: (page) => page.getByRole("region", { name: "Findings" }) },
  "console-walls": desk("/console/walls"),
  "console-walls-declare": desk("/console/walls", { do: press("Declare a wall…") }),
  "console-walls-change": desk("/console/walls", { do: press(/^Change /) }),
  "portal-incidents": { who: "steward", path: (house) => `/lab/${house.lab.id}/incidents`, ready: (page) => page.getByRole("link", { name: /^Read report/ }) },
  "portal-incidents-empty": { who: "steward", path: (house) => `/lab/${house.other.id}/incidents`, ready: (page) => page.getByText("No incident concerns this lab") },
  "portal-incident": report(),
  "portal-incident-chosen": report({ do: async (page) => {
    await page.getByRole("combobox", { name: "Window" }).selectOption({ index: 2 });
    await page.waitForURL(/from=/);
  } }),
  "today-halted": { who: "stopped", path: () => "/", ready: (page) => page.getByRole("button", { name: /^I would take it/ }) },
  "work-halted": { who: "stopped", path: (house) => `/work/${house.stopped}`, ready: (page) => page.getByRole("button", { name: /^I would take it/ }) },
  "console-search": desk("/console", { do: async (page) => {
    await page.keyboard.press("Control+k");
    await dialog(page);
    await page.keyboard.type("merrowdown");
    await page.getByRole("dialog").getByRole("option").first().waitFor();
  } }),
  "console-notices": desk("/console", { do: press(/notice/i) }),
  "console-halt": desk("/console", { do: press(/Halt…/) }),
  "console-lab": desk("/console", { do: press("New lab…") }),
  "console-open": desk("/console", { do: press("New project…") }),
  "console-invite": desk("/console/people", { do: press("Invite…") }),
  "console-link": desk("/console/people", { do: press(/One-time link/) }),
};

/** Goes to a screen and waits until it stands still. */
export async function show(page, house, screen) {
  await page.goto(house.base + screen.path(house));
  await screen.ready(page).first().waitFor({ timeout: 60_000 });
  await page.waitForLoadState("networkidle", { timeout: 1500 }).catch(() => undefined);
  if (screen.do !== undefined) await screen.do(page, house);
  await page.waitForTimeout(150);
}
