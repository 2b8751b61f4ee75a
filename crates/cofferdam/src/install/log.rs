//! The log: one line an event, never a secret or a lab's words.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Config, LogFormat};
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::out::watched;

/// To standard error.
pub(crate) fn to_stderr(config: &Config) -> Outcome {
    start(config, std::io::stderr, watched())
}

/// To a file of its owner's, behind what is in it.
pub(crate) fn to_file(config: &Config, path: &Path) -> Outcome {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    start(config, Mutex::new(file.writing(path)?), false)
}

fn start<W>(config: &Config, writer: W, ansi: bool) -> Outcome
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&config.log).to("log")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(ansi)
        // A line that cannot be written is lost; saying so where it could not be written would end the process.
        .log_internal_errors(false);
    let started = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| Failure::new(format!("the log cannot be started: {error}")))
}
