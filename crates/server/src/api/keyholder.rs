//! Who holds a lab's keys.

use axum::Json;
use axum::extract::State;
use cofferdam_custody::{Answers, KeyholderStanding, KeyholderTrouble};
use cofferdam_model::LabId;
use cofferdam_model::entry::hex32;
use cofferdam_work::ops::KeyHolding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, operator};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show, enrol))
}

/// Who holds a lab's keys.
#[derive(Serialize, ToSchema)]
struct KeyholderOut {
    /// `platform`: in the platform's own process. `lab`: by a keyholder that the lab runs.
    held_by: &'static str,
    /// Which keyholder: the SHA-256 of its authority's certificate, hexadecimal. Null: the platform's.
    authority: Option<String>,
    /// The key by which the lab's cosignatures are checked (C2SP vkey).
    witness: Option<String>,
    /// The entry of the lab's ledger that says so.
    entry: Option<u64>,
    /// How it stands; null: it was not asked, or does not answer.
    standing: Option<StandingOut>,
    /// Why there is no standing, or why no key was had when one was last asked for.
    trouble: Option<String>,
}

/// What a lab's keyholder says of itself.
#[derive(Serialize, ToSchema)]
struct StandingOut {
    version: String,
    /// By its clock.
    now: String,
    /// The name under which the node that answers is enrolled.
    node: String,
    /// When what the node shows it ends. It is renewed long before.
    enrolled_until: String,
    /// What the lab halted there.
    halts: Vec<KeyholderHalt>,
    /// Entries of the lab's ledger that it has cosigned.
    witnessed: u64,
    /// What contradicts what in the lab's ledger. Not null: nothing is leased until the lab has decided.
    diverged: Option<String>,
}

/// A halt at a lab's keyholder: nothing of it is leased.
#[derive(Serialize, ToSchema)]
struct KeyholderHalt {
    /// The project; null: everything.
    project: Option<String>,
    /// In the lab's words.
    reason: String,
    since: String,
}

impl From<KeyholderStanding> for StandingOut {
    fn from(standing: KeyholderStanding) -> Self {
        let halts = standing.halts.into_iter().map(|halt| KeyholderHalt {
            project: halt.project.map(|id| id.to_string()),
            reason: halt.reason,
            since: halt.since.rfc3339(),
        });
        Self {
            version: standing.version,
            now: standing.now.rfc3339(),
            node: standing.node,
            enrolled_until: standing.enrolled_until.rfc3339(),
            halts: halts.collect(),
            witnessed: standing.witnessed,
            diverged: standing.diverged,
        }
    }
}

impl From<KeyHolding> for KeyholderOut {
    fn from(holding: KeyHolding) -> Self {
        let Some(set) = holding.set else {
            return Self {
                held_by: "platform",
                authority: None,
                witness: None,
                entry: None,
                standing: None,
                trouble: None,
            };
        };
        let (standing, trouble) = match holding.answers {
            Answers::Yes(standing) => {
                let told = |trouble: KeyholderTrouble| {
                    format!(
                        "it gives no key since {}: {}",
                        trouble.since.rfc3339(),
                        trouble.why
                    )
                };
                let trouble = standing.trouble.clone().map(told);
                (Some(standing.into()), trouble)
            }
            Answers::No(why) => (None, Some(why)),
            Answers::NotEnrolled => {
                let text = "the node that answers here is not enrolled with it: it opens nothing of this lab";
                (None, Some(text.to_owned()))
            }
        };
        Self {
            held_by: "lab",
            authority: Some(hex32::encode(&set.authority)),
            witness: Some(set.witness),
            entry: Some(set.n),
            standing,
            trouble,
        }
    }
}

/// Who holds a lab's keys, and how the keyholder stands
#[utoipa::path(get, path = "/labs/{lab}/keyholder", tag = "labs",
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 200, description = "Who holds them", body = KeyholderOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem)))]
async fn show(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
) -> Answer<Json<KeyholderOut>> {
    state.platform.may_oversee(&caller, lab).await?;
    Ok(Json(state.platform.key_holding(lab).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEnrolment {
    /// The code that the lab's `cofferdam-keyholder enrol` printed: good once.
    code: String,
    /// The name of the node that the code was made for.
    node: String,
}

/// Enrol the node that answers with a keyholder that the lab runs. The first time, the lab's keys are minted there from then on, and what
/// was sealed before is sealed anew in the background
#[utoipa::path(put, path = "/labs/{lab}/keyholder", tag = "labs", request_body = NewEnrolment,
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 200, description = "Enrolled, and on the lab's ledger", body = KeyholderOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such lab", body = Problem),
    (status = 409, description = "The keyholder refuses or cannot be reached, or the lab has another", body = Problem),
    (status = 422, description = "Not a code, or not a node's name", body = Problem)))]
async fn enrol(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Body(body): Body<NewEnrolment>,
) -> Answer<Json<KeyholderOut>> {
    operator(&state, &caller).await?;
    let enrolled = state
        .platform
        .enrol_with_keyholder(&caller, lab, &body.code, &body.node)
        .await?;
    Ok(Json(enrolled.into()))
}
