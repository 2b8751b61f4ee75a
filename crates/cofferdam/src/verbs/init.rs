//! `cofferdam init`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::{Failure, Outcome};
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
    /// What this node is called, where several are to use that database
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// Make the data folder of another node, which joins the installation in this one
    #[arg(
        long,
        value_name = "DIR",
        requires = "node",
        conflicts_with_all = ["name", "origin", "database"]
    )]
    join: Option<PathBuf>,
}

impl Init {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        config::check_variables()?;
        if let (Some(other), Some(node)) = (&self.join, &self.node) {
            return joined(out, &self.data, other, node);
        }
        let mut config = Config::default();
        if let Some(origin) = self.origin {
            config.set_origin(&origin)?;
        }
        if let Some(database) = self.database {
            config.set_database("--database", &database)?;
        }
        if let Some(node) = self.node {
            config.set_node(&node)?;
            if config.database == "sqlite" {
                return Err(Failure::usage(
                    "several nodes need a PostgreSQL server: give its URL with --database, or leave --node out",
                ));
            }
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

fn joined(out: Out, data: &Path, other: &Path, node: &str) -> Outcome {
    Config::default().set_node(node)?;
    let config = install::join(data, other, node)?;
    let answer = json!({
        "data": data,
        "config": data.join(config::FILE),
        "node": node,
        "shared": config.shared,
        "listen": config.listen,
    });
    out.answer(&answer, |_| {
        format!(
            "node          {node}, of the installation in {other}\ndata folder   {data}\nconfiguration {file}\n\
             keys and deliveries, shared: {shared}\n\nStart it:   cofferdam serve --data {data} --listen ADDRESS:PORT\n",
            other = other.display(),
            data = data.display(),
            file = data.join(config::FILE).display(),
            shared = config.shared,
        )
    })
}
