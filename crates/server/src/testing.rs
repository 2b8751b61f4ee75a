//! For tests: an installation to ask.

use std::sync::Arc;

use cofferdam_custody::{Gate, Secrets, Setup};
use cofferdam_model::{CredentialKind, Env};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::{Database, Options};

/// A new installation in a folder, and its operator's token.
pub(crate) async fn founded(folder: &std::path::Path) -> (Gate, String) {
    let env = Env::system();
    Secrets::create(folder, &env).unwrap();
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: std::collections::BTreeSet::default(),
    };
    let keys = folder.join("keyholder");
    std::fs::create_dir(&keys).unwrap();
    let keyholder = EmbeddedKeyholder::open(keys, Box::new(policy), Arc::new(SystemRandom));
    let setup = Setup {
        store: Options {
            folder: folder.to_owned(),
            database: Database::Sqlite,
            readers: 1,
        },
        secrets: Secrets::open(folder, "cofferdam.local").unwrap(),
        keyholder: Arc::new(keyholder.unwrap()),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: env.clone(),
        node: "test".to_owned(),
    };
    let gate = Gate::open(setup).await.unwrap();
    let operator = PrincipalRow {
        id: env.new_id().unwrap(),
        kind: PrincipalKind::Person,
        name: "Olga".to_owned(),
        created: env.now(),
    };
    let id = gate.found(operator).await.unwrap();
    let kind = CredentialKind::Token;
    let issued = gate.issue_to_founder(id, kind, "first", 86_400).await.unwrap();
    (gate, issued.secret.expose().to_owned())
}
