//! Matching: nobody is placed where they do not fit, and no other assignment is better.

use cofferdam_model::matching::{Able, Assignment, MOST_MISFIT, Seeker, Wanted, assign};
use proptest::prelude::*;
use proptest::sample::subsequence;

fn seekers(places: usize, most: usize) -> impl Strategy<Value = Vec<Seeker>> {
    let misfit = proptest::option::weighted(0.7, 0u8..=MOST_MISFIT);
    let seeker = (proptest::collection::vec(misfit, places), 0u8..=MOST_MISFIT);
    let seeker = seeker.prop_map(|(misfits, urgency)| Seeker { misfits, urgency });
    proptest::collection::vec(seeker, 0..=most)
}

fn cases(places: std::ops::Range<usize>, people: usize) -> impl Strategy<Value = (Vec<Seeker>, Vec<u32>)> {
    places.prop_flat_map(move |places| {
        (
            seekers(places, people),
            proptest::collection::vec(0u32..3, places),
        )
    })
}

/// How good an assignment is: first by how many have a place, then by what is lost.
fn worth(seekers: &[Seeker], places: &[Option<usize>]) -> (usize, std::cmp::Reverse<u64>) {
    let placed = places.iter().flatten().count();
    let lost = seekers.iter().zip(places).map(|(seeker, place)| match place {
        Some(place) => u64::from(seeker.misfits[*place].unwrap()),
        None => u64::from(seeker.urgency),
    });
    (placed, std::cmp::Reverse(lost.sum()))
}

fn best(
    seekers: &[Seeker],
    seats: &mut [u32],
    so_far: &mut Vec<Option<usize>>,
) -> (usize, std::cmp::Reverse<u64>) {
    let Some(seeker) = seekers.get(so_far.len()) else {
        return worth(seekers, so_far);
    };
    so_far.push(None);
    let mut found = best(seekers, seats, so_far);
    so_far.pop();
    for place in 0..seats.len() {
        if seats[place] > 0 && seeker.misfits[place].is_some() {
            seats[place] -= 1;
            so_far.push(Some(place));
            found = found.max(best(seekers, seats, so_far));
            so_far.pop();
            seats[place] += 1;
        }
    }
    found
}

fn holds(seekers: &[Seeker], seats: &[u32], found: &Assignment) {
    let mut taken = vec![0; seats.len()];
    let mut misfit = 0;
    for (seeker, place) in seekers.iter().zip(&found.places) {
        if let Some(place) = place {
            taken[*place] += 1;
            misfit += u64::from(seeker.misfits[*place].expect("placed where they do not fit"));
        }
    }
    assert!(
        taken.iter().zip(seats).all(|(taken, seats)| taken <= seats),
        "{taken:?}"
    );
    assert_eq!((found.places.len(), found.misfit), (seekers.len(), misfit));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_other_assignment_is_better((seekers, seats) in cases(1..5, 6)) {
        let found = assign(&seekers, &seats);
        holds(&seekers, &seats, &found);
        let best = best(&seekers, &mut seats.clone(), &mut Vec::new());
        prop_assert_eq!(worth(&seekers, &found.places), best, "{:?}", found);
    }

    #[test]
    fn who_comes_first_in_the_list_does_not_change_what_is_lost((seekers, seats) in cases(1..12, 40)) {
        let found = assign(&seekers, &seats);
        holds(&seekers, &seats, &found);
        let mut turned = seekers.clone();
        turned.reverse();
        let other = assign(&turned, &seats);
        prop_assert_eq!(worth(&seekers, &found.places), worth(&turned, &other.places));
    }

    #[test]
    fn more_skills_languages_and_hours_never_close_what_was_open(
        wanted in subsequence(vec!["code", "law", "maths"], 0..3), has in subsequence(vec!["code", "law", "maths"], 0..=3),
        in_any in subsequence(vec!["de", "en"], 0..=2), speaks in subsequence(vec!["de", "en"], 0..=2), asked in 0u32..40, hours in 0u32..40,
    ) {
        let set = |of: &[&str]| of.iter().map(|word| (*word).to_owned()).collect();
        let project = Wanted { skills: set(&wanted), languages: set(&in_any), hours: asked };
        let able = Able { skills: set(&has), languages: set(&speaks), hours };
        let fit = project.fits(&able);
        let ought = wanted.iter().all(|skill| has.contains(skill))
            && (in_any.is_empty() || in_any.iter().any(|language| speaks.contains(language))) && hours > 0;
        prop_assert_eq!(fit.is_some(), ought);
        if let Some(fit) = fit {
            prop_assert!(fit.misfit <= MOST_MISFIT && !fit.reasons.is_empty());
            let more = Able { hours: hours + 1, ..able };
            prop_assert!(project.fits(&more).unwrap().misfit <= fit.misfit);
        }
    }
}
