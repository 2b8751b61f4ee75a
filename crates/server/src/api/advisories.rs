//! Advisories, and which components they concern.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use cofferdam_incident::{Concern, Finding};
use cofferdam_inventory::advisory::Event;
use cofferdam_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::components::InventoryOut;
use super::dto::{Named, operator};
use super::incidents::{IncidentOut, stopping};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(events, take))
        .routes(routes!(concerns))
}

/// Records of one event.
#[derive(Serialize, ToSchema)]
struct EventOut {
    /// The first of its records' ids; another, when more records are taken.
    id: String,
    /// Its records' ids.
    records: Vec<String>,
    /// Whether every record was withdrawn.
    withdrawn: bool,
    /// When the last of them was taken.
    taken: String,
}

impl EventOut {
    fn of(event: &Event, taken: Timestamp) -> Self {
        let records = event.members().iter().map(|member| member.advisory.id.clone());
        Self {
            id: event.id().to_owned(),
            records: records.collect(),
            withdrawn: event.in_force().next().is_none(),
            taken: taken.rfc3339(),
        }
    }
}

/// Every event.
#[derive(Serialize, ToSchema)]
struct Events {
    items: Vec<EventOut>,
}

/// Advisories, the records of one event together
#[utoipa::path(get, path = "/advisories", tag = "components", responses(
    (status = 200, description = "By event", body = Events),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem)))]
async fn events(State(state): State<AppState>, Signed(caller): Signed) -> Answer<Json<Events>> {
    operator(&state, &caller).await?;
    let events = state.containment.events().await?;
    let items = events.iter().map(|(event, taken)| EventOut::of(event, *taken));
    let items = items.collect();
    Ok(Json(Events { items }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Records {
    /// Records in the OSV format, 1 to 500.
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
}

/// How many records were taken.
#[derive(Serialize, ToSchema)]
struct TakenOut {
    new: u64,
    /// In place of an older version.
    replaced: u64,
    /// Known as they are.
    unchanged: u64,
    /// That were not taken: a version that says it was modified later is known.
    older: u64,
    /// Incidents that were opened, since components run or ran what a record is about, or that such components joined; with
    /// what was stopped for it.
    incidents: Vec<IncidentOut>,
}

const MOST_RECORDS: usize = 500;

/// Take records in the OSV format: all of them or, where one does not read, none
#[utoipa::path(post, path = "/advisories", tag = "components", request_body = Records, responses(
    (status = 200, description = "Taken", body = TakenOut),
    (status = 400, description = "Not JSON", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 413, description = "Larger than 8 MiB", body = Problem),
    (status = 422, description = "A record does not read; nothing was taken", body = Problem)))]
async fn take(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<Records>,
) -> Answer<Json<TakenOut>> {
    operator(&state, &caller).await?;
    if !(1..=MOST_RECORDS).contains(&body.records.len()) {
        return Err(Problem::field(
            "/records",
            format!("send 1 to {MOST_RECORDS} at a time"),
        ));
    }
    let documents = body.records.iter().map(Value::to_string).collect();
    let (taken, acted) = state.containment.take_advisories(&caller, documents).await?;
    let mut incidents = Vec::with_capacity(acted.len());
    for opened in &acted {
        incidents.push(stopping(&state, opened).await?);
    }
    Ok(Json(TakenOut {
        new: taken.new,
        replaced: taken.replaced,
        unchanged: taken.unchanged,
        older: taken.older,
        incidents,
    }))
}

/// What an event means for one inventory.
#[derive(Serialize, ToSchema)]
struct FindingOut {
    inventory: InventoryOut,
    verdict: Concerned,
    /// What is affected, a sentence each.
    affected: Vec<String>,
    /// What could not be judged or was not read, a sentence each.
    unknown: Vec<String>,
}

/// Whether it is affected.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Concerned {
    Affected,
    /// Nothing was found, and not all was read or could be judged.
    Unknown,
    NotAffected,
}

impl From<&Finding> for FindingOut {
    fn from(finding: &Finding) -> Self {
        let verdict = match (finding.affected.is_empty(), finding.unknown.is_empty()) {
            (false, _) => Concerned::Affected,
            (true, false) => Concerned::Unknown,
            (true, true) => Concerned::NotAffected,
        };
        Self {
            inventory: (&finding.inventory).into(),
            verdict,
            affected: finding.affected.clone(),
            unknown: finding.unknown.clone(),
        }
    }
}

/// What an event means for a component.
#[derive(Serialize, ToSchema)]
struct ConcernOut {
    component: Named,
    /// One for each inventory, in the order in which they came in. None at all: what it ran is unknown.
    findings: Vec<FindingOut>,
}

impl From<&Concern> for ConcernOut {
    fn from(concern: &Concern) -> Self {
        Self {
            component: Named {
                id: concern.component.id.to_string(),
                name: concern.component.name.clone(),
            },
            findings: concern.findings.iter().map(FindingOut::from).collect(),
        }
    }
}

/// An event, and what it means for every component.
#[derive(Serialize, ToSchema)]
struct Concerns {
    event: EventOut,
    components: Vec<ConcernOut>,
}

/// What an event means for every component, by everything that each said
#[utoipa::path(get, path = "/advisories/{record}", tag = "components",
    params(("record" = String, Path, description = "The id of one of its records")), responses(
    (status = 200, description = "Component by component", body = Concerns),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such record", body = Problem)))]
async fn concerns(
    State(state): State<AppState>,
    Signed(caller): Signed,
    record: Result<Path<String>, PathRejection>,
) -> Answer<Json<Concerns>> {
    operator(&state, &caller).await?;
    let missing = || Problem::not_found("there is no such record");
    let Path(record) = record.map_err(|_| missing())?;
    let events = state.containment.events().await?;
    let has = |event: &Event| event.members().iter().any(|member| member.advisory.id == record);
    let found = events.into_iter().find(|(event, _)| has(event));
    let (event, taken) = found.ok_or_else(missing)?;
    let shown = EventOut::of(&event, taken);
    let concerns = state.containment.concerns(event).await?;
    Ok(Json(Concerns {
        event: shown,
        components: concerns.iter().map(ConcernOut::from).collect(),
    }))
}
