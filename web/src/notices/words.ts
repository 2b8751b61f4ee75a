import { plural } from "../ui/format";

/** What the button says to those who hear it. */
export function unreadWords(unread: number): string {
  return unread === 0 ? "Notices: none unread" : plural(unread, "unread notice");
}
