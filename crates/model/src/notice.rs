//! Notices: that something happened to somebody's work, and nothing of what.
//!
//! A notice is a kind and the id of what it is about; its words are made of those two alone, so that no notice can say more. The id is one that
//! its recipient is shown anyway: a lab's own id of an incident, an engagement of theirs.

use crate::id::*;

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A halt began.
    Halted(HaltId),
    /// It ended.
    Resumed(HaltId),
    /// An incident was opened, or begins to concern the lab.
    IncidentOpened(IncidentId),
    /// It stands elsewhere now.
    IncidentMoved(IncidentId),
    /// A delivery was offered.
    DeliveryOffered(DeliveryId),
    /// The lab accepted it.
    DeliveryAccepted(DeliveryId),
    /// The lab sent rows of it back.
    DeliveryReturned(DeliveryId),
    /// An engagement was granted.
    EngagementBegun(EngagementId),
    /// It ended.
    EngagementEnded(EngagementId),
    /// An answer is back with its author.
    AnswerReturned(SubmissionId),
    /// Somebody said something to a question.
    QuestionAnswered(RemarkId),
    /// The lab's keys are held by another from here on.
    KeyholderSet(LabId),
    /// Somebody tries a webhook.
    Test(WebhookId),
}

impl About {
    /// The number that stands for its kind in storage.
    pub const fn code(&self) -> i64 {
        match self {
            Self::Halted(_) => 0,
            Self::Resumed(_) => 1,
            Self::IncidentOpened(_) => 2,
            Self::IncidentMoved(_) => 3,
            Self::DeliveryOffered(_) => 4,
            Self::DeliveryAccepted(_) => 5,
            Self::DeliveryReturned(_) => 6,
            Self::EngagementBegun(_) => 7,
            Self::EngagementEnded(_) => 8,
            Self::AnswerReturned(_) => 9,
            Self::Test(_) => 10,
            Self::QuestionAnswered(_) => 11,
            Self::KeyholderSet(_) => 12,
        }
    }

    /// Its kind's name in the API, and the type of a webhook's event.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Halted(_) => "halted",
            Self::Resumed(_) => "resumed",
            Self::IncidentOpened(_) => "incident-opened",
            Self::IncidentMoved(_) => "incident-moved",
            Self::DeliveryOffered(_) => "delivery-offered",
            Self::DeliveryAccepted(_) => "delivery-accepted",
            Self::DeliveryReturned(_) => "delivery-returned",
            Self::EngagementBegun(_) => "engagement-begun",
            Self::EngagementEnded(_) => "engagement-ended",
            Self::AnswerReturned(_) => "answer-returned",
            Self::QuestionAnswered(_) => "question-answered",
            Self::KeyholderSet(_) => "keyholder-set",
            Self::Test(_) => "test",
        }
    }

    /// What its id is of, in one word.
    pub const fn of(&self) -> &'static str {
        match self {
            Self::Halted(_) | Self::Resumed(_) => "halt",
            Self::IncidentOpened(_) | Self::IncidentMoved(_) => "incident",
            Self::DeliveryOffered(_) | Self::DeliveryAccepted(_) | Self::DeliveryReturned(_) => "delivery",
            Self::EngagementBegun(_) | Self::EngagementEnded(_) => "engagement",
            Self::AnswerReturned(_) => "submission",
            Self::QuestionAnswered(_) => "question",
            Self::KeyholderSet(_) => "lab",
            Self::Test(_) => "webhook",
        }
    }

    /// The id as text.
    pub fn id(&self) -> String {
        match self {
            Self::Halted(id) | Self::Resumed(id) => id.to_string(),
            Self::IncidentOpened(id) | Self::IncidentMoved(id) => id.to_string(),
            Self::DeliveryOffered(id) | Self::DeliveryAccepted(id) | Self::DeliveryReturned(id) => {
                id.to_string()
            }
            Self::EngagementBegun(id) | Self::EngagementEnded(id) => id.to_string(),
            Self::AnswerReturned(id) => id.to_string(),
            Self::QuestionAnswered(id) => id.to_string(),
            Self::KeyholderSet(id) => id.to_string(),
            Self::Test(id) => id.to_string(),
        }
    }

    /// The id's bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        match self {
            Self::Halted(id) | Self::Resumed(id) => id.as_bytes(),
            Self::IncidentOpened(id) | Self::IncidentMoved(id) => id.as_bytes(),
            Self::DeliveryOffered(id) | Self::DeliveryAccepted(id) | Self::DeliveryReturned(id) => {
                id.as_bytes()
            }
            Self::EngagementBegun(id) | Self::EngagementEnded(id) => id.as_bytes(),
            Self::AnswerReturned(id) => id.as_bytes(),
            Self::QuestionAnswered(id) => id.as_bytes(),
            Self::KeyholderSet(id) => id.as_bytes(),
            Self::Test(id) => id.as_bytes(),
        }
    }

    /// What is stored as that kind and those bytes; nothing, where there is no such kind.
    pub fn from_parts(code: i64, bytes: [u8; 16]) -> Option<Self> {
        Some(match code {
            0 => Self::Halted(Id::from_bytes(bytes)),
            1 => Self::Resumed(Id::from_bytes(bytes)),
            2 => Self::IncidentOpened(Id::from_bytes(bytes)),
            3 => Self::IncidentMoved(Id::from_bytes(bytes)),
            4 => Self::DeliveryOffered(Id::from_bytes(bytes)),
            5 => Self::DeliveryAccepted(Id::from_bytes(bytes)),
            6 => Self::DeliveryReturned(Id::from_bytes(bytes)),
            7 => Self::EngagementBegun(Id::from_bytes(bytes)),
            8 => Self::EngagementEnded(Id::from_bytes(bytes)),
            9 => Self::AnswerReturned(Id::from_bytes(bytes)),
            10 => Self::Test(Id::from_bytes(bytes)),
            11 => Self::QuestionAnswered(Id::from_bytes(bytes)),
            12 => Self::KeyholderSet(Id::from_bytes(bytes)),
            _ => return None,
        })
    }

    /// Whether it is worth a letter: an answer that is back, and what was said to a question, wait where its author works.
    pub const fn is_mailed(&self) -> bool {
        !matches!(
            self,
            Self::AnswerReturned(_) | Self::QuestionAnswered(_) | Self::Test(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_that_are_stored() {
        let mut names = std::collections::BTreeSet::new();
        for code in 0..13 {
            let about = About::from_parts(code, [7; 16]).unwrap();
            assert_eq!((about.code(), about.bytes()), (code, &[7; 16]));
            assert!(names.insert(about.name()));
            assert!(!about.id().is_empty() && !about.of().is_empty());
        }
        assert_eq!(About::from_parts(13, [7; 16]), None);
    }
}
