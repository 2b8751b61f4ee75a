//! Identifiers: text and back, one kind never read as another, order by time.

use std::str::FromStr;
use std::sync::Arc;

use cofferdam_model::*;
use proptest::prelude::*;

struct At(i64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0)
    }
}

struct Fixed([u8; 16]);

impl Entropy for Fixed {
    fn fill(&self, out: &mut [u8]) -> bool {
        out.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        out.len() <= self.0.len()
    }
}

struct Broken;

impl Entropy for Broken {
    fn fill(&self, _: &mut [u8]) -> bool {
        false
    }
}

fn env(micros: i64, random: [u8; 16]) -> Env {
    Env::new(Arc::new(At(micros)), Arc::new(Fixed(random)))
}

/// Calls a macro with every kind of identifier.
macro_rules! every_kind {
    ($call:ident) => {
        $call!(
            LabId,
            ProjectId,
            PrincipalId,
            EngagementId,
            Pseudonym,
            CredentialId,
            CredentialTag,
            ObjectId,
            EpochId,
            TaskId,
            AssignmentId,
            SubmissionId,
            ReviewId,
            DeliveryId,
            HaltId,
            TimerId,
            StreamId
        );
    };
}

/// The text of an id by kind, and how many kinds read that text.
macro_rules! texts {
    ($($kind:ident),*) => {
        fn texts(bytes: [u8; 16]) -> Vec<(&'static str, String)> {
            vec![$(($kind::KIND, $kind::from_bytes(bytes).to_string())),*]
        }
        fn readers(text: &str) -> Vec<&'static str> {
            [$($kind::from_str(text).ok().map(|_| $kind::KIND)),*].into_iter().flatten().collect()
        }
        fn round_trips(bytes: [u8; 16]) -> bool {
            true $(&& {
                let id = $kind::from_bytes(bytes);
                let json = serde_json::to_string(&id).unwrap();
                id.as_bytes() == &bytes
                    && id.to_string().parse::<$kind>() == Ok(id)
                    && serde_json::from_str::<$kind>(&json).unwrap() == id
            })*
        }
    };
}

every_kind!(texts);

fn some_bytes() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>().prop_filter("all zero names nothing", |bytes| bytes != &[0; 16])
}

proptest! {
    #[test]
    fn every_kind_reads_back_and_no_other_kind_reads_it(bytes in some_bytes()) {
        prop_assert!(round_trips(bytes));
        for (kind, text) in texts(bytes) {
            prop_assert_eq!(readers(&text), vec![kind], "{}", text);
        }
    }

    #[test]
    fn text_is_ordered_as_the_ids_are(a in some_bytes(), b in some_bytes()) {
        let (a, b) = (TaskId::from_bytes(a), TaskId::from_bytes(b));
        prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
    }

    #[test]
    fn a_text_that_is_read_is_the_one_that_is_written(text in "tsk_[0-9A-Za-z_]{25,27}") {
        if let Ok(id) = text.parse::<TaskId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn an_id_made_earlier_comes_first_whatever_was_drawn(
        early in 0i64..1 << 50, later in 1_000i64..1 << 50, a: [u8; 16], b: [u8; 16],
    ) {
        let first: ObjectId = env(early, a).new_id().unwrap();
        let second: ObjectId = env(early + later, b).new_id().unwrap();
        prop_assert!(first < second);
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&first.as_bytes()[..6]);
        prop_assert_eq!(i64::from_be_bytes(millis), early / 1_000);
        prop_assert_eq!(&first.as_bytes()[6..], &a[6..]);
    }

    #[test]
    fn a_pseudonym_does_not_tell_when_it_was_made(micros: i64, random: [u8; 16]) {
        let made: Pseudonym = env(micros, random).random_id().unwrap();
        prop_assert_eq!(made.as_bytes(), &random);
    }

    #[test]
    fn compartments_do_not_share_a_name(bytes in some_bytes()) {
        let lab = Compartment::Lab(LabId::from_bytes(bytes));
        prop_assert_ne!(lab.to_bytes(), Compartment::Installation.to_bytes());
        prop_assert_eq!(Compartment::from_bytes(lab.to_bytes()), lab);
        prop_assert_eq!(lab.to_string().parse::<Compartment>(), Ok(lab));
    }

    #[test]
    fn scopes_read_back(scope in crate::arbitrary::any_scope()) {
        prop_assert_eq!(scope.to_string().parse::<Scope>(), Ok(scope));
    }

    #[test]
    fn nothing_read_from_outside_panics(text in ".{0,60}") {
        _ = (readers(&text), text.parse::<Scope>(), text.parse::<Compartment>(), Timestamp::parse_rfc3339(&text));
    }
}

#[test]
fn the_zero_id_is_read_as_no_kind_lest_a_lab_pass_for_the_installation() {
    for (_, text) in texts([0; 16]) {
        assert_eq!(readers(&text), Vec::<&str>::new(), "{text}");
    }
    assert!("lab_00000000000000000000000000".parse::<Compartment>().is_err());
}

#[test]
fn no_id_is_made_without_randomness() {
    let env = Env::new(Arc::new(At(0)), Arc::new(Broken));
    assert!(env.new_id::<TaskId>().is_err());
    assert!(env.random_id::<Pseudonym>().is_err());
}
