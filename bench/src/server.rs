//! The built program, started as users start it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A running server and the operator's token.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Server {
    /// Makes an installation below `folder` and serves it.
    pub(crate) async fn start(program: &Path, folder: &Path) -> Result<Self> {
        let data: PathBuf = folder.join("data");
        let made = Command::new(program)
            .args(["init", "--data"])
            .arg(&data)
            .stdout(Stdio::null())
            .status();
        if !made
            .with_context(|| format!("{} cannot be run; build it first", program.display()))?
            .success()
        {
            bail!("init failed");
        }
        let token = std::fs::read_to_string(data.join("operator.token"))?
            .trim()
            .to_owned();
        let address = format!("127.0.0.1:{}", free_port()?);
        let child = Command::new(program)
            .args(["serve", "--listen", &address, "--data"])
            .arg(&data)
            .env("COFFERDAM_REQUESTS_PER_SECOND", "0")
            .env("COFFERDAM_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            base: format!("http://{address}"),
            token,
        };
        for _ in 0..100 {
            if reqwest::get(format!("{}/readyz", server.base))
                .await
                .is_ok_and(|r| r.status().is_success())
            {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the server did not become ready")
    }

    /// Resident and peak memory of the server, in MiB.
    pub(crate) fn memory(&self) -> Result<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name))?;
            line.split_whitespace()
                .nth(1)?
                .parse::<u64>()
                .ok()
                .map(|kib| kib / 1024)
        };
        Ok((field("VmRSS").unwrap_or(0), field("VmHWM").unwrap_or(0)))
    }
}
