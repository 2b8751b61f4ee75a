//! `cargo xtask fuzz`: strangers' bytes for every parser, by libFuzzer.
//!
//! libFuzzer is built from its sources, and what it needs of the compiler, counters of the branches that an input
//! takes, every stable toolchain has: no other program is needed than a C++ compiler.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::run::{Cmd, notice, root, step, target};
use crate::{tools, web};

/// What `cargo xtask ci` asks for: each run tries what the one before tried, so that what it finds is the change's doing. Chance is for
/// `cargo xtask fuzz`.
pub(crate) const OF_CI: [&str; 2] = ["--seed", "1"];
/// How long each target runs in `cargo xtask ci`, in seconds.
pub(crate) const IN_CI: u32 = 60;

/// What makes the compiler count, as cargo-fuzz has it.
const COUNTED: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                       -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                       -Cllvm-args=-sanitizer-coverage-pc-table \
                       -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input that keeps a target busy for longer than this is a fault, in seconds.
const MOST_SECONDS: u32 = 20;
/// So is one for which it takes more memory than this, in MiB.
const MOST_MEMORY: u32 = 2_048;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    seconds: u32,
    /// What chance begins with; none: another each time.
    seed: Option<u32>,
    /// Whether inputs that reach something new are taken into the corpus.
    keep: bool,
    /// All of them when none is named.
    targets: Vec<String>,
}

impl Wanted {
    fn read(args: &[String]) -> Result<Self> {
        let mut wanted = Self {
            seconds: IN_CI,
            seed: None,
            keep: false,
            targets: Vec::new(),
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--keep" => wanted.keep = true,
                "--seed" => {
                    let given = args.next().and_then(|text| text.parse().ok());
                    wanted.seed = Some(given.context("--seed wants a number")?);
                }
                "--seconds" => {
                    let given = args.next().and_then(|text| text.parse().ok());
                    wanted.seconds = given
                        .filter(|s| *s > 0)
                        .context("--seconds wants a number from 1 up")?;
                }
                option if option.starts_with('-') => bail!("no such option: {option}"),
                name => wanted.targets.push(name.to_owned()),
            }
        }
        Ok(wanted)
    }
}

/// Builds the targets and runs them, as many at a time as there are processors.
pub(crate) fn fuzz(args: &[String]) -> Result<()> {
    let wanted = Wanted::read(args)?;
    let known = targets()?;
    if let Some(name) = wanted.targets.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no target `{name}`; the targets are {}",
            known.join(", ")
        );
    }
    let chosen = if wanted.targets.is_empty() {
        known
    } else {
        wanted.targets.clone()
    };
    ready(&chosen)?;
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut failed = Vec::new();
    for names in chosen.chunks(at_once) {
        let what = format!("{} ({} s)", names.join(", "), wanted.seconds);
        let mut found = step(&what, || together(names, &wanted))?;
        failed.append(&mut found);
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    if wanted.keep {
        chosen.iter().try_for_each(|name| keep(name))?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    root().join("fuzz")
}

/// Where inputs that were found and logs are.
fn work() -> PathBuf {
    target().join("fuzz")
}

fn binary(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// The names of the targets: the files of `fuzz_targets`.
fn targets() -> Result<Vec<String>> {
    let folder = folder().join("fuzz_targets");
    let files = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut names = Vec::new();
    for file in files {
        let path = file?.path();
        let stem = path
            .file_stem()
            .filter(|_| path.extension().is_some_and(|ext| ext == "rs"));
        names.extend(stem.and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Builds all targets: what `cargo xtask ci` does early, since it runs them last.
pub(crate) fn build_all() -> Result<()> {
    ready(&targets()?)
}

fn ready(names: &[String]) -> Result<()> {
    tools::compiler()?;
    // The server carries the web application, and a target drives the server.
    step("web application", web::build)?;
    step("build of the fuzz targets", || build(names))
}

/// In the workspace's own target folder, which has most of what others wrote already.
fn build(names: &[String]) -> Result<()> {
    let mut cmd = Cmd::cargo(&["build", "--locked"]);
    for name in names {
        cmd = cmd.args(&["--bin", name]);
    }
    cmd.folder(folder())
        .var("CARGO_TARGET_DIR", target())
        .var("RUSTC_WRAPPER", folder().join("counted"))
        .var("FUZZ_ROOT", root())
        .var("FUZZ_COUNTED", COUNTED)
        .run()
}

/// A target over its corpus. What it finds that is new goes to a folder of its own, not into the repository.
fn command(name: &str, wanted: &Wanted) -> Result<Cmd> {
    let new = work().join("new").join(name);
    fs::create_dir_all(&new).with_context(|| new.display().to_string())?;
    // It takes whatever is left: a browser may be driven beside it.
    let mut cmd = Cmd::new("nice")
        .args(&["-n", "10", shown(&binary(name)).as_str()])
        .args(&[
            format!("-max_total_time={}", wanted.seconds),
            // 0: another each time.
            format!("-seed={}", wanted.seed.unwrap_or(0)),
            format!("-timeout={MOST_SECONDS}"),
            format!("-rss_limit_mb={MOST_MEMORY}"),
            format!("-artifact_prefix={}-", work().join(name).display()),
            "-print_final_stats=1".to_owned(),
        ]);
    let dictionary = folder().join("dictionaries").join(format!("{name}.dict"));
    if dictionary.is_file() {
        cmd = cmd.args(&[format!("-dict={}", dictionary.display())]);
    }
    Ok(cmd.args(&[shown(&new), shown(&corpus(name))]))
}

fn corpus(name: &str) -> PathBuf {
    folder().join("corpus").join(name)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Runs some targets side by side; what is to be said of those that found a fault.
fn together(names: &[String], wanted: &Wanted) -> Result<Vec<String>> {
    let mut running = Vec::new();
    for name in names {
        let (cmd, log) = (command(name, wanted)?, work().join(format!("{name}.log")));
        let file = File::create(&log).with_context(|| shown(&log))?;
        let child = cmd.command().stdout(Stdio::null()).stderr(file).spawn();
        running.push((name, log, child.with_context(|| format!("{cmd}"))?));
    }
    let mut failed = Vec::new();
    for (name, log, mut child) in running {
        let status = child.wait()?;
        let text = fs::read(&log).with_context(|| shown(&log))?;
        let text = String::from_utf8_lossy(&text);
        match (status.success(), runs(&text)) {
            (true, Some(runs)) => eprintln!("    {name}: {runs} inputs, nothing found"),
            _ => failed.push(report(name, &text)),
        }
    }
    Ok(failed)
}

/// How many inputs were tried, by libFuzzer's own account.
fn runs(log: &str) -> Option<u64> {
    let count = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    count.trim().parse().ok()
}

/// What was found, how to see it again, and what to do about it.
fn report(name: &str, log: &str) -> String {
    let found = log
        .lines()
        .find_map(|line| line.split("Test unit written to ").nth(1));
    let said = log
        .lines()
        .skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR: libFuzzer"));
    // What is below is how the program came there, which the input shows again.
    let said =
        said.take_while(|line| !line.starts_with("stack backtrace") && !line.trim_start().starts_with("#0 "));
    let said: Vec<&str> = said.take(6).collect();
    let Some(input) = found else {
        let last: Vec<&str> = log.lines().rev().take(6).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return format!("{name} did not run to its end:\n  {}", last.join("\n  "));
    };
    format!(
        "{name} found a fault:\n  {}\nto see it again:\n  {} {input}\nmend it with a test beside the parser, and keep the \
         input as a file of fuzz/corpus/{name}",
        said.join("\n  "),
        shown(&binary(name)),
    )
}

/// Takes those of the new inputs into the corpus that reach what no input there reaches.
fn keep(name: &str) -> Result<()> {
    step(&format!("new inputs of {name}"), || {
        let (corpus, new) = (corpus(name), work().join("new").join(name));
        let before = count(&corpus)?;
        // How often a branch is taken makes many inputs of one: which branches are is enough to begin with.
        let merge = ["-merge=1", "-use_counters=0", &shown(&corpus), &shown(&new)];
        let log = work().join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| shown(&log))?;
        let cmd = Cmd::new(shown(&binary(name)).as_str()).args(&merge);
        let status = cmd.command().stdout(Stdio::null()).stderr(file).status()?;
        if !status.success() {
            bail!("{status}, see {}; to repeat it:\n  {cmd}", log.display());
        }
        notice(format_args!(
            "{} of them are kept",
            count(&corpus)?.saturating_sub(before)
        ));
        Ok(())
    })
}

fn count(folder: &Path) -> Result<usize> {
    let files = fs::read_dir(folder).with_context(|| shown(folder))?;
    Ok(files.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Wanted> {
        Wanted::read(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_asked_for_is_understood_or_refused() {
        let wanted = read(&["--seconds", "5", "json", "--keep", "--seed", "7", "note"]).unwrap();
        let targets = vec!["json".to_owned(), "note".to_owned()];
        assert_eq!(
            wanted,
            Wanted {
                seconds: 5,
                seed: Some(7),
                keep: true,
                targets
            }
        );
        assert_eq!(read(&[]).unwrap().seconds, IN_CI);
        for wrong in [
            &["--seconds"][..],
            &["--seconds", "0"],
            &["--seconds", "x"],
            &["--seed", "x"],
            &["--fast"],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_target_has_a_corpus_and_stands_in_the_manifest() {
        let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
        let names = targets().unwrap();
        assert!(names.len() > 10, "{names:?}");
        for name in &names {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(count(&corpus(name)).unwrap() > 0, "{name}");
        }
        assert_eq!(
            fs::read_dir(folder().join("corpus")).unwrap().count(),
            names.len()
        );
    }

    #[test]
    fn a_fault_is_told_with_its_input() {
        let log = "INFO: x\nthread panicked at a.rs:1:\nno\nstack backtrace:\n 0: main\n\
                   Test unit written to /f/json-crash-1\n";
        let told = report("json", log);
        assert!(
            told.contains("panicked at a.rs:1") && told.contains("debug/json /f/json-crash-1"),
            "{told}"
        );
        assert!(!told.contains(" 0: main"), "{told}");
        assert!(report("json", "killed").contains("did not run to its end:\n  killed"));
        assert_eq!(runs("stat::number_of_executed_units: 12\n"), Some(12));
    }
}
