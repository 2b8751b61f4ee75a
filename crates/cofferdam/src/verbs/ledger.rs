//! `cofferdam ledger`

pub(crate) mod archive;
mod served;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use cofferdam_incident::report::{NamedSets, SETS_PATH, read_set, set_path, why_not};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{
    CHECKPOINT_PATH, Expect, ExportError, Exporter, Folder as _, FsFolder, VKEY_PATH, verify,
};
use cofferdam_ledger::note::{Note, VerifyingKey};
use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, split_bundle};
use cofferdam_model::Compartment;
use cofferdam_model::entry::hex32;
use serde_json::Value;

use super::verify::Exported;
use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::progress::Progress;
use crate::table::{Table, counted, thousands};

/// Ledgers: export a whole one, archive it, or show the newest entries
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a whole ledger into a folder in the tlog-tiles layout, or bring such a folder up to date
    ///
    /// Beside the ledger, in `sets`, lie the lists of objects that entries name by their hash.
    Export {
        /// A lab (name or id), or `installation`
        ledger: String,
        /// The folder: new, or of an earlier export
        dir: PathBuf,
    },
    Archive(archive::ToParquet),
    /// The newest entries of a lab's ledger: who, what and how much, never a lab's words
    Tail {
        /// The lab: its name or id
        lab: String,
        /// How many: 1 to 500
        #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500), allow_negative_numbers = true)]
        entries: u32,
        /// Go on and show new ones
        #[arg(long, short)]
        follow: bool,
    },
}

impl Ledger {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = || self.connect.client();
        match self.verb {
            Verb::Export { ledger, dir } => {
                let client = client()?;
                let compartment = match ledger.as_str() {
                    "installation" => Compartment::Installation,
                    lab => Compartment::Lab(client::lab(&client, lab).await?),
                };
                let exported = export(&client, compartment, &dir).await?;
                out.answer(&exported.told()?, |_| exported.to_string())
            }
            Verb::Archive(verb) => verb.run(out).await,
            Verb::Tail { lab, entries, follow } => tail(&client()?, &lab, entries, follow, out).await,
        }
    }
}

/// Exports a ledger as of its newest checkpoint, and verifies what was written.
pub(crate) async fn export(client: &Client, compartment: Compartment, dir: &Path) -> Outcome<Exported> {
    if dir.exists() && !dir.is_dir() {
        let text = format!("{} is a file; name a folder for the ledger", dir.display());
        return Err(Failure::new(text));
    }
    own_folder(dir)?;
    let base = format!("/ledgers/{compartment}");
    let vkey = String::from_utf8(client.bytes(&format!("{base}/vkey")).await?).to("the ledger's key")?;
    let key: VerifyingKey = vkey.trim().parse().to("the ledger's key")?;
    let signed = client.bytes(&format!("{base}/checkpoint")).await?;
    let size = Checkpoint::open(&signed, &key, &[])
        .to("the ledger's checkpoint")?
        .checkpoint
        .size();
    let folder = FsFolder::new(dir);
    let exporter = if dir.join(CHECKPOINT_PATH).exists() {
        Exporter::resume(&folder, &key)
    } else {
        Exporter::create(&folder, &key)
    };
    let mut exporter = exporter.map_err(|error| unexported(dir, error))?;
    let known = exporter.size();
    if known > size {
        return Err(Failure::new(format!(
            "{} has {known} entries, the server's checkpoint only {size}: entries were taken back. Keep both, and ask \
             whoever runs the server",
            dir.display()
        )));
    }
    let served = served::Served {
        client,
        base: &base,
        key: &key,
        signed: &signed,
        size,
    };
    let progress = Progress::things(size - known, "entries");
    for index in known / TILE_WIDTH..size.div_ceil(TILE_WIDTH) {
        let Some(coord) = BundleCoord::in_log(index, size) else {
            break;
        };
        let bundle = client.bytes(&format!("{base}/{coord}")).await?;
        let before = known.saturating_sub(coord.first_entry());
        for entry in split_bundle(&bundle).skip(usize::try_from(before).unwrap_or(usize::MAX)) {
            if let Err(error) = exporter.push(entry.to(coord)?) {
                return Err(served.failed(dir, error).await);
            }
            progress.add(1);
        }
    }
    progress.done();
    let note = Note::parse(&signed).to("the ledger's checkpoint")?;
    if let Err(error) = exporter.finish(&note) {
        return Err(served.failed(dir, error).await);
    }
    with_lists(client, &base, dir, &key).await
}

/// Verifies what was written, and brings its lists of objects up to date.
async fn with_lists(client: &Client, base: &str, dir: &Path, key: &VerifyingKey) -> Outcome<Exported> {
    let folder = FsFolder::new(dir);
    let expect = Expect {
        key: Some(key),
        ..Expect::default()
    };
    let mut named = NamedSets::default();
    let report = verify(&folder, &expect, |index, entry| {
        named.visit(index, entry);
        Ok(())
    });
    if let Some(problem) = &report.problem {
        return Err(Failure::new(format!("{}: {problem}", dir.display())));
    }
    lists(client, base, &folder, dir, &named).await?;
    let sets = named.check(&folder);
    match &sets.problem {
        // The key is what the server says that it is.
        None => Ok(Exported {
            report,
            sets,
            vouched: false,
        }),
        Some(problem) => Err(Failure::new(format!("{}: {problem}", dir.display()))),
    }
}

/// Writes the lists of objects that entries name: those that are not there yet, each only as its entry has it.
async fn lists(client: &Client, base: &str, folder: &FsFolder, dir: &Path, named: &NamedSets) -> Outcome {
    let missing: Vec<_> = named
        .iter()
        .filter(|set| why_not(folder, set).is_some())
        .collect();
    let progress = Progress::things(missing.len() as u64, "lists of objects");
    for set in missing {
        let digits = hex32::encode(&set.sha256);
        let list = client.bytes(&format!("{base}/{SETS_PATH}/{digits}")).await?;
        if read_set(set, &list).is_none() {
            return Err(Failure::new(format!(
                "the server's list of objects {digits} is not the one that the ledger names; ask whoever runs the server"
            )));
        }
        let path = set_path(&set.sha256);
        folder
            .write(&path, &list)
            .map_err(|error| files::unwritten(&dir.join(&path), &error))?;
        progress.add(1);
    }
    progress.done();
    Ok(())
}

/// A ledger is written into a folder of its own: new, empty, of an earlier export, or of one that broke off.
fn own_folder(dir: &Path) -> Outcome {
    const OURS: [&str; 6] = [
        VKEY_PATH,
        "vkey.tmp",
        "tile",
        CHECKPOINT_PATH,
        "checkpoint.tmp",
        SETS_PATH,
    ];
    if !dir.exists() || dir.join(CHECKPOINT_PATH).exists() {
        return Ok(());
    }
    let names = FsFolder::new(dir).names("").to(dir.display())?;
    let broke_off = names.iter().any(|name| name.starts_with(VKEY_PATH));
    let foreign = |name: &&String| !broke_off || !OURS.contains(&name.as_str());
    match names.iter().filter(foreign).min() {
        None => Ok(()),
        Some(other) => Err(Failure::new(format!(
            "{} holds other files ({other}), and nothing was written: name a new or empty folder for the ledger, or that \
             of its earlier export",
            dir.display()
        ))),
    }
}

fn unexported(dir: &Path, error: ExportError) -> Failure {
    match error {
        ExportError::Io { path, source } => files::unwritten(&dir.join(path), &source),
        ExportError::Checkpoint(error) => Failure::new(format!(
            "{} does not hold this ledger: {error}; export into a folder of its own",
            dir.display()
        )),
        other => Failure::new(format!("{}: {other}", dir.display())),
    }
}

async fn tail(client: &Client, lab: &str, entries: u32, follow: bool, out: Out) -> Outcome {
    if lab == "installation" {
        let text = "tail shows a lab's entries; `cofferdam ledger export installation DIR` writes the installation's";
        return Err(Failure::usage(text));
    }
    let lab = client::lab(client, lab).await?;
    let mut limit = entries;
    let mut after: Option<u64> = None;
    loop {
        let page: Value = client.get(&format!("/labs/{lab}/accesses?limit={limit}")).await?;
        let newest = page["items"].as_array().into_iter().flatten();
        let mut new: Vec<&Value> = newest
            .filter(|e| after.is_none_or(|n| number(e, "/n") > n))
            .collect();
        new.reverse();
        if let Some(last) = new.last() {
            after = Some(number(last, "/n"));
        }
        show(&new, follow, out)?;
        if !follow {
            return Ok(());
        }
        limit = 500;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn show(entries: &[&Value], follow: bool, out: Out) -> Outcome {
    if out.json {
        return if follow {
            entries.iter().try_for_each(|e| out.line(e))
        } else {
            out.json(&entries)
        };
    }
    if follow {
        return entries
            .iter()
            .try_for_each(|e| out.line(row(e).join("  ").trim_end()));
    }
    let mut table = Table::new(&["n", "time", "who", "did", "objects", "bytes", "project", ""]);
    entries.iter().for_each(|e| table.row(row(e)));
    out.table(&entries, &table)
}

fn row(entry: &Value) -> [String; 8] {
    let who = match text(entry, "/actor/role") {
        none if none.is_empty() => text(entry, "/actor/kind"),
        role => format!(
            "{role} {}",
            text(entry, "/actor/pseudonym")
                .chars()
                .take(8)
                .collect::<String>()
        ),
    };
    let refused = match text(entry, "/refused/act") {
        none if none.is_empty() => none,
        act => format!("refused {act}: {}", text(entry, "/refused/why/because")),
    };
    let about = match text(entry, "/completed/end") {
        none if none.is_empty() => refused,
        end => format!(
            "{end} after {}",
            counted(number(entry, "/completed/objects"), "object")
        ),
    };
    let [objects, bytes] = ["/objects", "/bytes"].map(|at| match number(entry, at) {
        0 => String::new(),
        some => thousands(some),
    });
    let project = text(entry, "/project/name");
    [
        text(entry, "/n"),
        when(entry, "/t"),
        who,
        text(entry, "/fact"),
        objects,
        bytes,
        project,
        about,
    ]
}
