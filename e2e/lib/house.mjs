// A house of its own on a running server: two labs with long names, work of every kind, and people in every role.
import { signIn, visit } from "./browser.mjs";

/** Sixty characters each, one of words and one that nothing breaks; the tail keeps them apart from an earlier run's. */
function longNames(tail) {
  const sixty = (text) => `${text.slice(0, 60 - tail.length)}${tail}`;
  return {
    words: sixty("The Merrowdown Institute for Alignment and Evaluation of Systems "),
    word: sixty("Rindfleischetikettierungsüberwachungsaufgabenübertragungslaboratorium"),
  };
}

const PAIR = {
  prompt: "The lamp came with a cracked shade, and I threw the packaging away. *Can I still send it back?*",
  context: "Damaged goods: replacement or refund within 30 days. See https://policies.example/returns/damaged/2026/03/a-very-long-address-without-a-place-to-break-it.",
  response_a: "I am sorry about the shade.\n\nYou can return it within **14 days**, in its original packaging.\n\n```\nif packaging == None: raise ReturnRefused('the-reason-is-written-in-one-line-that-is-longer-than-a-phone-is-wide')\n```",
  response_b: "I am sorry about the shade. Yes, within **30 days**, and you need no packaging.\n\n1. Tell us a day.\n2. The carrier collects it.\n\n> You pay nothing.",
  category: "returns",
};
const WORK = {
  "pairwise-preference": { tasks: [PAIR, { ...PAIR, category: "delivery" }, { ...PAIR, category: "repair" }, { ...PAIR, category: "refund" }], answer: () => ({ choice: "b", reason: "Only the second names the rule that applies." }) },
  ranking: { tasks: [{ prompt: PAIR.prompt, context: PAIR.context, category: "returns", responses: [PAIR.response_a, PAIR.response_b, "Yes.", ""] }, { prompt: "Name a river.", responses: ["The Ems.", "The Elbe is one."] }], answer: ({ responses }) => ({ ranks: responses.map((_, at) => at + 1), reason: "The first names the rule." }) },
  classification: { tasks: [{ text: "Write a letter about the pumps, and say in one line what it is about.", category: "log" }, { text: "What is a lock gate?" }], answer: () => ({ labels: ["generation", "summarization"] }) },
  spans: { tasks: [{ title: "A report", context: "They ran from 6 to 9.", body: "The pumps ran all night 🌧️ and nobody was there.\n\nThe gate, which is of oak, was shut at noon; it is the largest of its kind.", category: "log" }, { body: "The gate was shut at noon." }], answer: () => ({ spans: [{ start: 4, end: 9, label: "unclear", text: "pumps" }] }) },
  rubric: { tasks: [{ prompt: "Explain a cofferdam to a child.", category: "plain words" }, { prompt: "Explain a lock gate to a child." }], answer: () => ({ criteria: [{ text: "Says that the water is pumped out.", weight: 2, required: true }] }) },
  chat: { tasks: [{ system: "Answer briefly.", turns: ["How deep can one build?", "And how long does it stand?"] }, { turns: ["What is a sheet pile?", "Who drives it?"] }], answer: () => ({ replies: ["About twenty metres.", "As long as the pumps run."] }) },
  freeform: { tasks: [{ text: "The pumps ran all night.", category: "log" }, { text: "The gate was shut at noon." }], answer: () => ({ text: "They did not stop." }) },
};

const key = () => ({ "idempotency-key": `${Date.now()}-${Math.random()}` });

async function ask(context, base, method, path, data) {
  const answer = await context.request.fetch(`${base}/api/v1${path}`, { method, headers: { ...key(), origin: base, "content-type": typeof data === "string" ? "application/octet-stream" : "application/json" }, ...(data === undefined ? {} : { data }) });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  if (answer.status() === 204) return null;
  // A line to each task, where it is an export.
  return answer.headers()["content-type"].includes("ndjson") ? (await answer.text()).trim().split("\n").map((line) => JSON.parse(line)) : answer.json();
}

/** Somebody new, and the link by which they sign in. */
async function invite(operator, name) {
  const person = await operator("POST", "/people", { name, kind: "person", operator: false });
  return { person, link: await operator("POST", `/people/${person.id}/links`, {}) };
}

/** Somebody new with a session of their own, as a storage state. */
async function arrive(browser, base, operator, name) {
  const { person, link } = await invite(operator, name);
  const { context, page } = await visit(browser, base);
  await page.goto(`${base}/login${new URL(link.url).hash}`);
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  return { id: person.id, name, ask: (...args) => ask(context, base, ...args), state: () => context.storageState(), leave: () => context.close() };
}

/** Answers one task, so that there is something to review. */
async function answerOne(author, engagement, kind) {
  const held = await author.ask("POST", `/engagements/${engagement}/claims`);
  await author.ask("POST", `/engagements/${engagement}/assignments/${held.assignment}/submission`, { answer: WORK[kind].answer(held.input) });
}

async function judgeOne(reviewer, engagement, verdict) {
  const held = await reviewer.ask("POST", `/engagements/${engagement}/reviews/claims`);
  await reviewer.ask("POST", `/engagements/${engagement}/reviews/${held.review}`, { verdict, comment: "Quote the rule that decides it." });
}

/** A project of each kind with tasks, an author, a reviewer, and answers that wait, are accepted, are returned. */
async function openProjects(operator, lab, steward, author, reviewer, templates) {
  const projects = {};
  for (const [kind, work] of Object.entries(WORK)) {
    const project = await operator("POST", `/labs/${lab.id}/projects`, { name: `${kind} of ${lab.name}`, template: templates[kind], overlap: 1 });
    await steward.ask("POST", `/engagements/${steward.engagement}/imports?project=${project.id}&format=jsonl`, work.tasks.map((task) => JSON.stringify(task)).join("\n"));
    const authorship = await operator("POST", `/projects/${project.id}/engagements`, { principal: author.id, role: "author" });
    const reviews = await operator("POST", `/projects/${project.id}/engagements`, { principal: reviewer.id, role: "reviewer" });
    await answerOne(author, authorship.id, kind);
    projects[kind] = { id: project.id, name: project.name, author: authorship.id, reviewer: reviews.id };
  }
  const pairs = projects["pairwise-preference"];
  await judgeOne(reviewer, pairs.reviewer, "accept");
  await answerOne(author, pairs.author, "pairwise-preference");
  await answerOne(author, pairs.author, "pairwise-preference");
  return projects;
}

/** A key that deliveries can be sealed to: another lab's of the demonstration does. */
async function anyRecipients(operator, labs) {
  for (const lab of labs) {
    const { recipients } = await operator("GET", `/labs/${lab.id}/recipients`).catch(() => ({ recipients: [] }));
    if (recipients.length > 0) return recipients;
  }
  return [];
}

const iso = (ago) => new Date(Date.now() - ago).toISOString();
const HOUR = 3_600_000;

/** What a component says that it runs, in the format that `cofferdam component scan` writes: taken within the last hour, or it is refused. */
const scanOf = (version, ago) => ({
  format: "cofferdam-inventory", version: 1, scanned_at_micros: (Date.now() - ago) * 1000, roots: [{ name: "/srv/gateway", kind: "folder" }], sources: { "dist-info": 1 },
  packages: [{ package: { ecosystem: "PyPI", name: "litellm", version: { known: version } }, evidence: [{ standing: "installed", source: "dist-info", place: { root: 0, path: `lib/python3.13/site-packages/litellm-${version}.dist-info` }, record: { matching: 0, differing: 0, missing: 0, unchecked: 2 } }] }],
  startup: [], gaps: [],
});

/** A component that ran what it should not have, one that never said what it runs, and an incident about both. */
async function openIncident(operator, base, project, tail) {
  const names = [`Model gateway ${tail}`, `Quality dashboard ${tail}`];
  const components = [];
  for (const name of names) {
    const component = await operator("POST", "/people", { name, kind: "component", operator: false });
    const engagement = await operator("POST", `/projects/${project.id}/engagements`, { principal: component.id, role: "integration", purposes: ["export"] });
    components.push({ id: component.id, name, engagement: engagement.id });
  }
  const { token } = await operator("POST", `/engagements/${components[0].engagement}/tokens`, { label: "house" });
  const asComponent = async (path, body) => {
    const answer = await fetch(`${base}/api/v1/engagements/${components[0].engagement}${path}`, { method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { body: `${JSON.stringify(body)}\n` }) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await answer.text();
  };
  await asComponent("/inventories", scanOf("1.82.6", 0.8 * HOUR));
  await asComponent("/inventories", scanOf("1.82.8", 0.25 * HOUR));
  await asComponent("/export");
  const record = `E2E-${tail}`;
  await operator("POST", "/advisories", { records: [{ schema_version: "1.6.0", id: record, modified: iso(0), summary: "Takes credentials.", affected: [{ package: { ecosystem: "PyPI", name: "litellm" }, versions: ["1.82.8"] }] }] });
  const incident = await operator("POST", "/incidents", { advisory: record, since: iso(5 * HOUR), reason: "A source says so", title: `litellm 1.82.8 on two components, in a title that is longer than a phone is wide ${tail}` });
  for (const [source, from, to] of [["The project’s security update", 4, 3.3], ["The registry’s post-mortem, in a name that does not fit beside its bar", 4, 0.1], ["Advice to users", 5, null]]) {
    await operator("POST", `/incidents/${incident.id}/claims`, { source, from: iso(from * HOUR), ...(to === null ? {} : { to: iso(to * HOUR) }) });
  }
  const own = incident.labs.find((one) => one.lab.id === project.lab.id)?.incident;
  return { id: incident.id, own, record, components };
}

/** Somebody whose engagement is halted, with open work that fits them. */
async function haltOne(browser, base, operator, lab, steward, projects, tail) {
  const stopped = await arrive(browser, base, operator, `Stopped ${tail}`);
  const engagement = await operator("POST", `/projects/${projects.chat.id}/engagements`, { principal: stopped.id, role: "author" });
  await operator("PUT", `/people/${stopped.id}/abilities`, { skills: ["editing"], languages: ["english"], hours: 20 });
  // Of its own, for in the others every task is in somebody's hands.
  const open = await operator("POST", `/labs/${lab.id}/projects`, { name: `Open work ${tail}`, template: "rubric", overlap: 1 });
  await steward.ask("POST", `/engagements/${steward.engagement}/imports?project=${open.id}&format=jsonl`, WORK.rubric.tasks.map((task) => JSON.stringify(task)).join("\n"));
  await operator("PUT", `/projects/${open.id}/wanted`, { skills: ["editing"], languages: ["english"], hours: 10, seats: 3, notice: "Criteria for explanations" });
  await operator("POST", "/halts", { scope: `engagement:${engagement.id}`, reason: "incident" });
  return { ...stopped, engagement: engagement.id };
}

/** One question that is answered, one that waits, and a report of a broken task. */
async function askSome(author, reviewer, project) {
  const ask = (body) => author.ask("POST", `/engagements/${project.author}/questions`, body);
  const { assignment } = await author.ask("POST", `/engagements/${project.author}/claims`);
  const answered = await ask({ text: "Does the rule of 30 days hold for a part of an order, if the other parts stay?" });
  await reviewer.ask("POST", `/engagements/${project.reviewer}/questions/${answered.remark}`, { text: "It does, for each part by itself: https://policies.example/returns/parts/2026/03/a-very-long-address-without-a-place-to-break-it." });
  await ask({ text: "هل تُحسب الأيام من التسليم؟", assignment });
  await ask({ text: "The second response is cut off.", assignment, broken: true });
}

/** One task that two people answered otherwise, waiting for a reviewer of its own. */
async function openOthers(operator, lab, steward, author, reviewer, other, tail) {
  const project = await operator("POST", `/labs/${lab.id}/projects`, { name: `Two answers ${tail}`, template: "ranking", overlap: 2 });
  const task = { prompt: "Put them in order, the best first.", responses: ["It stands in the water.", "It keeps the water out while one builds.", "Nobody knows."] };
  await steward.ask("POST", `/engagements/${steward.engagement}/imports?project=${project.id}&format=jsonl`, JSON.stringify(task));
  for (const [person, ranks] of [[author, [2, 1, 3]], [other, [1, 2, 3]]]) {
    const { id } = await operator("POST", `/projects/${project.id}/engagements`, { principal: person.id, role: "author" });
    const held = await person.ask("POST", `/engagements/${id}/claims`);
    await person.ask("POST", `/engagements/${id}/assignments/${held.assignment}/submission`, { answer: { ranks, reason: "It says what one is for." } });
  }
  return (await operator("POST", `/projects/${project.id}/engagements`, { principal: reviewer.id, role: "reviewer" })).id;
}

/** Work of its own for whoever opens it in two windows: what is handed in there is missed by no other test. */
async function openTwice(operator, lab, steward, author, tail) {
  const project = await operator("POST", `/labs/${lab.id}/projects`, { name: `Two windows ${tail}`, template: "freeform", overlap: 1 });
  await steward.ask("POST", `/engagements/${steward.engagement}/imports?project=${project.id}&format=jsonl`, WORK.freeform.tasks.map((task) => JSON.stringify(task)).join("\n"));
  return (await operator("POST", `/projects/${project.id}/engagements`, { principal: author.id, role: "author" })).id;
}

/** Somebody new, invited by the operator whose state this is. */
export async function inviteAs(browser, base, state, name) {
  const { context } = await visit(browser, base, { storageState: state });
  const { link } = await invite((...args) => ask(context, base, ...args), name);
  await context.close();
  return link.url;
}

let built;

/** The house, built once for all tests of a run: the operator's link opens once, and hooks of several files run at once. */
export function theHouse(browser, base, login) {
  built ??= buildHouse(browser, base, login);
  return built;
}

/** Builds it all by the API, as the operator and the people themselves. */
async function buildHouse(browser, base, login) {
  const { context } = await signIn(browser, base, login);
  const operator = (...args) => ask(context, base, ...args);
  const tail = Date.now().toString(36).slice(-5);
  const names = longNames(tail);
  const labs = (await operator("GET", "/labs")).items;
  const lab = await operator("POST", "/labs", { name: names.words });
  const other = await operator("POST", "/labs", { name: names.word });
  const steward = await arrive(browser, base, operator, `Steward ${tail}`);
  steward.engagement = (await operator("POST", `/labs/${lab.id}/stewards`, { principal: steward.id })).id;
  await operator("POST", `/labs/${other.id}/stewards`, { principal: steward.id });
  const author = await arrive(browser, base, operator, `Author ${tail}`);
  const reviewer = await arrive(browser, base, operator, `Reviewer ${tail}`);
  const templates = Object.fromEntries(Object.keys(WORK).map((kind) => [kind, kind]));
  const projects = await openProjects(operator, lab, steward, author, reviewer, templates);
  const lead = await arrive(browser, base, operator, `Lead ${tail}`);
  const led = (await operator("POST", `/projects/${projects["pairwise-preference"].id}/engagements`, { principal: lead.id, role: "lead" })).id;
  await askSome(author, reviewer, projects["pairwise-preference"]);
  const others = await openOthers(operator, lab, steward, author, reviewer, lead, tail);
  const twice = await openTwice(operator, lab, steward, author, tail);
  const recipients = await anyRecipients(operator, labs);
  if (recipients.length > 0) {
    await steward.ask("PUT", `/labs/${lab.id}/recipients`, { recipients });
    await operator("POST", `/projects/${projects["pairwise-preference"].id}/deliveries`, {});
  }
  const incident = await openIncident(operator, base, { id: projects["pairwise-preference"].id, lab }, tail);
  const stopped = await haltOne(browser, base, operator, lab, steward, projects, tail);
  // Nobody has seen anything of the other lab, so that nobody is stopped by it.
  if (labs.length > 0) await operator("POST", "/walls", { name: `Kept apart ${tail}`, labs: [labs[0].id, other.id], cooling_off_days: 180, reason: "They asked for it" });
  const states = { operator: await context.storageState(), steward: await steward.state(), author: await author.state(), reviewer: await reviewer.state(), stopped: await stopped.state(), lead: await lead.state() };
  await Promise.all([context.close(), steward.leave(), author.leave(), reviewer.leave(), stopped.leave(), lead.leave()]);
  return { lab, other, projects, incident, stopped: stopped.engagement, twice, led, others, states, base, stewardship: steward.engagement };
}

/** Somebody of the house, to ask the server as. */
async function as(browser, base, state) {
  const { context } = await visit(browser, base, { storageState: state });
  return { ask: (...args) => ask(context, base, ...args), leave: () => context.close() };
}

/**
 * People of their own for the house's lab, one to each role, and projects in which all of them are engaged: `[{ name, template, tasks, overlap }]`.
 * Each comes back with `engagements` by project; what they do is missed by no other test.
 */
export async function openFor(browser, base, house, roles, projects) {
  const [operator, steward] = await Promise.all([as(browser, base, house.states.operator), as(browser, base, house.states.steward)]);
  const tail = Math.random().toString(36).slice(2, 7);
  const people = [];
  for (const role of roles) people.push({ ...(await arrive(browser, base, operator.ask, `${role} ${tail}${people.length}`)), role, engagements: {} });
  const ids = {};
  for (const { name, template = name, tasks, overlap = 1 } of projects) {
    const project = await operator.ask("POST", `/labs/${house.lab.id}/projects`, { name: `${name} ${tail}`, template, overlap });
    await steward.ask("POST", `/engagements/${house.stewardship}/imports?project=${project.id}&format=jsonl`, tasks.map((task) => JSON.stringify(task)).join("\n"));
    for (const person of people) person.engagements[name] = (await operator.ask("POST", `/projects/${project.id}/engagements`, { principal: person.id, role: person.role })).id;
    ids[name] = project.id;
  }
  return { people, ids, steward, operator, leave: () => Promise.all([...people, operator, steward].map((one) => one.leave())) };
}
