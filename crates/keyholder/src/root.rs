//! The root key: 32 random bytes in a file, under a passphrase.
//!
//! `root.json` has Argon2id's parameters (`memory_kib`, `passes`, `lanes`), a salt (16 bytes) and the root key wrapped under
//! what Argon2id makes of the passphrase: AES-256-GCM (nonce 12, ciphertext 32, tag 16), with a label, the parameters
//! (each 4 bytes, big-endian) and the salt as associated data. Whatever else is secret here derives from the root key or is
//! wrapped under it.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_seal::SystemRandom;
use cofferdam_seal::key::SecretBytes;
use cofferdam_seal::keyholder::{KeyholderError, MemoryRootKey, RootKey};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::fail::{Failure, Outcome, To as _};
use crate::files::{self, Folder};

const FILE: &str = "root.json";
const LABEL: &[u8] = b"cofferdam/keyholder/root/v1";
const VARIABLE: &str = "COFFERDAM_KEYHOLDER_PASSPHRASE";
/// The shortest passphrase taken, in bytes.
const SHORTEST: usize = 12;
const PASSES: u32 = 3;

/// The root key, unlocked.
pub(crate) struct Root(SecretBytes);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    wrapped: String,
}

impl Root {
    /// Draws a root key and puts it under `passphrase`.
    pub(crate) fn make(folder: &Folder, passphrase: &[u8], memory_kib: u32) -> Outcome<Self> {
        if passphrase.len() < SHORTEST {
            return Err(Failure::new(format!(
                "the passphrase is shorter than {SHORTEST} characters; take a longer one"
            )));
        }
        let mut salt = [0; 16];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| Failure::new("the machine gives no randomness"))?;
        let mut stored = Stored {
            version: 1,
            kdf: "argon2id".into(),
            memory_kib,
            passes: PASSES,
            lanes: 1,
            salt: STANDARD.encode(salt),
            wrapped: String::new(),
        };
        let secret = SecretBytes::generate(&SystemRandom).to("no root key")?;
        let wrapped = under(&stored, &salt, passphrase)?.wrap(&stored.associated(&salt), &secret);
        stored.wrapped = STANDARD.encode(wrapped.to("the root key is not wrapped")?);
        let text = serde_json::to_vec_pretty(&stored).to(FILE)?;
        folder.write(FILE, &text)?;
        Ok(Self(secret))
    }

    /// Unlocks it.
    pub(crate) fn unlock(folder: &Folder, passphrase: &[u8]) -> Outcome<Self> {
        let content = folder.read(FILE)?;
        let damaged = || {
            Failure::new(format!(
                "{FILE} is not as it was written; restore it from a backup"
            ))
        };
        let stored: Stored = serde_json::from_slice(&content).map_err(|_| damaged())?;
        let salt = STANDARD.decode(&stored.salt).map_err(|_| damaged())?;
        let wrapped = STANDARD.decode(&stored.wrapped).map_err(|_| damaged())?;
        if stored.version != 1
            || stored.kdf != "argon2id"
            || stored.memory_kib > 1 << 21
            || stored.passes > 64
        {
            return Err(damaged());
        }
        let secret = under(&stored, &salt, passphrase)?.unwrap(&stored.associated(&salt), &wrapped);
        secret.map(Self).map_err(|_| {
            Failure::new(format!(
                "the passphrase does not open {FILE}; look for a newline too many, or another keyholder's passphrase"
            ))
        })
    }

    /// What wraps the compartments' root keys.
    pub(crate) fn wrapping(&self) -> Result<Arc<dyn RootKey>, KeyholderError> {
        let key = self.derive(b"cofferdam/keyholder/wrapping/v1");
        Ok(Arc::new(MemoryRootKey::new(&key, Arc::new(SystemRandom))?))
    }

    /// A key for one purpose: the first 32 bytes of HMAC-SHA-384 over the label and 0x01 (HKDF-Expand, RFC 5869).
    pub(crate) fn derive(&self, label: &[u8]) -> SecretBytes {
        let key = hmac::Key::new(hmac::HMAC_SHA384, self.0.expose());
        let mut context = hmac::Context::with_key(&key);
        context.update(label);
        context.update(&[1]);
        let mut out = Zeroizing::new([0; 32]);
        out.copy_from_slice(&context.sign().as_ref()[..32]);
        SecretBytes::copy_of(&out)
    }
}

impl Stored {
    fn associated(&self, salt: &[u8]) -> Vec<u8> {
        let parameters = [self.memory_kib, self.passes, self.lanes].map(u32::to_be_bytes);
        [LABEL, parameters.as_flattened(), salt].concat()
    }
}

fn under(stored: &Stored, salt: &[u8], passphrase: &[u8]) -> Outcome<MemoryRootKey> {
    let parameters = Params::new(stored.memory_kib, stored.passes, stored.lanes, Some(32)).to(FILE)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let mut out = Zeroizing::new([0; 32]);
    argon.hash_password_into(passphrase, salt, &mut *out).to(FILE)?;
    MemoryRootKey::new(&SecretBytes::copy_of(&out), Arc::new(SystemRandom)).to(FILE)
}

/// The passphrase: of the file that is named, of the environment, or of whoever sits at the terminal.
pub(crate) fn passphrase(file: Option<&std::path::Path>, twice: bool) -> Outcome<Zeroizing<Vec<u8>>> {
    if let Some(file) = file {
        return files::secret(file).map(without_newline);
    }
    if let Some(value) = std::env::var_os(VARIABLE) {
        return Ok(Zeroizing::new(value.into_encoded_bytes()));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(format!(
            "the passphrase is nowhere to be had; name its file in passphrase_file, or set {VARIABLE}"
        )));
    }
    let first = asked("Passphrase of the root key: ")?;
    if twice && *asked("The same again: ")? != *first {
        return Err(Failure::new("the two differ; run this again"));
    }
    Ok(first)
}

/// Unlocks the root key of a keyholder that was made.
pub(crate) fn unlocked(config: &Config, folder: &Folder) -> Outcome<Root> {
    Root::unlock(folder, &passphrase(config.passphrase_file.as_deref(), false)?)
}

fn without_newline(mut text: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    while matches!(text.last(), Some(b'\n' | b'\r')) {
        text.pop();
    }
    text
}

/// One line from the terminal, which does not show it meanwhile.
fn asked(prompt: &str) -> Outcome<Zeroizing<Vec<u8>>> {
    let (stdin, mut stderr) = (std::io::stdin(), std::io::stderr());
    let before = tcgetattr(&stdin).to("the terminal")?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Now, &hidden).to("the terminal")?;
    let _ = write!(stderr, "{prompt}");
    let mut line = Zeroizing::new(Vec::with_capacity(4096));
    let read = stdin.lock().read_until(b'\n', &mut line);
    let _ = writeln!(stderr);
    tcsetattr(&stdin, OptionalActions::Now, &before).to("the terminal")?;
    read.to("the terminal")?;
    Ok(without_newline(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u32 = 19 * 1024;

    /// A root key that `docs/keyholder-protocol.md` gives, with what derives from it.
    const FROZEN: &str = r#"{"version":1,"kdf":"argon2id","memory_kib":19456,"passes":3,"lanes":1,"salt":"FTXWFPFYYyEByTIdU8YQXA==","wrapped":"eDq7J5edGE43CjwIjJSPm6+H6lt8Fh+3fyBS7z1maNuA/wOq3ly/fDBRj71drk4c+q+UjSzkwg4hoK59"}"#;

    #[test]
    fn a_frozen_root_key_opens_for_ever() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::make(&place.path().join("state")).unwrap();
        folder.write(FILE, FROZEN.as_bytes()).unwrap();
        let root = Root::unlock(&folder, b"correct horse battery staple").unwrap();
        let derived = root.derive(b"cofferdam/keyholder/tokens/v1");
        assert_eq!(
            crate::hex::encode(derived.expose()),
            "726b2672ef141f1ee4f3dead6209d6c7283f67becb6a86313eb35c4e50579c53"
        );
        let chain = crate::nodes::Chain::of(&root);
        let token = chain.token(cofferdam_seal::Id128::new([1; 16]), 3);
        assert_eq!(
            token.expose(),
            "cft1_AAAAAAAAAAP6nZ9FFJIsafI254YgAZi95UFPK8l_Cemzg5cjqAzetg"
        );
        let unwrapped = root.wrapping().unwrap().unwrap(
            b"associated",
            &STANDARD
                .decode("CLlREGWGvUrAdeIf3+TfNOq0XqXnryunGYTY66FeX4rcUpA7W1lqLHSLNW4SiTMGZ/3hN6w7BvHbLnLW")
                .unwrap(),
        );
        assert_eq!(unwrapped.unwrap().expose(), &[9; 32]);
    }

    #[test]
    fn only_its_passphrase_opens_it_and_no_byte_of_it_can_be_changed() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::make(&place.path().join("state")).unwrap();
        let root = Root::make(&folder, b"correct horse battery", KIB).unwrap();
        let again = Root::unlock(&folder, b"correct horse battery").unwrap();
        assert_eq!(root.derive(b"a").expose(), again.derive(b"a").expose());
        assert_ne!(root.derive(b"a").expose(), again.derive(b"b").expose());
        let wrong = Root::unlock(&folder, b"correct horse batterz").map(drop);
        assert!(wrong.unwrap_err().to_string().contains("does not open root.json"));
        let text = String::from_utf8(folder.read(FILE).unwrap().to_vec()).unwrap();
        for (old, new) in [
            ("19456", "19457"),
            ("\"passes\": 3", "\"passes\": 2"),
            ("wrapped\": \"", "wrapped\": \"A"),
        ] {
            assert!(text.contains(old), "{text}");
            folder.write(FILE, text.replace(old, new).as_bytes()).unwrap();
            assert!(Root::unlock(&folder, b"correct horse battery").is_err(), "{old}");
        }
        assert!(Root::make(&folder, b"short", KIB).is_err());
    }
}
