//! The API by resource: each handler has its address, its document and its errors beside it.

mod accesses;
mod accounts;
mod advisories;
mod components;
mod deliveries;
mod dto;
mod engagements;
mod exports;
mod exposure;
mod guidelines;
mod halts;
mod imports;
mod incidents;
mod keyholder;
mod lab_incidents;
mod labs;
mod ledgers;
mod lookup;
pub(crate) mod names;
mod notices;
mod offers;
mod page;
mod passkeys;
mod people;
mod projects;
mod questions;
mod reviews;
mod sessions;
mod timers;
mod walls;
mod webhooks;
mod work;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Every address below `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(lookup::routes())
        .merge(passkeys::routes())
        .merge(labs::routes())
        .merge(keyholder::routes())
        .merge(projects::routes())
        .merge(people::routes())
        .merge(engagements::routes())
        .merge(halts::routes())
        .merge(walls::routes())
        .merge(offers::routes())
        .merge(exposure::routes())
        .merge(components::routes())
        .merge(advisories::routes())
        .merge(incidents::routes())
        .merge(lab_incidents::routes())
        .merge(notices::routes())
        .merge(webhooks::routes())
        .merge(accesses::routes())
        .merge(deliveries::routes())
        .merge(ledgers::routes())
        .merge(guidelines::routes())
        .merge(imports::routes())
        .merge(work::routes())
        .merge(accounts::routes())
        .merge(questions::routes())
        .merge(reviews::routes())
        .merge(timers::routes())
        .merge(exports::routes())
        .routes(routes!(crate::events::events))
}
