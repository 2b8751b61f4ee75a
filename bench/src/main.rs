//! Measures the built program against the limits of the machine, in one run.
//!
//! `cargo run --release -p cofferdam-bench [-- PROGRAM]` starts PROGRAM (`target/release/cofferdam` unless said) as users
//! do, over HTTP with everything on, and prints a Markdown table: each row beside a limit measured in the same run.
//! Load generator and server share the machine, so figures are whole-box.
//!
//! `cargo run --release -p cofferdam-bench -- halts [PROGRAM [URL]]` measures how long after a halt the last byte comes, under load:
//! of one process, or, given the URL of an empty PostgreSQL database, of two nodes on it.
//!
//! `cargo run --release -p cofferdam-bench -- exposure FOLDER [ROWS…]` asks archives of a synthetic year, of so many rows each, for exposure:
//! see `exposure` and `year`. `… -- ledgers FOLDER PROGRAM [ENTRIES…]` asks ledgers of so many full entries, in SQLite: see `full`.

mod api;
mod append;
mod exposure;
mod full;
mod halts;
mod http;
mod limits;
mod report;
mod server;
mod year;

use std::path::PathBuf;

use anyhow::{Context, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if(|arg| arg == "exposure").is_some() {
        return exposure::run(&args.collect::<Vec<_>>());
    }
    if args.next_if(|arg| arg == "ledgers").is_some() {
        return full::run(&args.collect::<Vec<_>>()).await;
    }
    let halts = args.next_if(|arg| arg == "halts").is_some();
    let program = args
        .next()
        .map_or_else(|| PathBuf::from("target/release/cofferdam"), PathBuf::from);
    let folder = tempfile::tempdir().context("a temporary folder is needed")?;
    let mut report = report::Report::default();
    if halts {
        let database = args.next();
        halts::run(&program, folder.path(), database.as_deref(), &mut report).await?;
        return report.print();
    }
    let sync = limits::fdatasync(folder.path())?;
    report.add(
        "4 KiB append + fdatasync",
        format!("{:.0}/s, p50 {:.0} µs", sync.per_second, sync.p50_micros),
        "limit",
    );
    limits::sealing(&mut report)?;
    limits::ledger(&mut report, folder.path())?;
    limits::matching(&mut report)?;
    append::run(&program, folder.path(), &sync, &mut report).await?;
    let server = server::Server::start(&program, folder.path()).await?;
    http::run(&server, &sync, &mut report).await?;
    report.print()
}
