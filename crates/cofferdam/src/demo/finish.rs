//! What comes of the work: agreement, deliveries that the labs open, hours, ledgers that anybody verifies, exposure.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cofferdam_model::{Compartment, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::stage::{Lab, Project, Stage, short};
use crate::client::{Call, number, text};
use crate::fail::{Failure, Outcome, To};
use crate::files::OnFile;
use crate::opening;
use crate::out::note;
use crate::progress::waiting;
use crate::table::counted;
use crate::verbs::{delivery, identity, ledger};

const PATIENCE: u32 = 100;
const LULL: Duration = Duration::from_millis(100);

/// How far the raters of a project agree.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Agreement {
    /// Of each pair of annotators, in the order of their names.
    pub(super) cohen_kappa: Vec<Option<f64>>,
    pub(super) fleiss_kappa: Option<f64>,
    pub(super) krippendorff_alpha: Option<f64>,
    /// Of which project.
    pub(super) project: Option<String>,
    /// The annotators, in that order.
    pub(super) raters: Vec<String>,
}

/// A delivery that its lab opened.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Delivered {
    pub(super) lab: String,
    pub(super) project: String,
    pub(super) format: String,
    pub(super) rows: u64,
    pub(super) left_out: u64,
    pub(super) path: PathBuf,
    pub(super) identity_path: PathBuf,
    pub(super) manifest_path: PathBuf,
    pub(super) delivery: String,
    pub(super) state: String,
}

/// Ledgers as they were exported.
#[derive(Debug, Clone, Default)]
pub(super) struct Exported {
    /// Entries of all of them.
    pub(super) entries: u64,
    /// Whether every folder is exactly the log that was signed.
    pub(super) verified: bool,
    /// From a lab's name to its folder.
    pub(super) folders: BTreeMap<String, PathBuf>,
}

/// The agreement on the first project that several people rate; none where one rater is all that any has.
pub(super) async fn agreement(stage: &Stage, projects: &[&Project]) -> Outcome<Option<Agreement>> {
    let Some(project) = projects.iter().find(|project| project.overlap > 1) else {
        return Ok(None);
    };
    let lab = lab_of(stage, project)?;
    let path = format!("/projects/{}/agreement", project.id);
    let found: Value = waiting("measuring agreement", lab.steward.client.get(&path)).await?;
    let pairs = found["cohen_kappa"].as_array().cloned().unwrap_or_default();
    let kappa = |a: &str, b: &str| {
        let of = |p: &&Value| {
            let (x, y) = (text(p, "/a"), text(p, "/b"));
            (x == a && y == b) || (x == b && y == a)
        };
        pairs.iter().find(of).and_then(|p| p["kappa"].as_f64())
    };
    let raters = &project.authors;
    let mut cohen_kappa = Vec::new();
    for (index, first) in raters.iter().enumerate() {
        for second in &raters[index + 1..] {
            cohen_kappa.push(kappa(&first.pseudonym, &second.pseudonym));
        }
    }
    Ok(Some(Agreement {
        cohen_kappa,
        fleiss_kappa: found["fleiss_kappa"].as_f64(),
        krippendorff_alpha: found["krippendorff_alpha"].as_f64(),
        project: Some(project.name.clone()),
        raters: raters.iter().map(|seat| seat.name.clone()).collect(),
    }))
}

pub(super) fn lab_of<'s>(stage: &'s Stage, project: &Project) -> Outcome<&'s Lab> {
    stage
        .labs
        .get(project.lab)
        .ok_or_else(|| Failure::new("a project without a lab"))
}

/// Makes a delivery, fetches it as the lab's steward, opens it with the lab's identity and holds it against its
/// manifest. What was opened is kept nowhere. None where no answer makes a row: all are ties.
pub(super) async fn deliver(
    stage: &Stage,
    project: &Project,
    folder: &Path,
    accept: bool,
) -> Outcome<Option<Delivered>> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .writing(folder)?;
    let lab = lab_of(stage, project)?;
    let client = &lab.steward.client;
    let deliveries = format!("/projects/{}/deliveries", project.id);
    let made: Call = waiting("making the delivery", client.post(&deliveries, &json!({}))).await;
    let mut made = match made {
        Err(error) if error.is("conflict") => {
            note(Failure::from(error).about(&project.name));
            return Ok(None);
        }
        made => made?,
    };
    let id = text(&made, "/id");
    let path = folder.join(format!("{id}.age"));
    let manifest_path = delivery::fetch(client, &id, &path).await?;
    let (file, manifest, identity_path) = (path.clone(), manifest_path.clone(), lab.identity.clone());
    let opened = tokio::task::spawn_blocking(move || check(&file, &manifest, &identity_path)).await;
    let rows = opened.to("opening a delivery")??;
    if rows != number(&made, "/rows") {
        return Err(Failure::new(format!(
            "{id} was announced with {} and has {rows}; look at the server's log",
            counted(number(&made, "/rows"), "row")
        )));
    }
    if accept {
        made = client
            .post(&format!("/deliveries/{id}/accept"), &json!({}))
            .await?;
    }
    Ok(Some(Delivered {
        lab: lab.name.clone(),
        project: project.name.clone(),
        format: text(&made, "/format"),
        rows,
        left_out: number(&made, "/left_out"),
        path,
        identity_path: lab.identity.clone(),
        manifest_path,
        delivery: id,
        state: text(&made, "/state"),
    }))
}

/// Opens a delivery and holds it against its manifest; how many rows it has.
fn check(file: &Path, manifest: &Path, identity_path: &Path) -> Outcome<u64> {
    let identities = identity::read(identity_path)?;
    let signed = opening::manifest(manifest, None)?;
    let digest = opening::rows(file, &identities, |_| Ok(()))?;
    let differing = opening::differences(&signed.manifest, &digest, opening::hash(file)?);
    if differing.is_empty() {
        return Ok(digest.rows);
    }
    Err(Failure::new(format!("{} is not what its manifest says", file.display())).with(differing))
}

/// Hours that the contractors' timers counted.
pub(super) async fn hours(projects: &[&Project]) -> Outcome<f64> {
    let mut micros = 0;
    for seat in projects.iter().flat_map(|project| &project.authors) {
        let worked: Value = seat
            .client
            .get(&format!("/engagements/{}/hours", seat.engagement))
            .await?;
        for span in worked["items"].as_array().into_iter().flatten() {
            let [from, to] = ["/from", "/to"].map(|at| Timestamp::parse_rfc3339(&text(span, at)));
            if let (Some(from), Some(to)) = (from, to) {
                micros += to.micros_since(from);
            }
        }
    }
    // Hours to six decimals: exact in a float for as long as anybody works.
    Ok((micros as f64 / 3_600.0).round() / 1e6)
}

/// Exports every lab's ledger with its steward's token, whole, and verifies the folders.
pub(super) async fn ledgers(stage: &Stage, folder: &Path) -> Outcome<Exported> {
    let mut exported = Exported {
        verified: true,
        ..Exported::default()
    };
    for lab in &stage.labs {
        let client = &lab.steward.client;
        integrated(lab).await?;
        let name = short(&lab.name);
        let dir = folder.join(name);
        let id = lab.id.parse().to("a lab's id")?;
        let report = ledger::export(client, Compartment::Lab(id), &dir).await?.report;
        exported.verified &= report.is_ok();
        exported.entries += report.entries;
        exported.folders.insert(lab.name.clone(), dir);
    }
    Ok(exported)
}

/// Waits until the lab's newest entry is in its signed tree.
pub(super) async fn integrated(lab: &Lab) -> Outcome {
    let client = &lab.steward.client;
    for _ in 0..PATIENCE {
        let newest: Value = client.get(&format!("/labs/{}/accesses?limit=1", lab.id)).await?;
        let entries = number(&newest, "/items/0/n") + 1;
        let checkpoint = client
            .bytes(&format!("/ledgers/{}/checkpoint", lab.id))
            .await
            .map_err(Failure::from)?;
        let size = String::from_utf8_lossy(&checkpoint)
            .lines()
            .nth(1)
            .and_then(|line| line.parse::<u64>().ok());
        if size.is_some_and(|size| size >= entries) {
            return Ok(());
        }
        sleep(LULL).await;
    }
    Err(Failure::new(format!(
        "the ledger of {} is not integrated; look at the server's log",
        lab.name
    )))
}

/// What one contractor's token touched.
pub(super) async fn exposure(stage: &Stage, project: &Project) -> Outcome<Value> {
    let Some(seat) = project.authors.first() else {
        return Ok(Value::Null);
    };
    let mut found: Value = stage
        .operator()
        .get(&format!("/exposure?credential={}", seat.credential))
        .await?;
    found["holder"] = json!(seat.name);
    Ok(found)
}
