import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/verify/bytes";
import { checkFile, checkManifest, checkRecord, readManifest, type Shown } from "../../src/verify/delivery";
import { verifyLedger } from "../../src/verify/ledger";
import { entryOf, LAB, published, signer, sourceOf } from "./log";

const sha = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
const KEY = signer(`firm.example/${LAB}/deliveries`);
const LEDGER = signer(`firm.example/${LAB}`);
const FILE = utf8("age-encryption.org/v1 ".repeat(9000));
const TEXT = ["cofferdam.delivery/v1", "delivery dlv_1", "project prj_1", `lab ${LAB}`, "format openai-preference", "created 1767225600000000", "rows 19", "bytes 789", `plaintext-sha256 ${sha("rows")}`, `envelope-sha256 ${sha(FILE)}`, `rows-root ${sha("root")}`, ""].join("\n");
const NOTE = KEY.note(TEXT);
const SHOWN: Shown = { id: "dlv_1", project: "prj_1", format: "openai-preference", rows: 19, bytes: FILE.length, sha256: sha(FILE) };

const source = (note = NOTE, vkey = KEY.vkey) => sourceOf(new Map([[`labs/${LAB}/deliveries/vkey`, utf8(vkey)], ["deliveries/dlv_1/manifest", utf8(note)]]));
const points = async (...given: Parameters<typeof source>) => Object.fromEntries((await checkManifest(source(...given), LAB, SHOWN)).points.map(({ what, is }) => [what, is]));

/** The file as it comes over the line, in pieces. */
function stream(bytes: Uint8Array, breaks = false) {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({ pull(control) {
    if (at >= bytes.length) return breaks ? control.error(new TypeError("network")) : control.close();
    control.enqueue(bytes.slice(at, at + 1000));
    at += 1000;
  } });
  return { open: async () => new Response(body) };
}

describe("a manifest", () => {
  it("reads in its one form", () => {
    expect(readManifest(TEXT)).toMatchObject({ delivery: "dlv_1", rows: "19", "envelope-sha256": sha(FILE) });
    for (const bad of ["", TEXT.replace("/v1", "/v2"), TEXT.replace("rows 19\n", ""), TEXT.replace("rows 19", "rows  19"), TEXT.slice(0, -1), `${TEXT}\n`, TEXT.replace("project", "projects")]) expect(readManifest(bad), bad).toBeNull();
  });

  it("that is signed and names this delivery holds", async () => {
    expect(await points()).toEqual({ signature: "holds", manifest: "holds" });
  });

  it("that is altered, another's or of another delivery is told", async () => {
    expect(await points(NOTE.replace("rows 19", "rows 18"))).toEqual({ signature: "fails", manifest: "fails" });
    expect(await points(signer(KEY.name).note(TEXT))).toEqual({ signature: "fails", manifest: "holds" });
    expect(await points(KEY.note(TEXT.replace("dlv_1", "dlv_2")))).toEqual({ signature: "holds", manifest: "fails" });
    expect(await points(LEDGER.note(TEXT), LEDGER.vkey)).toEqual({ signature: "fails", manifest: "holds" });
    expect(await points("nothing\n")).toEqual({ signature: "fails", manifest: "fails" });
    const none = await checkManifest(sourceOf(new Map()), LAB, SHOWN);
    expect(none.points.map(({ is }) => is)).toEqual(["unknown", "unknown"]);
  });
});

describe("a file", () => {
  const manifest = readManifest(TEXT);

  it("is hashed as it comes", async () => {
    const steps: number[] = [];
    expect(await checkFile(stream(FILE), SHOWN, manifest, (done) => steps.push(done))).toMatchObject({ is: "holds" });
    expect(steps.length).toBe(198);
    expect(steps.at(-1)).toBe(FILE.length);
  });

  it("that is another, longer, cut or not there is told", async () => {
    const none = () => undefined;
    expect(await checkFile(stream(utf8(`${"x".repeat(FILE.length)}`)), SHOWN, manifest, none)).toMatchObject({ is: "fails" });
    expect(await checkFile(stream(FILE.slice(1)), SHOWN, manifest, none)).toMatchObject({ is: "fails" });
    expect(await checkFile(stream(FILE), { ...SHOWN, bytes: 3 }, manifest, none)).toMatchObject({ is: "fails" });
    expect(await checkFile(stream(FILE, true), SHOWN, manifest, none)).toMatchObject({ is: "unknown" });
    expect(await checkFile(stream(FILE), SHOWN, null, none)).toMatchObject({ is: "unknown" });
  });
});

describe("a record", () => {
  const made = (more: object = {}) => entryOf(1, { kind: "delivery-made", delivery: "dlv_1", project: "prj_1", format: "openai-preference", rows: 19, file: sha(FILE), manifest: sha(NOTE), ...more });
  const record = async (second: string, drop: string | null = null) => {
    const files = published([entryOf(0), second], LEDGER);
    if (drop !== null) files.delete(`ledgers/${LAB}/${drop}`);
    const { outcome, entries } = await verifyLedger(sourceOf(files), LAB, null, () => undefined);
    return checkRecord(outcome, entries.made.get("dlv_1"), SHOWN, sha(NOTE)).is;
  };

  it("is the entry of a verified ledger that names this manifest and this file", async () => {
    expect(await record(made())).toBe("holds");
    expect(await record(made({ manifest: sha("other") }))).toBe("fails");
    expect(await record(made({ file: sha("other") }))).toBe("fails");
    expect(await record(made({ delivery: "dlv_2" }))).toBe("fails");
    expect(await record(entryOf(1))).toBe("fails");
  });

  it("is unknown where the ledger could not be verified", async () => {
    expect(await record(made(), "tile/0/000.p/2")).toBe("unknown");
    expect(await record(made(), "checkpoint")).toBe("unknown");
  });
});
