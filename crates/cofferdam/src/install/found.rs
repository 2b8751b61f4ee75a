//! Making an installation: everything, or nothing is left behind.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use cofferdam_custody::{Issued, Secrets};
use cofferdam_model::{CredentialKind, Env};
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_work::ops::check_name;

use super::{deliveries_folder, keyholder_folder, open, token_file};
use crate::config::{Config, FILE};
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;

const LINK_SECONDS: i64 = 24 * 3_600;
const TOKEN_SECONDS: i64 = 366 * 86_400;

/// A new installation.
pub(crate) struct Founded {
    /// The first operator.
    pub(crate) operator: String,
    /// The operator's API token.
    pub(crate) token: Issued,
    /// Where it is kept.
    pub(crate) token_file: PathBuf,
    /// A one-time link to log in with.
    pub(crate) link: Issued,
}

/// Makes an installation in a folder that is new or empty. `file` is the text of its configuration.
pub(crate) async fn found(folder: &Path, config: &Config, file: &str, operator: &str) -> Outcome<Founded> {
    found_at(folder, config, file, operator, Env::system()).await
}

/// The same by another clock.
pub(crate) async fn found_at(
    folder: &Path,
    config: &Config,
    file: &str,
    operator: &str,
    env: Env,
) -> Outcome<Founded> {
    let operator = check_name("--name", operator).map_err(|wrong| Failure::usage(wrong.to_string()))?;
    let new = prepare(folder)?;
    let made = write(folder, config, file, &operator, env).await;
    if made.is_err() {
        clear(folder, new);
    }
    made
}

/// The folder, made if it is new; whether it was.
pub(super) fn prepare(folder: &Path) -> Outcome<bool> {
    let shown = folder.display();
    let about = match fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            return made.writing(folder).map(|()| true);
        }
        about => about.reading(folder)?,
    };
    if !about.is_dir() {
        return Err(Failure::new(format!(
            "{shown} is a file; name a folder that is new or empty"
        )));
    }
    let mut within = fs::read_dir(folder).reading(folder)?;
    // The settings come first, the seed of its keys next, and whoever has founded it is given a token last.
    let seeded = folder.join("installation.key").exists();
    if folder.join(FILE).exists() && !seeded {
        return Err(Failure::new(format!(
            "{shown} holds what is left of an `init` that broke off, or an installation whose installation.key is gone. If it \
             never served, remove it and do that again; else restore that file from a backup"
        )));
    }
    if seeded {
        return Err(Failure::new(format!(
            "{shown} holds an installation already; `cofferdam serve --data {shown}` runs it, another folder takes a new one"
        )));
    }
    if within.next().is_some() {
        return Err(Failure::new(format!(
            "{shown} is not empty; name a folder that is new or empty"
        )));
    }
    // Where a user runs it for another, the other could not read what is made; where the other is a stranger, they could.
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(Failure::new(format!(
            "{shown} belongs to another user ({}); name a folder of your own, or run this as that user",
            about.uid()
        )));
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).writing(folder)?;
    Ok(false)
}

async fn write(folder: &Path, config: &Config, file: &str, operator: &str, env: Env) -> Outcome<Founded> {
    for inner in [keyholder_folder(folder), deliveries_folder(folder)] {
        DirBuilder::new().mode(0o700).create(&inner).writing(&inner)?;
    }
    private_file(&folder.join(FILE), file.as_bytes())?;
    Secrets::create(folder, &env).to("the installation's secret")?;
    let gate = open::new(folder, config, env.clone()).await?;
    let row = PrincipalRow {
        id: env.new_id().to("the operator")?,
        kind: PrincipalKind::Person,
        name: operator.to_owned(),
        created: env.now(),
    };
    let id = gate.found(row).await.to(folder.display())?;
    let (link, token) = (CredentialKind::Link, CredentialKind::Token);
    let token = gate
        .issue_to_founder(id, token, "first operator", TOKEN_SECONDS)
        .await
        .to("the operator's token")?;
    let link = gate
        .issue_to_founder(id, link, "first login", LINK_SECONDS)
        .await
        .to("the login link")?;
    gate.integrate().await.to("the installation's ledger")?;
    let token_file = token_file(folder);
    private_file(&token_file, format!("{}\n", token.secret.expose()).as_bytes())?;
    Ok(Founded {
        operator: id.to_string(),
        token,
        token_file,
        link,
    })
}

/// A new file that only its owner reads.
pub(crate) fn private_file(path: &Path, content: &[u8]) -> Outcome {
    let file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = file.writing(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if written.is_err() {
        // A part would stand in the way of the next try; whether it is gone changes nothing else.
        let _ = fs::remove_file(path);
    }
    written.writing(path)
}

/// Takes away what a failed start left, so that it can be tried again.
pub(super) fn clear(folder: &Path, new: bool) {
    let within = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let removed = within.map(|entry| match entry.path() {
        path if path.is_dir() => fs::remove_dir_all(path),
        path => fs::remove_file(path),
    });
    let mut all: Vec<std::io::Result<()>> = removed.collect();
    if new {
        all.push(fs::remove_dir(folder));
    }
    if let Some(error) = all.into_iter().find_map(Result::err) {
        tracing::warn!(%error, folder = %folder.display(), "the folder of a failed start could not be emptied");
    }
}
