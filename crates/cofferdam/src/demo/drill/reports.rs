//! What each lab is told, and computes again from its own ledger alone.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use cofferdam_incident::report::verify_report;
use cofferdam_model::Compartment;
use serde::Serialize;
use serde_json::Value;

use super::play::list;
use super::show::span;
use crate::client::{Client, number, text as told};
use crate::demo::finish;
use crate::demo::stage::Lab;
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::table::{counted, thousands};
use crate::verbs::ledger;

/// A lab's report, as far as it is shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LabReport {
    pub(super) lab: String,
    /// Its file and the exported ledger; none where the incident does not concern the lab.
    pub(super) files: Option<(PathBuf, PathBuf)>,
    /// Values that followed from the exported ledger, all equal.
    pub(super) verified: u64,
    pub(super) subjects: Vec<Found>,
}

/// What is found of one subject.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    /// Its pseudonym in this lab.
    pub(super) subject: String,
    pub(super) kind: String,
    pub(super) narrowest: Option<Reach>,
    pub(super) widest: Option<Reach>,
}

/// How far it reached in one window.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reach {
    /// When it was exposed, in a few words; none: not at all.
    pub(super) exposed: Option<String>,
    /// What is known of what it ran in the window, in the order of time.
    pub(super) ran: Vec<String>,
    /// The gravest first.
    pub(super) classes: Vec<Count>,
}

/// Object versions of one class.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Count {
    pub(super) class: String,
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

/// The gravest first.
const CLASSES: [&str; 7] = [
    "altered",
    "touched",
    "leased",
    "held",
    "unknown",
    "reachable",
    "untouched",
];

impl Reach {
    fn of(window: &Value) -> Option<Self> {
        if window.is_null() {
            return None;
        }
        let exposed = &window["exposed"];
        let exposed = (!exposed.is_null()).then(|| span(exposed));
        let class = |name: &&str| {
            let at = format!("/totals/classes/{name}");
            let [objects, bytes] = ["objects", "bytes"].map(|of| number(window, &format!("{at}/{of}")));
            Count {
                class: (*name).to_owned(),
                objects,
                bytes,
            }
        };
        let classes = CLASSES.iter().map(class).filter(|count| count.objects > 0);
        let mut ran: Vec<String> = Vec::new();
        for seen in list(window, "ran") {
            let known = told(seen, "/known").replace('-', " ");
            if ran.last() != Some(&known) {
                ran.push(known);
            }
        }
        Some(Self {
            exposed,
            ran,
            classes: classes.collect(),
        })
    }

    /// In a few words.
    pub(super) fn words(&self) -> String {
        if self.exposed.is_none() {
            return "not exposed".to_owned();
        }
        let classes = self.classes.iter();
        let classes = classes.map(|count| format!("{} {}", thousands(count.objects), count.class));
        classes.collect::<Vec<_>>().join(", ")
    }
}

impl LabReport {
    pub(super) fn sentence(&self, lab: &str) -> String {
        match &self.files {
            None => format!("{lab} has no report: the incident does not concern it"),
            Some(_) => format!(
                "{lab} has its signed report of {} and computes it again from its own ledger alone: {}, all equal",
                counted(self.subjects.len() as u64, "subject"),
                counted(self.verified, "value")
            ),
        }
    }
}

/// The lab's own id for the incident.
pub(super) async fn own(steward: &Client, lab: &str) -> Outcome<Option<String>> {
    let all = steward.all(&format!("/labs/{lab}/incidents")).await?;
    Ok(all.last().map(|incident| told(incident, "/id")))
}

/// Fetches a lab's report as its steward, exports the ledger, and verifies the one against the other without the server.
pub(super) async fn of(lab: &Lab, folder: &Path) -> Outcome<LabReport> {
    let client = &lab.steward.client;
    let mut report = LabReport {
        lab: lab.name.clone(),
        files: None,
        verified: 0,
        subjects: Vec::new(),
    };
    let Some(own) = own(client, &lab.id).await? else {
        return Ok(report);
    };
    let name = lab.name.split(' ').next().unwrap_or(&lab.name).to_lowercase();
    let within = folder.join(&name);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&within)
        .writing(&within)?;
    let bytes = client
        .bytes(&format!("/labs/{}/incidents/{own}/report", lab.id))
        .await?;
    let (file, export) = (within.join("report.json"), within.join("ledger"));
    fs::write(&file, &bytes).writing(&file)?;
    finish::integrated(lab).await?;
    let compartment = Compartment::Lab(lab.id.parse().to("a lab's id")?);
    ledger::export(client, compartment, &export).await?;
    let (text, from) = (bytes.clone(), export.clone());
    let verdict = tokio::task::spawn_blocking(move || verify_report(&text, &from, None)).await;
    let verdict = verdict.to("verifying a report")?;
    if let Some(wrong) = verdict.wrong {
        return Err(Failure::new(format!("{}: {wrong}", file.display())));
    }
    let signed: Value = serde_json::from_slice(&bytes).to("a report")?;
    for found in list(&signed["report"], "results") {
        report.subjects.push(Found {
            subject: told(found, "/subject"),
            kind: told(found, "/kind"),
            narrowest: Reach::of(&found["windows"]["narrowest"]),
            widest: Reach::of(&found["windows"]["widest"]),
        });
    }
    report.verified = verdict.values;
    report.files = Some((file, export));
    Ok(report)
}
