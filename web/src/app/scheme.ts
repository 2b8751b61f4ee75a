/** What somebody asked for: a theme, or whichever the system prefers. */
export type Scheme = "auto" | "light" | "dark";

/** Where the choice is kept. `public/theme.js` reads it too, before the first paint. */
export const SCHEME_KEY = "cf.scheme";

/** Anything but a theme's name follows the system, nothing kept as well. */
export function schemeOf(kept: string | null): Scheme {
  return kept === "light" || kept === "dark" ? kept : "auto";
}
