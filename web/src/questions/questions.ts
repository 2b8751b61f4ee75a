import { isProblem, Unreachable } from "../api/client";
import type { Question, Remarked, Role, Said } from "../api/contract";

/** Who answers what others ask, and so sees every question. */
export function answers(role: Role): boolean {
  return role === "reviewer" || role === "lead" || role === "steward";
}

/** Stewards answer, and ask nothing. */
export function asks(role: Role): boolean {
  return role === "author" || role === "reviewer" || role === "lead";
}

/** In what order a page of them is read; what is answered then stays where it is. To whoever answers: those that wait first, the broken tasks before the others; else as they came, the newest first. */
export function inOrder(questions: readonly Question[], answering: boolean): Question[] {
  if (!answering) return [...questions];
  const rank = (question: Question) => (question.answered ? 2 : question.broken ? 0 : 1);
  return questions.toSorted((a, b) => rank(a) - rank(b));
}

/** Pages as one list: what is on two of them, because something was asked meanwhile, is there once. */
export function joined(before: readonly Question[], page: readonly Question[]): Question[] {
  const known = new Set(before.map(({ question }) => question));
  return [...before, ...page.filter(({ question }) => !known.has(question))];
}

/** What was asked just now, as the server would tell of it: it is not read again for that. */
export function asked({ remark, said }: Remarked, about: { role: Role; task: string | null; broken: boolean; text: string }): Question {
  return { question: remark, own: true, role: about.role, asked: said, task: about.task, broken: about.broken, text: about.text, answered: false, remarks: [] };
}

/** A question with what was said to it just now. */
export function answeredBy(question: Question, { remark, said }: Remarked, role: Role, text: string): Question {
  const own: Said = { remark, own: true, role, said, text };
  return { ...question, answered: question.answered || !question.own, remarks: [...question.remarks, own] };
}

const ROLES: Record<Role, string> = { author: "a contributor", reviewer: "a reviewer", lead: "the lead", steward: "the lab", integration: "a component" };

/** Who speaks, in what capacity: nobody is named. */
export function whose(own: boolean, role: Role): string {
  return own ? "you" : ROLES[role];
}

/** Why words were not sent, what becomes of them, and what to do. `act`: "asked", "said", "reported". */
export function unsent(error: unknown, act: string): string {
  if (error instanceof Unreachable) return `Not ${act}: the server does not answer. What you wrote is kept on this device; try again when the connection is back.`;
  if (isProblem(error, "halted")) return `Not ${act}: this work was halted. What you wrote is kept on this device until the halt ends.`;
  if (isProblem(error, "ended")) return `Not ${act}: this engagement has ended. What you wrote is kept on this device.`;
  if (isProblem(error, "invalid")) return `Not ${act}: ${error.problem.errors?.map(({ reason }) => reason).join("; ") ?? error.problem.detail ?? error.problem.title}. What you wrote is kept on this device.`;
  if (isProblem(error)) return `Not ${act}: ${error.problem.detail ?? error.problem.title}`;
  return `Not ${act}. What you wrote is kept on this device; try again.`;
}

/** Why questions could not be read. */
export function unread(error: unknown): string {
  if (error instanceof Unreachable) return "The server does not answer. Try again when the connection is back.";
  if (isProblem(error, "halted")) return "They are put away until the halt ends.";
  if (isProblem(error)) return error.problem.detail ?? error.problem.title;
  return "Try again.";
}
