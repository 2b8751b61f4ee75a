//! A keyholder is made.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, Config};
use crate::entry::Fact;
use crate::fail::{OnFile as _, Outcome};
use crate::files::{Folder, sync_folder};
use crate::identity::Identity;
use crate::journal::Journal;
use crate::policy::Policy;
use crate::root::{Root, passphrase};
use crate::{hex, log, out};

/// `init`. The configuration is written last: what was broken off is told from what was made.
pub(super) fn init(
    folder: &Path,
    listen: SocketAddr,
    witness: &str,
    passphrase_file: Option<&Path>,
    kdf_mib: u32,
    json: bool,
) -> Outcome {
    let whole = Folder::make(folder)?;
    let passphrase = passphrase(passphrase_file, true)?;
    let state = Folder::make(&whole.path("state"))?;
    let root = Root::make(&state, &passphrase, kdf_mib * 1024)?;
    let identity = Identity::make(&state, &root, witness, SystemClock.now())?;
    let began = Fact::Began {
        authority: STANDARD.encode(&identity.authority),
        witness: identity.witness.verifying_key().to_string(),
    };
    Journal::make(&state.path(log::FILE), Arc::new(SystemClock), began)?;
    whole.write("policy.toml", Policy::default_text().as_bytes())?;
    let mut text = Config::default_text(&listen.to_string());
    if let Some(file) = passphrase_file {
        let file = std::path::absolute(file).on(file)?;
        let quoted = toml_string(&file.display().to_string());
        text.push_str(&format!("\npassphrase_file = {quoted}\n"));
    }
    whole.write(config::FILE, text.as_bytes())?;
    sync_folder(whole.whole()).on(whole.whole())?;
    let made = whole.path(config::FILE);
    let authority = hex::sha256_text(&identity.authority);
    let witness = identity.witness.verifying_key().to_string();
    if json {
        return out::json(&serde_json::json!({
            "config": made.display().to_string(), "authority": authority, "witness": witness,
        }));
    }
    out::line(format!("made      {}", made.display()))?;
    out::line(format!("authority {authority}"))?;
    out::line(format!("witness   {witness}"))?;
    out::line(
        "Keep a copy of the passphrase, and of the state folder, each in another place: without both nothing opens again.\n\
         A copy of the folder is for restoring keys alone: a keyholder that is put back to an older state is found out by its nodes.",
    )?;
    out::line(format!(
        "next      cofferdam-keyholder --config {} serve",
        made.display()
    ))
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
