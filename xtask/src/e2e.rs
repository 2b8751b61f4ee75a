//! The browser tests: a demonstration is started, a browser is driven against it, both are ended.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::run::{Cmd, notice, now, root, step, target};
use crate::{schemathesis, tools, web};

/// How long the demonstration may take until its login links are there.
const START_LIMIT: Duration = Duration::from_secs(300);

pub(crate) fn browser() -> Result<()> {
    let folder = root().join("e2e");
    if !web::exists(&folder) {
        notice("e2e/ is no package yet: no browser tests");
        return Ok(());
    }
    let Some(chromium) = tools::find("chromium") else {
        bail!("chromium is not installed:\n  apt-get install -y chromium");
    };
    web::install(&folder)?;
    let server = Server::start()?;
    Cmd::new("npm")
        .args(&["test"])
        .folder(&folder)
        .var("COFFERDAM_E2E", &server.logins)
        .var("COFFERDAM_CHROMIUM", chromium)
        .var("COFFERDAM_BINARY", target().join("debug/cofferdam"))
        .run_beside("e2e.log")
        .with_context(|| format!("the server's output is in {}", server.log.display()))?;
    // Last: it leaves labs, people and halts behind.
    step("the API as documented", || schemathesis::run(&server))
}

/// A demonstration that runs until this is dropped; its data goes with it.
pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    logins: PathBuf,
    log: PathBuf,
}

impl Server {
    /// How a demonstration is started for the browser: `cofferdam demo --data FOLDER --json-logins FILE` serves
    /// on a port that was free and writes `FILE`, JSON, once it answers. The tests take address and links from it.
    fn start() -> Result<Self> {
        let data = std::env::temp_dir().join(format!("cofferdam-e2e-{}", std::process::id()));
        fs::create_dir_all(&data)?;
        let (logins, log) = (data.join("logins.json"), target().join("e2e-server.log"));
        let output = File::create(&log).with_context(|| log.display().to_string())?;
        let (program, home) = (target().join("debug/cofferdam"), data.join("data"));
        let cmd = Cmd::new(&program.to_string_lossy()).args(&[
            "demo",
            "--data",
            &home.to_string_lossy(),
            "--json-logins",
            &logins.to_string_lossy(),
        ]);
        let child = cmd
            .command()
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot be started:\n  {cmd}"))?;
        let mut server = Self {
            child,
            data,
            logins,
            log,
        };
        server
            .wait()
            .with_context(|| format!("no demonstration:\n  {cmd}"))?;
        Ok(server)
    }

    /// Where it answers.
    pub(crate) fn base(&self) -> Result<String> {
        let logins: serde_json::Value = serde_json::from_slice(&fs::read(&self.logins)?)?;
        let base = logins["base"].as_str();
        base.map(str::to_owned).context("the login links name no server")
    }

    /// The operator's token.
    pub(crate) fn token(&self) -> Result<String> {
        let file = self.data.join("data/operator.token");
        Ok(fs::read_to_string(file)?.trim().to_owned())
    }

    fn wait(&mut self) -> Result<()> {
        let begun = now();
        while !is_json(&self.logins) {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}; its output is in {}", self.log.display());
            }
            if begun.elapsed() > START_LIMIT {
                bail!(
                    "no login links after {START_LIMIT:?}; its output is in {}",
                    self.log.display()
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

/// Whether the file is there and complete.
fn is_json(file: &Path) -> bool {
    fs::read(file).is_ok_and(|text| serde_json::from_slice::<serde_json::Value>(&text).is_ok())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ending it twice, or finding its folder gone, is no failure of the tests.
        _ = self.child.kill();
        _ = self.child.wait();
        _ = fs::remove_dir_all(&self.data);
    }
}
