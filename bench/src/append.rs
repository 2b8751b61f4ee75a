//! Appending through the gate: admitted, sealed against edits, durable, one entry an act; no HTTP.

use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use cofferdam_custody::{Caller, Command, Done, Gate, GateError, Scope, Secrets, Setup};
use cofferdam_model::{Act, EngagementId, Env, Fact, Role};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_store::{Database, Options};
use cofferdam_work::ops::{NewPrincipal, NewProject, Platform};

use crate::limits::Sync;
use crate::report::{Report, quantile};

const SECONDS: f64 = 3.0;
/// For how long a token is good.
const DAYS: i64 = 366;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

/// An act that is recorded and does nothing else.
pub(crate) struct Tick;

impl Command for Tick {
    type Output = ();
    type Error = std::convert::Infallible;

    fn act(&self) -> Act {
        Act::TrackTime
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<Self::Error>> {
        let timer = scope.env.new_id()?;
        Ok(Done::one((), Fact::TimerStarted { timer }))
    }
}

/// An installation that the program made, with this clock, and its operator's token.
pub(crate) async fn open(program: &Path, folder: &Path, env: Env) -> Result<(Gate, String)> {
    let made = Process::new(program)
        .args(["init", "--data"])
        .arg(folder)
        .stdout(Stdio::null())
        .status();
    made?.success().then_some(()).context("init failed")?;
    let token = std::fs::read_to_string(folder.join("operator.token"))?
        .trim()
        .to_owned();
    let terms = LeaseTerms { micros: 60_000_000 };
    let policy = FixedPolicy {
        terms,
        denied: Default::default(),
    };
    let random = Arc::new(SystemRandom);
    let keyholder = EmbeddedKeyholder::open(folder.join("keyholder"), Box::new(policy), random)?;
    let setup = Setup {
        store: Options {
            folder: folder.to_owned(),
            database: Database::Sqlite,
            readers: 2,
        },
        secrets: Secrets::open(folder, "cofferdam.local")?,
        keyholder: Arc::new(keyholder),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env,
        node: "bench".into(),
    };
    Ok((Gate::open(setup).await?, token))
}

/// So many people of one project, and the engagements that they act under.
pub(crate) async fn engaged(
    gate: &Gate,
    folder: &Path,
    token: &str,
    people: usize,
) -> Result<Vec<(Caller, EngagementId)>> {
    let operator = gate.authenticate(token).await?;
    let platform = Platform::new(gate.clone(), folder.join("deliveries"));
    let lab = platform.open_lab(&operator, "Bench").await?.id;
    let (name, template) = ("Bench".to_owned(), "freeform".to_owned());
    let new = NewProject {
        lab,
        name,
        template,
        overlap: 1,
        lease_seconds: 1_800,
    };
    let project = platform.open_project(&operator, new).await?.id;
    let mut engaged = Vec::new();
    for number in 0..people {
        let author = NewPrincipal {
            name: format!("Author {number}"),
            kind: PrincipalKind::Person,
            operator: false,
            another: false,
        };
        let person = platform.enrol(&operator, author).await?.id;
        let engagement = platform
            .engage(&operator, project, person, Role::Author, Vec::new(), None, None)
            .await?;
        let issued = platform.issue_token(&operator, engagement, "bench", DAYS).await?;
        engaged.push((gate.authenticate(issued.secret.expose()).await?, engagement));
    }
    Ok(engaged)
}

async fn appends(
    gate: &Gate,
    caller: Caller,
    engagement: EngagementId,
    appenders: usize,
) -> Result<(f64, f64)> {
    let begun = now();
    let mut running = Vec::new();
    for _ in 0..appenders {
        let gate = gate.clone();
        running.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while begun.elapsed().as_secs_f64() < SECONDS {
                let before = now();
                gate.transact(&caller, engagement, Tick).await?;
                took.push(before.elapsed().as_secs_f64() * 1e6);
            }
            anyhow::Ok(took)
        }));
    }
    let mut all = Vec::new();
    for appender in running {
        all.extend(appender.await??);
    }
    let rate = all.len() as f64 / begun.elapsed().as_secs_f64();
    all.sort_by(f64::total_cmp);
    Ok((rate, quantile(&all, 0.5)))
}

/// Adds the rows for one appender and for 64.
pub(crate) async fn run(program: &Path, folder: &Path, sync: &Sync, report: &mut Report) -> Result<()> {
    let folder = folder.join("append");
    let (gate, token) = open(program, &folder, Env::system()).await?;
    let mut engaged = engaged(&gate, &folder, &token, 1).await?;
    let (caller, engagement) = engaged.pop().context("nobody is engaged")?;
    for appenders in [1, 64] {
        let (rate, p50) = appends(&gate, caller, engagement, appenders).await?;
        let against = format!(
            "{:.2} per sync of the disk; p50 {:.2} of one sync",
            rate / sync.per_second,
            p50 / sync.p50_micros
        );
        report.add(
            format!("append through the gate, {appenders} appenders"),
            format!("{rate:.0}/s, p50 {p50:.0} µs"),
            against,
        );
    }
    Ok(())
}
