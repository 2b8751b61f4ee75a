//! `cofferdam recover`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_custody::Issued;
use cofferdam_model::{Compartment, PrincipalId};
use cofferdam_work::ops::Platform;
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::install;
use crate::out::Out;

const TOKEN_SECONDS: i64 = 30 * 86_400;

/// Give an operator who has none any more a new API token, while the server is stopped
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// The data folder: whoever has its files has the installation
    #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
    data: PathBuf,
    /// The operator, where there are several: their name or id
    #[arg(long, value_name = "PERSON")]
    operator: Option<String>,
}

impl Recover {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let config = Config::load(&self.data.join(config::FILE))?;
        let platform = install::open(&self.data, &config).await?;
        let (id, name) = chosen(&platform, self.operator.as_deref()).await?;
        let issued = platform
            .gate()
            .issue_to_operator(id, "recovered", TOKEN_SECONDS)
            .await
            .to("the operator's token")?;
        platform
            .gate()
            .integrate()
            .await
            .to("the installation's ledger")?;
        let file = install::token_file(&self.data);
        replace(&file, &issued)?;
        let answer = json!({
            "operator": id.to_string(),
            "credential": issued.id.to_string(),
            "token_file": file,
            "token_expires": issued.expires.rfc3339(),
        });
        out.answer(&answer, |_| {
            format!(
                "operator   {name} ({id})\nAPI token  {}  (theirs alone; until {})\n\nIt is in the installation's ledger. Their other \
                 credentials are as they were: `cofferdam token list --person {id}`, `token revoke`\n",
                file.display(),
                &issued.expires.rfc3339()[..10]
            )
        })
    }
}

/// The operator that is meant: the only one, unless somebody is named.
async fn chosen(platform: &Platform, named: Option<&str>) -> Outcome<(PrincipalId, String)> {
    let installation = platform.gate().authority(Compartment::Installation);
    let installation = installation.to("the installation's ledger")?;
    let mut all = Vec::new();
    for id in installation.iter().flat_map(|a| a.operators()) {
        // One whose row was edited keeps nobody else out, and goes by the id that the ledger has.
        let named = platform.person(id).await;
        all.push((id, named.map_or_else(|_| id.to_string(), |row| row.name)));
    }
    let meant = |(id, name): &&(PrincipalId, String)| {
        named.is_none_or(|named| name == named || id.to_string() == named)
    };
    let list = all.iter().map(|(id, name)| format!("{name} ({id})"));
    let list = list.collect::<Vec<_>>().join(", ");
    let mut found = all.iter().filter(meant);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => Err(Failure::usage(format!("say which with --operator: {list}"))),
        (None, _) => Err(Failure::usage(format!(
            "that is no operator of this installation; there are: {list}"
        ))),
    }
}

/// Puts the token where the first one was kept.
fn replace(file: &Path, issued: &Issued) -> Outcome {
    let new = file.with_extension("token.new");
    // What an earlier try left.
    if new.exists() {
        fs::remove_file(&new).writing(&new)?;
    }
    install::private_file(&new, format!("{}\n", issued.secret.expose()).as_bytes())?;
    fs::rename(&new, file).writing(file)
}
