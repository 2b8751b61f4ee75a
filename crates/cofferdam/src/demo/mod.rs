//! `cofferdam demo`: the whole in one command, in a fresh folder, everything over the HTTP API.
//!
//! What the labs hold lies below `DATA/demo`: their identities, the deliveries as they fetched them (encrypted) and
//! the exported ledgers. The rest of `DATA` is the platform's own, as `cofferdam init` makes it.

mod attacks;
mod book;
mod cast;
mod drill;
mod finish;
mod keyholders;
mod logins;
mod pause;
mod report;
mod review;
mod run;
mod simulated;
mod slow;
mod source;
mod stage;
mod work;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_model::Env;
use cofferdam_work::import::parse_pair;
use cofferdam_work::template::TemplateKind;

pub(crate) use self::drill::Drill;
use crate::config;
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::install::Server;
use crate::out::note;

/// Show the whole: labs, work, a halt and deliveries, in a fresh folder
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after the table, in place of serving on
    #[arg(long)]
    once: bool,
    /// Each lab with a keyholder of its own, as a program beside this one; afterwards each attack on that is tried, and what came of it
    /// told
    #[arg(long)]
    keyholder: bool,
    /// Tasks to work on, in place of the built-in sample: JSONL, a JSON array or CSV
    #[arg(long, value_name = "FILE", num_args = 1..)]
    input: Vec<PathBuf>,
    /// pairwise-preference, ranking, rubric, chat, classification, spans or freeform, where the columns do not tell
    #[arg(long, value_name = "KIND", requires = "input")]
    template: Option<TemplateKind>,
    /// Which column fills a field, as in prompt=Question
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = parse_pair, requires = "input")]
    map: Vec<(String, String)>,
    /// The data folder, new or empty [default: a new one among the temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the rows on a PostgreSQL server, in an empty database, in place of a file
    #[arg(long, value_name = "URL", env = "COFFERDAM_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Where to listen [default: 127.0.0.1:8417, or any free port]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = config::address)]
    listen: Option<SocketAddr>,
    /// Write the login links to a file, as JSON, once everything is there
    #[arg(long, value_name = "FILE", conflicts_with = "once")]
    json_logins: Option<PathBuf>,
}

/// The folder that was named, or a new one among the temporary files.
fn folder(named: Option<&Path>, what: &str, env: &Env) -> Outcome<PathBuf> {
    let folder = match named {
        Some(folder) => folder.to_owned(),
        None => {
            let random: [u8; 6] = env.random().to("the folder's name")?;
            let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            let within = std::env::temp_dir();
            if !within.is_dir() {
                let shown = within.display();
                let told = format!(
                    "the folder for temporary files, {shown}, is not there; name a folder with --data"
                );
                return Err(Failure::new(told));
            }
            within.join(format!("cofferdam-{what}-{name}"))
        }
    };
    std::path::absolute(&folder).reading(&folder)
}

/// Ends a server after something went wrong, which is what there is to say, and names its log.
async fn ended(server: Server, folder: &Path, failure: Failure) -> Failure {
    note(format!(
        "the server's log is {}",
        folder.join("server.log").display()
    ));
    let _ = server.stop().await;
    failure
}
