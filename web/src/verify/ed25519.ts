/** Whether an Ed25519 signature holds: by the browser itself, else by a library that is loaded only then. */
export async function ed25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return (await byBrowser(key, message, signature)) ?? byLibrary(key, message, signature);
}

/** Null where this browser has no Ed25519, or none here: `crypto.subtle` is missing on plain HTTP from another machine. */
export async function byBrowser(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  try {
    const imported = await crypto.subtle.importKey("raw", key.slice(), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature.slice(), message.slice());
  } catch {
    return null;
  }
}

export async function byLibrary(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const [library, { sha512 }] = await Promise.all([import("@noble/ed25519"), import("@noble/hashes/sha2.js")]);
  library.hashes.sha512 = sha512;
  try {
    return library.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}
