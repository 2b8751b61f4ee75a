//! Those who ask for what is not theirs.

use crate::world::World;

/// Somebody who asks.
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    pub(crate) token: Option<String>,
    /// Whether the credential is good at all.
    pub(crate) signed_in: bool,
    /// Operations that this caller may use all the same.
    pub(crate) may: &'static [&'static str],
}

/// What outlives a halt, by design: one's own record, words already typed, and seeing and revoking one's own credentials.
const THROUGH_A_HALT: &[&str] = &[
    "hours_get",
    "hours_hours",
    "work_list",
    "work_draft",
    "engagements_credentials",
    "engagements_revoke",
];
/// One's own hours stay one's own.
const AFTER_THE_END: &[&str] = &["hours_get", "hours_hours", "work_list"];
/// A reviewer of the same project, with an engagement of their own: nothing of the author's.
const NONE: &[&str] = &[];

/// Everybody who must not get what the world holds.
pub(crate) async fn all(world: &World) -> Vec<Caller> {
    let signed = |name, token: String, may| Caller {
        name,
        token: Some(token),
        signed_in: true,
        may,
    };
    let unknown = |name, token: &str| Caller {
        name,
        token: Some(token.into()),
        signed_in: false,
        may: NONE,
    };
    vec![
        Caller {
            name: "nobody",
            token: None,
            signed_in: false,
            may: NONE,
        },
        unknown("malformed", "cft_not-a-token"),
        unknown("empty", ""),
        Caller {
            name: "revoked",
            token: Some(world.revoked().await),
            signed_in: false,
            may: NONE,
        },
        signed("foreign author", world.foreign_author().await, NONE),
        signed("foreign steward", world.foreign_steward().await, NONE),
        signed(
            "another author of the project",
            world.colleague("author").await,
            NONE,
        ),
        signed(
            "a reviewer of the project",
            world.colleague("reviewer").await,
            NONE,
        ),
        signed("the author, after the end", world.ended().await, AFTER_THE_END),
        signed("the author, halted", world.halted().await, THROUGH_A_HALT),
    ]
}
