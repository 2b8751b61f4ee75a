//! Kills at random moments under load, and looks whether everything that was acknowledged is there.
//!
//! The client writes down what it was told: submissions taken, time counted, plaintext received. Server and database
//! are killed without a word while it works. Every so often the ledgers are exported and verified and held against
//! what was written down; `doctor` looks at the rest.

mod check;
mod load;
mod witness;
mod world;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use cofferdam_model::Env;

use load::Load;
use witness::Witness;
use world::World;

/// How long, and on what.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How often to kill
    #[arg(long, default_value_t = 1_000)]
    pub kills: u32,
    /// Look at everything after so many kills, and at the end
    #[arg(long, default_value_t = 25)]
    pub check_every: u32,
    /// On a PostgreSQL server of its own, which is killed too
    #[arg(long)]
    pub postgres: bool,
    /// On PostgreSQL with a standby that takes over in the middle
    #[arg(long, requires = "postgres")]
    pub failover: bool,
    /// The program [default: beside this one]
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// What the random moments come from [default: another one each time]
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Keys are called for before so many kills.
const ROTATE_EVERY: u32 = 5;

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Kills of the server.
    pub servers: u32,
    /// Kills of the database's server.
    pub databases: u32,
    /// Submissions that were acknowledged, all there.
    pub submissions: usize,
    /// Times that counted, all there.
    pub times: usize,
    /// Plaintexts received, each recorded.
    pub releases: usize,
    /// Entries of the ledgers, verified.
    pub entries: u64,
}

/// Runs it, and prints what was seen.
pub fn run(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let seen = runtime.block_on(soak(args))?;
    let Seen {
        servers,
        databases,
        submissions,
        times,
        releases,
        entries,
    } = seen;
    say(&format!(
        "{servers} kills of the server, {databases} of the database: {submissions} submissions, {times} times and \
         {releases} releases are all recorded; {entries} entries verify, no task beyond its overlap"
    ));
    Ok(())
}

/// Runs it.
pub async fn soak(args: &Args) -> Result<Seen> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => u64::from_be_bytes(Env::system().random()?),
    };
    say(&format!("seed {seed}"));
    let soaked = kills(args, Dice(seed)).await;
    soaked.with_context(|| format!("with --seed {seed}"))
}

async fn kills(args: &Args, mut dice: Dice) -> Result<Seen> {
    let mut world = World::new(args).await?;
    let mut load = Load::start(&world).await?;
    let mut witness = Witness::default();
    let (mut servers, mut databases) = (0, 0);
    for kill in 1..=args.kills {
        load.refill().await?;
        if kill % ROTATE_EVERY == 0 {
            load.rotate(&world).await?;
        }
        let working = load.work(&mut witness);
        let moment = Duration::from_millis(20 + dice.below(600));
        let takes_over = args.failover && kill == args.kills.div_ceil(2);
        let the_database = takes_over || (args.postgres && dice.below(2) == 0);
        if the_database {
            let killed = async {
                tokio::time::sleep(moment).await;
                world
                    .kill_database(takes_over, Duration::from_millis(dice.below(400)))
                    .await
            };
            working.during(killed).await?;
            databases += 1;
        } else {
            let killed = async {
                tokio::time::sleep(moment).await;
                world.kill_server().await
            };
            working.during(killed).await?;
            world.serve().await?;
            servers += 1;
        }
        if kill % args.check_every == 0 || kill == args.kills {
            load.settle(&mut witness).await?;
            let entries = check::everything(&mut world, &witness).await?;
            load.read_all(&witness).await?;
            say(&format!(
                "{kill} kills: {} submissions, {entries} entries",
                witness.submissions()
            ));
        }
    }
    let entries = check::everything(&mut world, &witness).await?;
    load.read_all(&witness).await?;
    Ok(Seen {
        servers,
        databases,
        submissions: witness.submissions(),
        times: witness.times(),
        releases: witness.releases(),
        entries,
    })
}

/// Numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}

fn say(text: &str) {
    eprintln!("{text}");
}
