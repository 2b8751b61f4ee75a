// Passkeys, from the first to its end, by an authenticator that is not there: at localhost, for a passkey is for a name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFinds } from "../lib/axe.mjs";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { inviteAs, theHouse } from "../lib/house.mjs";

const { base, of } = loginsFrom();
const named = base.replace("//127.0.0.1:", "//localhost:");
const AUTHENTICATOR = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
let browser;
let house;

before(async () => {
  browser = await launch();
  house = await theHouse(browser, base, of("operator"));
});
after(async () => browser?.close());

/** Somebody new who has signed in by their link at `localhost`, with an authenticator. */
async function arrive(name) {
  const url = await inviteAs(browser, base, house.states.operator, name);
  const visited = await visit(browser, named, { reducedMotion: "reduce" });
  const cdp = await visited.context.newCDPSession(visited.page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: AUTHENTICATOR });
  await visited.page.goto(`${named}/login${new URL(url).hash}`);
  await visited.page.waitForURL((at) => !at.pathname.startsWith("/login"));
  return { ...visited, cdp, authenticatorId };
}

async function openWays(page) {
  await page.getByRole("button", { name: /settings and sign out/ }).click();
  await page.getByRole("menuitem", { name: "Ways in" }).click();
  await page.getByRole("heading", { name: "Ways in", level: 1 }).waitFor();
}

async function signOut(page) {
  await page.getByRole("button", { name: /settings and sign out/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You are signed out" }).waitFor();
}

async function addPasskey(page, label) {
  await page.getByRole("button", { name: "Add a passkey…" }).click();
  const called = page.getByRole("textbox", { name: /^What you call it/ });
  assert.equal(await called.inputValue(), "Linux computer");
  await called.fill(label);
  await page.getByRole("button", { name: "Add it" }).click();
}

/** Both themes, as every screen is held to it. */
async function accessible(page) {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, colorScheme);
    assert.deepEqual(await axeFinds(page), []);
  }
}

const passkey = (page, label) => page.getByRole("listitem").filter({ hasText: `${label} passkey` });

test("a passkey is added, opens sessions until it is revoked, and says then what to do", async () => {
  const { context, page, seen } = await arrive("With a passkey");
  await openWays(page);
  await page.getByText("No passkey yet").waitFor();
  await accessible(page);
  await addPasskey(page, "The one on the desk");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await passkey(page, "The one on the desk").getByText("good", { exact: true }).waitFor();
  await accessible(page);

  await addPasskey(page, "Once more");
  await page.getByText("That device has a passkey of yours already.").waitFor();
  await accessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await signOut(page);
  await accessible(page);
  await page.goto(`${named}/work/eng_nobody`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${named}/work/eng_nobody`);
  await page.goto(named);
  await openWays(page);
  const used = page.getByRole("listitem").filter({ hasText: "Browser session" });
  await used.getByText("in use", { exact: true }).waitFor();
  assert.equal(await used.count(), 1, "the session that was signed out of is among those that are good");

  await page.getByRole("button", { name: "Revoke the passkey “The one on the desk”…" }).click();
  await page.getByRole("dialog").getByText(/^It opens no session from then on\./).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByText("No passkey yet").waitFor();

  // Ends the session in use, as signing out does.
  await page.getByRole("button", { name: /^Revoke the browser session/ }).click();
  await page.getByRole("button", { name: "Revoke and sign out" }).click();
  await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  assert.deepEqual((await context.cookies()).map(({ name }) => name), [], "the cookie stayed");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: /^Not signed in: .* ask an operator for a new one\.$/ }).waitFor();
  await accessible(page);

  const expected = [/\/api\/v1\/passkeys\/logins\)$/, /\/api\/v1\/me\)$/];
  assert.deepEqual(seen.errors.filter((error) => !expected.some((pattern) => pattern.test(error))), []);
  assert.deepEqual(seen.foreign, []);
  await context.close();
});

test("nobody who verifies that it is them: no passkey is made, and none opens a session", async () => {
  const { context, page, cdp, authenticatorId } = await arrive("Not verified");
  await openWays(page);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await addPasskey(page, "Of somebody else");
  await page.getByRole("alert").filter({ hasText: /^No passkey was made: / }).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).last().click();
  await page.getByText("No passkey yet").waitFor();
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: /^No passkey was used: / }).waitFor();
  await context.close();
});

test("at an address that is a number there is no button, but the way to where there is one", async () => {
  const { context, page } = await visit(browser, base);
  await page.goto(`${base}/login`);
  await page.getByText("Passkeys are for a host’s name, and this address is a number.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
  await page.getByRole("link", { name: "Open this page at localhost" }).click();
  await page.waitForURL(`${named}/login`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  await context.close();
});
