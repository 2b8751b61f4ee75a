//! Opening an installation.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_custody::{Gate, OpenError, OtherOrigin, Secrets, SecretsError, Setup};
use cofferdam_leases::{Enrolments, FolderError};
use cofferdam_model::Env;
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LabKeyholders, LeaseTerms, NoLabKeyholders};
use cofferdam_store::{Options, Reader, StoreError};
use cofferdam_work::ops::Platform;

use super::{deliveries_folder, keyholder_folder};
use crate::config::{self, Config};
use crate::fail::{Failure, Outcome, To};
use crate::files::{self, OnFile};

/// The platform in a data folder that holds an installation, to be served.
pub(crate) async fn open(folder: &Path, config: &Config) -> Outcome<Platform> {
    open_at(folder, config, Env::system()).await
}

/// The same by another clock.
pub(crate) async fn open_at(folder: &Path, config: &Config, env: Env) -> Outcome<Platform> {
    let gate = made(folder, config, env).await?;
    if !gate.is_founded() {
        let closed = gate.closed().into_iter().next();
        return Err(closed.map_or_else(
            || unfounded(folder),
            |found| Failure::new(format!("{}: {found}", folder.display())),
        ));
    }
    let may_write = gate.store().read(|r: &mut Reader<'_>| r.may_write()).await;
    may_write.map_err(|error: StoreError| unopened(folder, error.into()))?;
    let deliveries = deliveries_folder(config.shared(folder));
    if !deliveries.exists() {
        DirBuilder::new()
            .mode(0o700)
            .create(&deliveries)
            .writing(&deliveries)?;
    }
    // Where there are other nodes, one of them may be at it.
    let old = if config.node.is_empty() {
        Duration::ZERO
    } else {
        DAY
    };
    clear_unfinished(&deliveries, old);
    Ok(Platform::new(gate, deliveries))
}

const DAY: Duration = Duration::from_secs(86_400);

/// Takes away what is left of deliveries that were never made: whoever built them was stopped, that long ago.
fn clear_unfinished(deliveries: &Path, old: Duration) {
    let all = fs::read_dir(deliveries).into_iter().flatten().flatten();
    for part in all.map(|entry| entry.path()) {
        let age = || fs::metadata(&part).ok()?.modified().ok()?.elapsed().ok();
        let is_part = part.extension().is_some_and(|extension| extension == "part");
        if !is_part || age().is_some_and(|age| age < old) {
            continue;
        }
        match fs::remove_file(&part) {
            Ok(()) => {
                tracing::info!(file = %part.display(), "what was left of a delivery that was not made is taken away")
            }
            Err(error) => {
                tracing::warn!(file = %part.display(), %error, "what is left of a delivery that was not made stays")
            }
        }
    }
}

/// The gate of an installation that is to be examined: also of one whose own ledger does not check.
pub(crate) async fn open_to_examine(folder: &Path, config: &Config) -> Outcome<Gate> {
    // Whoever examines may do so beside a server, whose enrolments are not for two.
    let setup = setup(folder, config, Env::system(), Arc::new(NoLabKeyholders))?;
    let opened = Gate::open_made(setup).await;
    let gate = opened.map_err(|error| unopened(folder, error))?;
    if !gate.is_founded() && gate.closed().is_empty() {
        return Err(unfounded(folder));
    }
    Ok(gate)
}

/// Whether the configured origin is the one that the installation in a folder was made with, as far as its files tell.
pub(crate) fn check_origin(folder: &Path, config: &Config) -> Outcome {
    match Secrets::open(folder, &config.origin) {
        Err(SecretsError::OtherOrigin(found)) => Err(other_origin(folder, &found)),
        _ => Ok(()),
    }
}

fn unfounded(folder: &Path) -> Failure {
    Failure::new(format!(
        "{} holds no founded installation; restore it from a backup, or make a new one",
        folder.display()
    ))
}

/// The gate of an installation that is being made.
pub(super) async fn new(folder: &Path, config: &Config, env: Env) -> Outcome<Gate> {
    let labs = enrolments(folder, config, &env)?;
    let opened = Gate::open(setup(folder, config, env, labs)?).await;
    opened.map_err(|error| unopened(folder, error))
}

async fn made(folder: &Path, config: &Config, env: Env) -> Outcome<Gate> {
    let labs = enrolments(folder, config, &env)?;
    let opened = Gate::open_made(setup(folder, config, env, labs)?).await;
    opened.map_err(|error| unopened(folder, error))
}

fn unopened(folder: &Path, error: OpenError) -> Failure {
    match error {
        OpenError::OtherOrigin(found) => other_origin(folder, &found),
        error @ (OpenError::Store(_) | OpenError::OtherInstallation) => {
            Failure::new(format!("{}: {error}", folder.display()))
        }
    }
}

fn enrolments(folder: &Path, config: &Config, env: &Env) -> Outcome<Arc<dyn LabKeyholders>> {
    let named = config.enrolments(folder).ok_or_else(|| {
        Failure::new(format!(
            "{}: `enrolments` must be a folder outside the data folder: a copy of the data would be a copy of the node",
            folder.join(config::FILE).display()
        ))
    })?;
    match Enrolments::open(&named, env.clone()) {
        Ok(enrolments) => Ok(Arc::new(enrolments)),
        Err(error @ FolderError::InUse(_)) => Err(Failure::new(error.to_string())),
        // What of labs' own keyholders cannot be opened keeps nobody from the others.
        Err(error @ FolderError::Unusable(_)) => {
            tracing::error!(%error, "no lab that holds its own keys is opened; mend that, and start again");
            Ok(Arc::new(NoLabKeyholders))
        }
    }
}

fn setup(folder: &Path, config: &Config, env: Env, labs: Arc<dyn LabKeyholders>) -> Outcome<Setup> {
    let shared = config.shared(folder);
    for within in [keyholder_folder(shared), deliveries_folder(shared)] {
        if within.exists() && !within.is_dir() {
            let text = format!("{} is no folder; restore it from a backup", within.display());
            return Err(Failure::new(text));
        }
    }
    let secrets = Secrets::open(folder, &config.origin).map_err(|error| without_secrets(folder, error))?;
    let policy = FixedPolicy {
        terms: LeaseTerms {
            micros: config.lease_seconds * 1_000_000,
        },
        denied: Default::default(),
    };
    let keyholder =
        EmbeddedKeyholder::open(keyholder_folder(shared), Box::new(policy), Arc::new(SystemRandom));
    let database = config.database().map_err(Failure::new)?;
    Ok(Setup {
        store: Options {
            folder: folder.to_owned(),
            database,
            readers: config.readers,
        },
        secrets,
        keyholder: Arc::new(keyholder.to("the keyholder")?),
        lab_keyholders: labs,
        env,
        node: match config.node.as_str() {
            "" => "embedded".to_owned(),
            name => name.to_owned(),
        },
    })
}

fn without_secrets(folder: &Path, error: SecretsError) -> Failure {
    match error {
        SecretsError::OtherOrigin(found) => other_origin(folder, &found),
        SecretsError::Io { path, error } if error.kind() == std::io::ErrorKind::NotFound => {
            let shown = path.display();
            Failure::new(format!(
                "{shown} does not exist; without it nothing can be read: restore it from a backup"
            ))
        }
        SecretsError::Io { path, error } => files::unread(&path, &error),
        other => Failure::new(other.to_string()),
    }
}

/// The variable wins over the file: whichever says it is the one to mend.
fn other_origin(folder: &Path, found: &OtherOrigin) -> Failure {
    let OtherOrigin { given, made_with } = found;
    let why = format!("this installation was made with `{made_with}`, by which its ledgers are checked");
    Failure::new(match config::variable("origin") {
        Some(name) => format!("{name}: origin is `{given}`, but {why}; unset it, or set it to {made_with}"),
        None => format!(
            "{}: origin is `{given}`, but {why}; put back origin = \"{made_with}\"",
            folder.join(config::FILE).display()
        ),
    })
}
