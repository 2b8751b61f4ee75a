//! Exposure asked of archives: one credential and hour, one component and week, as the archive grows.
//!
//! `exposure FOLDER [ROWS…]` writes a year of so many rows ([`crate::year`]) into FOLDER, one archive for each lab, asks, prints a row of the
//! table, and deletes it again; 10^6, 10^7 and 10^8 unless said. Each question is asked in a process of its own, whose peak memory is then that
//! of the question, first after the files were dropped from the machine's cache, then again. All archives are asked, as for somebody of whom it
//! is not known where they are engaged.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use cofferdam_archive::{Archive, Archived, Read, Whose};
use cofferdam_model::Draw;
use serde_json::{Value, json};

use crate::report::Report;
use crate::year;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

/// What each question is called on the command line, and in the table.
const QUESTIONS: [(&str, &str, f64); 2] = [
    ("hour", "one credential and hour", 1.0),
    ("week", "one component and week", 10.0),
];

pub(crate) fn run(args: &[String]) -> Result<()> {
    let (folder, rest) = args.split_first().context("name a folder for the archives")?;
    let folder = Path::new(folder);
    if let [ask, question] = rest
        && ask == "ask"
    {
        return answer(folder, question);
    }
    let sizes = match rest {
        [] => vec![1_000_000, 10_000_000, 100_000_000],
        some => some
            .iter()
            .map(|rows| rows.parse())
            .collect::<Result<Vec<u64>, _>>()?,
    };
    let mut report = Report::default();
    for rows in sizes {
        let dir = folder.join(format!("year-{rows}"));
        make(&dir, rows, &mut report)?;
        for (question, name, limit) in QUESTIONS {
            ask(&dir, question, name, limit, &mut report)?;
        }
        if std::env::var_os("COFFERDAM_BENCH_KEEP").is_none() {
            std::fs::remove_dir_all(&dir)?;
        }
    }
    report.print()
}

fn lab(dir: &Path, lab: u64) -> PathBuf {
    dir.join(format!("lab-{lab:02}"))
}

/// Writes the archives, two at a time, the largest first.
fn make(dir: &Path, rows: u64, report: &mut Report) -> Result<()> {
    let before = now();
    let waiting = Mutex::new(0..year::LABS);
    let next = || waiting.lock().ok().and_then(|mut labs| labs.next());
    let work = || -> Result<Vec<Archived>> {
        let mut made = Vec::new();
        while let Some(number) = next() {
            made.push(year::archive(number, rows, &lab(dir, number))?);
        }
        Ok(made)
    };
    let made = std::thread::scope(|scope| {
        let both = [scope.spawn(work), scope.spawn(work)];
        let each = both.map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread broke off")));
        each.into_iter().collect::<Result<Vec<_>>>()
    })?;
    let made = made.concat();
    let took = before.elapsed().as_secs_f64();
    let rows: u64 = made.iter().map(|lab| lab.rows).sum();
    let entries: u64 = made.iter().map(|lab| lab.end).sum();
    let bytes: u64 = made.iter().map(|lab| lab.bytes).sum();
    report.add(
        format!("archive of {rows} rows, {entries} entries"),
        format!("{:.2} bytes a row, {bytes} bytes", bytes as f64 / rows as f64),
        format!(
            "at most 20 bytes a row; made in {took:.0} s, {:.0} rows/s with the generator, two threads",
            rows as f64 / took
        ),
    );
    Ok(())
}

fn ask(dir: &Path, question: &str, name: &str, limit: f64, report: &mut Report) -> Result<()> {
    forget(dir)?;
    let mut told = Vec::new();
    for _ in 0..4 {
        let asked = Command::new(std::env::current_exe()?)
            .arg("exposure")
            .arg(dir)
            .args(["ask", question])
            .output()?;
        ensure!(
            asked.status.success(),
            "{}",
            String::from_utf8_lossy(&asked.stderr)
        );
        told.push(serde_json::from_slice::<Value>(&asked.stdout)?);
    }
    let number = |told: &Value, at: &str| told[at].as_f64().unwrap_or(f64::NAN);
    let (first, again) = told.split_first().context("nothing was asked")?;
    let mut seconds: Vec<f64> = again.iter().map(|told| number(told, "seconds")).collect();
    seconds.sort_by(f64::total_cmp);
    let peak = told.iter().map(|told| number(told, "peak")).fold(0.0, f64::max);
    let figure = format!(
        "{:.3} s from the disk, {:.3} s after that; {:.0} MiB at peak",
        number(first, "seconds"),
        crate::report::quantile(&seconds, 0.5),
        peak / f64::from(1 << 10),
    );
    let against = format!(
        "{limit} s and 4 GiB; {} entries, {} releases, {} versions; {} of {} row groups, {} rows looked at, {} read whole",
        first["entries"],
        first["releases"],
        first["versions"],
        first["groups_read"],
        first["groups"],
        first["rows"],
        first["rows_whole"]
    );
    report.add(name, figure, against);
    Ok(())
}

/// Drops the files from the machine's cache.
fn forget(dir: &Path) -> Result<()> {
    for number in 0..year::LABS {
        for file in std::fs::read_dir(lab(dir, number))? {
            let file = std::fs::File::open(file?.path())?;
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// Asks all archives, and says on stdout what came of it and what it took.
fn answer(dir: &Path, question: &str) -> Result<()> {
    let before = now();
    let mut read = Read::default();
    let (mut entries, mut versions, mut released) = (0, 0, Draw::default());
    for number in 0..year::LABS {
        let (whose, window) = match question {
            "hour" => (Whose::Credential(year::asked()), year::an_hour()),
            "week" => (Whose::Pseudonym(year::everywhere(number)), year::a_week()),
            other => bail!("there is no question {other}"),
        };
        let archive = Archive::open(&lab(dir, number), &[])?;
        let found = archive.exposure(&[whose], window)?;
        ensure!(found.unknown.is_none(), "the window goes beyond the archive");
        entries += found.touched.entries;
        released = released.plus(found.touched.released());
        let different = found
            .versions
            .context("more object versions than are told apart")?;
        versions += different.altered.objects + different.touched.objects;
        read.groups += found.read.groups;
        read.groups_read += found.read.groups_read;
        read.rows += found.read.rows;
        read.rows_whole += found.read.rows_whole;
    }
    let seconds = before.elapsed().as_secs_f64();
    let told = json!({
        "seconds": seconds,
        "peak": peak()?,
        "entries": entries,
        "releases": released.objects,
        "versions": versions,
        "groups": read.groups,
        "groups_read": read.groups_read,
        "rows": read.rows,
        "rows_whole": read.rows_whole,
    });
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

/// The most memory that this process had, in KiB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmHWM")?;
    Ok(number.parse()?)
}
