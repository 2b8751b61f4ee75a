// Serves web/dist with the headers of the real server and a small in-memory stand-in for its API, to look at screens
// without a server. For development only: it keeps nothing and guards nothing.
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { GUIDELINE, INPUTS, LABS, TEMPLATES } from "./mock-data.mjs";

const port = Number(process.env.PORT ?? 8421);
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

const now = () => new Date().toISOString().replace("Z", "000Z");
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString().replace("Z", "000Z");
const id = (kind) => `${kind}_${randomBytes(5).toString("hex").toUpperCase().slice(0, 8)}`;
const pick = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name]]));

// ---------------------------------------------------------------- state
const SENTENCES = {
  incident: "A security incident is being looked into.",
  component: "A component that this work uses is under review.",
  "lab-request": "The lab asked for a pause.",
  credential: "A credential may be in the wrong hands.",
  budget: "More was read than the budget allows.",
  maintenance: "Planned maintenance.",
  drill: "This is a drill.",
};

const project = (lab, name, kind, overlap, total, done, submissions, people, hours) => ({
  id: id("prj"), lab: pick(LABS[lab], "id", "name"), name, kind, template_kind: TEMPLATES[kind].kind, overlap, state: "open", tasks: { total, open: Math.max(0, total - done - Math.round(total * 0.06)), done },
  submissions, seconds_worked: hours * 3600, people, halted: null, created: ago(86400 * 9),
});
const projects = [
  project(0, "Support Tone 3", "pairwise", 3, 999, 612, { submitted: 118, accepted: 1652, returned: 21, rejected: 9 }, 6, 204.5),
  project(0, "House Rubrics", "rubric", 1, 80, 22, { submitted: 6, accepted: 15, returned: 1, rejected: 0 }, 3, 31.2),
  project(1, "Two Turns", "chat", 1, 160, 96, { submitted: 14, accepted: 80, returned: 2, rejected: 0 }, 4, 77),
  project(2, "Open Replies", "freeform", 2, 240, 240, { submitted: 0, accepted: 471, returned: 0, rejected: 9 }, 5, 118.4),
  project(1, "Best of Four", "ranking", 1, 60, 4, { submitted: 2, accepted: 2, returned: 0, rejected: 0 }, 2, 3),
  project(1, "Uses", "classification", 2, 500, 90, { submitted: 12, accepted: 160, returned: 1, rejected: 0 }, 2, 9),
  project(1, "Topics", "taxonomy", 1, 500, 90, { submitted: 12, accepted: 78, returned: 1, rejected: 0 }, 2, 9),
  project(1, "False Passages", "spans", 1, 90, 20, { submitted: 3, accepted: 17, returned: 0, rejected: 0 }, 2, 11),
  project(2, "Quick Pairs", "plainPairwise", 1, 300, 0, { submitted: 0, accepted: 0, returned: 0, rejected: 0 }, 1, 0),
];
const names = ["Ines Barros", "Tomasz Wilk", "Amara Obi", "Jun Watanabe", "Ruth Calder", "Sanna Kivelä", "Dele Ojo", "M. Lindqvist", "R. Okafor", "Priya Nair"];
const people = [
  ...names.map((name, index) => ({ id: id("per"), name, kind: "person", created: ago(86400 * (30 - index)), engagements: 0, halted: null, operator: name === "R. Okafor" })),
  { id: id("cmp"), name: "import-larkspur", kind: "component", created: ago(86400 * 12), engagements: 1, halted: null, operator: false },
];
const who = (name) => people.find((person) => person.name === name);
const engagements = [];
function engage(person, projectOf, role, pseudonym) {
  const engagement = {
    id: id("eng"), lab: projectOf.lab, project: { ...pick(projectOf, "id", "name", "template_kind") }, role, state: "active", halted: null, pseudonym: pseudonym ?? `p_${randomBytes(2).toString("hex").toUpperCase()}`, from: ago(86400 * 8), until: null,
    principal: pick(person, "id", "name"), timer: { state: "stopped", started: null, today: 0, week: 0, last: null }, kind: projectOf.kind, turn: 0,
  };
  engagements.push(engagement);
  person.engagements += 1;
  return engagement;
}
const ines = who("Ines Barros");
for (const [index, p] of projects.entries()) Object.assign(engage(ines, p, "author", ["p_7K2M", "p_7K2M", "p_4WNB", "p_RV90"][index] ?? "p_RV90").timer, { today: [12360, 0, 1800, 0][index] ?? 0, week: [41400, 5400, 14220, 9000][index] ?? 0 });
engage(who("Tomasz Wilk"), projects[0], "author", "p_Q9RD");
engage(who("Amara Obi"), projects[0], "author", "p_3XWA");
engage(who("Jun Watanabe"), projects[0], "author", "p_M4TE");
for (const p of projects) engage(who("Ruth Calder"), p, "reviewer", "p_B81H");
engage(who("Sanna Kivelä"), projects[0], "lead", "p_ZC5F");
engagements.push({ id: id("eng"), lab: pick(LABS[0], "id", "name"), project: null, role: "steward", state: "active", halted: null, pseudonym: "steward", from: ago(86400 * 20), until: null, principal: pick(who("M. Lindqvist"), "id", "name") });
who("M. Lindqvist").engagements = 1;

const halts = [{ id: id("hlt"), scope: `project:${projects[3].id}`, scope_name: "Open Replies", reason: "lab-request", sentence: SENTENCES["lab-request"], since: ago(1200), until: null, by: "steward", resumed: null, state: "open" },
  { id: id("hlt"), scope: `lab:${LABS[0].id}`, scope_name: "Larkspur", reason: "drill", sentence: SENTENCES.drill, since: ago(90_000), until: null, by: "operator", resumed: ago(89_400), state: "resumed" }];
const assignments = new Map();
const reviews = new Map();
const deliveries = [
  { id: id("dlv"), lab: LABS[0].id, project: pick(projects[0], "id", "name"), format: "openai-preference", state: "offered", rows: 2000, left_out: 31, bytes: 4_812_331, sha256: randomBytes(32).toString("hex"), created: ago(3100), decided: null, returned: [] },
  { id: id("dlv"), lab: LABS[0].id, project: pick(projects[1], "id", "name"), format: "openai-chat", state: "offered", rows: 48, left_out: 0, bytes: 91_204, sha256: randomBytes(32).toString("hex"), created: ago(9000), decided: null, returned: [] },
  { id: id("dlv"), lab: LABS[0].id, project: pick(projects[0], "id", "name"), format: "trl-preference", state: "accepted", rows: 1960, left_out: 12, bytes: 4_600_120, sha256: randomBytes(32).toString("hex"), created: ago(80_000), decided: ago(60_000), returned: [] },
];
const recipients = new Map(LABS.map((lab, index) => [lab.id, index === 2 ? [] : [`age1${randomBytes(29).toString("hex")}`]]));
const sessions = new Map();
const streams = new Set();
const tell = (kind) => { for (const stream of streams) stream.write(`data: ${JSON.stringify({ kind, ids: [] })}\n\n`); };

const views = () => halts.filter((halt) => halt.resumed === null).map((halt) => ({ halt: halt.id, ...pick(halt, "scope", "reason", "sentence", "since") }));
const haltOf = (...scopes) => views().find((view) => view.scope === "installation" || scopes.includes(view.scope)) ?? null;
const seen = (e, operator) => ({ ...pick(e, "id", "lab", "project", "role", "state", "pseudonym", "from", "until"), halted: haltOf(`lab:${e.lab.id}`, `project:${e.project?.id}`, `engagement:${e.id}`, `person:${e.principal.id}`), ...(operator ? { principal: e.principal } : {}) });
const shownProject = (p) => ({ ...pick(p, "id", "lab", "name", "template_kind", "overlap", "state", "tasks", "submissions", "seconds_worked", "people", "created"), halted: haltOf(`project:${p.id}`, `lab:${p.lab.id}`) });
const timerOf = (e) => {
  const running = e.timer.started === null ? 0 : (Date.now() - Date.parse(e.timer.started)) / 1000;
  return { state: e.timer.started === null ? "stopped" : "running", started: e.timer.started, seconds_today: Math.floor(e.timer.today + running), seconds_week: Math.floor(e.timer.week + running), last: e.timer.last };
};
const stopTimer = (e, cause) => {
  if (e.timer === undefined || e.timer.started === null) return;
  const seconds = (Date.now() - Date.parse(e.timer.started)) / 1000;
  Object.assign(e.timer, { today: e.timer.today + seconds, week: e.timer.week + seconds, last: { from: e.timer.started, to: now(), cause }, started: null });
};

// ---------------------------------------------------------------- answers
class Problem extends Error {
  constructor(status, slug, title, more = {}) {
    super(title);
    Object.assign(this, { status, body: { type: `/problems/${slug}`, title, status, ...more } });
  }
}
const notFound = () => new Problem(404, "not-found", "Not found", { detail: "There is nothing here that you may see." });

function validate(template, answer) {
  const errors = [];
  for (const name of template.answer.required ?? []) if (answer?.[name] === undefined) errors.push({ field: "", reason: `lacks \`${name}\`` });
  for (const [name, schema] of Object.entries(template.answer.properties)) {
    const value = answer?.[name];
    if (typeof value === "string" && schema.minLength > value.length) errors.push({ field: `/${name}`, reason: `must have at least ${schema.minLength} characters` });
    if (name === "criteria") for (const [index, item] of (value ?? []).entries()) if (!item.text) errors.push({ field: `/criteria/${index}/text`, reason: "must not be empty" });
    if (name === "replies") for (const [index, item] of (value ?? []).entries()) if (!item) errors.push({ field: `/replies/${index}`, reason: "must not be empty" });
  }
  if (errors.length > 0) throw new Problem(422, "invalid", "The answer does not fit the template", { detail: "Nothing was submitted.", errors });
}

const held = (a) => pick(a, "assignment", "task", "until", "input", "draft", "rework", "guideline_version");
const route = [];
const on = (method, path, handle) => route.push({ method, match: new RegExp(`^${path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`), handle });
const engagementOf = (p, me) => engagements.find((e) => e.id === p.e && (e.principal.id === me.id || me.operator)) ?? (() => { throw notFound(); })();
const unhalted = (e) => {
  const halt = seen(e).halted;
  if (halt !== null) throw new Problem(403, "halted", "Halted", { detail: halt.sentence, halt: { id: halt.halt, ...pick(halt, "reason", "sentence", "since") } });
};
const list = (items) => ({ items, next: null });

on("GET", "/me", (_p, _q, me) => meOf(me));
on("GET", "/me/notices", () => ({ items: [{ id: "ntc_1", kind: "halted", about: "hlt_01KMFTQ4M0R5M2X7V0QY6ZB8CE", engagement: null, lab: null, at: ago(600), unread: true, subject: "Work is halted", sentence: "A halt concerns you: it stops work until it is ended. Sign in to read what is halted, and why.", path: "/" }], next: null, unread: 1 }));
on("POST", "/me/notices/read", () => [204, null]);
on("GET", "/labs", () => list(LABS.map((lab) => ({ ...lab, created: ago(86400 * 40), projects: projects.filter((p) => p.lab.id === lab.id).length, halted: haltOf(`lab:${lab.id}`) }))));
on("POST", "/labs", (_p, _q, _me, body) => { const lab = { id: id("lab"), name: body.name }; LABS.push(lab); recipients.set(lab.id, []); return [201, { ...lab, created: now(), projects: 0, halted: null }]; });
on("GET", "/projects", (_p, q) => list(projects.filter((p) => q.get("lab") === null || p.lab.id === q.get("lab")).map(shownProject)));
on("GET", "/projects/:p", (p) => shownProject(projects.find((item) => item.id === p.p) ?? (() => { throw notFound(); })()));
on("POST", "/labs/:lab/projects", (p, _q, _me, body) => { const lab = LABS.findIndex((item) => item.id === p.lab); const kind = { "pairwise-preference": "plainPairwise", rubric: "rubric", chat: "chat", freeform: "freeform", ranking: "ranking", classification: "classification", spans: "spans" }[body.template]; const made = project(lab, body.name, kind, body.overlap, 0, 0, { submitted: 0, accepted: 0, returned: 0, rejected: 0 }, 0, 0); projects.push(made); return [201, shownProject(made)]; });
on("GET", "/projects/:p/engagements", (p) => list(engagements.filter((e) => e.project?.id === p.p).map((e) => seen(e, true))));
on("POST", "/projects/:p/engagements", (p, _q, _me, body) => [201, seen(engage(people.find((person) => person.id === body.principal), projects.find((item) => item.id === p.p), body.role), true)]);
on("GET", "/projects/:p/agreement", (p) => { const item = projects.find((one) => one.id === p.p); return item.overlap > 1 ? { items: item.tasks.done, labels: 1187, raters: ["p_7K2M", "p_Q9RD", "p_3XWA"], cohen_kappa: [{ a: "p_7K2M", b: "p_Q9RD", kappa: 0.812, items: 402 }, { a: "p_7K2M", b: "p_3XWA", kappa: 0.774, items: 388 }, { a: "p_Q9RD", b: "p_3XWA", kappa: 0.83, items: 397 }], fleiss_kappa: 0.805, krippendorff_alpha: 0.806, explained: [] } : { items: 0, labels: 0, raters: [], cohen_kappa: [], fleiss_kappa: null, krippendorff_alpha: null, explained: ["Each task is answered once, so there is nothing to compare."] }; });
on("POST", "/engagements/:e/end", (p, _q, me) => { const e = engagementOf(p, me); stopTimer(e, "engagement-ended"); e.state = "ended"; e.until = now(); tell("engagement-ended"); return seen(e, true); });
on("GET", "/people", () => list(people.map((person) => ({ ...person, halted: haltOf(`person:${person.id}`, `component:${person.id}`) }))));
on("POST", "/people", (_p, _q, _me, body) => { const person = { id: id("per"), name: body.name, kind: body.kind, created: now(), engagements: 0, halted: null, operator: false }; people.push(person); return [201, person]; });
on("POST", "/people/:id/links", (p) => [201, { url: `/login#${p.id}`, expires: new Date(Date.now() + 900_000).toISOString() }]);
on("POST", "/labs/:lab/stewards", (p, _q, _me, body) => { const e = { id: id("eng"), lab: pick(LABS.find((lab) => lab.id === p.lab), "id", "name"), project: null, role: "steward", state: "active", halted: null, pseudonym: "steward", from: now(), until: null, principal: pick(people.find((person) => person.id === body.principal), "id", "name") }; engagements.push(e); return [201, seen(e, true)]; });

on("GET", "/halts", (_p, q) => list(halts.filter((halt) => q.get("open") === null || (halt.resumed === null) === (q.get("open") === "true"))));
on("POST", "/halts", (_p, _q, me, body) => {
  const [kind, target] = body.scope.split(":");
  const name = kind === "lab" ? LABS.find((lab) => lab.id === target)?.name : kind === "project" ? projects.find((p) => p.id === target)?.name : kind === "installation" ? "Everything" : people.find((person) => person.id === target)?.name;
  if (name === undefined) throw new Problem(422, "invalid", "Nothing has this id", { detail: `There is no ${kind} with the id ${target}.` });
  const halt = { id: id("hlt"), scope: body.scope, scope_name: name, reason: body.reason, sentence: SENTENCES[body.reason], since: now(), until: null, by: me.operator ? "operator" : "steward", resumed: null, state: "open" };
  halts.push(halt);
  const hit = engagements.filter((e) => seen(e).halted !== null && e.role !== "steward");
  const timers = hit.filter((e) => e.timer?.started);
  for (const e of timers) stopTimer(e, "halted");
  tell("halted");
  return [201, { ...halt, stopped: { timers: timers.length, engagements: hit.length } }];
});
on("POST", "/halts/:id/resume", (p) => { const halt = halts.find((item) => item.id === p.id); halt.resumed = now(); halt.state = "resumed"; tell("resumed"); return halt; });

const lanes = [["p_B81H", "engaged", "reviewer", null, 540, 0.3], ["p_7K2M", "engaged", "author", 0, 231, 0.15], ["p_Q9RD", "engaged", "author", 0, 187, 0.25], ["p_M4TE", "engaged", "author", 0, 91, 0.4], ["p_3XWA", "engaged", "author", 1, 64, 0.05], ["p_ZC5F", "engaged", "lead", 0, 48, 0.2], ["p_91F0", "engaged", "integration", 0, 320, 0.1], ["p_J4QT", "job", "integration", 0, 1120, 0.5]];
on("GET", "/labs/:lab/accesses/summary", (p, q) => {
  const from = Date.parse(q.get("from"));
  const to = Math.min(Date.parse(q.get("to")), Date.now());
  const bucket = Number(q.get("bucket_seconds")) * 1000;
  const base = { from: q.get("from"), to: q.get("to"), bucket_seconds: bucket / 1000 };
  const checkpoint = { size: 182_406, root: "a3c1f7d20be94477a1c05e3d9b8846f0c2d1e7aa53b9079e4f6c1d2ab3459e07", witnessed: "by-firm" };
  if (p.lab !== LABS[0].id) return { ...base, entries: 0, objects: 0, bytes: 0, actors: [], refused: [], refused_total: 0, checkpoint };
  const actors = lanes.map(([pseudonym, kind, role, at, objects, skip], lane) => {
    const buckets = [];
    const n = Math.floor((to - from) / bucket);
    for (let i = 0; i < n; i += 1) {
      const t = from + i * bucket;
      const noise = Math.abs(Math.sin(((t / bucket) % 9973) * 12.9898 * (lane + 1))) % 1;
      if (kind === "job" ? i % 18 === 9 : noise > skip + 0.35 && i / n > skip) buckets.push({ start: new Date(t).toISOString(), objects: 1 + Math.floor(noise * (kind === "job" ? 220 : objects / 22)) });
    }
    const sum = buckets.reduce((total, item) => total + item.objects, 0);
    return { pseudonym, kind, role, project: at === null ? null : pick(projects[at], "id", "name"), objects: sum, bytes: sum * 3811, last: buckets.at(-1)?.start ?? q.get("from"), buckets };
  });
  const objects = actors.reduce((sum, actor) => sum + actor.objects, 0);
  return { ...base, entries: Math.round(objects * 0.56), objects, bytes: objects * 3811, actors, refused: [0.31, 0.64, 0.87].map((share) => ({ t: new Date(from + (to - from) * share).toISOString(), actor: { kind: "engaged", role: "author", pseudonym: "p_3XWA" } })), refused_total: 3, checkpoint };
});
on("GET", "/labs/:lab/accesses", (p, q) => {
  const before = Number(q.get("cursor") ?? 182_406);
  const items = Array.from({ length: 60 }, (_, i) => {
    const [pseudonym, kind, role, at] = lanes[(i * 5) % lanes.length];
    return { n: before - 1 - i, t: ago((182_406 - before + i) * 41), actor: { pseudonym, kind, role }, fact: i % 17 === 9 ? "refused" : ["task-released", "review-released", "submission-received"][i % 3], objects: i % 17 === 9 ? 0 : 1 + (i % 4), bytes: 3200, refused: i % 17 === 9 ? { act: "read-task", why: { because: "ended" } } : null, project: at === null ? null : pick(projects[at], "id", "name") };
  });
  return { items: p.lab === LABS[0].id ? items : [], next: p.lab === LABS[0].id ? String(before - 60) : null };
});
on("GET", "/labs/:lab/recipients", (p) => ({ recipients: recipients.get(p.lab) }));
on("PUT", "/labs/:lab/recipients", (p, _q, _me, body) => { recipients.set(p.lab, body.recipients); return body; });
on("GET", "/labs/:lab/deliveries", (p) => list(deliveries.filter((delivery) => delivery.lab === p.lab)));
const delivery = (p) => deliveries.find((item) => item.id === p.d) ?? (() => { throw notFound(); })();
on("GET", "/deliveries/:d/manifest", (p) => ({ raw: `cofferdam-manifest/1\ndelivery ${delivery(p).id}\nrows ${delivery(p).rows}\nsha256 ${delivery(p).sha256}\n\n— firm.example/deliveries+7f3c1a2b ${randomBytes(48).toString("base64")}\n`, type: "text/plain" }));
on("GET", "/deliveries/:d/file", (p) => ({ raw: `age-encryption.org/v1 ${delivery(p).id}\n`, type: "application/age-encryption" }));
on("POST", "/deliveries/:d/accept", (p) => Object.assign(delivery(p), { state: "accepted", decided: now() }));
on("POST", "/deliveries/:d/return", (p, _q, _me, body) => Object.assign(delivery(p), { state: "rows-returned", decided: now(), returned: body.rows }));

on("GET", "/engagements/:e/guideline", (p, _q, me) => { const e = engagementOf(p, me); unhalted(e); return { version: 6, markdown: GUIDELINE, template: TEMPLATES[e.kind] }; });
on("POST", "/engagements/:e/claims", (p, _q, me) => {
  const e = engagementOf(p, me);
  unhalted(e);
  const open = [...assignments.values()].find((a) => a.engagement === e.id && a.state === "claimed");
  if (open) return held(open);
  const inputs = INPUTS[e.kind];
  if (e.turn >= inputs.length * 3) return [204, null];
  const input = inputs[e.turn % inputs.length];
  const rework = e.kind === "chat" && e.turn === 1 ? { submission: id("sub"), version: 1, answer: { replies: ["14 pens cost 11.20."] }, comment: "The second question is not answered: how many pens for 20.00?" } : null;
  e.turn += 1;
  const a = { assignment: id("asg"), task: id("tsk"), until: new Date(Date.now() + 3_600_000).toISOString(), input, draft: null, rework, guideline_version: 6, engagement: e.id, state: "claimed" };
  assignments.set(a.assignment, a);
  return held(a);
});
on("GET", "/engagements/:e/assignments", (p) => list([...assignments.values()].filter((a) => a.engagement === p.e).map((a) => pick(a, "assignment", "task", "state", "until"))));
const assignment = (p) => assignments.get(p.a) ?? (() => { throw notFound(); })();
on("GET", "/engagements/:e/assignments/:a", (p, _q, me) => { unhalted(engagementOf(p, me)); return held(assignment(p)); });
on("PUT", "/engagements/:e/assignments/:a/draft", (p, _q, _me, body) => { const a = assignment(p); a.draft = { answer: body.answer, saved: now(), version: (a.draft?.version ?? 0) + 1 }; return { saved: a.draft.saved, version: a.draft.version }; });
on("POST", "/engagements/:e/assignments/:a/submission", (p, _q, me, body) => {
  const e = engagementOf(p, me);
  unhalted(e);
  const a = assignment(p);
  if (a.state !== "claimed") throw new Problem(409, "conflict", "Already decided", { detail: "This task is not held any more." });
  validate(TEMPLATES[e.kind], body.answer);
  a.state = "submitted";
  const submission = id("sub");
  reviews.set(submission, { review: id("rev"), submission, version: 1, task: a.task, input: a.input, answer: body.answer, author_pseudonym: e.pseudonym, project: e.project.id, author: me.id, state: "waiting" });
  return [201, { submission, version: 1, state: "submitted" }];
});
on("POST", "/engagements/:e/assignments/:a/return", (p) => { assignment(p).state = "returned"; return [204, null]; });
on("GET", "/engagements/:e/hours", (p, _q, me) => {
  const e = engagementOf(p, me);
  const items = [1, 2, 3, 4].map((day) => ({ timer: id("tmr"), from: ago(86_400 * day + 5400 + day * 900), to: ago(86_400 * day), seconds: 5400 + day * 900, cause: "stopped" })).slice(0, e.timer.week > 6000 ? 4 : 1);
  return { items, seconds_total: 0 };
});
on("POST", "/projects/:p/deliveries", (p) => { const of = projects.find((item) => item.id === p.p); const made = { id: id("dlv"), lab: of.lab.id, project: pick(of, "id", "name"), format: "openai-preference", state: "offered", rows: of.tasks.done, left_out: 3, bytes: 120_331, sha256: randomBytes(32).toString("hex"), created: now(), decided: null, returned: [] }; deliveries.unshift(made); return [201, made]; });
on("GET", "/engagements/:e/timer", (p, _q, me) => timerOf(engagementOf(p, me)));
on("POST", "/engagements/:e/timer", (p, _q, me, body) => {
  const e = engagementOf(p, me);
  if (body.do === "stop") stopTimer(e, "stopped");
  else { unhalted(e); e.timer.started ??= now(); }
  return timerOf(e);
});
/** A passage by its words, counted in code points as an answer counts. */
const passage = (text, label) => { const { body } = INPUTS.spans[0]; const start = [...body.slice(0, body.indexOf(text))].length; return { start, end: start + [...text].length, label, text }; };
on("POST", "/engagements/:e/reviews/claims", (p, _q, me) => {
  const e = engagementOf(p, me);
  unhalted(e);
  const sample = { ranking: { ranks: [3, 1, 2, 2], reason: "2 answers every question by the policy. 3 is right as well, but shorter than the customer needs." }, classification: { labels: ["rewrite", "summarization"], note: "Both, in this order." }, taxonomy: { labels: ["science-physics-explanation", "arts-film-opinion"] }, spans: { spans: [passage("near Schweiggers", "unsupported"), passage("marks the border between Austria and the Czech Republic for 412 kilometres", "incorrect"), { ...passage("412 kilometres", "incorrect"), note: "About 30." }, passage("It is safe to drink from it anywhere, also below the paper mills.", "unsafe")], summary: "The length is wrong." }, pairwise: { choice: "b", reason: "A says returns end after 14 days and need the packaging; both are false by the policy. It also calls a cracked lamp safe. B is right on every point." }, plainPairwise: { choice: "a", reason: "B is empty." }, rubric: { criteria: INPUTS.rubric[0].criteria.map((c, i) => ({ ...c, verdict: ["met", "met", "met", "met", "unclear"][i], ...(i === 4 ? { note: "“Reseat one bulb” may imply it, but no wattage is named." } : {}) })), overall: 4 }, chat: { replies: ["The boat left before the bakery opened…\n\nWhat surprised me was the **silence**.", "A boat left early. All shops slept."] }, freeform: { text: "Thank you for writing, and I am sorry about the 07:12." } }[e.kind];
  const waiting = [...reviews.values()].find((item) => item.project === e.project.id && item.state === "waiting" && item.author !== me.id);
  if (waiting) return pick(waiting, "review", "submission", "version", "task", "input", "answer", "author_pseudonym");
  if (e.turn >= 4) return [204, null];
  e.turn += 1;
  const made = { review: id("rev"), submission: id("sub"), version: 1, task: id("tsk"), input: INPUTS[e.kind][0], answer: sample, author_pseudonym: "p_Q9RD", project: e.project.id, author: "", state: "waiting" };
  reviews.set(made.submission, made);
  return pick(made, "review", "submission", "version", "task", "input", "answer", "author_pseudonym");
});
on("GET", "/engagements/:e/reviews/:r/others", (p, _q, me) => {
  const e = engagementOf(p, me);
  const other = (author_pseudonym, answer) => ({ submission: id("sub"), author_pseudonym, state: "accepted", answer });
  return [200, { ranking: [other("p_3XWA", { ranks: [3, 1, 2, 4], reason: "The empty one is the last." }), other("p_M4TE", { ranks: [3, 1, 1, 3] })], classification: [other("p_3XWA", { labels: ["rewrite"] })], taxonomy: [other("p_3XWA", { labels: ["science-physics-explanation", "arts-film-advice"] })],
    spans: [other("p_3XWA", { spans: [passage("near Schweiggers", "incorrect"), passage("for 412 kilometres", "incorrect"), passage("It is safe to drink from it anywhere, also below the paper mills.", "unsafe")] }), other("p_M4TE", { spans: [] })], pairwise: [other("p_3XWA", { choice: "b_much", reason: "B is right." })] }[e.kind] ?? []];
});
on("POST", "/engagements/:e/reviews/:r", (p, _q, _me, body) => { const item = [...reviews.values()].find((one) => one.review === p.r); item.state = body.verdict; return { review: item.review, submission: item.submission, state: body.verdict }; });

const meOf = (person) => ({ principal: person.id, name: person.name, kind: person.kind, operator: person.operator, engagements: engagements.filter((e) => e.principal.id === person.id).map((e) => seen(e)) });

// ---------------------------------------------------------------- serving
async function api(request, response, url) {
  const path = url.pathname.slice("/api/v1".length);
  const session = /cofferdam_session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const me = people.find((person) => person.id === sessions.get(session));
  let text = "";
  for await (const chunk of request) text += chunk;
  const body = text === "" ? undefined : JSON.parse(text);
  const reply = (status, value, headers = {}) => {
    response.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json", "cache-control": "no-store", ...headers });
    response.end(value === null ? undefined : JSON.stringify(value));
  };
  if (request.method === "POST" && path === "/sessions") {
    const alias = { contractor: "Ines Barros", reviewer: "Ruth Calder", steward: "M. Lindqvist", operator: "R. Okafor" }[body.link];
    const person = people.find((item) => item.name === alias || item.id === body.link);
    if (person === undefined) return reply(401, { type: "/problems/unauthenticated", title: "This link opens nothing", status: 401, detail: "It was used, or it has run out." });
    const key = randomUUID();
    sessions.set(key, person.id);
    return reply(201, meOf(person), { "set-cookie": `cofferdam_session=${key}; Path=/; HttpOnly; SameSite=Strict` });
  }
  if (me === undefined) return reply(401, { type: "/problems/unauthenticated", title: "Not signed in", status: 401 });
  if (path === "/sessions/current") { sessions.delete(session); return reply(204, null); }
  if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": here\n\n");
    streams.add(response);
    request.on("close", () => streams.delete(response));
    return undefined;
  }
  for (const { method, match, handle } of route) {
    const found = match.exec(path);
    if (found === null || method !== request.method) continue;
    const out = await handle(found.groups ?? {}, url.searchParams, me, body);
    if (out?.raw !== undefined) {
      response.writeHead(200, { "content-type": out.type });
      return response.end(out.raw);
    }
    return Array.isArray(out) ? reply(out[0], out[1]) : reply(200, out);
  }
  throw notFound();
}

function page(response, url) {
  const nonce = randomBytes(16).toString("base64");
  const wanted = join(dist, normalize(url.pathname));
  const file = wanted.startsWith(dist) && extname(wanted) !== "" && existsSync(wanted) ? wanted : join(dist, "index.html");
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  const headers = {
    "content-type": type, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "content-security-policy": `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; connect-src 'self'; font-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  };
  response.writeHead(200, headers);
  const bytes = readFileSync(file);
  response.end(file.endsWith("index.html") ? bytes.toString("utf8").replace("__CSP_NONCE__", nonce) : bytes);
}

createServer((request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (!url.pathname.startsWith("/api/v1/")) return page(response, url);
  return api(request, response, url).catch((error) => {
    const problem = error instanceof Problem ? error.body : { type: "/problems/internal", title: "Internal error", status: 500, detail: String(error) };
    response.writeHead(problem.status, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(problem));
  });
}).listen(port, "127.0.0.1", () => {
  const login = (role, name) => ({ role, name, url: `http://127.0.0.1:${port}/login#${role}` });
  console.log(JSON.stringify({ base: `http://127.0.0.1:${port}`, logins: [login("contractor", "Ines Barros"), login("reviewer", "Ruth Calder"), login("steward", "M. Lindqvist"), login("operator", "R. Okafor")] }, null, 2));
});
