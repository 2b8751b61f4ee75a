// One Chromium for all tests, and pages that remember everything they should not have done.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability"];

/** The JSON that the demo prints: `logins`, an array of {role, name, url}. */
export function loginsFrom(path = process.env.COFFERDAM_E2E) {
  if (path === undefined) throw new Error("COFFERDAM_E2E must name the JSON file that the demo printed");
  const { logins } = JSON.parse(readFileSync(path, "utf8"));
  const base = new URL(logins[0].url).origin;
  return { base, of: (role) => logins.find((login) => login.role === role) ?? logins.find((login) => login.role.includes(role)) };
}

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGS });
}

/** A context of its own with what it saw: console errors, page errors, requests to other hosts, policies. */
export async function visit(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", timezoneId: "UTC", ...options });
  // Other things are done beside a browser: what is waited for may take its time.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const seen = { errors: [], foreign: [], policies: [] };
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== new URL(base).origin && url.protocol !== "data:" && url.protocol !== "blob:") seen.foreign.push(request.url());
  });
  page.on("response", (response) => {
    if (response.request().resourceType() === "document") seen.policies.push(response.headers()["content-security-policy"] ?? "");
  });
  return { context, page, seen };
}

/** The session cookie of a role, made once: each link opens only once. */
const states = new Map();

export async function signIn(browser, base, login, options = {}) {
  if (login === undefined) throw new Error("the JSON has no login for this role");
  const known = states.get(login.url);
  const visited = await visit(browser, base, { ...options, ...(known === undefined ? {} : { storageState: known }) });
  if (known === undefined) {
    await visited.page.goto(login.url);
    await visited.page.waitForURL((url) => !url.pathname.startsWith("/login"), { timeout: 60_000 });
    states.set(login.url, await visited.context.storageState());
  } else await visited.page.goto(base);
  return visited;
}
