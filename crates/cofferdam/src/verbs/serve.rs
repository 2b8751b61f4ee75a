//! `cofferdam serve`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::config::{self, Config};
use crate::fail::{Outcome, To};
use crate::install;
use crate::out::note;

/// Run an installation's server until SIGINT or SIGTERM
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The data folder, made by `cofferdam init`
    #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
    data: PathBuf,
    /// Address and port, in place of the configured ones
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = config::address)]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(crate) async fn run(self) -> Outcome {
        let config = Config::load(&self.data.join(config::FILE))?;
        install::to_stderr(&config)?;
        let platform = install::open(&self.data, &config).await?;
        for found in platform.gate().closed() {
            tracing::error!(%found, "a ledger is closed: nothing of it is released; `cofferdam doctor` says what is wrong");
        }
        if let Some(behind) = clock_behind(platform.gate()) {
            note(behind);
        }
        let listener = install::bind(self.listen.unwrap_or(config.listen))?;
        let address = listener.local_addr().to("the listening socket")?;
        let settings = config.settings(address);
        let public = settings.public_url.clone();
        let server = install::Server::start(listener, platform, settings, cofferdam_server::ON_THE_WAY);
        // Whoever reads that it listens may tell it to stop at once.
        let signals = install::Signals::take()?;
        note(format!(
            "Cofferdam listens on http://{address} (public address: {public})"
        ));
        install::serve(server, signals).await
    }
}

/// What to say where the machine's clock is behind what was recorded, by a second or more.
fn clock_behind(gate: &cofferdam_custody::Gate) -> Option<String> {
    let (ledger, micros) = gate.ahead_of_clock()?;
    let seconds = micros / 1_000_000;
    (seconds > 0).then(|| {
        format!(
            "cofferdam: this machine's clock is {seconds} s behind the last entry of the ledger of {ledger}; until it has \
             caught up, entries get that entry's time. Set the clock if it is wrong"
        )
    })
}
