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
  rubric: { tasks: [{ prompt: "Explain a cofferdam to a child.", category: "plain words" }, { prompt: "Explain a lock gate to a child." }], answer: () => ({ criteria: [{ text: "Says that the water is pumped out.", weight: 2, required: true }] }) },
  chat: { tasks: [{ system: "Answer briefly.", turns: ["How deep can one build?", "And how long does it stand?"] }, { turns: ["What is a sheet pile?", "Who drives it?"] }], answer: () => ({ replies: ["About twenty metres.", "As long as the pumps run."] }) },
  freeform: { tasks: [{ text: "The pumps ran all night.", category: "log" }, { text: "The gate was shut at noon." }], answer: () => ({ text: "They did not stop." }) },
};

const key = () => ({ "idempotency-key": `${Date.now()}-${Math.random()}` });

async function ask(context, base, method, path, data) {
  const answer = await context.request.fetch(`${base}/api/v1${path}`, { method, headers: { ...key(), origin: base, "content-type": typeof data === "string" ? "application/octet-stream" : "application/json" }, ...(data === undefined ? {} : { data }) });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}

/** Somebody new with a session of their own, as a storage state. */
async function arrive(browser, base, operator, name) {
  const person = await operator("POST", "/people", { name, kind: "person", operator: false });
  const link = await operator("POST", `/people/${person.id}/links`, {});
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
  const recipients = await anyRecipients(operator, labs);
  if (recipients.length > 0) {
    await steward.ask("PUT", `/labs/${lab.id}/recipients`, { recipients });
    await operator("POST", `/projects/${projects["pairwise-preference"].id}/deliveries`, {});
  }
  const states = { operator: await context.storageState(), steward: await steward.state(), author: await author.state(), reviewer: await reviewer.state() };
  await Promise.all([context.close(), steward.leave(), author.leave(), reviewer.leave()]);
  return { lab, other, projects, states, base };
}
