//! The demonstration from beginning to end.

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use cofferdam_model::{Env, Timestamp};
use cofferdam_server::Settings;
use serde_json::Value;
use tokio::task::JoinSet;

use super::attacks::Ground;
use super::keyholders::{self, Keyholder};
use super::pause::Pause;
use super::report::{self, ProjectLine, Report};
use super::review::{self, Reviewed};
use super::source::{self, Reading, Source};
use super::stage::{Project, Stage};
use super::work::{self, Work};
use super::{Demo, cast, finish, logins};
use crate::client::Client;
use crate::config::Config;
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::install::{self, Server};
use crate::out::{Out, note};
use crate::progress::Progress;

/// So small that an export of a small sample is still on its way when the halt comes.
const ON_THE_WAY: usize = 4 << 10;

/// A project whose work is done, and what its reviewer did.
struct Done {
    work: Arc<Work>,
    reviewed: Reviewed,
}

impl Demo {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let env = Env::system();
        let begun = env.now();
        let sources = if self.input.is_empty() {
            source::sample()?
        } else {
            source::from_files(
                &self.input,
                &Reading {
                    kind: self.template,
                    columns: &self.map,
                },
            )?
        };
        let folder = super::folder(self.data.as_deref(), "demo", &env)?;
        let (config, mut server, operator) = self.installation(&folder).await?;
        let shown = self.show(&folder, sources, operator, begun, &env).await;
        let (stage, keyholders, done, mut report) = match shown {
            Ok(shown) => shown,
            Err(failure) => return Err(super::ended(server, &folder, failure).await),
        };
        let projects: Vec<&Project> = done.iter().map(|done| &done.work.project).collect();
        let mut _kept = Vec::new();
        if self.keyholder {
            server.stop().await?;
            let ground = Ground::new(&folder, &stage, &projects, keyholders);
            let in_file = config.database == Config::default().database;
            let (tried, keyholders) = ground.try_all(in_file).await?;
            report.attacks = Some(tried);
            _kept = keyholders;
            server = started(&folder, &config, install::bind(config.listen)?).await?;
        }
        out.answer(&report, Report::text)?;
        let held = report.attacks.iter().flatten().all(|tried| tried.held);
        if self.once {
            server.stop().await?;
            let failed = || Failure::new("an attack did not come to nothing: the table says which");
            return held.then_some(()).ok_or_else(failed);
        }
        let signals = install::Signals::take()?;
        self.invite(&stage, &projects).await?;
        install::serve(server, signals).await
    }

    /// Founds an installation and starts its server.
    async fn installation(&self, folder: &Path) -> Outcome<(Config, Server, Client)> {
        let default = Config::default().listen;
        let any = SocketAddr::new(default.ip(), 0);
        let listener = match self.listen {
            Some(address) => install::bind(address)?,
            None if self.once => install::bind(any)?,
            None => install::bind(default).or_else(|_| install::bind(any))?,
        };
        let address = listener.local_addr().to("the listening socket")?;
        let mut config = Config {
            listen: address,
            origin: "demo.cofferdam.local".to_owned(),
            ..Config::default()
        };
        if let Some(database) = &self.database {
            config.set_database("--database", database)?;
        }
        let founded = install::found(folder, &config, &config.to_short_file(), cast::OPERATOR).await?;
        install::to_file(&config, &folder.join("server.log"))?;
        let server = started(folder, &config, listener).await?;
        let operator = Client::new(&config.local_url(), Some(founded.token.secret.expose()))?;
        let _: Value = operator.get("/me").await?;
        Ok((config, server, operator))
    }

    async fn show(
        &self,
        folder: &Path,
        sources: Vec<Source>,
        operator: Client,
        begun: Timestamp,
        env: &Env,
    ) -> Outcome<(Stage, Vec<Keyholder>, Vec<Done>, Report)> {
        let own = folder.join("demo");
        DirBuilder::new().mode(0o700).create(&own).writing(&own)?;
        let mut stage = Stage::set(operator, &own).await?;
        let keyholders = match self.keyholder {
            true => keyholders::begin(&stage, &own.join("keyholders"), env).await?,
            false => Vec::new(),
        };
        let done = self.worked(&mut stage, sources).await?;
        let projects: Vec<&Project> = done.iter().map(|done| &done.work.project).collect();
        let agreement = finish::agreement(&stage, &projects).await?;
        let mut deliveries = Vec::new();
        for (index, project) in projects.iter().enumerate() {
            let accept = !self.input.is_empty() || index > 0;
            deliveries.extend(finish::deliver(&stage, project, &own.join("deliveries"), accept).await?);
        }
        if self.input.is_empty()
            && let Some(last) = projects.last()
        {
            review::leave_returned(&last.reviewer).await?;
        }
        let first = projects
            .first()
            .ok_or_else(|| Failure::new("there is no project"))?;
        let exposure = finish::exposure(&stage, first).await?;
        let hours = finish::hours(&projects).await?;
        let exported = finish::ledgers(&stage, &own.join("ledgers")).await?;
        let metrics = stage.operator().metrics().await?;
        install::private_file(&own.join("metrics.txt"), &metrics)?;
        let lines = lines(&stage, &done).await?;
        let mut halt = done
            .iter()
            .find_map(|done| done.work.pause.as_ref().and_then(Pause::shown));
        if let Some(halt) = &mut halt {
            halt.lab = stage.labs.first().map(|lab| lab.name.clone()).unwrap_or_default();
        }
        let report = Report {
            tasks: lines.iter().map(|line| line.tasks).sum(),
            submissions: lines.iter().map(|line| line.submissions).sum(),
            agreement: report::agreement(agreement),
            hours,
            ledger: report::ledger(&exported),
            deliveries,
            ledger_export: exported.folders,
            data_dir: folder.to_owned(),
            projects: lines,
            halt,
            exposure,
            attacks: None,
            seconds: (env.now().micros_since(begun) / 1_000) as f64 / 1e3,
        };
        Ok((stage, keyholders, done, report))
    }

    /// Opens the projects and has them worked on, all at the same time.
    async fn worked(&self, stage: &mut Stage, sources: Vec<Source>) -> Outcome<Vec<Done>> {
        let progress = Progress::things(0, "submissions");
        let mut works = Vec::new();
        for (index, source) in sources.into_iter().enumerate() {
            let lab = index % stage.labs.len().max(1);
            let project = stage.open(lab, &source, self.input.is_empty()).await?;
            let submissions = (source.tasks - source.left_open) * source.overlap as u64;
            let steward = stage.labs.get(lab).map(|lab| lab.steward.clone());
            let pause = steward
                .filter(|_| index == 0)
                .map(|steward| Pause::new(steward, submissions * 2 / 5));
            works.push(Arc::new(Work::new(project, source.book, pause, progress.clone())));
        }
        let mut running = JoinSet::new();
        for (index, work) in works.iter().enumerate() {
            for author in 0..work.project.authors.len() {
                let work = Arc::clone(work);
                running.spawn(async move { work::author(work, author).await.map(|()| None) });
            }
            let work = Arc::clone(work);
            running.spawn(async move {
                review::reviewer(work)
                    .await
                    .map(|reviewed| Some((index, reviewed)))
            });
        }
        let mut reviews = vec![Reviewed::default(); works.len()];
        while let Some(ended) = running.join_next().await {
            if let Some((index, reviewed)) = ended.to("a contractor")??
                && let Some(slot) = reviews.get_mut(index)
            {
                *slot = reviewed;
            }
        }
        progress.done();
        Ok(works
            .into_iter()
            .zip(reviews)
            .map(|(work, reviewed)| Done { work, reviewed })
            .collect())
    }

    /// Prints the login links, and writes them where programs look for them.
    async fn invite(&self, stage: &Stage, projects: &[&Project]) -> Outcome {
        let links = logins::links(stage, projects).await?;
        let base = stage.operator().base();
        note(format!(
            "\nCofferdam listens on {base}; each link logs in once. Stop it with Ctrl-C."
        ));
        for link in &links {
            note(format!("  {:<10}  {:<18}  {}", link.role, link.name, link.url));
        }
        match &self.json_logins {
            Some(file) => logins::write(file, base, &links),
            None => Ok(()),
        }
    }
}

/// A server on an installation that was opened. Nobody asks as fast as the people of the demonstration; whoever serves its folder later
/// has the usual limit.
async fn started(folder: &Path, config: &Config, listener: tokio::net::TcpListener) -> Outcome<Server> {
    let platform = install::open(folder, config).await?;
    let settings = Settings {
        requests_per_second: 0,
        ..config.settings(config.listen)
    };
    Ok(Server::start(listener, platform, settings, ON_THE_WAY))
}

/// What became of each project, as the server counts it.
async fn lines(stage: &Stage, done: &[Done]) -> Outcome<Vec<ProjectLine>> {
    let mut lines = Vec::new();
    for Done { work, reviewed } in done {
        let project = &work.project;
        let found: Value = stage.operator().get(&format!("/projects/{}", project.id)).await?;
        let (submissions, accepted, returned, open) = report::counts(&found);
        lines.push(ProjectLine {
            lab: finish::lab_of(stage, project)?.name.clone(),
            name: project.name.clone(),
            kind: project.kind.name().to_owned(),
            tasks: project.tasks,
            overlap: project.overlap,
            submissions,
            accepted,
            returned,
            open,
            people: project.authors.len(),
            answers: if work.is_simulated() {
                "simulated"
            } else {
                "recorded"
            },
            reviews: reviewed.accepted + reviewed.returned,
        });
    }
    Ok(lines)
}
