import { describe, expect, it } from "vitest";
import { ProblemError, Unreachable } from "../src/api/client";
import type { Question } from "../src/api/contract";
import { goalOf } from "../src/notices/words";
import { answeredBy, answers, asked, asks, inOrder, joined, unread, unsent, whose } from "../src/questions/questions";

const question = (id: string, more: Partial<Question> = {}): Question => ({ question: id, own: false, role: "author", asked: "2026-03-24T12:00:00Z", task: null, broken: false, text: "Why?", answered: false, remarks: [], ...more });
const ids = (list: readonly Question[]) => list.map((one) => one.question);
const problem = (slug: string, more: object = {}) => new ProblemError({ type: `https://x/problems/${slug}`, title: "Refused", status: 403, ...more });

describe("questions", () => {
  it("are answered by who reviews, leads or speaks for the lab, and asked by who works", () => {
    expect((["author", "reviewer", "lead", "steward", "integration"] as const).map((role) => [asks(role), answers(role)])).toEqual([[true, false], [true, true], [true, true], [false, true], [false, false]]);
  });
  it("that wait come first to whoever answers, broken tasks before them; to others as they came", () => {
    const list = [question("a", { answered: true }), question("b"), question("c", { broken: true }), question("d", { broken: true, answered: true }), question("e")];
    expect(ids(inOrder(list, true))).toEqual(["c", "b", "e", "a", "d"]);
    expect(ids(inOrder(list, false))).toEqual(["a", "b", "c", "d", "e"]);
  });
  it("of two pages are there once", () => {
    expect(ids(joined([question("a"), question("b")], [question("b"), question("c")]))).toEqual(["a", "b", "c"]);
  });
  it("asked just now are not answered; said to by somebody else, they are", () => {
    const own = asked({ remark: "rmk_1", said: "2026-03-24T12:00:00Z" }, { role: "author", task: "tsk_1", broken: true, text: "It is cut off." });
    expect(own).toMatchObject({ question: "rmk_1", own: true, answered: false, broken: true });
    expect(answeredBy(own, { remark: "rmk_2", said: "s" }, "author", "More.")).toMatchObject({ answered: false, remarks: [{ text: "More.", own: true }] });
    expect(answeredBy(question("a"), { remark: "rmk_2", said: "s" }, "reviewer", "So.").answered).toBe(true);
  });
  it("name nobody", () => {
    expect(whose(true, "author")).toBe("you");
    expect(whose(false, "steward")).toBe("the lab");
  });
});

describe("words that were not sent", () => {
  it("are kept on the device, and it is said", () => {
    for (const error of [new Unreachable(), problem("halted"), problem("ended"), problem("invalid", { errors: [{ field: "/text", reason: "is empty" }] }), new Error("?")]) expect(unsent(error, "asked")).toMatch(/^Not asked.*kept on this device/);
    expect(unsent(problem("conflict", { detail: "a hundred remarks were made" }), "said")).toBe("Not said: a hundred remarks were made");
  });
  it("are not what keeps questions from being read", () => {
    expect(unread(problem("budget-spent", { detail: "It opens again at noon." }))).toBe("It opens again at noon.");
    expect(unread(problem("halted"))).toMatch(/until the halt ends/);
  });
});

describe("a notice of an answer", () => {
  it("leads to the questions of the engagement; others to where the server says", () => {
    expect(goalOf({ kind: "question-answered", path: "/", engagement: "eng_1" })).toEqual({ to: "/work/eng_1", hash: "questions", words: "Read the answer" });
    expect(goalOf({ kind: "halted", path: "/", engagement: "eng_1" })).toEqual({ to: "/", words: "Go there" });
    expect(goalOf({ kind: "question-answered", path: "/lab/lab_1", engagement: null }).to).toBe("/lab/lab_1");
  });
});
