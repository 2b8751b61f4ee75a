//! Typed identifiers: one registry of kinds.
//!
//! An identifier is 128 bits: 48 bits of milliseconds since the Unix epoch and 80 random bits, so that rows
//! made together lie together. Its text form is a kind prefix, `_`, and 26 characters of Crockford base 32
//! (no `I`, `L`, `O`, `U`), most significant first. Pseudonyms and tags carry no time: all 128 bits are random.
//! The id of all zero bits names nothing (the installation is stored under it) and is never read from text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TEXT_LEN: usize = 26;
const NO_DIGIT: u8 = u8::MAX;

/// What each byte stands for: an entry has several ids, and ledgers many entries.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// Why a text is not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not {} {kind} id: expected `{prefix}_` and 26 characters of 0-9 A-Z without I, L, O, U, not all of them 0",
    article(kind)
)]
pub struct IdError {
    text: String,
    kind: &'static str,
    prefix: &'static str,
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

fn encode(bytes: &[u8; 16], prefix: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let value = u128::from_be_bytes(*bytes);
    let mut text = [0u8; TEXT_LEN];
    for (i, slot) in text.iter_mut().enumerate() {
        let shift = 5 * (TEXT_LEN - 1 - i);
        *slot = ALPHABET[((value >> shift) & 31) as usize];
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

fn decode(text: &str, prefix: &str) -> Option<[u8; 16]> {
    let body = text.strip_prefix(prefix)?.strip_prefix('_')?.as_bytes();
    if body.len() != TEXT_LEN || body[0] > b'7' {
        return None;
    }
    let mut value = 0u128;
    for byte in body {
        let digit = DIGITS[usize::from(*byte)];
        if digit == NO_DIGIT {
            return None;
        }
        value = (value << 5) | u128::from(digit);
    }
    (value != 0).then(|| value.to_be_bytes())
}

/// The beginning of a text for a message: no longer than asked, control characters escaped.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for c in text.chars().take(most) {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// What all typed identifiers have in common.
pub trait Id: Copy + Eq + Ord + fmt::Display + FromStr<Err = IdError> {
    /// The kind's name in messages.
    const KIND: &'static str;
    /// Wraps 16 bytes, most significant first.
    fn from_bytes(bytes: [u8; 16]) -> Self;
    /// The 16 bytes, most significant first.
    fn as_bytes(&self) -> &[u8; 16];
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl Id for $name {
            const KIND: &'static str = $kind;
            fn from_bytes(bytes: [u8; 16]) -> Self { Self(bytes) }
            fn as_bytes(&self) -> &[u8; 16] { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { encode(&self.0, $prefix, f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { encode(&self.0, $prefix, f) }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode(text, $prefix).map(Self)
                    .ok_or_else(|| IdError { text: shown(text, 40), kind: $kind, prefix: $prefix })
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

typed_ids! {
    /// A customer: an AI firm that commissions data. Also names the lab's compartment and ledger.
    LabId = "lab", "lab";
    /// One body of work of one lab.
    ProjectId = "prj", "project";
    /// A person or a component.
    PrincipalId = "pri", "principal";
    /// One principal joined to one project, in one role, for a time.
    EngagementId = "eng", "engagement";
    /// How a principal appears in one lab's ledger; random, one per lab and principal.
    Pseudonym = "p", "pseudonym";
    /// What proves a principal.
    CredentialId = "crd", "credential";
    /// How a credential appears in a ledger: unlinkable across engagements.
    CredentialTag = "ct", "credential tag";
    /// A sealed object.
    ObjectId = "obj", "object";
    /// A span with a project key of its own.
    EpochId = "epo", "epoch";
    /// A unit of work.
    TaskId = "tsk", "task";
    /// One person's hold on one task.
    AssignmentId = "asg", "assignment";
    /// What a contractor answered.
    SubmissionId = "sub", "submission";
    /// A reviewer's hold on, and verdict over, a submission.
    ReviewId = "rev", "review";
    /// A signed, encrypted data set offered to a lab.
    DeliveryId = "dlv", "delivery";
    /// A stop on a scope.
    HaltId = "hlt", "halt";
    /// A span of time worked.
    TimerId = "tmr", "timer";
    /// A streamed read: joins its intent entry to its completion entry.
    StreamId = "str", "stream";
    /// What a component said that it ran, once.
    InventoryId = "inv", "inventory";
    /// An opened case. Each lab that it concerns has another id for it, random throughout.
    IncidentId = "inc", "incident";
    /// What somebody is told, once.
    NoticeId = "ntc", "notice";
    /// Where a lab wants to be told.
    WebhookId = "whk", "webhook";
    /// A notice on its way out, by e-mail or to a webhook.
    MessageId = "msg", "message";
    /// A question, or what was said to it.
    RemarkId = "rmk", "remark";
    /// A wall between labs. Each lab has another id for it, random throughout.
    WallId = "wal", "wall";
}

/// Whose keys, objects and ledger: a lab's, or the installation's own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compartment {
    /// A customer's compartment.
    Lab(LabId),
    /// Logins, enrolment and platform events. Holds no lab's data.
    Installation,
}

impl Compartment {
    /// A 16-byte name for storage and associated data; all zero for the installation, which no lab id can be.
    pub fn to_bytes(self) -> [u8; 16] {
        match self {
            Self::Lab(lab) => *lab.as_bytes(),
            Self::Installation => [0; 16],
        }
    }

    /// The inverse of [`Compartment::to_bytes`].
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        if bytes == [0; 16] {
            Self::Installation
        } else {
            Self::Lab(LabId(bytes))
        }
    }

    /// The lab, if it is one's.
    pub fn lab(self) -> Option<LabId> {
        match self {
            Self::Lab(lab) => Some(lab),
            Self::Installation => None,
        }
    }
}

impl From<LabId> for Compartment {
    fn from(lab: LabId) -> Self {
        Self::Lab(lab)
    }
}

impl fmt::Display for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lab(lab) => lab.fmt(f),
            Self::Installation => f.write_str("installation"),
        }
    }
}

impl FromStr for Compartment {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        if text == "installation" {
            Ok(Self::Installation)
        } else {
            text.parse().map(Self::Lab)
        }
    }
}

impl Serialize for Compartment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Compartment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_names_the_kind() {
        let id = TaskId::from_bytes([0xFF; 16]);
        assert_eq!(id.to_string(), "tsk_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(id.to_string().parse::<TaskId>().unwrap(), id);
        let error = "prj_7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<TaskId>().unwrap_err();
        assert!(
            error.to_string().contains("is not a task id: expected `tsk_`"),
            "{error}"
        );
        let error = "eng_1".parse::<EngagementId>().unwrap_err();
        assert!(
            error.to_string().starts_with("`eng_1` is not an engagement id"),
            "{error}"
        );
    }

    #[test]
    fn a_refusal_repeats_no_control_character_and_no_long_text() {
        let error = format!("tsk_\u{1b}[31m\0{}", "x".repeat(1_000));
        let said = error.parse::<TaskId>().unwrap_err().to_string();
        assert!(said.starts_with(r"`tsk_\u{1b}[31m\u{0}xxx"), "{said}");
        assert!(said.len() < 300, "{said}");
    }

    #[test]
    fn overflowing_and_foreign_characters_are_refused() {
        for bad in [
            "tsk_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "tsk_IZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "tsk_",
            "",
            "tsk",
        ] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn compartments_round_trip() {
        for c in [
            Compartment::Installation,
            Compartment::Lab(LabId::from_bytes([7; 16])),
        ] {
            assert_eq!(Compartment::from_bytes(c.to_bytes()), c);
            assert_eq!(c.to_string().parse::<Compartment>().unwrap(), c);
        }
    }
}
