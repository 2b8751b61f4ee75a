//! What the machine allows: syncs, ciphers, hashes; and our sealing and ledger beside them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{Expect, Exporter, FsFolder, verify_folder};
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::matching::{Able, MOST_MISFIT, Seeker, Wanted, assign};
use cofferdam_seal::key::{EpochKey, SecretBytes};
use cofferdam_seal::object::{self, Binding};
use cofferdam_seal::{Id128, SystemRandom};

use crate::report::{Report, quantile};

/// What a sync costs.
pub(crate) struct Sync {
    pub(crate) per_second: f64,
    pub(crate) p50_micros: f64,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

/// Runs `work` `times` times; seconds for all of it.
fn seconds(times: u64, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let before = now();
    for _ in 0..times {
        work()?;
    }
    Ok(before.elapsed().as_secs_f64())
}

/// Appends 4 KiB and syncs, for about a second.
pub(crate) fn fdatasync(folder: &Path) -> Result<Sync> {
    let mut file = File::create(folder.join("sync"))?;
    let mut took = Vec::new();
    let begun = now();
    while begun.elapsed().as_secs_f64() < 1.0 {
        let before = now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        took.push(before.elapsed().as_secs_f64() * 1e6);
    }
    let per_second = took.len() as f64 / begun.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    Ok(Sync {
        per_second,
        p50_micros: quantile(&took, 0.5),
    })
}

fn raw_gcm(size: usize, times: u64) -> Result<f64> {
    let key = UnboundKey::new(&AES_256_GCM, &[9; 32]).map_err(|_| anyhow!("no cipher"))?;
    let key = LessSafeKey::new(key);
    let mut text = vec![1; size];
    seconds(times, || {
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let sealed = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut text);
        sealed.map(|_| ()).map_err(|_| anyhow!("no seal"))
    })
}

/// Sealing and opening, beside the bare cipher, on one core.
pub(crate) fn sealing(report: &mut Report) -> Result<()> {
    let epoch = EpochKey::new(&SecretBytes::copy_of(&[3; 32]));
    let id = Id128::new([1; 16]);
    let binding = Binding {
        compartment: id,
        project: id,
        object: id,
        kind: 1,
        version: 1,
        epoch: id,
    };
    for (name, size, times) in [
        ("1 KiB", 1 << 10, 200_000),
        ("64 KiB", 1 << 16, 8_000),
        ("16 MiB", 1 << 24, 40),
    ] {
        let text = vec![5; size];
        let sealed = object::seal(&epoch, &binding, &text, &SystemRandom)?.into_bytes();
        let seal = seconds(times, || {
            Ok(object::seal(&epoch, &binding, &text, &SystemRandom).map(|_| ())?)
        })?;
        let open = seconds(times, || Ok(object::open(&epoch, &binding, &sealed).map(|_| ())?))?;
        let raw = raw_gcm(size, times)?;
        let rate = |s: f64| {
            format!(
                "{:.0}/s, {:.2} GB/s",
                times as f64 / s,
                (times as usize * size) as f64 / s / 1e9
            )
        };
        let share = |s: f64| format!("{:.0} % of bare AES-256-GCM ({})", raw / s * 100.0, rate(raw));
        report.add(format!("seal {name}, one core"), rate(seal), share(seal));
        report.add(format!("open {name}, one core"), rate(open), share(open));
    }
    Ok(())
}

/// Verifying an exported ledger, beside bare SHA-256.
pub(crate) fn ledger(report: &mut Report, folder: &Path) -> Result<()> {
    const ENTRIES: u64 = 500_000;
    let key = SigningKey::from_seed("bench", &[2; 32])?;
    let out = folder.join("ledger");
    let files = FsFolder::new(&out);
    let mut exporter = Exporter::create(&files, key.verifying_key())?;
    let entry = |n: u64| {
        let pad = "x".repeat(200);
        format!(
            r#"{{"by":{{"as":"platform"}},"fact":{{"kind":"bench","pad":"{pad}"}},"n":{n},"t":{n},"v":1}}"#
        )
    };
    let export = seconds(1, || {
        for n in 0..ENTRIES {
            exporter.push(entry(n).as_bytes())?;
        }
        Ok(())
    })?;
    let note = Checkpoint::new("bench", exporter.size(), exporter.root())?.sign(&key)?;
    exporter.finish(&note)?;
    let verify = seconds(1, || {
        let found = verify_folder(&out, &Expect::default());
        found
            .is_ok()
            .then_some(())
            .context("the exported ledger does not verify")
    })?;
    let bytes = entry(ENTRIES);
    let raw = seconds(ENTRIES, || {
        std::hint::black_box(digest(&SHA256, bytes.as_bytes()));
        Ok(())
    })?;
    let rate = |s: f64| format!("{:.0} entries/s", ENTRIES as f64 / s);
    report.add(
        "ledger export to a folder",
        rate(export),
        format!("{:.0} % of bare SHA-256", raw / export * 100.0),
    );
    let share = format!(
        "{:.0} % of bare SHA-256 of the entries ({})",
        raw / verify * 100.0,
        rate(raw)
    );
    report.add("ledger verification", rate(verify), share);
    Ok(())
}

const PEOPLE: usize = 30_000;
const PROJECTS: usize = 500;

/// xorshift64*: the same people in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn words(&mut self, what: &str, count: u64, of: u64) -> BTreeSet<String> {
        // The lower a number, the more have it.
        (0..count)
            .map(|_| format!("{what}{}", self.below(of).min(self.below(of))))
            .collect()
    }
}

/// People whose skills, languages and hours differ, and projects that ask for some.
fn alike(dice: &mut Dice) -> Vec<Seeker> {
    let mut wanted = || Wanted {
        skills: {
            let count = dice.below(3);
            dice.words("skill ", count, 40)
        },
        languages: dice.words("language ", 1, 8),
        hours: dice.below(4) as u32 * 10,
    };
    let projects: Vec<Wanted> = (0..PROJECTS).map(|_| wanted()).collect();
    let mut person = || {
        let (skills, languages) = (3 + dice.below(8), 1 + dice.below(3));
        let able = Able {
            skills: dice.words("skill ", skills, 40),
            languages: dice.words("language ", languages, 8),
            hours: 1 + dice.below(40) as u32,
        };
        Seeker {
            misfits: projects.iter().map(|project| project.misfit(&able)).collect(),
            urgency: (able.hours / 4) as u8,
        }
    };
    (0..PEOPLE).map(|_| person()).collect()
}

/// People of whom no two have the same misfits, or anything in common with each other.
fn unlike(dice: &mut Dice) -> Vec<Seeker> {
    let levels = u64::from(MOST_MISFIT) + 1;
    let mut person = || {
        let mut misfit = |_| (dice.below(3) == 0).then(|| dice.below(levels) as u8);
        Seeker {
            misfits: (0..PROJECTS).map(&mut misfit).collect(),
            urgency: dice.below(levels) as u8,
        }
    };
    (0..PEOPLE).map(|_| person()).collect()
}

type People = fn(&mut Dice) -> Vec<Seeker>;

/// Finding work for everybody whom a halt left without, on one core: how well each fits each project, and who goes where.
pub(crate) fn matching(report: &mut Report) -> Result<()> {
    let people: [(&str, People); 2] = [("by skills", alike), ("at random", unlike)];
    for (how, people) in people {
        for (name, seats) in [("seats for two thirds", 40), ("seats for all", 60)] {
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
            let seats = vec![seats; PROJECTS];
            let mut placed = 0;
            let took = seconds(1, || {
                let found = assign(&people(&mut dice), &seats);
                placed = found.places.iter().flatten().count();
                Ok(())
            })?;
            let what = format!("{PEOPLE} people to {PROJECTS} projects {how}, {name}, one core");
            let figure = format!("{took:.2} s, {placed} placed");
            report.add(
                what,
                figure,
                format!("{:.0} % of the limit, 5 s", took / 5.0 * 100.0),
            );
        }
    }
    Ok(())
}
