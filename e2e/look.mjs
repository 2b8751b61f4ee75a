// Takes a picture of every screen in three sizes, dark and light: node look.mjs [only]
import { mkdirSync } from "node:fs";
import { launch, loginsFrom, signIn, visit } from "./lib/browser.mjs";

const SIZES = [[1440, 900], [1024, 768], [390, 844]];
const only = process.argv[2] ?? "";
const out = process.env.PICTURES ?? new URL("pictures/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const { base, of } = loginsFrom();
const browser = await launch();
const settle = (page) => page.waitForTimeout(500);

/** Each screen: who looks, where, and what is done before the picture. */
const SCREENS = {
  "login": { role: null, path: "/login" },
  "login-used": { role: null, path: "/login#used-before" },
  "today": { role: "contractor", path: "/" },
  "work-pairwise": { role: "contractor", work: /Support Tone/, do: async (page) => { await page.keyboard.press("6"); await page.keyboard.press("r"); await page.keyboard.type("A says returns end after 14 days and need the packaging; both are false by the policy."); await page.waitForTimeout(1200); } },
  "work-rubric-grade": { role: "contractor", work: /House Rubrics/, do: async (page) => { await page.locator("[data-handle]").first().focus(); for (const key of ["1", "2", "3"]) { await page.keyboard.press(key); await page.waitForTimeout(60); } } },
  "work-differences": { role: "contractor", work: /Support Tone/, do: async (page) => { await page.keyboard.press("d"); await page.keyboard.press("]"); } },
  "work-errors": { role: "contractor", work: /Quick Pairs/, do: (page) => page.keyboard.press("Control+Enter") },
  "work-guideline": { role: "contractor", work: /Quick Pairs/, do: (page) => page.keyboard.press("g") },
  "work-skip": { role: "contractor", work: /Support Tone/, do: async (page) => { await page.keyboard.press("Escape"); await page.keyboard.press("s"); } },
  "menu": { role: "contractor", path: "/", do: (page) => page.getByRole("button", { name: /settings and sign out/ }).click() },
  "lab-accept": { role: "steward", path: "/", do: (page) => page.getByRole("button", { name: "Accept…" }).first().click() },
  "lab-manifest": { role: "steward", path: "/", do: (page) => page.getByRole("button", { name: "Manifest" }).first().click() },
  "console-invite": { role: "operator", path: "/console/people", do: (page) => page.getByRole("button", { name: "Invite…" }).click() },
  "not-found": { role: "contractor", path: "/work/eng_nobody" },
  "work-demonstration": { role: "contractor", work: /Two Turns/ },
  "halted": { role: "contractor", work: /Open Replies/ },
  "keys": { role: "contractor", work: /Support Tone/, do: async (page) => { await page.keyboard.press("Escape"); await page.keyboard.press("?"); } },
  "review": { role: "reviewer", work: /Support Tone/ },
  "review-rubric": { role: "reviewer", work: /House Rubrics/ },
  "lab": { role: "steward", path: "/" },
  "lab-table": { role: "steward", path: "/", do: (page) => page.keyboard.press("t") },
  "lab-halt": { role: "steward", path: "/", do: async (page) => { await page.getByRole("button", { name: /Halt…/ }).click(); await page.waitForTimeout(200); await page.keyboard.press("Space"); } },
  "lab-return": { role: "steward", path: "/", do: (page) => page.getByRole("button", { name: "Return rows…" }).first().click() },
  "console": { role: "operator", path: "/console" },
  "console-people": { role: "operator", path: "/console/people" },
  "console-halts": { role: "operator", path: "/console/halts" },
  "console-halt": { role: "operator", path: "/console", do: (page) => page.getByRole("button", { name: /Halt…/ }).click() },
  "console-link": { role: "operator", path: "/console/people", do: (page) => page.getByRole("button", { name: /One-time link/ }).first().click() },
  "console-project": { role: "operator", path: "/console", do: (page) => page.getByRole("link", { name: /Support Tone/ }).first().click() },
};

for (const [name, screen] of Object.entries(SCREENS).filter(([key]) => key.startsWith(only))) {
  for (const [width, height] of SIZES) {
    for (const scheme of ["dark", "light"]) {
      const options = { viewport: { width, height }, colorScheme: scheme };
      const { page, context, seen } = screen.role === null ? await visit(browser, base, options) : await signIn(browser, base, of(screen.role), options);
      await page.addInitScript((value) => localStorage.setItem("cf.scheme", value), scheme);
      await page.goto(base + (screen.path ?? "/"));
      await settle(page);
      if (screen.work !== undefined) {
        await page.getByRole("listitem").filter({ hasText: screen.work }).getByRole("link", { name: /Work|Review|See why/ }).first().click();
        await settle(page);
      }
      if (screen.do !== undefined) {
        await screen.do(page);
        await settle(page);
      }
      await page.screenshot({ path: `${out}/${name}-${scheme}-${width}.png` });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      const said = [...seen.errors, ...seen.foreign, ...(wide ? ["wider than the screen"] : [])];
      console.log(`${name} ${scheme} ${width}${said.length > 0 ? `: ${said.join("; ")}` : ""}`);
      await context.close();
    }
  }
}
await browser.close();
