//! How fast: canonical bytes, leaf hashes, integration, and verification of a whole folder.
//!
//! `cargo run --release -p cofferdam-ledger --example throughput [entries]`

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::time::Instant;

use cofferdam_ledger::canonical::{append_canonical, check_canonical, parse_canonical};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::entry::read_head;
use cofferdam_ledger::folder::{Expect, Exporter, FsFolder, verify_folder};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use cofferdam_ledger::tree::{Frontier, integrate};
use serde::Serialize;

/// An entry of about 300 bytes, its fields in no particular order.
#[derive(Serialize)]
struct Entry<'a> {
    n: u64,
    t: i64,
    kind: &'a str,
    compartment: &'a str,
    project: &'a str,
    engagement: &'a str,
    principal: &'a str,
    objects: [&'a str; 2],
    bytes: u64,
    reason: Option<&'a str>,
}

const fn entry(n: u64) -> Entry<'static> {
    Entry {
        n,
        t: 1_767_225_600_000_000 + n as i64 * 137,
        kind: "object.read",
        compartment: "lab_01JX5C8K7Q2V",
        project: "prj_01JX5C8K7Q2W3N",
        engagement: "eng_01JX5C8K7Q2W3M9ZB4T6R8Y0AE",
        principal: "p_6f1d0b8c2e",
        objects: ["obj_01JX5C8K7Q2W3M9ZB4T6R8Y0AA", "obj_01JX5C8K7Q2W3M9ZB4T6R8Y0AB"],
        bytes: 18_432,
        reason: None,
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring takes a real clock")]
fn measure<T>(
    name: &str,
    count: u64,
    run: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let start = Instant::now();
    let result = run()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{name:<44} {:>12.0} /s", count as f64 / seconds);
    Ok(result)
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let mut bytes = Vec::new();
    append_canonical(&entry(count), &mut bytes)?;
    println!("{count} entries of {} bytes", bytes.len());

    let entries = measure("canonical bytes", count, || {
        let mut all = Vec::with_capacity((bytes.len() + 8) * count as usize);
        let mut ends = Vec::with_capacity(count as usize);
        for n in 0..count {
            append_canonical(&entry(n), &mut all)?;
            ends.push(all.len());
        }
        Ok((all, ends))
    })?;
    let each = || {
        let starts = std::iter::once(0).chain(entries.1.iter().copied());
        starts.zip(&entries.1).map(|(start, &end)| &entries.0[start..end])
    };
    let value: serde_json::Value = serde_json::from_slice(&bytes)?;
    measure("canonical bytes of a serde_json::Value", count, || {
        let mut out = Vec::new();
        for _ in 0..count {
            out.clear();
            append_canonical(&value, &mut out)?;
        }
        Ok(())
    })?;
    measure("check canonical form", count, || {
        Ok(each().try_for_each(check_canonical)?)
    })?;
    measure("check and read n and t", count, || {
        Ok(each().try_for_each(|e| read_head(e).map(drop))?)
    })?;
    measure("parse_canonical", count / 4, || {
        Ok(each()
            .take(count as usize / 4)
            .try_for_each(|e| parse_canonical(e).map(drop))?)
    })?;
    let leaves = measure("leaf hashes", count, || {
        Ok(each().map(Hash::leaf).collect::<Vec<_>>())
    })?;
    measure("canonical bytes and leaf hash", count, || {
        let mut out = Vec::new();
        let mut last = Hash::EMPTY;
        for n in 0..count {
            out.clear();
            append_canonical(&entry(n), &mut out)?;
            last = Hash::leaf(&out);
        }
        Ok(last)
    })?;
    measure("frontier", count, || {
        let mut frontier = Frontier::new();
        frontier.extend(leaves.iter().copied());
        Ok(frontier.root())
    })?;
    measure("integrate into tiles", count, || {
        Ok(integrate(0, &[], leaves.iter().copied())?)
    })?;

    folder(count, each())
}

/// Writes a log into a folder and verifies it.
fn folder<'a>(count: u64, mut entries: impl Iterator<Item = &'a [u8]>) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let folder = FsFolder::new(dir.path());
    let key = SigningKey::generate("cofferdam.example/throughput")?;
    measure("export to a folder", count, || {
        let mut exporter = Exporter::create(&folder, key.verifying_key())?;
        entries.try_for_each(|entry| exporter.push(entry))?;
        let head = Checkpoint::new("cofferdam.example/throughput", exporter.size(), exporter.root())?;
        Ok(exporter.finish(&head.sign(&key)?)?)
    })?;
    let report = measure("verify_folder", count, || {
        Ok(verify_folder(dir.path(), &Expect::default()))
    })?;
    print!("{report}");
    Ok(())
}
