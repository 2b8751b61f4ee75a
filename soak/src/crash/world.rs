//! An installation that is killed and started again, and how to talk to it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use cofferdam_testbed::Server as Database;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::Args;

/// One caller of the API.
#[derive(Debug, Clone)]
pub(super) struct Api {
    client: Client,
    base: String,
    pub(super) token: String,
}

/// What came of a request.
pub(super) enum Answer {
    /// It was answered.
    Done(StatusCode, Value),
    /// Whether it was done is not known: nobody answered, or somebody who could not.
    Unknown,
}

impl Api {
    /// Asks; `key` makes it safe to ask again.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<Answer> {
        let mut request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let Ok(response) = request.send().await else {
            return Ok(Answer::Unknown);
        };
        let status = response.status();
        if status.is_server_error() {
            return Ok(Answer::Unknown);
        }
        match response.text().await {
            Ok(text) => Ok(Answer::Done(
                status,
                serde_json::from_str(&text).unwrap_or(Value::Null),
            )),
            Err(_) => Ok(Answer::Unknown),
        }
    }

    /// Brings tasks in, a JSON line each.
    pub(super) async fn import(&self, engagement: &str, lines: String) -> Result<()> {
        let sent = self
            .client
            .post(format!("{}/api/v1/engagements/{engagement}/imports", self.base))
            .bearer_auth(&self.token)
            .header("Content-Type", "application/jsonl")
            .body(lines)
            .send();
        let response = sent.await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("import: {status} {text}");
        }
        Ok(())
    }

    /// Reads a whole project, a JSON line a task.
    pub(super) async fn export(&self, engagement: &str) -> Result<Vec<Value>> {
        let url = format!("{}/api/v1/engagements/{engagement}/export", self.base);
        let response = self.client.get(url).bearer_auth(&self.token).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("export: {status} {text}");
        }
        let lines = text.lines().map(serde_json::from_str);
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Asks for what must be done.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        match self.ask(Method::POST, path, None, &body).await? {
            Answer::Done(status, value) if status.is_success() => Ok(value),
            Answer::Done(status, value) => bail!("{path}: {status} {value}"),
            Answer::Unknown => bail!("{path}: nobody answered"),
        }
    }
}

pub(super) fn text(value: &Value, member: &str) -> Result<String> {
    let found = value[member].as_str().map(str::to_owned);
    found.with_context(|| format!("no `{member}` in {value}"))
}

/// The installation.
pub(super) struct World {
    program: PathBuf,
    folder: tempfile::TempDir,
    address: String,
    server: Option<Child>,
    database: Option<Database>,
    standby: Option<Database>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may be gone already.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl World {
    pub(super) async fn new(args: &Args) -> Result<Self> {
        let program = match &args.program {
            Some(program) => program.clone(),
            None => beside()?,
        };
        let database = args.postgres.then(Database::start).transpose()?;
        let standby = match &database {
            Some(database) if args.failover => Some(database.standby()?),
            _ => None,
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut world = Self {
            program,
            folder: tempfile::tempdir()?,
            address: format!("127.0.0.1:{port}"),
            server: None,
            database,
            standby,
        };
        let url = world.url();
        world.run(&["init", "--database", &url, "--data"])?;
        world.serve().await?;
        Ok(world)
    }

    fn url(&self) -> String {
        match (&self.database, &self.standby) {
            (None, _) => "sqlite".to_owned(),
            (Some(first), None) => first.url(),
            (Some(first), Some(second)) => {
                format!("postgres://postgres@{},{}/postgres", first.host(), second.host())
            }
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where a ledger is exported to.
    pub(super) fn export(&self, ledger: &str) -> PathBuf {
        self.folder.path().join(ledger)
    }

    /// The program, seeing nothing of the settings of whoever runs this.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let ours = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("COFFERDAM_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program with these arguments and the data folder behind them; what it prints.
    pub(super) fn run(&self, args: &[&str]) -> Result<String> {
        let output = self
            .command()
            .args(args)
            .arg(self.data())
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} cannot be run; build it first", self.program.display()))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!("{args:?}: {printed}{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(printed)
    }

    /// Exports and verifies a ledger.
    pub(super) fn export_ledger(&self, ledger: &str) -> Result<()> {
        let server = format!("http://{}", self.address);
        let folder = self.export(ledger);
        let folder = folder.to_string_lossy();
        let args = ["ledger", "export", ledger, &folder, "--server", &server, "--data"];
        self.run(&args).map(|_| ())
    }

    /// Starts the server, and waits until it is ready.
    pub(super) async fn serve(&mut self) -> Result<()> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))?;
        let child = self
            .command()
            .args(["serve", "--listen", &self.address, "--data"])
            .arg(self.data())
            .env("COFFERDAM_REQUESTS_PER_SECOND", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.server = Some(child);
        self.ready().await
    }

    pub(super) async fn ready(&mut self) -> Result<()> {
        let url = format!("http://{}/readyz", self.address);
        for _ in 0..1_200 {
            let ended = self.server.as_mut().map(Child::try_wait).transpose()?.flatten();
            if let Some(status) = ended {
                bail!("the server ended: {status}\n{}", self.log());
            }
            if reqwest::get(&url).await.is_ok_and(|r| r.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        bail!("the server did not become ready\n{}", self.log());
    }

    /// The last lines of the server's log.
    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(12).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Ends the server without a word.
    pub(super) async fn kill_server(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            server.kill()?;
            server.wait()?;
        }
        Ok(())
    }

    /// Ends the server as an operator does.
    pub(super) async fn stop_server(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        Command::new("kill").arg(server.id().to_string()).status()?;
        let ended = tokio::task::spawn_blocking(move || server.wait()).await??;
        if !ended.success() {
            bail!("the server ended with {ended}\n{}", self.log());
        }
        Ok(())
    }

    /// Ends the database's server without a word; it is back after `pause`, or its standby takes over. Ours stays.
    pub(super) async fn kill_database(&mut self, takes_over: bool, pause: Duration) -> Result<()> {
        let database = self.database.as_mut().context("there is no database to kill")?;
        database.kill()?;
        tokio::time::sleep(pause).await;
        if takes_over {
            let standby = self.standby.take().context("there is no standby")?;
            standby.promote()?;
            self.database = Some(standby);
        } else {
            database.restart()?;
        }
        self.ready().await
    }

    /// A caller with the operator's token.
    pub(super) fn operator(&self) -> Result<Api> {
        let token = std::fs::read_to_string(self.data().join("operator.token"))?;
        Ok(Api {
            client: Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(30))
                .build()?,
            base: format!("http://{}", self.address),
            token: token.trim().to_owned(),
        })
    }
}

/// The program, where cargo puts it beside this one.
fn beside() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folders = own.ancestors().skip(1).take(2);
    let found = folders
        .map(|folder: &Path| folder.join("cofferdam"))
        .find(|file| file.is_file());
    found.context("the program `cofferdam` is not beside this one: build it, or name it with --program")
}

/// Somebody engaged for a project with a budget that nobody uses up: the engagement, and a token for it.
pub(super) async fn engaged(
    operator: &Api,
    project: &str,
    role: &str,
    purpose: Option<&str>,
) -> Result<(String, Api)> {
    let kind = if role == "integration" {
        "component"
    } else {
        "person"
    };
    let person = json!({ "name": format!("{role} of {project}"), "kind": kind, "another": true });
    let person = operator.post("/people", person).await?;
    let budget = json!({ "objects_per_hour": 1u64 << 40, "objects_per_day": 1u64 << 40,
                         "bytes_per_hour": 1u64 << 50, "bytes_per_day": 1u64 << 50 });
    let mut wanted = json!({ "principal": text(&person, "id")?, "role": role, "budget": budget });
    if let Some(purpose) = purpose {
        wanted["purposes"] = json!([purpose]);
    }
    let path = format!("/projects/{project}/engagements");
    let id = text(&operator.post(&path, wanted).await?, "id")?;
    let path = format!("/engagements/{id}/tokens");
    let issued = operator.post(&path, json!({ "label": "soak" })).await?;
    let token = text(&issued, "token")?;
    Ok((
        id,
        Api {
            token,
            ..operator.clone()
        },
    ))
}
