//! A data folder for another node of an installation.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::found::{clear, prepare, private_file};
use crate::config::{Config, FILE};
use crate::fail::{Failure, Outcome};
use crate::files::{self, OnFile};

/// The installation's secret, and how far each ledger is known to have been: what a node has of its own.
const SECRET: &str = "installation.key";
const WATERMARKS: &str = "watermarks";

/// Makes the data folder of the node `name`, which joins the installation in `other`. What it is configured like.
pub(crate) fn join(folder: &Path, other: &Path, name: &str) -> Outcome<Config> {
    let there = other.join(FILE);
    let mut config = Config::load(&there)?;
    let shown = there.display();
    if config.node.is_empty() {
        return Err(Failure::new(format!(
            "{shown} names no node, so that its server lets no other in: set `database` to a PostgreSQL server's URL and `node` \
             to a name there, as in node = \"a\", and start that server again"
        )));
    }
    if config.node == name {
        return Err(Failure::usage(format!(
            "{shown} is the node `{name}` itself; --node takes another name"
        )));
    }
    if config.shared.is_empty() {
        let whole = fs::canonicalize(other).reading(other)?;
        let text = whole.to_str().map(str::to_owned);
        config.shared =
            text.ok_or_else(|| Failure::new(format!("{} is not UTF-8; name it otherwise", whole.display())))?;
    }
    name.clone_into(&mut config.node);
    let secret = files::bytes(&other.join(SECRET))?;
    let new = prepare(folder)?;
    let made = write(folder, other, &config, &secret);
    if made.is_err() {
        clear(folder, new);
    }
    made.map(|()| config)
}

fn write(folder: &Path, other: &Path, config: &Config, secret: &[u8]) -> Outcome {
    let (from, to) = (other.join(WATERMARKS), folder.join(WATERMARKS));
    DirBuilder::new().mode(0o700).create(&to).writing(&to)?;
    for entry in fs::read_dir(&from).reading(&from)? {
        let entry = entry.reading(&from)?;
        // One that was replaced meanwhile is there under its name.
        if entry.path().extension().is_some_and(|kind| kind == "checkpoint") {
            private_file(&to.join(entry.file_name()), &files::bytes(&entry.path())?)?;
        }
    }
    private_file(&folder.join(SECRET), secret)?;
    private_file(&folder.join(FILE), config.to_file().as_bytes())
}
