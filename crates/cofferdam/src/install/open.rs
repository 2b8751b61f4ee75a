//! Opening an installation.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use cofferdam_custody::{Gate, Secrets, SecretsError, Setup};
use cofferdam_model::Env;
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms};
use cofferdam_store::Options;
use cofferdam_work::ops::Platform;

use super::{deliveries_folder, keyholder_folder};
use crate::config::Config;
use crate::fail::{Failure, Outcome, To};
use crate::files::{self, OnFile};

/// The platform in a data folder that holds an installation.
pub(crate) async fn open(folder: &Path, config: &Config) -> Outcome<Platform> {
    let gate = gate(folder, config, Env::system()).await?;
    if !gate.is_founded() {
        let shown = folder.display();
        return Err(Failure::new(match gate.closed().into_iter().next() {
            Some(found) => format!("{shown}: {found}"),
            None => {
                format!("{shown} holds no founded installation; restore it from a backup, or make a new one")
            }
        }));
    }
    let deliveries = deliveries_folder(folder);
    if !deliveries.exists() {
        DirBuilder::new()
            .mode(0o700)
            .create(&deliveries)
            .writing(&deliveries)?;
    }
    Ok(Platform::new(gate, deliveries))
}

pub(super) async fn gate(folder: &Path, config: &Config, env: Env) -> Outcome<Gate> {
    for within in [keyholder_folder(folder), deliveries_folder(folder)] {
        if within.exists() && !within.is_dir() {
            let text = format!("{} is no folder; restore it from a backup", within.display());
            return Err(Failure::new(text));
        }
    }
    let secrets = Secrets::open(folder, &config.origin).map_err(without_secret)?;
    let policy = FixedPolicy {
        terms: LeaseTerms {
            micros: config.lease_seconds * 1_000_000,
        },
        denied: Default::default(),
    };
    let keyholder =
        EmbeddedKeyholder::open(keyholder_folder(folder), Box::new(policy), Arc::new(SystemRandom));
    let database = config.database.parse().map_err(Failure::new)?;
    let setup = Setup {
        store: Options {
            folder: folder.to_owned(),
            database,
            readers: config.readers,
        },
        secrets,
        keyholder: Arc::new(keyholder.to("the keyholder")?),
        env,
        node: "embedded".to_owned(),
    };
    Gate::open(setup).await.to(folder.display())
}

fn without_secret(error: SecretsError) -> Failure {
    match error {
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
