//! How long after a halt the last byte of what it stops comes: with requests and open streams, of one process or two nodes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::api::{Api, Project, import, now, project, tasks, text};
use crate::report::{Report, quantile};
use crate::server::Server;

/// What is offered.
const REQUESTS_PER_SECOND: u64 = 5_000;
const STREAMS: usize = 200;
const AUTHORS: usize = 64;
const TASKS: usize = 2_000;
/// So long that a stream of all of them outlasts a halt's turn.
const TASK_BYTES: usize = 16 << 10;
/// Halts, each of them resumed again, and how long it goes on in between.
const HALTS: usize = 40;
const BETWEEN: Duration = Duration::from_millis(1_500);
/// How long after a halt is waited for bytes that should not come.
const AFTER: Duration = Duration::from_secs(3);
/// What a reader of a stream takes, and how often, until it is told to read all that comes.
const PAUSE: Duration = Duration::from_millis(40);

/// Microseconds since the run began at which plaintext last came, and how many requests were answered with some.
#[derive(Default)]
struct Came {
    last: AtomicU64,
    requests: AtomicU64,
    refused: AtomicU64,
    /// No new request, and no reader waits.
    drain: AtomicBool,
}

struct Bench {
    began: Instant,
    came: Arc<Came>,
}

impl Bench {
    fn micros(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn note(&self) {
        self.came.last.fetch_max(self.micros(), Ordering::Relaxed);
    }
}

/// Measures, and adds its row.
pub(crate) async fn run(
    program: &Path,
    folder: &Path,
    database: Option<&str>,
    report: &mut Report,
) -> Result<()> {
    let servers = match database {
        None => vec![Server::start(program, folder).await?],
        Some(url) => {
            let (a, b) = Server::two(program, folder, url).await?;
            vec![a, b]
        }
    };
    let client = Client::builder().pool_max_idle_per_host(512).build()?;
    let operator = Api {
        client,
        base: servers[0].base.clone(),
        token: servers[0].token.clone(),
    };
    let (mut took, mut answered) = (Vec::new(), Vec::new());
    let (mut rate, mut open) = (0.0, 0);
    for n in 0..HALTS {
        // A lab of its own: what an export reads first grows with its lab's ledger.
        let lab = json!({ "name": format!("Bench {n}") });
        let lab = operator.post("/labs", lab).await?;
        let staged = project(&operator, text(&lab, "id")?, &format!("halted {n}"), AUTHORS).await?;
        import(&staged, tasks(TASKS, TASK_BYTES)).await?;
        let one = halt_once(&servers, &operator, &staged).await?;
        eprintln!(
            "halt {n}: answered after {:.0} ms, last byte after {:.0} ms, {:.0}/s, {} streams",
            one.answered, one.millis, one.per_second, one.cut
        );
        took.push(one.millis);
        answered.push(one.answered);
        rate += one.per_second / HALTS as f64;
        open += one.cut;
    }
    let how = format!(
        "{}, {HALTS} halts: {REQUESTS_PER_SECOND}/s offered, {rate:.0}/s answered, {} streams cut each",
        match servers.len() {
            1 => "one process",
            _ => "two nodes",
        },
        open / HALTS
    );
    let limit = "in effect within 1,000 ms";
    report.add(format!("halt sent to answered, {how}"), figure(answered), limit);
    report.add(format!("halt sent to last byte read, {how}"), figure(took), limit);
    Ok(())
}

fn figure(mut millis: Vec<f64>) -> String {
    millis.sort_by(f64::total_cmp);
    let [middle, most, all] = [0.5, 0.99, 1.0].map(|share| quantile(&millis, share));
    format!("p50 {middle:.0} ms, p99 {most:.0} ms, max {all:.0} ms")
}

/// How one halt went.
struct Once {
    millis: f64,
    answered: f64,
    per_second: f64,
    cut: usize,
}

async fn halt_once(servers: &[Server], operator: &Api, staged: &Project) -> Result<Once> {
    let bench = Arc::new(Bench {
        began: now(),
        came: Arc::default(),
    });
    let streams = streams(servers, staged, &bench).await?;
    let requests = requests(servers, staged, &bench).await?;
    let (before, since) = (bench.came.requests.load(Ordering::Relaxed), now());
    tokio::time::sleep(BETWEEN).await;
    let answered = bench.came.requests.load(Ordering::Relaxed) - before;
    let per_second = answered as f64 / since.elapsed().as_secs_f64();
    let sent = bench.micros();
    let wanted = json!({ "scope": format!("project:{}", staged.id), "reason": "drill" });
    let halt = operator.post("/halts", wanted).await?;
    let heard = bench.micros();
    bench.came.drain.store(true, Ordering::Relaxed);
    let cut = ended(streams).await?;
    requests.abort_all_after(AFTER).await;
    let last = bench.came.last.load(Ordering::Relaxed);
    let path = format!("/halts/{}/resume", text(&halt, "id")?);
    operator
        .post(&path, json!({ "checked": ["false-alarm"] }))
        .await?;
    if bench.came.refused.load(Ordering::Relaxed) == 0 {
        bail!("nobody was refused: the halt stopped nothing");
    }
    Ok(Once {
        millis: last.saturating_sub(sent) as f64 / 1e3,
        answered: heard.saturating_sub(sent) as f64 / 1e3,
        per_second,
        cut,
    })
}

/// Opens exports, half of them at each node: they are read slowly, so that they stay open.
async fn streams(servers: &[Server], staged: &Project, bench: &Arc<Bench>) -> Result<JoinSet<bool>> {
    let mut all = JoinSet::new();
    let (engagement, lead) = &staged.lead;
    for n in 0..STREAMS {
        let url = format!(
            "{}/api/v1/engagements/{engagement}/export",
            servers[n % servers.len()].base
        );
        let asked = lead.client.get(url).bearer_auth(&lead.token).send().await?;
        let mut stream = asked.error_for_status()?;
        let bench = Arc::clone(bench);
        all.spawn(async move {
            loop {
                match stream.chunk().await {
                    Ok(Some(_)) => bench.note(),
                    Ok(None) => return false,
                    Err(_) => return true,
                }
                if !bench.came.drain.load(Ordering::Relaxed) {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
    }
    Ok(all)
}

/// How many were cut; none may come to its end.
async fn ended(mut streams: JoinSet<bool>) -> Result<usize> {
    let mut cut = 0;
    while let Some(one) = tokio::time::timeout(AFTER, streams.join_next()).await? {
        if !one? {
            bail!("a stream came to its end: there are too few tasks");
        }
        cut += 1;
    }
    Ok(cut)
}

/// Those who read their tasks again and again, so many times a second in all, whether or not they are answered in time.
struct Requests(JoinSet<()>);

impl Requests {
    async fn abort_all_after(mut self, rest: Duration) {
        tokio::time::sleep(rest).await;
        self.0.shutdown().await;
    }
}

async fn requests(servers: &[Server], staged: &Project, bench: &Arc<Bench>) -> Result<Requests> {
    let mut all = JoinSet::new();
    let every = Duration::from_micros(1_000_000 * AUTHORS as u64 / REQUESTS_PER_SECOND);
    for (n, (engagement, api)) in staged.authors.iter().enumerate() {
        let held = api
            .post(&format!("/engagements/{engagement}/claims"), json!({}))
            .await?;
        let api = Api {
            base: servers[n % servers.len()].base.clone(),
            ..api.clone()
        };
        let path = format!(
            "/engagements/{engagement}/assignments/{}",
            text(&held, "assignment")?
        );
        let bench = Arc::clone(bench);
        all.spawn(async move {
            let mut due = tokio::time::interval(every);
            let mut asking = JoinSet::new();
            loop {
                due.tick().await;
                // What is offered and not answered piles up no further than this.
                while asking.len() >= 8 {
                    asking.join_next().await;
                }
                let (api, path, bench) = (api.clone(), path.clone(), Arc::clone(&bench));
                asking.spawn(async move { read(&api, &path, &bench).await });
            }
        });
    }
    Ok(Requests(all))
}

async fn read(api: &Api, path: &str, bench: &Bench) {
    let asked = api
        .client
        .request(Method::GET, format!("{}/api/v1{path}", api.base));
    let Ok(answer) = asked.bearer_auth(&api.token).send().await else {
        return;
    };
    let status = answer.status();
    match answer.json::<Value>().await {
        Ok(body) if status == StatusCode::OK && body["input"].is_object() => {
            bench.note();
            bench.came.requests.fetch_add(1, Ordering::Relaxed);
        }
        Ok(_) if status == StatusCode::FORBIDDEN => {
            bench.came.refused.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    }
}
