//! `cofferdam drill`: a compromised dependency, minute by minute, on the demonstration's data.
//!
//! The platform is real and its clock is not: it stands where the scenario puts it. Everything goes over the HTTP API, and what is shown is
//! what that answers; the scenario says what happens, and nothing of what comes of it.

mod clock;
mod play;
mod reports;
mod scenario;
mod set;
mod show;

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_model::Env;
use cofferdam_server::Settings;

use self::clock::Hands;
use self::play::Play;
use self::scenario::Scenario;
use super::cast;
use crate::client::Client;
use crate::config::Config;
use crate::fail::{Failure, Outcome, To};
use crate::files::{self, OnFile};
use crate::install::{self, Server};
use crate::out::Out;

/// Replay March 2026: a compromised dependency, from the first release to the last report, minute by minute
#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// Another scenario than the one of March 2026: JSON, as --print-scenario shows it
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Print the scenario, to be changed, and do nothing else. Its steps are in the order of time; labs and projects are 0, 1 and 2
    #[arg(long, conflicts_with_all = ["scenario", "advisory", "data"])]
    print_scenario: bool,
    /// Records of the event in the OSV format, in place of those that this program brings
    #[arg(long, value_name = "FILE", num_args = 1..)]
    advisory: Vec<PathBuf>,
    /// The data folder, new or empty: ledgers and reports stay there [default: a new one among the temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Drill {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        if self.print_scenario {
            return out.bytes(Scenario::builtin().as_bytes());
        }
        let world = Env::system();
        let begun = world.now();
        let scenario = match &self.scenario {
            None => Scenario::read(Scenario::builtin())?,
            Some(file) => Scenario::read(&files::text(file)?).map_err(|wrong| wrong.about(file.display()))?,
        };
        let records = self.records()?;
        let folder = super::folder(self.data.as_deref(), "drill", &world)?;
        let hands = Hands::at(scenario.begins);
        let (server, operator) = installation(&folder, &hands).await?;
        let played = Play::new(hands, operator, folder.clone(), scenario, records)
            .run()
            .await;
        let told = match played {
            Ok(told) => told,
            Err(failure) => return Err(super::ended(server, &folder, failure).await),
        };
        server.stop().await?;
        let seconds = (world.now().micros_since(begun) / 1_000) as f64 / 1e3;
        let told = show::Told { seconds, ..told };
        out.answer(&told, show::Told::text)
    }

    fn records(&self) -> Outcome<Vec<serde_json::Value>> {
        if self.advisory.is_empty() {
            return scenario::records();
        }
        let read = |file: &PathBuf| serde_json::from_slice(&files::bytes(file)?).to(file.display());
        self.advisory.iter().map(read).collect()
    }
}

/// Founds an installation at the scenario's time, and starts its server.
async fn installation(folder: &Path, hands: &Hands) -> Outcome<(Server, Client)> {
    let any = SocketAddr::new(Config::default().listen.ip(), 0);
    let listener = install::bind(any)?;
    let address = listener.local_addr().to("the listening socket")?;
    let config = Config {
        listen: address,
        origin: "drill.cofferdam.local".to_owned(),
        ..Config::default()
    };
    let file = config.to_short_file();
    let founded = install::found_at(folder, &config, &file, cast::OPERATOR, hands.env()).await?;
    install::to_file(&config, &folder.join("server.log"))?;
    let platform = install::open_at(folder, &config, hands.env()).await?;
    let settings = Settings {
        requests_per_second: 0,
        ..config.settings(address)
    };
    let server = Server::start(listener, platform, settings, 1 << 20);
    let operator = Client::new(&config.local_url(), Some(founded.token.secret.expose()))?;
    let own = folder.join("drill");
    DirBuilder::new().mode(0o700).create(&own).writing(&own)?;
    Ok((server, operator))
}

/// Somebody or something that the scenario names and that is not there.
fn absent(what: &str, name: &str) -> Failure {
    Failure::new(format!("there is no {what} `{name}`"))
}
