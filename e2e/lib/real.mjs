// Helpers that hold for whatever data the server was filled with.

/**
 * Enters the first project whose workbench shows what is looked for, by keyboard from the start page; false where none does.
 * `word` is what the buttons say: Work, or Review.
 */
export async function enterWhere(page, word, selector) {
  const home = new URL("/", page.url()).href;
  const links = page.getByRole("link", { name: word, exact: true });
  await page.goto(home);
  await links.first().waitFor({ timeout: 5000 }).catch(() => undefined);
  const count = await links.count();
  for (let index = 0; index < count; index += 1) {
    if (index > 0) await page.goto(home);
    await links.nth(index).focus();
    await page.keyboard.press("Enter");
    const found = page.locator(selector).first();
    const other = page.locator("textarea, [data-handle]").or(page.getByText(/Nothing to do in this project now|Nothing waits for review/));
    await found.or(other).first().waitFor({ timeout: 60_000 });
    if (await found.isVisible()) return true;
  }
  return false;
}
