import type { Notice } from "../api/contract";
import { plural } from "../ui/format";

/** What the button says to those who hear it. */
export function unreadWords(unread: number): string {
  return unread === 0 ? "Notices: none unread" : plural(unread, "unread notice");
}

/**
 * Where a notice leads, and what the link says. An answered question is read where its asker works, in the panel of questions: it is
 * opened by the link, which says so.
 */
export function goalOf({ kind, path, engagement }: Pick<Notice, "kind" | "path" | "engagement">): { to: string; hash?: string; words: string } {
  if (kind === "question-answered" && engagement !== null) return { to: `/work/${engagement}`, hash: "questions", words: "Read the answer" };
  return { to: path, words: "Go there" };
}
