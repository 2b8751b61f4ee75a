//! What the command line does, verb by verb.

mod init;
mod logged;
mod standing;

use std::path::Path;
use std::sync::Arc;

use cofferdam_ledger::note::VerifyingKey;
use cofferdam_seal::keyholder::wire::LedgerKey;

use crate::args::{Cli, LedgerVerb, NodeVerb, PolicyVerb, Verb};
use crate::calls::Keyholder;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::fail::{Failure, OnFile as _, Outcome, To as _};
use crate::files::Folder;
use crate::id::named;
use crate::lab::{Command, Lab, Standing, Told};
use crate::policy::Policy;
use crate::{control, out, root, server};

/// The most threads that wait for the disk.
const MAX_BLOCKING: usize = 64;

/// Does what was asked for on the command line.
pub(crate) fn run(cli: Cli) -> Outcome {
    if let Verb::Init {
        folder,
        listen,
        witness,
        passphrase_file,
        kdf_mib,
    } = &cli.verb
    {
        return init::init(
            folder,
            *listen,
            witness,
            passphrase_file.as_deref(),
            *kdf_mib,
            cli.json,
        );
    }
    if let Verb::Policy {
        verb: PolicyVerb::Check { file: Some(file) },
    } = &cli.verb
    {
        return policy(file, cli.json);
    }
    let config = Config::load(&cli.config)?;
    match cli.verb {
        Verb::Init { .. } => Ok(()),
        Verb::Serve => serve(config),
        Verb::Enrol { node, seconds } => done(&config, Command::Enrol { node, seconds }, cli.json),
        Verb::Node { verb } => match verb {
            NodeVerb::List => standing::nodes(&standing(&config)?, cli.json),
            NodeVerb::Revoke { name, reason } => {
                done(&config, Command::Revoke { node: name, reason }, cli.json)
            }
        },
        Verb::Status => standing::status(&standing(&config)?, cli.json),
        Verb::Log(span) => logged::log(&config, &span, cli.json),
        Verb::Exposure(span) => logged::exposure(&config, &span, cli.json),
        Verb::Halt { project, reason } => {
            let project = project.map(|text| named(&text, "prj")).transpose()?;
            done(&config, Command::Halt { project, reason }, cli.json)
        }
        Verb::Resume { project, reason } => {
            let project = project.map(|text| named(&text, "prj")).transpose()?;
            done(&config, Command::Resume { project, reason }, cli.json)
        }
        Verb::Policy { .. } => policy(&config.policy, cli.json),
        Verb::Ledger { verb } => ledger(&config, verb, cli.json),
        Verb::Destroy {
            compartment,
            project,
            confirm,
        } => {
            if confirm != project {
                return Err(Failure::usage(
                    "--confirm names another project; nothing was destroyed",
                ));
            }
            let (compartment, project) = (named(&compartment, "lab")?, named(&project, "prj")?);
            done(&config, Command::Destroy { compartment, project }, cli.json)
        }
    }
}

fn ledger(config: &Config, verb: LedgerVerb, json: bool) -> Outcome {
    match verb {
        LedgerVerb::List => standing::ledgers(&standing(config)?, json),
        LedgerVerb::Trust { compartment, vkey } => {
            let key: VerifyingKey = vkey.parse().map_err(Failure::usage)?;
            let ledger = LedgerKey {
                compartment: named(&compartment, "lab")?,
                vkey: key.to_string(),
            };
            done(config, Command::Trust { ledger }, json)
        }
        LedgerVerb::Accept {
            compartment,
            checkpoint,
            reason,
        } => {
            let command = Command::Accept {
                compartment: named(&compartment, "lab")?,
                brought: checkpoint == "brought",
                reason,
            };
            done(config, command, json)
        }
    }
}

fn done(config: &Config, command: Command, json: bool) -> Outcome {
    match control::ask(config, command)? {
        Told::Done(text) if json => out::json(&serde_json::json!({ "done": text })),
        Told::Code(code) if json => out::json(&serde_json::json!({ "code": code })),
        Told::Done(text) | Told::Code(text) => out::line(text),
        Told::Failed(why) => Err(Failure::new(why)),
        Told::Status(_) => Err(Failure::new("the answer is of another command")),
    }
}

fn standing(config: &Config) -> Outcome<Standing> {
    match control::ask(config, Command::Status)? {
        Told::Status(standing) => Ok(*standing),
        Told::Failed(why) => Err(Failure::new(why)),
        Told::Done(_) | Told::Code(_) => Err(Failure::new("the answer is of another command")),
    }
}

fn policy(file: &Path, json: bool) -> Outcome {
    let text = std::fs::read_to_string(file).on(file)?;
    let told = Policy::read(&text, &file.display().to_string())?.told();
    if json {
        return out::json(&serde_json::json!({ "policy": told }));
    }
    told.iter().try_for_each(out::line)
}

fn serve(config: Config) -> Outcome {
    let folder = Folder::open(&config.state)?;
    let listen = config.listen;
    let lab = Lab::open(config, Arc::new(SystemClock))?.ok_or_else(|| {
        Failure::new("another process has the state folder; end it first, or name another configuration")
    })?;
    let unlocked = root::unlocked(&lab.config, &folder)?;
    let keyholder = Arc::new(Keyholder::open(Arc::new(lab), &folder, &unlocked)?);
    drop(unlocked);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(MAX_BLOCKING)
        .enable_all()
        .build()
        .to("the runtime cannot be started")?;
    let served = runtime.block_on(server::serve(keyholder, listen));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    served
}
