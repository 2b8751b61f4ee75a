// A picture of every screen in three sizes, dark and light: node look.mjs [beginning of a name]
import { mkdirSync } from "node:fs";
import { launch, loginsFrom, visit } from "./lib/browser.mjs";
import { theHouse } from "./lib/house.mjs";
import { SCREENS, show } from "./lib/screens.mjs";

const SIZES = [[1440, 900], [1024, 768], [390, 844]];
const only = process.argv[2] ?? "";
const out = process.env.PICTURES ?? new URL("pictures/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const { base, of } = loginsFrom();
const browser = await launch();
const house = await theHouse(browser, base, of("operator"));

for (const [name, screen] of Object.entries(SCREENS).filter(([key]) => key.startsWith(only))) {
  for (const [width, height] of SIZES) {
    const { page, context, seen } = await visit(browser, base, { viewport: { width, height }, colorScheme: "dark", ...(screen.who === null ? {} : { storageState: house.states[screen.who] }) });
    await show(page, house, screen);
    for (const scheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${out}/${name}-${scheme}-${width}.png` });
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    const said = [...seen.errors, ...seen.foreign, ...(wide ? ["wider than the screen"] : [])];
    console.log(`${name} ${width}${said.length > 0 ? `: ${said.join("; ")}` : ""}`);
    if (screen.undo !== undefined) await screen.undo(page);
    await context.close();
  }
}
await browser.close();
