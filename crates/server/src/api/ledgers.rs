//! Ledgers in the tlog-tiles layout, for those who oversee them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cofferdam_custody::Caller;
use cofferdam_ledger::tile::{BundleCoord, TileCoord};
use cofferdam_model::Compartment;
use cofferdam_model::entry::hex32;
use cofferdam_work::ops::WorkError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{BYTES, File, TextPath, operator};
use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(vkey))
        .routes(routes!(tile))
        .routes(routes!(set))
}

/// A ledger that the caller oversees: a lab's for its stewards and operators, the installation's for operators.
async fn overseen(state: &AppState, caller: &Caller, text: &str) -> Answer<Compartment> {
    let missing = || Problem::not_found("there is no such ledger");
    let compartment: Compartment = text.parse().map_err(|_| missing())?;
    match compartment {
        Compartment::Lab(lab) => {
            state
                .platform
                .may_oversee(caller, lab)
                .await
                .map_err(|error| match error {
                    WorkError::NotFound(_) => missing(),
                    other => other.into(),
                })?
        }
        Compartment::Installation => operator(state, caller).await?,
    }
    Ok(compartment)
}

/// The newest signed tree head: a C2SP checkpoint
#[utoipa::path(get, path = "/ledgers/{ledger}/checkpoint", tag = "ledgers",
    params(("ledger" = String, Path, description = "A lab's id, or `installation`")), responses(
    (status = 200, description = "The checkpoint", body = String, content_type = "text/plain"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such ledger, or not yours, or no checkpoint yet", body = Problem)))]
async fn checkpoint(
    State(state): State<AppState>,
    Signed(caller): Signed,
    TextPath(ledger): TextPath<String>,
) -> Answer<String> {
    let compartment = overseen(&state, &caller, &ledger).await?;
    let found = state.gate().checkpoint(compartment).await?;
    found.ok_or_else(|| Problem::not_found("the ledger has no checkpoint yet; ask again in a second"))
}

/// The key that verifies the ledger's checkpoints: a signed-note verifier key
#[utoipa::path(get, path = "/ledgers/{ledger}/vkey", tag = "ledgers",
    params(("ledger" = String, Path, description = "A lab's id, or `installation`")), responses(
    (status = 200, description = "The key", body = String, content_type = "text/plain"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such ledger, or not yours", body = Problem)))]
async fn vkey(
    State(state): State<AppState>,
    Signed(caller): Signed,
    TextPath(ledger): TextPath<String>,
) -> Answer<String> {
    let compartment = overseen(&state, &caller, &ledger).await?;
    state.gate().vkey(compartment).ok_or_else(Problem::internal)
}

/// A tile of hashes or a bundle of entries, by its tlog-tiles path after `tile/`
#[utoipa::path(get, path = "/ledgers/{ledger}/tile/{*path}", tag = "ledgers",
    params(("ledger" = String, Path, description = "A lab's id, or `installation`"),
           ("path" = String, Path, description = "As in C2SP tlog-tiles: `0/x001/067.p/12`, `entries/000`")),
    responses(
    (status = 200, description = "The bytes", body = File, content_type = "application/octet-stream"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such ledger or tile, or not yours", body = Problem)))]
async fn tile(
    State(state): State<AppState>,
    Signed(caller): Signed,
    TextPath((ledger, path)): TextPath<(String, String)>,
) -> Answer<Response> {
    let compartment = overseen(&state, &caller, &ledger).await?;
    let missing = || Problem::not_found("the tree has no such tile");
    let path = format!("tile/{path}");
    let found = match (path.parse::<BundleCoord>(), path.parse::<TileCoord>()) {
        (Ok(bundle), _) => state.gate().bundle(compartment, bundle).await?,
        (_, Ok(tile)) => state.gate().tile(compartment, tile).await?,
        _ => return Err(missing()),
    };
    Ok((BYTES, found.ok_or_else(missing)?).into_response())
}

/// The list of objects that an entry names by its hash: for each its id (16 bytes), version (4) and plaintext bytes (8), big-endian
#[utoipa::path(get, path = "/ledgers/{ledger}/sets/{sha256}", tag = "ledgers",
    params(("ledger" = String, Path, description = "A lab's id, or `installation`"),
           ("sha256" = String, Path, description = "Its hash: 64 lower-case hexadecimal digits")),
    responses(
    (status = 200, description = "The bytes, whose SHA-256 is the one asked for", body = File, content_type = "application/octet-stream"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such ledger or list, or not yours", body = Problem)))]
async fn set(
    State(state): State<AppState>,
    Signed(caller): Signed,
    TextPath((ledger, sha256)): TextPath<(String, String)>,
) -> Answer<Response> {
    let compartment = overseen(&state, &caller, &ledger).await?;
    let missing = || Problem::not_found("no entry of this ledger names such a list");
    let sha256 = hex32::decode(&sha256).ok_or_else(missing)?;
    let found = state.gate().object_list(compartment, sha256).await?;
    Ok((BYTES, found.ok_or_else(missing)?).into_response())
}
