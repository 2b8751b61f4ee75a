//! The built program, started as users start it.

use std::path::Path;
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

fn init(program: &Path, data: &Path, more: &[&str]) -> Result<()> {
    let made = Command::new(program)
        .args(["init", "--data"])
        .arg(data)
        .args(more)
        .stdout(Stdio::null())
        .status();
    let made = made.with_context(|| format!("{} cannot be run; build it first", program.display()))?;
    if !made.success() {
        bail!("init failed");
    }
    Ok(())
}

fn token(data: &Path) -> Result<String> {
    let token = std::fs::read_to_string(data.join("operator.token"))?;
    Ok(token.trim().to_owned())
}

impl Server {
    /// Makes an installation below `folder` and serves it.
    pub(crate) async fn start(program: &Path, folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        init(program, &data, &[])?;
        let token = token(&data)?;
        Self::serve(program, &data, token).await
    }

    /// Makes one on a PostgreSQL database, and serves it by two nodes.
    pub(crate) async fn two(program: &Path, folder: &Path, database: &str) -> Result<(Self, Self)> {
        let (a, b) = (folder.join("a"), folder.join("b"));
        init(program, &a, &["--database", database, "--node", "a"])?;
        let beside = a.to_str().context("a path that is not UTF-8")?;
        init(program, &b, &["--join", beside, "--node", "b"])?;
        let token = token(&a)?;
        let first = Self::serve(program, &a, token.clone()).await?;
        Ok((first, Self::serve(program, &b, token).await?))
    }

    async fn serve(program: &Path, data: &Path, token: String) -> Result<Self> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let child = Command::new(program)
            .args(["serve", "--listen", &address, "--data"])
            .arg(data)
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
