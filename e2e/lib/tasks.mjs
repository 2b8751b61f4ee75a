// Twenty tasks of each kind of work, of what real people wrote: from ../shared/data, seen from the project's root, or from
// COFFERDAM_SHARED_DATA; where neither is there, from a few sentences of our own, which are told apart by their numbers.
import { existsSync, readFileSync } from "node:fs";

const COUNT = 20;
const root = process.env.COFFERDAM_SHARED_DATA ?? new URL("../../../shared/data", import.meta.url).pathname;
const read = (path) => readFileSync(`${root}/${path}`, "utf8");
const lines = (path) => read(path).trim().split("\n").map((line) => JSON.parse(line));

/** RFC 4180: cells in quotes may have commas, quotes and lines of their own. */
function csv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push((quoted ?? plain ?? "").replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  const [head, ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
}

const real = {
  pairs: () => JSON.parse(read("pandalm/testset-v1.json")).slice(0, COUNT).map((row) => ({ prompt: `${row.instruction}\n\n${row.input}`.trim(), response_a: row.response1, response_b: row.response2, category: row.motivation_app })),
  solutions: () => lines("gsm8k/example_model_solutions.jsonl").slice(0, COUNT).map((row) => ({ question: row.question, solutions: ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"].map((name) => row[name]?.solution).filter((text) => text !== undefined) })),
  talks: () => lines("mt_bench/question.jsonl").slice(0, COUNT),
  sums: () => lines("gsm8k/test.jsonl").slice(0, COUNT),
  rubrics: () => {
    const tasks = new Map();
    for (const row of csv(read("apex_ace/ACE-DIY.csv"))) tasks.set(row["Task ID"], { prompt: row.Prompt, criteria: [...(tasks.get(row["Task ID"])?.criteria ?? []), { id: row["Criterion ID"], text: row.Description }] });
    return [...tasks.values()].map(({ prompt, criteria }) => ({ prompt, criteria: criteria.slice(0, 3) })).slice(0, COUNT / 2);
  },
};
const numbered = (make) => Array.from({ length: COUNT }, (_, at) => make(at + 1));
const own = {
  pairs: () => numbered((n) => ({ prompt: `How long do ${n} pumps run?`, response_a: `They run for ${n} hours.`, response_b: `All ${n} of them run until noon.`, category: "pumps" })),
  solutions: () => numbered((n) => ({ question: `A pump moves ${n} litres each minute. How many in an hour?`, solutions: [`${n} * 60 = ${n * 60}`, `${n} + 60 = ${n + 60}`, `It is ${n * 60}.`, "It cannot be known."] })),
  talks: () => numbered((n) => ({ turns: [`What are ${n} sheet piles for?`, "Who drives them?"], category: "building" })),
  sums: () => numbered((n) => ({ question: `A gate has ${n} bolts on each side. How many bolts has it?`, answer: `It has ${n} * 2 = ${n * 2} bolts.\n#### ${n * 2}` })),
  rubrics: () => numbered((n) => ({ prompt: `Explain lock gate ${n} to a child.`, criteria: [{ id: `a${n}`, text: "Says what it holds back." }, { id: `b${n}`, text: "Says who opens it." }] })).slice(0, COUNT / 2),
};

/** By the name of the template. */
export function tasksOf(kind) {
  const from = existsSync(root) ? real : own;
  const make = {
    "pairwise-preference": () => from.pairs(),
    ranking: () => from.solutions().map(({ question, solutions }) => ({ prompt: question, responses: solutions })),
    // The first half is graded, the second is to be revised.
    rubric: () => [
      ...from.solutions().slice(0, COUNT / 2).map(({ question, solutions }) => ({ prompt: question, response: solutions[0], criteria: [{ id: "result", text: "The result is right." }, { id: "steps", text: "Each step is shown." }] })),
      ...from.rubrics(),
    ],
    chat: () => from.talks().map(({ turns, category }) => ({ turns, category })),
    classification: () => from.talks().map(({ turns, category }) => ({ body: turns[0], category })),
    spans: () => from.sums().map(({ question, answer }) => ({ context: question, body: answer })),
    freeform: () => from.sums().map(({ question }) => ({ title: "Solve it", body: question })),
  };
  return make[kind]();
}
