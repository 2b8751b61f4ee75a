//! Steps and commands: named, timed, and on failure shown so that they can be repeated by hand.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// The folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Whether this runs unattended: nothing may be asked, and what is missing may be installed.
pub(crate) fn unattended() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

#[expect(
    clippy::disallowed_methods,
    reason = "durations of build steps are for whoever waits; nothing is decided by them but when to stop waiting"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Something worth knowing that is no failure.
pub(crate) fn notice(text: impl fmt::Display) {
    eprintln!("    note: {text}");
}

/// Does `work` under a name, and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {name}");
    let begun = now();
    let done = work();
    let (how, seconds) = (if done.is_ok() { "done" } else { "FAILED" }, begun.elapsed());
    eprintln!("    {name}: {how} in {}", shown(seconds));
    done.with_context(|| format!("{name} failed"))
}

fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// A command line: a program with arguments, in a folder, with variables.
#[derive(Debug, Clone)]
pub(crate) struct Cmd {
    program: String,
    args: Vec<String>,
    folder: PathBuf,
    vars: Vec<(String, String)>,
}

impl Cmd {
    /// In the workspace's folder.
    pub(crate) fn new(program: &str) -> Self {
        Self {
            program: program.to_owned(),
            args: Vec::new(),
            folder: root(),
            vars: Vec::new(),
        }
    }

    /// Cargo, of the toolchain that runs this.
    pub(crate) fn cargo(args: &[&str]) -> Self {
        Self::new("cargo").args(args)
    }

    pub(crate) fn args<S: AsRef<str>>(mut self, args: &[S]) -> Self {
        self.args.extend(args.iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    pub(crate) fn var(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref().to_string_lossy().into_owned();
        self.vars.push((name.to_owned(), value));
        self
    }

    /// As a child process to be: nothing is read from the terminal.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .current_dir(&self.folder)
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs it, its output going where ours goes.
    pub(crate) fn run(&self) -> Result<()> {
        let status = self.status()?;
        if !status.success() {
            bail!("{status}; to repeat it:\n  {self}");
        }
        Ok(())
    }

    /// Runs it beside something else: what it prints goes into a file of the target folder, and is shown as a whole at the end.
    pub(crate) fn run_beside(&self, log: &str) -> Result<()> {
        let path = target().join(log);
        let file = File::create(&path).with_context(|| path.display().to_string())?;
        let printed = file.try_clone().with_context(|| path.display().to_string())?;
        let mut command = self.command();
        let status = command.stdout(printed).stderr(file).status();
        let status = status.with_context(|| self.cannot_start())?;
        let text = fs::read(&path).with_context(|| path.display().to_string())?;
        eprintln!("    what `{self}` printed:\n{}", String::from_utf8_lossy(&text));
        if !status.success() {
            bail!("{status}; to repeat it:\n  {self}");
        }
        Ok(())
    }

    /// Runs it, and says how it ended.
    pub(crate) fn status(&self) -> Result<ExitStatus> {
        self.command().status().with_context(|| self.cannot_start())
    }

    /// Runs it, and takes what it prints.
    pub(crate) fn output(&self) -> Result<Vec<u8>> {
        let output = self
            .command()
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| self.cannot_start())?;
        if !output.status.success() {
            bail!("{}; to repeat it:\n  {self}", output.status);
        }
        Ok(output.stdout)
    }

    fn cannot_start(&self) -> String {
        format!("`{}` cannot be started, is it installed?\n  {self}", self.program)
    }
}

/// As one would type it from the workspace's folder.
impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Ok(folder) = self.folder.strip_prefix(root())
            && !folder.as_os_str().is_empty()
        {
            write!(f, "cd {} && ", quoted(&folder.to_string_lossy()))?;
        }
        for (name, value) in &self.vars {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let cmd = Cmd::new("npm")
            .args(&["test", "--", "it's"])
            .folder(root().join("web"));
        assert_eq!(
            cmd.var("A", "b c").to_string(),
            r"cd web && A='b c' npm test -- 'it'\''s'"
        );
        assert_eq!(Cmd::cargo(&["fmt", ""]).to_string(), "cargo fmt ''");
    }

    #[test]
    fn a_failing_command_says_how_to_repeat_it() {
        let error = Cmd::new("sh")
            .args(&["-c", "exit 3"])
            .run()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exit status: 3") && error.ends_with("sh -c 'exit 3'"),
            "{error}"
        );
        let error = Cmd::new("no-such-program").run().unwrap_err().to_string();
        assert!(error.contains("is it installed?"), "{error}");
    }

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(shown(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(125)), "2 min 05 s");
    }
}
