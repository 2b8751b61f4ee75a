//! Walls: nobody reads on both sides of one within its cooling-off, and more of a wall never lets anybody in.

use cofferdam_model::wall::counts_from;
use cofferdam_model::*;
use proptest::prelude::*;

use crate::arbitrary::*;

/// Somebody would read of a lab, so many hours after the one before.
type Wish = (PrincipalId, LabId, i64);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    proptest::collection::vec((any_id(), (1u8..5).prop_map(id), 0i64..30), 1..40)
}

/// What is read of what is wished for: whatever no wall forbids, told as the gate tells it.
fn reads(walls: &Walls, wishes: &[Wish]) -> Vec<(PrincipalId, LabId, Timestamp)> {
    let (mut seen, mut now, mut done) = (Seen::default(), at(0), Vec::new());
    for (who, lab, hours) in wishes {
        now = now.plus_seconds(hours * 3_600);
        if keep_out(walls, &seen, *who, *lab, now).is_none() {
            seen.saw(*who, *lab, counts_from(now));
            done.push((*who, *lab, now));
        }
    }
    done
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nobody_reads_two_members_of_a_class_within_the_cooling_off(walls in any_walls(), wishes in wishes()) {
        let done = reads(&walls, &wishes);
        for (i, (who, lab, then)) in done.iter().enumerate() {
            for (_, other, later) in done[i..].iter().filter(|(w, other, _)| w == who && other != lab) {
                for (_, terms) in walls.iter() {
                    let apart = terms.members.contains_key(lab) && terms.members.contains_key(other);
                    let passed = then.plus_seconds(86_400 * i64::from(terms.cooling_off_days.in_days()));
                    prop_assert!(!apart || *later >= passed, "{} read {} and {}: {:?}", who, lab, other, done);
                }
            }
        }
    }

    #[test]
    fn whoever_has_seen_one_side_alone_is_never_kept_from_it(walls in any_walls(), wishes in wishes()) {
        let own: LabId = id(1);
        let wishes: Vec<Wish> = wishes.into_iter().filter(|(_, lab, _)| *lab == own).collect();
        prop_assert_eq!(reads(&walls, &wishes).len(), wishes.len());
    }

    #[test]
    fn a_wall_keeps_out_exactly_whom_it_ought_to_and_says_until_when(
        walls in any_walls(), seen in any_seen(), who in any_id(), lab in any_id(), now in any_time(),
    ) {
        let kept = keep_out(&walls, &seen, who, lab, now);
        prop_assert_eq!(kept.is_some(), walled(&walls, &seen, who, lab, now));
        if let Some(kept) = kept {
            let just_before = Timestamp::from_micros(kept.until.as_micros() - 1);
            prop_assert!(keep_out(&walls, &seen, who, lab, just_before).is_some());
            prop_assert_eq!(keep_out(&walls, &seen, who, lab, kept.until), None);
            prop_assert!(kept.seen != lab && seen.when(who, kept.seen).is_some());
        }
    }

    #[test]
    fn less_history_is_never_stricter_and_weaker_terms_are_known_as_such(
        walls in any_walls(), next in any_terms(), seen in any_seen(), forgotten in any::<prop::sample::Index>(),
        who in any_id(), lab in any_id(), now in any_time(),
    ) {
        let all: Vec<_> = seen.iter().collect();
        let mut less = Seen::default();
        for (i, (who, lab, from)) in all.iter().enumerate() {
            if i != forgotten.index(all.len()) {
                less.saw(*who, *lab, *from);
            }
        }
        let before = keep_out(&walls, &seen, who, lab, now).is_some();
        prop_assert!(before || keep_out(&walls, &less, who, lab, now).is_none());
        if let Some((wall, terms)) = walls.iter().next() {
            let mut changed = walls.clone();
            changed.put(wall, next.clone());
            let after = keep_out(&changed, &seen, who, lab, now).is_some();
            prop_assert!(!before || after || terms.weakened_by(&next), "{:?} to {:?}", terms, next);
            changed.lift(wall);
            prop_assert!(before || keep_out(&changed, &seen, who, lab, now).is_none());
        }
    }
}
