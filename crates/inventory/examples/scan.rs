//! Scans folders or files by hand: `cargo run -p cofferdam-inventory --example scan -- [--advisories PATH] PATH…`
//!
//! Prints the inventory as JSON, or, with advisories, what each event means for it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use cofferdam_inventory::advisory::{Index, Outcome, group, source};
use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Inventory, Root, scan};

fn main() -> std::io::Result<()> {
    let mut advisories = None;
    let mut roots = Vec::new();
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--advisories" {
            advisories = args.next().map(PathBuf::from);
        } else {
            roots.push(Root::at(Path::new(&arg)));
        }
    }
    let inventory = scan(&roots, &Limits::default(), None);
    let mut out = std::io::stdout().lock();
    match advisories {
        None => out.write_all(inventory.to_json().as_bytes()),
        Some(path) => judge(&inventory, &path, &mut out),
    }
}

fn judge(inventory: &Inventory, path: &Path, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let index = Index::new(inventory);
    let (mut records, mut wrong, mut elsewhere) = (Vec::new(), 0_u64, 0_u64);
    source::read(path, &source::Limits::default(), &mut |record| match record {
        // Of a whole ecosystem few records name what is here, and only those are kept.
        Ok(record) if index.names(&record.advisory) => records.push(record.advisory),
        Ok(record) => {
            let events = group(vec![record.advisory]);
            let outcomes = events.iter().map(|event| index.assess(event).outcome);
            elsewhere += outcomes
                .filter(|outcome| matches!(outcome, Outcome::Unknown { .. }))
                .count() as u64;
        }
        Err(error) => {
            wrong += 1;
            eprintln!("{error}");
        }
    });
    let (packages, gaps) = (inventory.packages.len(), inventory.gaps.len());
    writeln!(
        out,
        "{packages} packages, {gaps} gaps, {wrong} records that cannot be read"
    )?;
    writeln!(
        out,
        "{elsewhere} records of packages that were not found, and may be where nothing was read"
    )?;
    for event in group(records) {
        match index.assess(&event).outcome {
            Outcome::Affected { hits, .. } => {
                for hit in hits {
                    writeln!(out, "AFFECTED {}: {} {}", event.id(), hit.record, hit.grounds)?;
                }
            }
            Outcome::Unknown { doubts, gaps } => {
                writeln!(
                    out,
                    "unknown  {}: {} doubts, {} gaps",
                    event.id(),
                    doubts.len(),
                    gaps.len()
                )?;
                for doubted in doubts {
                    writeln!(out, "         {}", doubted.doubt)?;
                }
                for gap in gaps {
                    writeln!(out, "         {gap}")?;
                }
            }
            Outcome::NotAffected { cleared } => writeln!(out, "not      {}: {cleared} packages", event.id())?,
            Outcome::Withdrawn => writeln!(out, "withdrawn {}", event.id())?,
        }
    }
    Ok(())
}
