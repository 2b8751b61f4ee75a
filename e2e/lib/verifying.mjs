// A ledger and a delivery as somebody on the way would alter them: for the browser that verifies them.

const LEDGER = /\/api\/v1\/ledgers\/[^/]+\//;

/** Changes what the server answers to whom it matches, byte by byte; the worker that verifies asks like the page. */
async function altered(page, pattern, change) {
  await page.context().route(pattern, async (route) => {
    const response = await route.fetch();
    if (!response.ok()) return route.fulfill({ response });
    await route.fulfill({ response, body: change(await response.body()) });
  });
}

/** Exchanges one digit within the last entry of the first bundle, which stays an entry with its number. */
export const alterEntry = (page) => altered(page, /\/tile\/entries\/000/, (body) => {
  const at = body.lastIndexOf('"credential":"') + 20;
  body[at] = body[at] === 0x30 ? 0x31 : 0x30;
  return body;
});

export const alterTile = (page) => altered(page, /\/tile\/0\/000/, (body) => {
  body[40] ^= 1;
  return body;
});

export const alterHead = (page) => altered(page, /\/ledgers\/[^/]+\/checkpoint$/, (body) => Buffer.from(body.toString().replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) - 1}\n`)));

export const alterFile = (page) => altered(page, /\/deliveries\/[^/]+\/file$/, (body) => {
  body[body.length - 1] ^= 1;
  return body;
});

/** Shows a picture that the ledger does not have: somebody's openings are left out. */
export const alterPicture = (page) => altered(page, /\/accesses\/summary\?/, (body) => {
  const summary = JSON.parse(body);
  const [hidden] = summary.actors.splice(0, 1);
  summary.objects -= hidden?.objects ?? 0;
  return Buffer.from(JSON.stringify(summary));
});

/** Shows a head that has fewer entries than the ledger had. */
export const alterSummaryHead = (page) => altered(page, /\/accesses\/summary\?/, (body) => Buffer.from(body.toString().replace(/"checkpoint":\{"size":\d+/, '"checkpoint":{"size":1')));

export const withhold = (page, pattern = LEDGER) => page.context().route(pattern, (route) => route.abort());

export const honest = (page) => page.context().unrouteAll({ behavior: "ignoreErrors" });

export async function verify(page) {
  await page.getByRole("button", { name: /^Verify (in this browser|again)$/ }).click();
  await page.getByText(/^(verified|does not hold|unknown)$/).first().waitFor({ timeout: 60_000 });
}

/** What a list of points says: its titles with their words. */
export const points = (list) => list.getByRole("listitem").evaluateAll((items) => Object.fromEntries(items.map((item) => [item.querySelector("b").textContent, item.dataset.is])));
