//! Deliveries: made for a lab, fetched and decided by it.

use std::io;

use axum::Json;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cofferdam_custody::{Caller, Watch};
use cofferdam_model::entry::hex32;
use cofferdam_model::{DeliveryId, EngagementId, LabId, ProjectId, Timestamp};
use cofferdam_store::delivery::DeliveryRow;
use cofferdam_work::formats::DeliveryFormat;
use cofferdam_work::ops::ReturnedRow;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{File, IdPath, Named, Query};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(vkey))
        .routes(routes!(make))
        .routes(routes!(get))
        .routes(routes!(manifest))
        .routes(routes!(file))
        .routes(routes!(accept))
        .routes(routes!(return_rows))
        .routes(routes!(returned))
}

#[derive(Serialize, ToSchema)]
struct RowNumber {
    row: u64,
}

/// A data set offered to a lab.
#[derive(Serialize, ToSchema)]
struct Delivery {
    id: String,
    project: Named,
    format: String,
    /// `offered`, `accepted` or `rows-returned`.
    state: &'static str,
    rows: u64,
    /// Answered tasks without a row: those that have fewer answers than the overlap asks, or one that is back with its author; those
    /// without a majority, or with a tie where the format has none; those that lack what it needs. Tasks without any answer are not counted.
    /// Preferences are votes; of other tasks each answer that reviewers accepted is a row, and while they accepted none, what more than
    /// half of the answers say.
    left_out: u64,
    /// Of the encrypted file.
    bytes: u64,
    /// Of the encrypted file.
    sha256: String,
    created: String,
    decided: Option<String>,
    returned: Vec<RowNumber>,
}

async fn out(state: &AppState, row: DeliveryRow) -> Answer<Delivery> {
    let project = state.platform.project_row(row.project).await?;
    let returned = state.platform.returned_rows(row.id).await?;
    Ok(Delivery {
        id: row.id.to_string(),
        project: Named {
            id: project.id.to_string(),
            name: project.name,
        },
        format: row.format,
        state: row.state.name(),
        rows: row.rows,
        left_out: row.left_out,
        bytes: row.bytes,
        sha256: hex32::encode(&row.sha256),
        created: row.created.rfc3339(),
        decided: row.decided.map(Timestamp::rfc3339),
        returned: returned.into_iter().map(|row| RowNumber { row }).collect(),
    })
}

/// A lab's deliveries, newest first
#[utoipa::path(get, path = "/labs/{lab}/deliveries", tag = "deliveries",
    params(("lab" = String, Path, description = "The lab's id"), PageQuery), responses(
    (status = 200, description = "Deliveries: a page", body = Page<Delivery>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Delivery>>> {
    state.platform.may_oversee(&caller, lab).await?;
    let (all, whole) = state.platform.deliveries(lab).await?;
    let unread: Vec<LabId> = (!whole).then_some(lab).into_iter().collect();
    let Page {
        items: rows, next, ..
    } = page.of(all, |row| row.id)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(out(&state, row).await?);
    }
    Ok(Json(Page::new(items, next).without(&unread)))
}

/// The key that verifies the manifests of a lab's deliveries: a signed-note verifier key
#[utoipa::path(get, path = "/labs/{lab}/deliveries/vkey", tag = "deliveries",
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 200, description = "The key", body = String, content_type = "text/plain"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem)))]
async fn vkey(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
) -> Answer<String> {
    state.platform.may_oversee(&caller, lab).await?;
    let key = state.gate().secrets().manifest_key(lab.into());
    key.map(|key| key.verifying_key().to_string()).map_err(|error| {
        tracing::error!(%error, "a manifest key could not be derived");
        Problem::internal()
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDelivery {
    /// `openai-chat`, `openai-preference`, `trl-preference`, `trl-preference-chat` or `tasks`; the template's usual
    /// one unless said.
    format: Option<String>,
}

/// Make a delivery: a job of the platform reads the answers, and the ledger says so
#[utoipa::path(post, path = "/projects/{project}/deliveries", tag = "deliveries", request_body = NewDelivery,
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 201, description = "Offered", body = Delivery),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended, or not in one's role", body = Problem),
    (status = 404, description = "No such project, or not yours", body = Problem),
    (status = 409, description = "Nothing to deliver, or no recipient", body = Problem),
    (status = 422, description = "Not a format for this project", body = Problem),
    (status = 429, description = "The job's read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn make(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
    Body(body): Body<NewDelivery>,
) -> Answer<(StatusCode, Json<Delivery>)> {
    state.platform.may_have_read(&caller, project).await?;
    let format = body
        .format
        .as_deref()
        .map(|text| text.parse::<DeliveryFormat>())
        .transpose();
    let format = format.map_err(|e| Problem::field("/format", e.to_string()))?;
    let row = state.platform.deliver(project, format).await?;
    Ok((StatusCode::CREATED, Json(out(&state, row).await?)))
}

/// The engagement by which the caller decides on a delivery.
async fn steward(state: &AppState, caller: &Caller, id: DeliveryId) -> Answer<EngagementId> {
    let row = state.platform.overseen_delivery(caller, id).await?;
    super::labs::steward(state, caller, row.lab).await
}

/// One delivery
#[utoipa::path(get, path = "/deliveries/{delivery}", tag = "deliveries",
    params(("delivery" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "The delivery", body = Delivery),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem)))]
async fn get(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
) -> Answer<Json<Delivery>> {
    let row = state.platform.overseen_delivery(&caller, id).await?;
    Ok(Json(out(&state, row).await?))
}

/// The signed manifest: a C2SP signed note
#[utoipa::path(get, path = "/deliveries/{delivery}/manifest", tag = "deliveries",
    params(("delivery" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "The manifest", body = String, content_type = "text/plain"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem)))]
async fn manifest(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
) -> Answer<String> {
    Ok(state.platform.overseen_delivery(&caller, id).await?.manifest)
}

/// The encrypted file: an age file to the lab's recipients
#[utoipa::path(get, path = "/deliveries/{delivery}/file", tag = "deliveries",
    params(("delivery" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "The file", body = File, content_type = "application/age-encryption"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not a steward", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem)))]
async fn file(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
) -> Answer<Response> {
    let engagement = steward(&state, &caller, id).await?;
    let (row, path, watch) = state.platform.delivery_file(&caller, engagement, id).await?;
    let file = tokio::fs::File::open(&path).await.map_err(|error| {
        tracing::error!(%error, "a delivery's file cannot be opened");
        Problem::unavailable("the delivery's file cannot be read now; ask the operator")
    })?;
    let name = format!("attachment; filename=\"{}.age\"", row.id);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/age-encryption"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(|_| Problem::internal())?,
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(row.bytes)),
    ];
    let reading = Reading {
        file: ReaderStream::with_capacity(file, CHUNK),
        watch,
    };
    let chunks = stream::unfold(reading, |mut reading| async {
        let chunk = reading.next().await?;
        Some((chunk, reading))
    });
    Ok((headers, HttpBody::from_stream(chunks)).into_response())
}

/// Bytes of a delivery's file sent at a time.
const CHUNK: usize = 1 << 16;

/// A delivery's file on its way, as long as whoever fetches it may.
struct Reading {
    file: ReaderStream<tokio::fs::File>,
    watch: Watch,
}

impl Reading {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        match self.watch.goes_on().await {
            Ok(()) => self.file.next().await,
            Err(_) => Some(Err(io::Error::other("no more of it may be fetched"))),
        }
    }
}

/// Accept a delivery: for the lab's stewards
#[utoipa::path(post, path = "/deliveries/{delivery}/accept", tag = "deliveries",
    params(("delivery" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "Accepted", body = Delivery),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not a steward", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem),
    (status = 409, description = "Decided already", body = Problem)))]
async fn accept(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
) -> Answer<Json<Delivery>> {
    let engagement = steward(&state, &caller, id).await?;
    let row = state.platform.accept_delivery(&caller, engagement, id).await?;
    Ok(Json(out(&state, row).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowIn {
    /// Its number, from 1.
    row: u64,
    /// Why; sealed.
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowsIn {
    rows: Vec<RowIn>,
}

/// A delivery of which rows were sent back.
#[derive(Serialize, ToSchema)]
struct RowsSentBack {
    #[serde(flatten)]
    delivery: Delivery,
    /// How many answers went back to their authors with it. Those that were back already, or that were mended since this
    /// delivery was made, stay where they are.
    went_back: u64,
}

/// Send rows back, each with its reason: for the lab's stewards
#[utoipa::path(post, path = "/deliveries/{delivery}/return", tag = "deliveries", request_body = RowsIn,
    params(("delivery" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "Sent back", body = RowsSentBack),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not a steward", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem),
    (status = 409, description = "Decided already", body = Problem),
    (status = 422, description = "No such row, or no reason", body = Problem)))]
async fn return_rows(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
    Body(body): Body<RowsIn>,
) -> Answer<Json<RowsSentBack>> {
    let engagement = steward(&state, &caller, id).await?;
    let rows: Vec<ReturnedRow> = body
        .rows
        .into_iter()
        .map(|r| ReturnedRow {
            row: r.row,
            reason: r.reason,
        })
        .collect();
    let returned = state.platform.return_rows(&caller, engagement, id, &rows).await?;
    let (row, went_back) = returned;
    Ok(Json(RowsSentBack {
        delivery: out(&state, row).await?,
        went_back,
    }))
}

/// A row that was sent back.
#[derive(Serialize, ToSchema)]
struct SentBackOut {
    row: u64,
    returned: String,
    /// What the lab wrote.
    reason: Option<String>,
}

/// The rows sent back, with the lab's reasons: for its stewards
#[utoipa::path(get, path = "/deliveries/{delivery}/returned", tag = "deliveries",
    params(("delivery" = String, Path, description = "The delivery's id"), PageQuery), responses(
    (status = 200, description = "Rows in their order: a page", body = Page<SentBackOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not a steward", body = Problem),
    (status = 404, description = "No such delivery, or not yours", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn returned(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<DeliveryId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<SentBackOut>>> {
    let engagement = steward(&state, &caller, id).await?;
    let (limit, after) = (page.limit()?, page.after()?.map_or(0, u64::from_be_bytes));
    // No row has a number that no database can be asked for.
    let after = after.min(u64::try_from(i64::MAX).unwrap_or(u64::MAX));
    let rows = state
        .platform
        .returned_reasons(&caller, engagement, id, after, limit)
        .await?;
    let last = rows.rows.last().filter(|_| rows.more);
    let next = last.map(|last| cursor(&last.row.to_be_bytes()));
    let mut items = Vec::new();
    for row in rows.rows {
        items.push(SentBackOut {
            row: row.row,
            returned: row.at.rfc3339(),
            reason: row.reason.as_ref().map(super::work::text_of).transpose()?,
        });
    }
    Ok(Json(Page::new(items, next)))
}
