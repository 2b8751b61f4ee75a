//! One login link for each role, for people and for the browser's tests.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::cast;
use super::finish::lab_of;
use super::stage::{Project, Stage};
use crate::client::text;
use crate::fail::{Failure, Outcome};
use crate::files::OnFile;

/// A week.
const MINUTES: u32 = 10_080;

/// A link for one role.
#[derive(Debug, Serialize)]
pub(super) struct Login {
    pub(super) role: &'static str,
    pub(super) name: String,
    pub(super) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lab: Option<String>,
}

/// One link for each role: a contractor and a reviewer with work to do, the steward of the first lab, the operator.
pub(super) async fn links(stage: &Stage, projects: &[&Project]) -> Outcome<Vec<Login>> {
    let first = projects
        .first()
        .ok_or_else(|| Failure::new("there is no project"))?;
    let last = projects.last().unwrap_or(first);
    let author = last
        .authors
        .iter()
        .find(|seat| seat.name == cast::GUEST)
        .or(last.authors.first());
    let author = author.ok_or_else(|| Failure::new("there is no contractor"))?;
    let guest = stage
        .person_of(cast::GUEST)
        .map(|person| (cast::GUEST.to_owned(), person.clone(), None));
    let own = Some(author.engagement.clone());
    let contractor = guest.unwrap_or_else(|| (author.name.clone(), author.person.clone(), own));
    let lab = lab_of(stage, first)?;
    let me: Value = stage.operator().get("/me").await?;
    let people = [
        ("contractor", contractor, None),
        ("reviewer", taken(&last.reviewer), None),
        ("steward", taken(&lab.steward), Some(lab.id.clone())),
        (
            "operator",
            (text(&me, "/name"), text(&me, "/principal"), None),
            None,
        ),
    ];
    let mut logins = Vec::new();
    for (role, (name, person, engagement), lab) in people {
        let body = json!({ "minutes": MINUTES });
        let link: Value = stage
            .operator()
            .post(&format!("/people/{person}/links"), &body)
            .await?;
        let mut url = text(&link, "/url");
        if url.starts_with('/') {
            url = format!("{}{url}", stage.operator().base());
        }
        logins.push(Login {
            role,
            name,
            url,
            engagement,
            lab,
        });
    }
    Ok(logins)
}

fn taken(seat: &super::stage::Seat) -> (String, String, Option<String>) {
    (
        seat.name.clone(),
        seat.person.clone(),
        Some(seat.engagement.clone()),
    )
}

/// Writes the links for programs: the file is there whole, or not at all.
pub(super) fn write(file: &Path, base: &str, logins: &[Login]) -> Outcome {
    let text = json!({ "base": base, "logins": logins });
    let part = file.with_extension("part");
    // A file of a run that was killed may lie there still.
    let _ = fs::remove_file(&part);
    crate::install::private_file(&part, format!("{text:#}\n").as_bytes())?;
    fs::rename(&part, file).writing(file)
}
