// What holds on every screen: it fits, it can be touched, and axe finds nothing, in both themes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFinds } from "../lib/axe.mjs";
import { launch, loginsFrom, visit } from "../lib/browser.mjs";
import { theHouse } from "../lib/house.mjs";
import { SCREENS, show } from "../lib/screens.mjs";

const SIZES = [[1440, 900], [1024, 768], [390, 844]];
const PHONE = 390;
const { base, of } = loginsFrom();
let browser;
let house;

before(async () => {
  browser = await launch();
  house = await theHouse(browser, base, of("operator"));
});
after(async () => browser?.close());

/** What reaches beyond the right edge of the screen, where the page can be moved sideways. */
const tooWide = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const beyond = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1);
  return [`the page is ${document.documentElement.scrollWidth} px wide on ${width} px`, ...beyond.slice(0, 3).map((element) => element.outerHTML.slice(0, 160))];
});

/** Texts that are cut off at the edge of their box without an ellipsis that says so. */
const clipped = (page) => page.evaluate(() => {
  const cut = (element) => {
    const style = getComputedStyle(element);
    if (element.closest(".vh, svg, input, select") !== null || element.clientWidth === 0 || style.overflowX === "visible" || style.overflowX === "auto" || style.overflowX === "scroll" || style.textOverflow === "ellipsis") return false;
    return element.scrollWidth > element.clientWidth + 1;
  };
  return [...document.querySelectorAll("header, header *, main *, [role=dialog] *")].filter(cut).map((element) => element.outerHTML.slice(0, 160));
});

/** What of a table reaches out of its cell, and short words that are broken in two there. */
const spilled = (page) => page.evaluate(() => {
  const cells = [...document.querySelectorAll("th, td")].filter((cell) => cell.clientWidth > 0);
  const out = cells.filter((cell) => cell.querySelector(".vh") === null && cell.scrollWidth > cell.clientWidth + 1);
  const broken = cells.filter((cell) => {
    if (cell.children.length > 0 || !/^\S{2,16}$/.test(cell.textContent)) return false;
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
  });
  return [...out, ...broken].map((cell) => cell.outerHTML.slice(0, 160));
});

/** Links of the bar that lie beyond its edge, where nothing tells of them. A steward of many labs has more than a wide bar holds. */
const unseen = (page, links) => page.evaluate((selector) => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll(selector)].filter((link) => {
    const [box, nav] = [link.getBoundingClientRect(), link.closest("nav").getBoundingClientRect()];
    return box.left < Math.max(0, nav.left) - 1 || box.right > Math.min(width, nav.right) + 1;
  }).map((link) => link.textContent);
}, links);

/** What is to be touched and is smaller than 44 px, but for links within a sentence. */
const tooSmall = (page) => page.evaluate(() => {
  const MOST = 44;
  const inSentence = (element) => getComputedStyle(element).display === "inline" && element.closest("p, dd, li") !== null;
  const dialog = document.querySelector("[role=dialog], [role=menu]");
  const targets = (dialog ?? document).querySelectorAll("a[href], button, input, select, textarea, [role=radio], [role=switch], [role=menuitem], [role=menuitemradio]");
  return [...targets].flatMap((target) => {
    const drawn = target.matches("input[type=radio], input[type=checkbox]") ? (target.closest("label") ?? target.closest(".mantine-Checkbox-body") ?? target) : target;
    const { width, height } = drawn.getBoundingClientRect();
    if (width === 0 || target.closest("[aria-hidden=true]") !== null || inSentence(target) || (width >= MOST - 0.5 && height >= MOST - 0.5)) return [];
    return [`${Math.round(width)} × ${Math.round(height)}: ${target.outerHTML.slice(0, 160)}`];
  });
});

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`${name} fits, can be touched, and axe finds nothing`, async () => {
    const found = [];
    for (const [width, height] of SIZES) {
      const { context, page } = await visit(browser, base, { viewport: { width, height }, colorScheme: "dark", reducedMotion: "reduce", ...(screen.who === null ? {} : { storageState: house.states[screen.who] }) });
      await show(page, house, screen);
      found.push(...(await tooWide(page)), ...(await clipped(page)).map((what) => `cut off at ${width} px: ${what}`));
      found.push(...(await spilled(page)).map((what) => `out of its cell at ${width} px: ${what}`));
      if (width === PHONE) found.push(...(await tooSmall(page)));
      found.push(...(await unseen(page, width === PHONE ? "header nav a" : "header nav[aria-label=Console] a")).map((what) => `beyond the edge of the bar at ${width} px: ${what}`));
      for (const scheme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
        found.push(...(await axeFinds(page)).map((what) => `${scheme}, ${width} px: ${what}`));
      }
      if (screen.undo !== undefined) await screen.undo(page);
      await context.close();
    }
    assert.deepEqual(found, []);
  });
}
