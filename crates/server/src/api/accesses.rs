//! Who has seen a lab's data: readings of its ledger.

use axum::Json;
use axum::extract::State;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::{Act, Actor, Engagement, Fact, LabId, Purpose, Refusal, Role, Timestamp};
use cofferdam_work::ops::{AccessView, SummaryActor};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Named, Query, time};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(summary))
}

/// Who acted, as the lab's ledger has it.
#[derive(Serialize, ToSchema)]
struct ActorOut {
    /// `engaged`, `job`, `operator`, `platform` or `stranger`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudonym: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::api::names::Role>)]
    role: Option<Role>,
    /// Of an integration: what for. A job of the platform is known by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<crate::api::names::Purpose>, required = false)]
    purposes: Vec<Purpose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Named>,
}

/// Why somebody was refused.
#[derive(Serialize, ToSchema)]
struct RefusedOut {
    #[schema(value_type = String)]
    act: Act,
    #[schema(value_type = Object)]
    why: Refusal,
}

/// One entry of the ledger.
#[derive(Serialize, ToSchema)]
struct Access {
    /// Its index.
    n: u64,
    /// Ledger time.
    t: String,
    /// What the clock said, where it had been put back: one of the two is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<String>,
    actor: ActorOut,
    /// The kind of what was recorded.
    fact: String,
    /// Objects released.
    objects: u64,
    /// Bytes released.
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedOut>,
    /// How a read of a set ended, whose objects were counted where it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<Completed>,
}

/// How far a read of a set came.
#[derive(Serialize, ToSchema)]
struct Completed {
    /// `finished`, `left`, `halted` or `failed`.
    #[schema(value_type = String)]
    end: StreamEnd,
    /// Objects that were sent.
    objects: u64,
    /// Bytes that were sent.
    bytes: u64,
}

type Names = HashMap<String, String>;

async fn names(state: &AppState, lab: LabId) -> Answer<Names> {
    let projects = state
        .gate()
        .store()
        .read(move |r| cofferdam_store::project::of_lab(r, lab))
        .await?;
    Ok(projects.into_iter().map(|p| (p.id.to_string(), p.name)).collect())
}

fn named(names: &Names, id: impl ToString) -> Named {
    let id = id.to_string();
    Named {
        name: names.get(&id).cloned().unwrap_or_default(),
        id,
    }
}

fn actor(by: &Actor, engagement: Option<&Engagement>, job: bool, names: &Names) -> ActorOut {
    let kind = match by {
        Actor::Engaged { .. } if job => "job",
        Actor::Engaged { .. } => "engaged",
        Actor::Operator { .. } => "operator",
        Actor::Platform => "platform",
        Actor::Stranger { .. } => "stranger",
    };
    ActorOut {
        kind,
        pseudonym: engagement.map(|e| e.pseudonym.to_string()),
        engagement: engagement.map(|e| e.id.to_string()),
        role: engagement.map(|e| e.role),
        purposes: engagement.map(|e| e.purposes.clone()).unwrap_or_default(),
        project: engagement.and_then(|e| e.project()).map(|p| named(names, p)),
    }
}

fn kind_of(fact: &Fact) -> String {
    let value = serde_json::to_value(fact).unwrap_or_default();
    value["kind"].as_str().unwrap_or_default().to_owned()
}

fn access(view: &AccessView, names: &Names) -> Access {
    let draw = view.entry.fact.released();
    let refused = match &view.entry.fact {
        Fact::Refused { act, why, .. } => Some(RefusedOut { act: *act, why: *why }),
        _ => None,
    };
    let completed = match view.entry.fact {
        Fact::ReadCompleted {
            objects, bytes, end, ..
        } => Some(Completed { end, objects, bytes }),
        _ => None,
    };
    let own = view.engagement.as_ref().and_then(|e| e.project());
    Access {
        n: view.entry.n,
        t: view.entry.t.rfc3339(),
        clock: view.entry.clock.map(Timestamp::rfc3339),
        actor: actor(&view.entry.by, view.engagement.as_ref(), view.job, names),
        fact: kind_of(&view.entry.fact),
        objects: draw.objects,
        bytes: draw.bytes,
        project: view.entry.fact.project().or(own).map(|p| named(names, p)),
        refused,
        completed,
    }
}

/// The ledger's entries, newest first: ids, times and counts
#[utoipa::path(get, path = "/labs/{lab}/accesses", tag = "accesses",
    params(("lab" = String, Path, description = "The lab's id"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<Access>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Access>>> {
    state.platform.may_oversee(&caller, lab).await?;
    let limit = page.limit()?;
    let largest = u64::try_from(i64::MAX).unwrap_or(u64::MAX);
    let before = page.after()?.map_or(largest, u64::from_be_bytes);
    let views = state.platform.accesses(lab, before.min(largest), limit).await?;
    let names = names(&state, lab).await?;
    let next = views
        .last()
        .map(|v| v.entry.n)
        .filter(|n| *n > 0)
        .map(|n| cursor(&n.to_be_bytes()));
    let items = views.iter().map(|v| access(v, &names)).collect();
    Ok(Json(Page::new(items, next)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Window {
    /// RFC 3339; a day before `to` unless said.
    from: Option<String>,
    /// RFC 3339, excluded; now unless said.
    to: Option<String>,
    /// Seconds of a bucket: 1 to 86,400; 600 unless said.
    bucket_seconds: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct Bucket {
    start: String,
    objects: u64,
}

#[derive(Serialize, ToSchema)]
struct ActorSummary {
    #[serde(flatten)]
    actor: ActorOut,
    objects: u64,
    bytes: u64,
    last: String,
    buckets: Vec<Bucket>,
}

/// The newest signed tree head.
#[derive(Serialize, ToSchema)]
struct CheckpointOut {
    size: u64,
    /// Base64.
    root: String,
    /// `by-firm`: signed by the firm alone. No witness has cosigned it.
    witnessed: &'static str,
}

/// Who has seen the lab's data.
#[derive(Serialize, ToSchema)]
struct SummaryOut {
    from: String,
    to: String,
    bucket_seconds: i64,
    entries: u64,
    objects: u64,
    bytes: u64,
    actors: Vec<ActorSummary>,
    refused: Vec<Access>,
    refused_total: u64,
    checkpoint: Option<CheckpointOut>,
}

fn actor_summary(a: &SummaryActor, names: &Names) -> ActorSummary {
    let by = Actor::Engaged {
        engagement: a.engagement.id,
        pseudonym: a.engagement.pseudonym,
        credential: cofferdam_model::Id::from_bytes([0; 16]),
    };
    let bucket = |(start, objects): (&i64, &u64)| Bucket {
        start: Timestamp::from_micros(*start).rfc3339(),
        objects: *objects,
    };
    ActorSummary {
        actor: actor(&by, Some(&a.engagement), a.job, names),
        objects: a.released.objects,
        bytes: a.released.bytes,
        last: a.last.rfc3339(),
        buckets: a.buckets.iter().map(bucket).collect(),
    }
}

fn checkpoint(text: &str) -> Option<CheckpointOut> {
    let mut lines = text.lines().skip(1);
    let size = lines.next()?.parse().ok()?;
    Some(CheckpointOut {
        size,
        root: lines.next()?.to_owned(),
        witnessed: "by-firm",
    })
}

/// Who has seen a lab's data, by actor and time
#[utoipa::path(get, path = "/labs/{lab}/accesses/summary", tag = "accesses",
    params(("lab" = String, Path, description = "The lab's id"), Window), responses(
    (status = 200, description = "By actor", body = SummaryOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem),
    (status = 422, description = "Not a window", body = Problem)))]
async fn summary(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Query(window): Query<Window>,
) -> Answer<Json<SummaryOut>> {
    state.platform.may_oversee(&caller, lab).await?;
    let now = state.gate().env().now();
    let to = window.to.as_deref().map_or(Ok(now), |t| time("to", t))?;
    let from = window
        .from
        .as_deref()
        .map_or(Ok(to.plus_seconds(-86_400)), |t| time("from", t))?;
    let bucket_seconds = window.bucket_seconds.unwrap_or(600);
    if !(1..=86_400).contains(&bucket_seconds) {
        return Err(Problem::field("bucket_seconds", "1 to 86400 are possible"));
    }
    if to < from {
        return Err(Problem::field("to", "it lies before `from`; exchange the two"));
    }
    let found = state.platform.summary(lab, (from, to), bucket_seconds).await?;
    let names = names(&state, lab).await?;
    let signed = state.gate().checkpoint(lab.into()).await?;
    Ok(Json(SummaryOut {
        from: from.rfc3339(),
        to: to.rfc3339(),
        bucket_seconds,
        entries: found.entries,
        objects: found.released.objects,
        bytes: found.released.bytes,
        actors: found.actors.iter().map(|a| actor_summary(a, &names)).collect(),
        refused: found.refused.iter().map(|v| access(v, &names)).collect(),
        refused_total: found.refused_total,
        checkpoint: signed.as_deref().and_then(checkpoint),
    }))
}
