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
    if !deliveries.is_dir() {
        DirBuilder::new()
            .mode(0o700)
            .create(&deliveries)
            .to(deliveries.display())?;
    }
    Ok(Platform::new(gate, deliveries))
}

pub(super) async fn gate(folder: &Path, config: &Config, env: Env) -> Outcome<Gate> {
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
    let text = error.to_string();
    Failure::new(match error {
        SecretsError::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound => {
            format!("{text}; without this file nothing can be read: restore it from a backup")
        }
        _ => text,
    })
}
