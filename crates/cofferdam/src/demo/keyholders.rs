//! Keyholders of the labs' own, as programs beside the demonstration: each with a folder, a passphrase and a log that the platform has no
//! part in.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cofferdam_model::Env;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;

const PROGRAM: &str = "cofferdam-keyholder";
/// Under which every lab enrols the demonstration's server.
pub(super) const NODE: &str = "demo";
/// So short that it is seen to end.
pub(super) const LEASE: Duration = Duration::from_secs(3);
const PATIENCE: u32 = 200;
const LULL: Duration = Duration::from_millis(50);

/// One lab's keyholder.
pub(super) struct Keyholder {
    program: PathBuf,
    folder: PathBuf,
    passphrase: String,
    process: Option<Program>,
}

/// The program, which stands beside this one.
fn program() -> Outcome<PathBuf> {
    let own = std::env::current_exe().to("this program's own place")?;
    let beside = own.with_file_name(PROGRAM);
    beside.is_file().then_some(beside).ok_or_else(|| {
        Failure::new(format!(
            "{PROGRAM} is not beside {}; `cargo xtask demo --keyholder` builds both",
            own.display()
        ))
    })
}

/// A program of ours, which sees nothing of this one's settings.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("COFFERDAM_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// A program that runs, until it is killed where it stands: when this is dropped.
pub(super) struct Program {
    child: Child,
    /// Where it can be reached.
    pub(super) place: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a program that says on standard error where it can be reached: the word after `marker`.
pub(super) fn started(mut command: Command, log: &Path, marker: &str) -> Outcome<Program> {
    let file = File::create(log).writing(log)?;
    let child = command
        .stderr(file)
        .spawn()
        .to("a program of the demonstration")?;
    let mut program = Program {
        child,
        place: String::new(),
    };
    for _ in 0..PATIENCE {
        let said = fs::read_to_string(log).reading(log)?;
        if let Some(place) = said
            .split(marker)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
        {
            place.clone_into(&mut program.place);
            return Ok(program);
        }
        if program
            .child
            .try_wait()
            .to("a program of the demonstration")?
            .is_some()
        {
            break;
        }
        std::thread::sleep(LULL);
    }
    Err(Failure::new(format!(
        "it did not start: {} says why",
        log.display()
    )))
}

impl Keyholder {
    /// Makes and starts one in a folder.
    fn new(folder: &Path, name: &str, env: &Env) -> Outcome<Self> {
        let secret: [u8; 16] = env.random().to("a passphrase")?;
        let mut own = Self {
            program: program()?,
            folder: folder.to_owned(),
            passphrase: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
            process: None,
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let listen = port.to("a free port")?.to_string();
        let shown = folder.display().to_string();
        own.done(&[
            "init",
            &shown,
            "--listen",
            &listen,
            "--witness",
            &format!("{name}.example"),
        ])?;
        let policy = format!("default = \"allow\"\nlease_seconds = {}\n", LEASE.as_secs());
        fs::write(folder.join("policy.toml"), policy).writing(folder)?;
        own.start()?;
        Ok(own)
    }

    fn config(&self) -> String {
        self.folder.join("keyholder.toml").display().to_string()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(&self.program);
        command
            .args(args)
            .env("COFFERDAM_KEYHOLDER_PASSPHRASE", &self.passphrase);
        command
    }

    fn done(&self, args: &[&str]) -> Outcome<String> {
        let output = self.command(args).stdout(Stdio::piped()).output().to(PROGRAM)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Failure::new(format!("{PROGRAM} {}: {why}", args.join(" "))))
    }

    /// What a command of the lab's prints.
    pub(super) fn run(&self, args: &[&str]) -> Outcome<String> {
        self.done(&[&["--config", &self.config()], args].concat())
    }

    pub(super) fn start(&mut self) -> Outcome {
        let serve = self.command(&["--config", &self.config(), "serve"]);
        self.process = Some(started(
            serve,
            &self.folder.join("serve.log"),
            "nodes come in at ",
        )?);
        Ok(())
    }

    pub(super) fn kill(&mut self) {
        self.process = None;
    }

    /// A code for the demonstration's server.
    fn code(&self) -> Outcome<String> {
        let said = self.run(&["enrol", "--node", NODE])?;
        let code = said.split_whitespace().find(|word| word.starts_with("cfk1_"));
        code.map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("{PROGRAM} enrol printed no code")))
    }

    /// Has the server enrolled, as the lab decides.
    pub(super) async fn enrol(&self, operator: &crate::client::Client, lab: &str) -> Outcome {
        let body = json!({ "code": self.code()?, "node": NODE });
        operator.put(&format!("/labs/{lab}/keyholder"), &body).await?;
        Ok(())
    }

    /// How many entries of one kind its log has.
    pub(super) fn logged(&self, kind: &str) -> Outcome<usize> {
        let file = self.folder.join("state/log.jsonl");
        let text = fs::read_to_string(&file).reading(&file)?;
        let of_kind =
            |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|entry| entry["kind"] == kind);
        Ok(text.lines().filter(of_kind).count())
    }
}

/// One for each lab, enrolled before anything is sealed.
pub(super) async fn begin(stage: &Stage, folder: &Path, env: &Env) -> Outcome<Vec<Keyholder>> {
    DirBuilder::new().mode(0o700).create(folder).writing(folder)?;
    let mut all = Vec::new();
    for lab in &stage.labs {
        let name = super::stage::short(&lab.name);
        let keyholder = Keyholder::new(&folder.join(&name), &name, env)?;
        keyholder.enrol(stage.operator(), &lab.id).await?;
        all.push(keyholder);
    }
    Ok(all)
}
