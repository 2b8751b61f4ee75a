//! Random commands by many principals across labs, against the real service and a small reference model: the same
//! decisions, and an entry for every byte that was released.

mod audit;
mod command;
mod drive;
mod reference;
mod script;
mod service;
mod shrink;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub use command::Command;

use self::world::World;

/// How long, or what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many commands
    #[arg(long, default_value_t = 1_000_000)]
    pub commands: u64,
    /// How many of them make a script: each begins with a new installation
    #[arg(long, default_value_t = 400)]
    pub length: usize,
    /// The number of the first script; the others follow it
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Do this script again instead, as it was printed
    #[arg(long)]
    pub script: Option<PathBuf>,
}

/// How often each kind of command was answered in each way.
pub type Tally = BTreeMap<(String, String), u64>;

/// Where and why a script failed.
#[derive(Debug)]
pub struct Failure {
    /// How many commands were done, the failing one too.
    pub done: usize,
    /// What was wrong.
    pub error: anyhow::Error,
}

/// The script of that number.
pub fn script_of(seed: u64, length: usize) -> Result<Vec<Command>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = proptest::collection::vec(command::strategy(), length).new_tree(&mut runner);
    Ok(tree.map_err(|why| anyhow::anyhow!("no script: {why}"))?.current())
}

/// Does a script from its beginning, on a new installation.
pub fn attempt(script: &[Command]) -> Result<Tally, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure {
        done: 0,
        error: error.into(),
    })?;
    runtime.block_on(async {
        let mut tally = Tally::new();
        let mut world = World::new().await.map_err(|error| Failure { done: 0, error })?;
        for (at, command) in script.iter().enumerate() {
            let step = world.step(*command).await;
            step.map_err(|error| Failure { done: at + 1, error })?;
            *tally.entry((command.name(), world.said.clone())).or_default() += 1;
        }
        let done = script.len();
        world.audit().await.map_err(|error| Failure { done, error })?;
        Ok(tally)
    })
}

/// Does a script; a failing one is made short, and shown so that it can be done again.
pub fn check(script: Vec<Command>, named: &str) -> Result<Tally> {
    let first = match attempt(&script) {
        Ok(tally) => return Ok(tally),
        Err(first) => first,
    };
    eprintln!("{named} fails after {} commands: {:#}", first.done, first.error);
    eprintln!("making it short");
    let first_done = first.done.min(script.len());
    let shrunk = shrink::shrink(script[..first_done].to_vec(), |script| {
        attempt(script).err().map(|failure| failure.done)
    });
    let last = attempt(&shrunk).err().unwrap_or(first);
    bail!(
        "{named} fails: {:#}\n\n{} commands are enough; keep them in a file and do them again with `cargo xtask soak model \
         --script FILE`:\n\n{}",
        last.error,
        shrunk.len(),
        script::write(&shrunk)
    )
}

/// Runs it.
pub fn run(args: &Args) -> Result<()> {
    if let Some(file) = &args.script {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        show(&check(script::read(&text)?, "the script")?);
        return Ok(());
    }
    let begun = now();
    let mut done = 0;
    let mut seed = args.seed;
    let mut tally = Tally::new();
    while done < args.commands {
        for (what, n) in check(script_of(seed, args.length)?, &format!("script {seed}"))? {
            *tally.entry(what).or_default() += n;
        }
        done += args.length as u64;
        let rate = done as f64 / begun.elapsed().as_secs_f64();
        eprint!(
            "\r{done} commands in {} scripts, the last of seed {seed}; {rate:.0} a second ",
            seed - args.seed + 1
        );
        seed += 1;
    }
    eprintln!();
    show(&tally);
    eprintln!("nothing was found");
    Ok(())
}

/// A line for each kind of command: what was said, and how often.
fn show(tally: &Tally) {
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for ((command, said), n) in tally {
        let line = lines.entry(command).or_default();
        line.push_str(&format!("  {said} {n}"));
    }
    for (command, line) in lines {
        eprintln!("{command:<16}{line}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how fast it goes is for whoever waits; nothing is decided by it"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
