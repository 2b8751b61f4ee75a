//! The one question: may this caller do this, now? A pure function to a decision with a reason.

use serde::{Deserialize, Serialize};

use crate::budget::{Ceiling, Draw, Usage};
use crate::engagement::{Engagement, EngagementState, Purpose, Reach, Role};
use crate::halt::{Halt, HaltReason, Surroundings};
use crate::id::*;
use crate::time::Timestamp;
use crate::wall::{Seen, Walls};

/// How a caller proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// A browser session.
    Session,
    /// An API token.
    Token,
    /// A one-time login link; proves nothing but the right to one session.
    Link,
    /// What an authenticator signs by; proves nothing but the right to a session for each signature.
    Passkey,
    /// An account at the provider that the installation trusts; proves nothing but the right to a session each time that it vouches for it.
    Account,
}

impl CredentialKind {
    /// Whether it proves somebody in a request: others only open a session.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Session | Self::Token)
    }
}

/// Somebody whose credential was checked. Authenticated, not yet admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub principal: PrincipalId,
    /// By which credential.
    pub credential: CredentialId,
    /// Of which kind.
    pub kind: CredentialKind,
    /// The one engagement that the credential is good for; none: any that its principal holds.
    pub bound_to: Option<EngagementId>,
}

/// What is done under an engagement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Read the guideline and the template.
    ReadGuideline,
    /// Be handed the next task.
    ClaimTask,
    /// Open again a task that one holds.
    ReadTask,
    /// Keep what was typed so far. Releases nothing, and so outlives a halt: nobody's words are lost.
    SaveDraft,
    /// Give a task back.
    ReturnTask,
    /// Hand in an answer.
    Submit,
    /// Be handed the next submission to judge.
    ClaimReview,
    /// Give a verdict.
    Review,
    /// Ask what the guideline does not say, or say that a task is broken.
    Ask,
    /// Answer what others ask.
    AnswerQuestion,
    /// Count time.
    TrackTime,
    /// Bring tasks in.
    Import,
    /// Set the guideline.
    WriteGuideline,
    /// Read whole projects.
    Export,
    /// A platform job measures agreement.
    MeasureAgreement,
    /// A platform job builds a delivery.
    BuildDelivery,
    /// Fetch a delivery, accept it, or send rows back.
    DecideDelivery,
    /// Say who deliveries are encrypted to.
    SetRecipients,
    /// Say what a component runs. Releases nothing, and a halt is when it matters most.
    ReportInventory,
    /// Read the ledger and what is drawn from it. Holds no plaintext, so a halt does not stop it.
    ReadLedger,
    /// Stop the lab, or a part of it.
    Halt,
    /// Undo a halt.
    Resume,
    /// Say what the lab does about an incident. Releases nothing, and a halt is when it is said.
    DecideIncident,
    /// Say where the lab is told what happens to it.
    SetWebhooks,
    /// What operators do, under no engagement.
    Administer,
}

impl Act {
    /// Whether a halt stops it. What remains is what a halt must not take away: the record, the power to halt,
    /// to resume and to decide, and words already typed.
    pub const fn stopped_by_halts(self) -> bool {
        !matches!(
            self,
            Self::SaveDraft
                | Self::ReportInventory
                | Self::ReadLedger
                | Self::Halt
                | Self::Resume
                | Self::DecideIncident
        )
    }

    /// Whether a wall stops it: what shows plaintext, and what lets words cross that were written with another lab's in mind. What a
    /// halt leaves is left, and a task may be given back, so that it is somebody else's.
    pub const fn stopped_by_walls(self) -> bool {
        self.stopped_by_halts() && !matches!(self, Self::ReturnTask)
    }

    /// Whether it may be asked for over the lab as a whole. Every other act must name its project, so that no
    /// halt on a project is passed by leaving the name out.
    pub const fn may_span_projects(self) -> bool {
        matches!(
            self,
            Self::SetRecipients
                | Self::ReadLedger
                | Self::Halt
                | Self::Resume
                | Self::DecideIncident
                | Self::SetWebhooks
        )
    }

    /// Every act.
    pub const ALL: [Self; 25] = [
        Self::ReadGuideline,
        Self::ClaimTask,
        Self::ReadTask,
        Self::SaveDraft,
        Self::ReturnTask,
        Self::Submit,
        Self::ClaimReview,
        Self::Review,
        Self::TrackTime,
        Self::Import,
        Self::WriteGuideline,
        Self::Export,
        Self::MeasureAgreement,
        Self::BuildDelivery,
        Self::DecideDelivery,
        Self::SetRecipients,
        Self::ReadLedger,
        Self::Halt,
        Self::Resume,
        Self::ReportInventory,
        Self::DecideIncident,
        Self::SetWebhooks,
        Self::Administer,
        Self::Ask,
        Self::AnswerQuestion,
    ];
}

/// Whether `engagement`'s role, or an integration's purposes, cover `act`.
pub fn permits(engagement: &Engagement, act: Act) -> bool {
    let has = |purpose| engagement.purposes.contains(&purpose);
    match engagement.role {
        Role::Author => matches!(
            act,
            Act::ReadGuideline
                | Act::ClaimTask
                | Act::ReadTask
                | Act::SaveDraft
                | Act::ReturnTask
                | Act::Submit
                | Act::Ask
                | Act::TrackTime
        ),
        Role::Reviewer => {
            matches!(
                act,
                Act::ReadGuideline
                    | Act::ClaimReview
                    | Act::Review
                    | Act::Ask
                    | Act::AnswerQuestion
                    | Act::TrackTime
            )
        }
        Role::Lead => matches!(
            act,
            Act::ReadGuideline
                | Act::WriteGuideline
                | Act::Import
                | Act::Export
                | Act::Ask
                | Act::AnswerQuestion
                | Act::TrackTime
        ),
        Role::Steward => matches!(
            act,
            Act::ReadGuideline
                | Act::WriteGuideline
                | Act::Import
                | Act::Export
                | Act::AnswerQuestion
                | Act::DecideDelivery
                | Act::SetRecipients
                | Act::ReadLedger
                | Act::Halt
                | Act::Resume
                | Act::DecideIncident
                | Act::SetWebhooks
        ),
        Role::Integration => match act {
            Act::ReadGuideline | Act::ReportInventory => !engagement.purposes.is_empty(),
            Act::Import | Act::WriteGuideline => has(Purpose::Import),
            Act::Export => has(Purpose::Export),
            Act::MeasureAgreement => has(Purpose::Agreement),
            Act::BuildDelivery => has(Purpose::Delivery),
            _ => false,
        },
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Under which engagement.
    pub engagement: EngagementId,
    /// What to do.
    pub act: Act,
    /// To which project; none: to the lab as a whole, which only an engagement for the whole lab reaches, and
    /// only for an act that [may span projects](Act::may_span_projects).
    pub project: Option<ProjectId>,
    /// How much plaintext it would release.
    pub draw: Draw,
}

/// What is known when the question is asked.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a, H> {
    /// The engagement of that id, if there is one.
    pub engagement: Option<&'a Engagement>,
    /// Whether the caller is the one its holder commitment names.
    pub holds: bool,
    /// Every halt that may concern the caller: the lab's and the installation's.
    pub halts: H,
    /// The walls that stand.
    pub walls: &'a Walls,
    /// Who has seen whose data.
    pub seen: &'a Seen,
    /// What was drawn under the engagement so far.
    pub usage: Usage,
    /// The time.
    pub now: Timestamp,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "because", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Refusal {
    /// There is no such engagement, or it is not the caller's: deliberately the same answer.
    #[error("no such engagement")]
    #[serde(deserialize_with = "crate::entry::nothing_more")]
    NotEngaged,
    /// It grants nothing yet.
    #[error("the engagement has not begun; wait for its start, or ask your operator")]
    #[serde(deserialize_with = "crate::entry::nothing_more")]
    NotBegun,
    /// It grants nothing any more.
    #[error("the engagement has ended; ask your operator for a new one")]
    #[serde(deserialize_with = "crate::entry::nothing_more")]
    Ended,
    /// A halt is open.
    #[error("work is halted: {}", reason.sentence())]
    Halted {
        /// Which; a lab's ledger does not say where it is a halt on a person, a component or a credential: two labs would find it
        /// in both of theirs, and know that they have the same person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        halt: Option<HaltId>,
        /// Why.
        reason: HaltReason,
        /// Since when; said where the halt is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// A wall stands between this lab and one whose data the caller has seen. Which one that is is not said.
    #[error(
        "you have seen data of a lab on the other side of a wall, and may see none of this lab's {}; your hours stand",
        walled_until(*until)
    )]
    Walled {
        /// Until when; the lab's ledger does not say: it would tell when they last worked elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The role does not cover it.
    #[error("this engagement's role does not cover that; ask your operator for one that does")]
    #[serde(deserialize_with = "crate::entry::nothing_more")]
    NotInRole,
    /// The engagement does not reach the project.
    #[error("this engagement does not reach that project")]
    #[serde(deserialize_with = "crate::entry::nothing_more")]
    OutOfReach,
    /// A read budget is smaller than what was asked for alone: it will not do later either.
    #[error(
        "this alone is more than the read budget has of {}; ask your operator for a larger one",
        ceiling_unit(*ceiling)
    )]
    BudgetTooSmall {
        /// Which ceiling.
        ceiling: Ceiling,
    },
    /// A read budget is used up.
    #[error("the read budget is used up: {}", ceiling_words(*ceiling))]
    BudgetSpent {
        /// Which ceiling.
        ceiling: Ceiling,
    },
}

impl Refusal {
    /// As it is recorded in a ledger, which may name the halts of which `named` is true.
    #[must_use]
    pub fn recorded(self, named: impl FnOnce(HaltId) -> bool) -> Self {
        match self {
            Self::Walled { .. } => Self::Walled { until: None },
            Self::Halted { halt, reason, .. } if !halt.is_some_and(named) => Self::Halted {
                halt: None,
                reason,
                since: None,
            },
            other => other,
        }
    }
}

fn walled_until(until: Option<Timestamp>) -> String {
    until.map_or_else(
        || "for a time".to_owned(),
        |until| format!("until {}", until.rfc3339()),
    )
}

impl Ceiling {
    /// Whole seconds from `now` until its window begins anew: the hour or the day, both of UTC.
    #[must_use]
    pub fn seconds_left(self, now: Timestamp) -> u64 {
        let window = match self {
            Self::ObjectsPerHour | Self::BytesPerHour => 3_600_000_000,
            Self::ObjectsPerDay | Self::BytesPerDay => 86_400_000_000,
        };
        let left = window - now.as_micros().rem_euclid(window);
        u64::try_from(left).unwrap_or(0).div_ceil(1_000_000)
    }
}

const fn ceiling_words(ceiling: Ceiling) -> &'static str {
    match ceiling {
        Ceiling::ObjectsPerHour => "objects in this hour; it begins anew with the next hour",
        Ceiling::ObjectsPerDay => "objects on this day; it begins anew at 00:00 UTC",
        Ceiling::BytesPerHour => "bytes in this hour; it begins anew with the next hour",
        Ceiling::BytesPerDay => "bytes on this day; it begins anew at 00:00 UTC",
    }
}

const fn ceiling_unit(ceiling: Ceiling) -> &'static str {
    match ceiling {
        Ceiling::ObjectsPerHour => "objects for an hour",
        Ceiling::ObjectsPerDay => "objects for a day",
        Ceiling::BytesPerHour => "bytes for an hour",
        Ceiling::BytesPerDay => "bytes for a day",
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes, once it is recorded.
    Allow,
    /// No.
    Deny(Refusal),
}

/// Decides. Order matters only for which reason is given: any one of them is enough to deny.
pub fn admit<'a, H>(caller: &Caller, demand: &Demand, standing: Standing<'a, H>) -> Decision
where
    H: IntoIterator<Item = &'a Halt>,
{
    match check(caller, demand, standing) {
        Ok(()) => Decision::Allow,
        Err(refusal) => Decision::Deny(refusal),
    }
}

fn check<'a, H>(caller: &Caller, demand: &Demand, standing: Standing<'a, H>) -> Result<(), Refusal>
where
    H: IntoIterator<Item = &'a Halt>,
{
    let now = standing.now;
    let usable = |e: &&Engagement| {
        e.id == demand.engagement
            && standing.holds
            && caller.bound_to.is_none_or(|only| only == e.id)
            && caller.kind.acts()
    };
    let engagement = standing.engagement.filter(usable).ok_or(Refusal::NotEngaged)?;
    if !engagement.active(now) {
        let begun = engagement.begun || engagement.from <= now || engagement.state != EngagementState::Active;
        return Err(if begun { Refusal::Ended } else { Refusal::NotBegun });
    }
    if !permits(engagement, demand.act) {
        return Err(Refusal::NotInRole);
    }
    let reached = match demand.project {
        Some(project) => engagement.reaches(project),
        None => engagement.reach == Reach::Lab && demand.act.may_span_projects(),
    };
    if !reached {
        return Err(Refusal::OutOfReach);
    }
    let at = Surroundings {
        lab: engagement.lab,
        project: demand.project,
        engagement: Some(engagement.id),
        principal: caller.principal,
        credential: caller.credential,
    };
    if demand.act.stopped_by_halts()
        && let Some(halt) = standing
            .halts
            .into_iter()
            .find(|h| h.in_effect(now) && h.scope.encloses(&at))
    {
        return Err(Refusal::Halted {
            halt: Some(halt.id),
            reason: halt.reason,
            since: Some(halt.since),
        });
    }
    if demand.act.stopped_by_walls() {
        let seen = standing.seen.by(caller.principal);
        if let Some(kept) = standing.walls.keep_out(seen, engagement.lab, now) {
            // A token that is good for one engagement is not told when its holder last worked elsewhere.
            let until = caller.bound_to.is_none().then_some(kept.until);
            return Err(Refusal::Walled { until });
        }
    }
    let budget = &engagement.budget;
    if let Some(ceiling) = budget.never_holds(demand.draw) {
        return Err(Refusal::BudgetTooSmall { ceiling });
    }
    match budget.passed_by(&standing.usage, demand.draw) {
        Some(ceiling) => Err(Refusal::BudgetSpent { ceiling }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_opens_with_the_next_hour_or_day() {
        let at = |text| Timestamp::parse_rfc3339(text).unwrap();
        for (ceiling, now, seconds) in [
            (Ceiling::ObjectsPerHour, "2026-03-24T10:39:00Z", 1_260),
            (Ceiling::BytesPerHour, "2026-03-24T10:59:59.999999Z", 1),
            (Ceiling::ObjectsPerHour, "2026-03-24T10:00:00Z", 3_600),
            (Ceiling::BytesPerDay, "2026-03-24T23:59:00Z", 60),
            (Ceiling::ObjectsPerDay, "2026-03-24", 86_400),
        ] {
            assert_eq!(ceiling.seconds_left(at(now)), seconds, "{now}");
        }
    }
}
