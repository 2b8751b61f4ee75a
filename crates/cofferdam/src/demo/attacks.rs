//! What somebody tries who has the platform's data, its node or its backups: each is done, and what came of it is said.
//!
//! The server runs as a program of its own meanwhile, so that it can be stopped and copied as a thief would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;

use super::keyholders::{self, Keyholder, LEASE, Program};
use super::stage::{Project, Stage};
use crate::fail::{Failure, Outcome, To};
use crate::out::note;
use crate::table::Table;

/// What was tried.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tried {
    pub(super) attack: &'static str,
    /// What came of it, in words.
    pub(super) seen: String,
    /// Whether it came to nothing, as it should.
    pub(super) held: bool,
}

/// What came of a read: whole rows, and whether they were all.
struct Read {
    rows: usize,
    whole: bool,
}

/// The platform as its attackers find it.
pub(super) struct Ground<'s> {
    folder: PathBuf,
    stage: &'s Stage,
    projects: &'s [&'s Project],
    keyholders: Vec<Keyholder>,
    genuine: Option<Program>,
}

impl<'s> Ground<'s> {
    pub(super) fn new(
        folder: &Path,
        stage: &'s Stage,
        projects: &'s [&'s Project],
        keyholders: Vec<Keyholder>,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            stage,
            projects,
            keyholders,
            genuine: None,
        }
    }

    fn own(&self, name: &str) -> PathBuf {
        self.folder.join("demo").join(name)
    }

    fn enrolments(&self) -> PathBuf {
        let mut name = self.folder.clone().into_os_string();
        name.push("-enrolments");
        name.into()
    }

    /// A server of a data folder, with these enrolments.
    fn serve(&self, data: &Path, enrolments: &Path, log: &str) -> Outcome<Program> {
        let own = std::env::current_exe().to("this program's own place")?;
        let mut serve = keyholders::command(&own);
        serve
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0"]);
        serve.env("COFFERDAM_ENROLMENTS", enrolments);
        keyholders::started(serve, &self.own(log), "listens on ")
    }

    fn begin(&mut self) -> Outcome {
        self.genuine = Some(self.serve(&self.folder, &self.enrolments(), "server.log")?);
        Ok(())
    }

    fn end(&mut self) {
        self.genuine = None;
    }

    fn base(&self) -> &str {
        self.genuine.as_ref().map_or("", |program| &program.place)
    }

    /// Reads a lab's first project out, by the tool that may.
    async fn read(&self, base: &str, lab: usize) -> Outcome<Read> {
        let project = self.projects.iter().find(|project| project.lab == lab);
        let seat = &project
            .ok_or_else(|| Failure::new("a lab without a project"))?
            .exporter;
        let path = format!("/engagements/{}/export", seat.engagement);
        let mut read = Read {
            rows: 0,
            whole: false,
        };
        let mut answer = match seat.client.at(base).open(&path).await {
            Ok(answer) => answer,
            Err(no_key) if no_key.is("unavailable") => return Ok(read),
            // What else goes wrong is no answer to what is asked here.
            Err(other) => return Err(other.into()),
        };
        loop {
            match answer.chunk().await {
                Ok(Some(part)) => read.rows += part.iter().filter(|byte| **byte == b'\n').count(),
                Ok(None) => break read.whole = true,
                // Cut off, as it is where a key is missing half way.
                Err(_) => break,
            }
        }
        Ok(read)
    }

    /// The labs that have a project, by their places. Of a file there is one.
    fn labs(&self) -> Vec<usize> {
        let mut labs: Vec<usize> = self.projects.iter().map(|project| project.lab).collect();
        labs.sort_unstable();
        labs.dedup();
        labs
    }

    async fn reads(&self, base: &str, lab: usize) -> Outcome<bool> {
        let read = self.read(base, lab).await?;
        Ok(read.whole && read.rows > 0)
    }

    async fn opens_nothing(&self, base: &str, lab: usize) -> Outcome<bool> {
        let read = self.read(base, lab).await?;
        Ok(read.rows == 0 && !read.whole)
    }

    /// Whether it comes to that within two leases.
    async fn comes_to(&self, reads: bool, lab: usize) -> Outcome<bool> {
        let step = Duration::from_millis(200);
        for _ in 0..(2 * LEASE.as_millis() / step.as_millis() + 20) {
            if self.reads(self.base(), lab).await? == reads {
                return Ok(true);
            }
            sleep(step).await;
        }
        Ok(false)
    }

    fn keyholder(&mut self) -> Outcome<&mut Keyholder> {
        let first = self.keyholders.first_mut();
        first.ok_or_else(|| Failure::new("there is no keyholder"))
    }

    /// The lab stops it alone.
    async fn halted(&mut self) -> Outcome<Tried> {
        let before = self.reads(self.base(), 0).await?;
        self.keyholder()?
            .run(&["halt", "--reason", "shown in the demonstration"])?;
        let stopped = self.comes_to(false, 0).await?;
        let others = match self.labs().get(1) {
            Some(other) => self.reads(self.base(), *other).await?,
            None => true,
        };
        self.keyholder()?.run(&["resume"])?;
        let again = self.comes_to(true, 0).await?;
        Ok(Tried {
            attack: "the platform goes on although the lab halts at its keyholder",
            seen: format!(
                "reads {} within two leases, another lab's {}, and {} after the resume",
                stops(stopped),
                goes_on(others),
                goes_on(again)
            ),
            held: before && stopped && others && again,
        })
    }

    /// The keyholder is away.
    async fn away(&mut self) -> Outcome<Tried> {
        self.keyholder()?.kill();
        let stopped = self.comes_to(false, 0).await?;
        self.keyholder()?.start()?;
        let again = self.comes_to(true, 0).await?;
        Ok(Tried {
            attack: "the keyholder is killed",
            seen: format!(
                "reads {} with the last lease, and {} by themselves",
                stops(stopped),
                goes_on(again)
            ),
            held: stopped && again,
        })
    }

    /// Data and backups, without the node's enrolments.
    async fn stolen(&mut self) -> Outcome<Tried> {
        self.end();
        let (data, none) = (self.own("stolen"), self.own("no-enrolments"));
        copy(&self.folder, &data)?;
        copy(&self.enrolments(), &self.own("stolen-enrolments"))?;
        let thief = self.serve(&data, &none, "thief.log")?;
        let mut refused = Vec::new();
        for lab in self.labs() {
            refused.push(self.opens_nothing(&thief.place, lab).await?);
        }
        drop(thief);
        self.begin()?;
        let held = refused.iter().all(|refused| *refused);
        Ok(Tried {
            attack: "the data folder is stolen, keys of the installation and all",
            seen: format!(
                "a server of the copy opens {} of {} labs",
                refused.iter().filter(|refused| !**refused).count(),
                refused.len()
            ),
            held,
        })
    }

    /// The node too: whoever calls second is found out.
    async fn cloned(&mut self) -> Outcome<Tried> {
        let genuine = self.comes_to(true, 0).await?;
        let data = self.own("stolen");
        let thief = self.serve(&data, &self.own("stolen-enrolments"), "thief.log")?;
        let refused = self.opens_nothing(&thief.place, 0).await?;
        drop(thief);
        let told = self.keyholder()?.logged("revoked")? > 0;
        let stopped = self.comes_to(false, 0).await?;
        let lab = self
            .stage
            .labs
            .first()
            .ok_or_else(|| Failure::new("there is no lab"))?;
        let operator = self.stage.operator().at(self.base());
        self.keyholders
            .first()
            .ok_or_else(|| Failure::new("there is no keyholder"))?
            .enrol(&operator, &lab.id)
            .await?;
        let again = self.comes_to(true, 0).await?;
        Ok(Tried {
            attack: "the node is stolen too, and calls after the genuine one has",
            seen: format!(
                "the copy {}, the keyholder {}, both {}, and the genuine one {} once the lab has enrolled it anew",
                if refused { "gets nothing" } else { "READS" },
                if told { "tells the lab" } else { "TELLS NOBODY" },
                stops(stopped),
                goes_on(again)
            ),
            held: genuine && refused && told && stopped && again,
        })
    }

    /// An older state of the ledger, with what would tell the platform itself taken away.
    async fn put_back(&mut self) -> Outcome<Tried> {
        let data = self.own("stolen");
        let marks = data.join("watermarks");
        if marks.exists() {
            fs::remove_dir_all(&marks).to("watermarks of the copy")?;
        }
        self.end();
        let leases = self.keyholder()?.logged("leased")?;
        let old = self.serve(&data, &self.enrolments(), "put-back.log")?;
        let refused = self.opens_nothing(&old.place, 0).await?;
        drop(old);
        let more = self.keyholder()?.logged("leased")? - leases;
        self.begin()?;
        let again = self.comes_to(true, 0).await?;
        Ok(Tried {
            attack: "a backup of the day before is put back, so that reads since then are forgotten",
            seen: format!(
                "{}, with {more} leases; the present one {}",
                if refused {
                    "refused at the first read"
                } else {
                    "READS"
                },
                goes_on(again)
            ),
            held: refused && more == 0 && again,
        })
    }

    /// Tries them all, one after another. `in_file`: whether the rows are in the data folder, and so can be copied with it.
    pub(super) async fn try_all(mut self, in_file: bool) -> Outcome<(Vec<Tried>, Vec<Keyholder>)> {
        self.begin()?;
        let mut tried = vec![self.halted().await?, self.away().await?];
        if in_file {
            tried.push(self.stolen().await?);
            tried.push(self.cloned().await?);
            tried.push(self.put_back().await?);
        } else {
            note("the rows are on a server: what is done with a copy of them is not tried");
        }
        self.end();
        Ok((tried, self.keyholders))
    }
}

const fn stops(stopped: bool) -> &'static str {
    if stopped { "stop" } else { "DO NOT STOP" }
}

const fn goes_on(does: bool) -> &'static str {
    if does { "go on" } else { "DO NOT GO ON" }
}

/// As `cp -a` does, without what a server holds while it runs.
fn copy(from: &Path, to: &Path) -> Outcome {
    // The copy lies within what is copied: that part is left out.
    fs::create_dir_all(to).to("a copy")?;
    for entry in fs::read_dir(from).to("a copy")?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if name == "demo" || name == "lock" {
            continue;
        }
        let copied = Command::new("cp")
            .arg("-a")
            .arg(&path)
            .arg(to)
            .status()
            .to("cp")?;
        if !copied.success() {
            return Err(Failure::new(format!("{} could not be copied", path.display())));
        }
    }
    let mut mode = fs::metadata(to).to("a copy")?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o700);
    fs::set_permissions(to, mode).to("a copy")
}

/// What was tried, as a table.
pub(super) fn table(tried: &[Tried]) -> String {
    let mut table = Table::new(&["attack", "what came of it", "held"]).indented(2);
    for one in tried {
        let held = if one.held { "yes" } else { "NO" };
        table.row([one.attack.to_owned(), one.seen.clone(), held.to_owned()]);
    }
    table.to_string()
}
