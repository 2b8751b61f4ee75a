//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The lab's own keyholder: it alone unwraps the keys of the lab's epochs, and says which it did.
#[derive(Debug, Parser)]
#[command(name = "cofferdam-keyholder", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The configuration file.
    #[arg(long, global = true, default_value = crate::config::FILE)]
    pub(crate) config: PathBuf,
    /// Answers for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Makes a keyholder: its root key, its authority, its witness, an empty log.
    Init {
        /// A folder for its configuration and its state; it is made.
        folder: PathBuf,
        /// Where nodes will come in.
        #[arg(long, default_value = "127.0.0.1:7443")]
        listen: SocketAddr,
        /// The name that it cosigns checkpoints under, such as `keyholder.lab.example`.
        #[arg(long, default_value = "cofferdam-keyholder.invalid/witness")]
        witness: String,
        /// A file with the passphrase of its root key; else it is asked for.
        #[arg(long)]
        passphrase_file: Option<PathBuf>,
        /// Memory, in MiB, that each guess at the passphrase takes.
        #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(19..=1024))]
        kdf_mib: u32,
    },
    /// Runs it.
    Serve,
    /// Prints a code by which one node enrols, once.
    Enrol {
        /// The name that the node goes by from then on.
        #[arg(long)]
        node: String,
        /// How long the code is good, in seconds.
        #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
        seconds: u32,
    },
    /// The nodes that are enrolled.
    Node {
        /// What to do with them.
        #[command(subcommand)]
        verb: NodeVerb,
    },
    /// How the keyholder stands. The exit code is 3 where something waits for the lab.
    Status,
    /// What it did: its own log, held against its hash chain.
    Log(Span),
    /// Stops leases, from the next one on.
    Halt {
        /// One project; left out: everything.
        #[arg(long)]
        project: Option<String>,
        /// Why: nodes are told.
        #[arg(long, default_value = "the lab halted it")]
        reason: String,
    },
    /// Ends a halt.
    Resume {
        /// The halt of one project; left out: the one of everything.
        #[arg(long)]
        project: Option<String>,
        /// Why.
        #[arg(long, default_value = "the lab resumed it")]
        reason: String,
    },
    /// Which epochs were leased, to which node, for what, until when.
    Exposure(Span),
    /// The policy by which leases are granted.
    Policy {
        /// What to do with it.
        #[command(subcommand)]
        verb: PolicyVerb,
    },
    /// The ledgers that are witnessed.
    Ledger {
        /// What to do with them.
        #[command(subcommand)]
        verb: LedgerVerb,
    },
    /// Destroys the keys of a project for good: nothing of it opens again.
    Destroy {
        /// The compartment, 32 hexadecimal digits.
        #[arg(long)]
        compartment: String,
        /// The project, 32 hexadecimal digits.
        #[arg(long)]
        project: String,
        /// The project once more: it cannot be undone.
        #[arg(long)]
        confirm: String,
    },
}

/// A span of time.
#[derive(Debug, Args)]
pub(crate) struct Span {
    /// From when on: 2026-11-30, or 2026-11-30T08:00:00Z.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Until when, that moment not included.
    #[arg(long)]
    pub(crate) to: Option<String>,
}

/// What is done with nodes.
#[derive(Debug, Subcommand)]
pub(crate) enum NodeVerb {
    /// Lists them.
    List,
    /// Ends one at once: its certificates and its token are worth nothing from then on.
    Revoke {
        /// Its name.
        name: String,
        /// Why.
        #[arg(long, default_value = "the lab revoked it")]
        reason: String,
    },
}

/// What is done with the policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// Reads a policy over, and says what it means.
    Check {
        /// The file; left out: the one that is configured.
        file: Option<PathBuf>,
    },
}

/// What is done with ledgers.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerVerb {
    /// Lists them.
    List,
    /// Takes a ledger's key as the one of a compartment that has none yet.
    Trust {
        /// The compartment, 32 hexadecimal digits.
        #[arg(long)]
        compartment: String,
        /// The key, as `vkey` in a folder of `cofferdam ledger export` has it.
        #[arg(long)]
        vkey: String,
    },
    /// Decides about a ledger that contradicted itself: leases go on from the checkpoint that is named.
    Accept {
        /// The compartment, 32 hexadecimal digits.
        #[arg(long)]
        compartment: String,
        /// Which of the two that `status` shows.
        #[arg(long, value_parser = ["known", "brought"])]
        checkpoint: String,
        /// Why, for the log.
        #[arg(long)]
        reason: String,
    },
}
