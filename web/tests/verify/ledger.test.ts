import { describe, expect, it } from "vitest";
import { base64, utf8 } from "../../src/verify/bytes";
import { type Known, type Outcome, verifyLedger, type What } from "../../src/verify/ledger";
import { contradicts, forget, type Head, remember, remembered } from "../../src/verify/memory";
import { ahead } from "../../src/verify/source";
import { entryOf, LAB, published, signer, sourceOf, T0 } from "./log";

const KEY = signer(`firm.example/${LAB}`);
const entries = (count: number) => Array.from({ length: count }, (_, n) => entryOf(n));
const AT = "2026-03-24T13:52:04.000Z";

async function verify(files: Map<string, Uint8Array>, known: Known = null): Promise<Outcome> {
  const { outcome } = await verifyLedger(sourceOf(files), LAB, known, () => undefined, () => AT);
  return outcome;
}

const is = (outcome: Outcome) => Object.fromEntries(outcome.checks.map((check) => [check.what, check.is]));
const why = (outcome: Outcome, what: What) => outcome.checks.find((check) => check.what === what)?.why ?? "";
const path = (rest: string) => `ledgers/${LAB}/${rest}`;

/** With one byte changed, or cut off behind it. */
function spoiled(files: Map<string, Uint8Array>, name: string, at: number, cut = false): Map<string, Uint8Array> {
  const bytes = files.get(path(name))?.slice();
  if (bytes === undefined) throw new Error(`there is no ${name}`);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return new Map([...files, [path(name), cut ? bytes.slice(0, at) : bytes]]);
}

async function head(count: number, key = KEY): Promise<Head> {
  const found = (await verify(published(entries(count), key))).head;
  if (found === null) throw new Error("no head");
  return found;
}

const ALL_HOLD = { key: "holds", signature: "holds", entries: "holds", tiles: "holds", root: "holds", consistency: "holds" };
const FIRST = { ...ALL_HOLD, key: "first", consistency: "first" };

describe("a ledger", () => {
  it.each([1, 255, 256, 257, 700])("of %i entries is verified whole", async (count) => {
    const outcome = await verify(published(entries(count), KEY));
    expect(is(outcome)).toEqual(FIRST);
    expect(outcome.verified).toBe(true);
    expect(outcome.head).toMatchObject({ vkey: KEY.vkey, size: count, at: AT });
    expect(outcome.last).toBe(T0 + (count - 1) * 1_000_000);
  });

  it("says how far it is", async () => {
    const steps: number[] = [];
    await verifyLedger(sourceOf(published(entries(600), KEY)), LAB, null, ({ done, total }) => steps.push(done, total));
    expect(steps).toEqual([256, 600, 512, 600, 600, 600]);
  });

  it("with an altered entry does not verify, and which entry is said", async () => {
    const files = published(entries(700), KEY);
    const altered = entries(700).with(300, entryOf(300, { task: "tsk_2" }));
    const other = published(altered, KEY).get(path("tile/entries/001"));
    if (other === undefined) throw new Error("no bundle");
    const outcome = await verify(new Map([...files, [path("tile/entries/001"), other]]));
    expect(is(outcome)).toMatchObject({ signature: "holds", entries: "fails", root: "fails", tiles: "holds" });
    expect(why(outcome, "entries")).toBe("Entry 300 is not the one that was signed.");
    expect(outcome.verified).toBe(false);
  });

  it("with an altered tile does not verify, and which tile is said", async () => {
    const files = published(entries(700), KEY);
    const low = await verify(spoiled(files, "tile/0/001", 32 * 5));
    expect(is(low)).toMatchObject({ root: "holds", tiles: "fails" });
    expect(why(low, "tiles")).toContain("another hash for entry 261");
    const high = await verify(spoiled(files, "tile/1/000.p/2", 40));
    expect(is(high)).toMatchObject({ root: "holds", tiles: "fails" });
    expect(why(high, "tiles")).toContain("level 1");
    const short = await verify(spoiled(files, "tile/0/001", 8191, true));
    expect(is(short)).toMatchObject({ root: "holds", tiles: "fails" });
    expect([low, high, short].some(({ verified }) => verified)).toBe(false);
  });

  it("whose entries and tiles are another's does not verify under the signed root", async () => {
    const files = published(entries(300), KEY);
    const forged = published(entries(300).with(7, entryOf(7, { task: "tsk_2" })), KEY);
    const head = files.get(path("checkpoint"));
    if (head === undefined) throw new Error("no head");
    const outcome = await verify(new Map([...forged, [path("checkpoint"), head]]));
    expect(is(outcome)).toMatchObject({ signature: "holds", entries: "holds", root: "fails", tiles: "holds" });
    expect(outcome.verified).toBe(false);
  });

  it("with an altered signature, head or key does not verify, and nothing after it counts as checked", async () => {
    const files = published(entries(10), KEY);
    const text = new TextDecoder().decode(files.get(path("checkpoint")));
    const size = await verify(new Map([...files, [path("checkpoint"), utf8(text.replace("\n10\n", "\n11\n"))]]));
    expect(is(size)).toEqual({ key: "first", signature: "fails", entries: "unknown", tiles: "unknown", root: "unknown", consistency: "unknown" });
    expect(size.head).toBeNull();
    const line = await verify(spoiled(files, "checkpoint", text.length - 20));
    expect(is(line)).toMatchObject({ signature: "fails" });
    const key = await verify(new Map([...files, [path("vkey"), utf8(signer(KEY.name).vkey)]]));
    expect(is(key)).toMatchObject({ signature: "fails" });
    const another = await verify(published(entries(10), signer("firm.example/lab_02")));
    expect(is(another)).toMatchObject({ key: "fails", signature: "unknown" });
  });

  it("with an entry missing, exchanged, older or cut off does not verify", async () => {
    const missing = await verify(published([...entries(10).slice(0, 4), ...entries(10).slice(5)], KEY));
    expect(is(missing)).toMatchObject({ entries: "fails", root: "unknown" });
    const older = await verify(published(entries(10).with(4, entryOf(4, {}, T0)), KEY));
    expect(is(older)).toMatchObject({ entries: "fails", root: "holds" });
    const cut = await verify(spoiled(published(entries(10), KEY), "tile/entries/000.p/10", 300, true));
    expect(is(cut)).toMatchObject({ entries: "fails", root: "unknown" });
    expect([missing, older, cut].some(({ verified }) => verified)).toBe(false);
  });

  it("of which something cannot be read is unknown there, and not verified", async () => {
    const files = published(entries(700), KEY);
    const without = (...names: string[]) => verify(new Map([...files].filter(([name]) => !names.some((one) => name === path(one)))));
    expect(is(await without("tile/entries/001"))).toEqual({ ...FIRST, entries: "unknown", tiles: "unknown", root: "unknown", consistency: "unknown" });
    expect(is(await without("tile/0/001"))).toEqual({ ...FIRST, tiles: "unknown" });
    expect(is(await without("tile/1/000.p/2"))).toEqual({ ...FIRST, tiles: "unknown" });
    expect(is(await without("checkpoint"))).toEqual({ key: "first", signature: "unknown", entries: "unknown", tiles: "unknown", root: "unknown", consistency: "unknown" });
    expect(Object.values(is(await without("vkey")))).toEqual(Array.from({ length: 6 }, () => "unknown"));
    expect((await without("tile/1/000.p/2")).verified).toBe(false);
    // A part of the past that could be read still tells that it is another one.
    const short = await verify(new Map([...files].filter(([name]) => name !== path("tile/entries/002.p/188"))), { ...(await head(300)), root: base64(new Uint8Array(32)) });
    expect(is(short)).toMatchObject({ entries: "unknown", consistency: "fails" });
  });
});

describe("what this device remembers", () => {
  it.each([1, 255, 256, 300, 700])("a head of %i entries is part of a ledger that grew", async (count) => {
    const outcome = await verify(published(entries(700), KEY), await head(count));
    expect(is(outcome)).toEqual(ALL_HOLD);
    expect(outcome.verified).toBe(true);
  });

  it("tells a ledger that became shorter", async () => {
    const outcome = await verify(published(entries(299), KEY), await head(300));
    expect(is(outcome)).toEqual({ ...ALL_HOLD, consistency: "fails" });
    expect(why(outcome, "consistency")).toBe("The ledger has 299 entries now and had 300. A ledger never becomes shorter.");
    expect(outcome.verified).toBe(false);
  });

  it.each([300, 400])("tells another past in a ledger of %i entries that is whole in itself", async (count) => {
    const outcome = await verify(published(entries(count).with(12, entryOf(12, { task: "tsk_2" })), KEY), await head(300));
    expect(is(outcome)).toEqual({ ...ALL_HOLD, consistency: "fails" });
    expect(outcome.verified).toBe(false);
  });

  it("tells another key", async () => {
    const outcome = await verify(published(entries(300), signer(KEY.name)), await head(300));
    expect(is(outcome)).toEqual({ ...ALL_HOLD, key: "fails" });
    expect(outcome.verified).toBe(false);
  });

  it("tells that it does not read any more, which is not the first time", async () => {
    const outcome = await verify(published(entries(10), KEY), "damaged");
    expect(is(outcome)).toEqual({ ...ALL_HOLD, key: "unknown", consistency: "unknown" });
    expect(outcome.verified).toBe(false);
  });

  it("stays until it is forgotten on purpose", async () => {
    const kept = new Map<string, string>();
    const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
    expect(remembered(store, LAB)).toBeNull();
    const one = await head(300);
    remember(store, LAB, one);
    expect(remembered(store, LAB)).toEqual(one);
    expect(remembered(store, "lab_02")).toBeNull();
    kept.set(`cf.ledger.${LAB}`, "{\"size\":3}");
    expect(remembered(store, LAB)).toBe("damaged");
    forget(store, LAB);
    expect(remembered(store, LAB)).toBeNull();
  });

  it("contradicts what is shown before anything is fetched", async () => {
    const one = await head(300);
    expect(contradicts(one, { size: 299, root: "" })).toBe("shorter");
    expect(contradicts(one, { size: 300, root: "" })).toBe("fork");
    expect(contradicts(one, one)).toBeNull();
    expect(contradicts(one, { size: 301, root: "" })).toBeNull();
  });
});

describe("what is fetched ahead", () => {
  it("comes in order, no more than so many at once, and fails in its turn", async () => {
    let [now, most] = [0, 0];
    const ask = async (index: number) => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 5 - (index % 5)));
      now -= 1;
      if (index === 7) throw new Error("seven");
      return index;
    };
    const got: number[] = [];
    await expect(async () => { for await (const index of ahead(20, 3, ask)) got.push(index); }).rejects.toThrow("seven");
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(3);
  });
});
