// Signing in by a provider, from a package, on loopback: an installation of its own is told to trust it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Provider } from "oidc-provider";
import { axeFinds } from "../lib/axe.mjs";
import { launch, visit } from "../lib/browser.mjs";

const BINARY = process.env.COFFERDAM_BINARY;
const SECRET = "a secret & more";
let browser;
let base;
let provider;
let server;
let folder;

/** A port that was free a moment ago. */
function freePort() {
  return new Promise((done) => {
    const listener = createServer();
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => done(port));
    });
  });
}

async function until(asked, what) {
  for (let n = 0; n < 300; n += 1) {
    if (await asked()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} did not come about in 30 s`);
}

before(async () => {
  assert.ok(BINARY, "COFFERDAM_BINARY must name the built binary");
  browser = await launch();
  const [ours, theirs] = [await freePort(), await freePort()];
  base = `http://127.0.0.1:${ours}`;
  const issuer = `http://127.0.0.1:${theirs}`;
  const trusted = new Provider(issuer, {
    clients: [{ client_id: "cofferdam", client_secret: SECRET, redirect_uris: [`${base}/login/account`], grant_types: ["authorization_code"], response_types: ["code"] }],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ["of this test alone"] },
    pkce: { required: () => true },
  });
  provider = trusted.listen(theirs, "127.0.0.1");
  folder = mkdtempSync(join(tmpdir(), "cofferdam-accounts-"));
  const data = join(folder, "data");
  const made = spawnSync(BINARY, ["init", "--data", data], { encoding: "utf8", env: { PATH: process.env.PATH } });
  assert.equal(made.status, 0, made.stderr);
  const config = join(data, "cofferdam.toml");
  const kept = readFileSync(config, "utf8").split("\n").filter((line) => !/^(listen|oidc_)/.test(line)).join("\n");
  rmSync(config);
  appendFileSync(config, `${kept}\nlisten = "127.0.0.1:${ours}"\noidc_issuer = "${issuer}"\noidc_client = "cofferdam"\noidc_name = "Work"\n`);
  server = spawn(BINARY, ["serve", "--data", data], { stdio: "ignore", env: { PATH: process.env.PATH, COFFERDAM_OIDC_SECRET: SECRET } });
  await until(() => fetch(`${base}/healthz`).then((answer) => answer.ok, () => false), "the server");
});

after(async () => {
  await browser?.close();
  server?.kill("SIGKILL");
  provider?.close();
  provider?.closeAllConnections();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function operator(method, path, body) {
  const token = readFileSync(join(folder, "data", "operator.token"), "utf8").trim();
  return fetch(`${base}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body ?? {}) }).then((answer) => answer.json());
}

/** Somebody new, signed in by their link, on the page of their ways in. */
async function arrive(name) {
  const { id } = await operator("POST", "/people", { name });
  const { url } = await operator("POST", `/people/${id}/links`);
  const visited = await visit(browser, base, { reducedMotion: "reduce" });
  await visited.page.goto(url);
  await visited.page.waitForURL((at) => !at.pathname.startsWith("/login"));
  await visited.page.goto(`${base}/ways-in`);
  await visited.page.getByRole("heading", { name: "Accounts" }).waitFor();
  return { ...visited, id };
}

/** On the provider's own pages, as whoever somebody is there. */
async function atProvider(page, login) {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByText("Continue", { exact: true }).click();
}

async function signOut(page) {
  await page.getByRole("button", { name: /settings and sign out/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You are signed out" }).waitFor();
}

test("somebody adds their account, signs in by it, and revokes it", { timeout: 180_000 }, async () => {
  const { context, page, seen } = await arrive("Ann");
  await page.getByRole("button", { name: "Add my account at Work" }).click();
  await atProvider(page, "ann@work");
  await page.waitForURL(`${base}/ways-in`);
  const panel = page.locator("section", { has: page.getByRole("heading", { name: "Accounts" }) });
  await panel.getByText("Work account").waitFor();
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, colorScheme);
    assert.deepEqual(await axeFinds(page), []);
  }

  await signOut(page);
  await page.getByRole("button", { name: "Sign in with Work" }).click();
  await page.waitForURL(`${base}/`);
  assert.equal((await page.evaluate(() => fetch("/api/v1/me").then((answer) => answer.json()))).name, "Ann");
  assert.ok(!page.url().includes("code="), page.url());

  await page.goto(`${base}/ways-in`);
  await panel.getByRole("button", { name: /^Revoke the account/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Revoke/ }).click();
  await panel.getByText("No account yet").waitFor();
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with Work" }).click();
  await page.getByText("Nobody here has added that account").waitFor();
  await page.getByRole("link", { name: "To the login page" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  // The provider's own pages want a font from elsewhere; of ours one answer is a refusal.
  const own = seen.errors.filter((error) => error.includes(base) && !error.includes("401"));
  assert.deepEqual(own, []);
  await context.close();
});

test("an account that is another's signs in whoever added it, and is not added twice", { timeout: 180_000 }, async () => {
  const ann = await arrive("Anna");
  await ann.page.getByRole("button", { name: "Add my account at Work" }).click();
  await atProvider(ann.page, "anna@work");
  await ann.page.waitForURL(`${base}/ways-in`);
  const bob = await arrive("Bob");
  await bob.page.getByRole("button", { name: "Add my account at Work" }).click();
  await atProvider(bob.page, "anna@work");
  await bob.page.getByRole("heading", { name: "The account was not added" }).waitFor();
  await bob.page.getByText("That account signs somebody in here already").waitFor();
  await Promise.all([ann.context.close(), bob.context.close()]);
});

test("what was begun in one browser does not end in another", { timeout: 180_000 }, async () => {
  const ann = await arrive("Annika");
  await ann.page.getByRole("button", { name: "Add my account at Work" }).click();
  await atProvider(ann.page, "annika@work");
  await ann.page.waitForURL(`${base}/ways-in`);
  await signOut(ann.page);
  // The answer is seen on its way and kept from being taken here; it is opened elsewhere.
  let caught;
  ann.page.on("request", (request) => {
    if (request.url().startsWith(`${base}/login/account?`)) caught = request.url();
  });
  await ann.page.route("**/api/v1/accounts/logins", (route) => route.abort());
  await ann.page.getByRole("button", { name: "Sign in with Work" }).click();
  await until(() => caught !== undefined, "the answer");
  await ann.page.getByRole("heading", { name: "You are not signed in" }).waitFor();
  const elsewhere = await visit(browser, base, { reducedMotion: "reduce" });
  await elsewhere.page.goto(caught);
  await elsewhere.page.getByText("This sign-in was not begun in this tab").waitFor();
  const refused = await elsewhere.page.evaluate(async (url) => {
    const { searchParams } = new URL(url);
    const body = JSON.stringify({ code: searchParams.get("code"), state: searchParams.get("state") });
    const answer = await fetch("/api/v1/accounts/logins", { method: "POST", headers: { "content-type": "application/json" }, body });
    return answer.status;
  }, caught);
  assert.equal(refused, 409);
  await Promise.all([ann.context.close(), elsewhere.context.close()]);
});
