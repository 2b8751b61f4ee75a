import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../../src/verify/bytes";
import { byBrowser, byLibrary } from "../../src/verify/ed25519";
import { readCheckpoint, readKey, readNote, signedBy } from "../../src/verify/note";
import { signer } from "./log";

/** The example of c2sp.org/signed-note. */
const KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/** From the tests of github.com/transparency-dev/witness. */
const MONKEYS = "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT";
const HEAD = "monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n— monkeys 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=\n";

const read = (text: string) => {
  const note = readNote(utf8(text));
  if (note === null) throw new Error("this is no note");
  return note;
};
const key = (text: string) => {
  const found = readKey(text);
  if (found === null) throw new Error("this is no key");
  return found;
};

describe("signed notes", () => {
  it("hold as published", async () => {
    expect(await signedBy(read(NOTE), key(KEY))).toBe("yes");
    expect(await signedBy(read(HEAD), key(MONKEYS))).toBe("yes");
    expect(readCheckpoint(read(HEAD).text)).toMatchObject({ origin: "monkeys", size: 5 });
  });

  it("do not hold once a letter, the signature or the key is another", async () => {
    expect(await signedBy(read(NOTE.replace("example m", "Example m")), key(KEY))).toBe("forged");
    expect(await signedBy(read(HEAD.replace("\n5\n", "\n6\n")), key(MONKEYS))).toBe("forged");
    expect(await signedBy(read(NOTE.replace("8srV1", "8srV2")), key(KEY))).toBe("forged");
    expect(await signedBy(read(NOTE), key(MONKEYS))).toBe("by-another");
    // Of two signatures by the same key both must hold.
    const [, , line] = NOTE.split("\n");
    expect(await signedBy(read(`${NOTE}${line?.replace("8srV1", "8srV2")}\n`), key(KEY))).toBe("forged");
    // A key of the same name is another key.
    expect(await signedBy(read(NOTE), key(signer("example.com/foo").vkey))).toBe("by-another");
  });

  it("are read in their one form", () => {
    for (const bad of ["", "no blank line\n", NOTE.slice(0, -1), NOTE.replace("— ", "- "), NOTE.replace("\n\n", "\n"), NOTE.replace("This", "Th\tis"), NOTE.replace("aQM=\n", "aQM\n"), NOTE.replace("— example.com/foo ", "— example.com/foo  ")]) {
      expect(readNote(utf8(bad)), bad).toBeNull();
    }
    expect(readNote(Uint8Array.of(0xff, ...utf8(NOTE)))).toBeNull();
    for (const bad of ["", KEY.slice(1), KEY.replace("530d903a", "530d903b"), KEY.replace("530d903a", "530D903A"), `${KEY} `, KEY.replace("+Aek", "+BOk"), KEY.slice(0, -4)]) expect(readKey(bad), bad).toBeNull();
    for (const bad of ["monkeys\n05\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n", "monkeys\n5\n\n", "\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n", "monkeys\n0\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n", "monkeys\n-5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n"]) expect(readCheckpoint(bad), bad).toBeNull();
  });
});

describe("Ed25519", () => {
  /** RFC 8032, 7.1, test 2. */
  const seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
  const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const signature = bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  const secret = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seed, "hex")]), format: "der", type: "pkcs8" });
  const own = new Uint8Array(createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32));

  it("is the same by the browser and by the library", async () => {
    expect(hex(own)).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    for (const check of [byBrowser, byLibrary]) {
      expect(await check(own, Uint8Array.of(0x72), signature)).toBe(true);
      expect(await check(own, Uint8Array.of(0x73), signature)).toBe(false);
      expect(await check(own, Uint8Array.of(0x72), signature.slice(1))).toBe(false);
    }
  });
});
