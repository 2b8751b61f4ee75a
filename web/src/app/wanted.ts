/** Where somebody wanted to go before they signed in: a page of the application's own, and neither its start nor the login page. */
export function wantedOf(path: unknown): { to?: string } {
  // What begins with two slashes, or one of either kind after another, is another host's.
  if (typeof path !== "string" || !/^\/[A-Za-z0-9]/.test(path) || /[\s\\]/.test(path)) return {};
  return /^\/login([/?#]|$)/.test(path) ? {} : { to: path };
}
