//! `cofferdam init`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::Outcome;
use crate::install;
use crate::out::Out;

/// Make an installation in a new folder, with a first operator
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The data folder: new, or empty
    #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
    data: PathBuf,
    /// The first operator's name
    #[arg(long, value_name = "NAME", default_value = "Operator")]
    name: String,
    /// What the installation is called in its ledgers' checkpoints: best a domain of yours. Fixed from then on
    #[arg(long, value_name = "NAME", env = "COFFERDAM_ORIGIN", hide_env_values = true)]
    origin: Option<String>,
    /// Keep the rows on a PostgreSQL server, in an empty database: postgres://user:password@host/name
    #[arg(long, value_name = "URL", env = "COFFERDAM_DATABASE", hide_env_values = true)]
    database: Option<String>,
}

impl Init {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        config::check_variables()?;
        let mut config = Config::default();
        if let Some(origin) = self.origin {
            config.set_origin(&origin)?;
        }
        if let Some(database) = self.database {
            config.set_database("--database", &database)?;
        }
        let founded = install::found(&self.data, &config, &config.to_file(), &self.name).await?;
        let link = format!(
            "{}/login#{}",
            config.public_url(config.listen),
            founded.link.secret.expose()
        );
        let answer = json!({
            "data": self.data,
            "config": self.data.join(config::FILE),
            "operator": founded.operator,
            "token_file": founded.token_file,
            "token_expires": founded.token.expires.rfc3339(),
            "login": link,
            "login_expires": founded.link.expires.rfc3339(),
        });
        out.answer(&answer, |_| {
            format!(
                "installation  {data}\nconfiguration {config}\noperator      {operator} ({id})\n\
                 API token     {token}  (yours alone; until {until})\n\nStart it:   cofferdam serve --data {data}\n\
                 Then log in, once, within a day:\n  {link}\n",
                data = self.data.display(),
                config = self.data.join(config::FILE).display(),
                operator = self.name,
                id = founded.operator,
                token = founded.token_file.display(),
                until = &founded.token.expires.rfc3339()[..10],
            )
        })
    }
}
