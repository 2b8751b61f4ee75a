//! How versions are ordered, and ranges of them: held against other tools and against a plain definition.

use std::cmp::Ordering;
use std::process::Command;

use cofferdam_inventory::advisory::debian::DebianVersion;
use cofferdam_inventory::advisory::order::Scheme;
use cofferdam_inventory::advisory::osv::Bound;
use cofferdam_inventory::advisory::range::contains;
use proptest::prelude::*;

fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop_oneof![Just(Scheme::Pep440), Just(Scheme::SemVer), Just(Scheme::Debian)]
}

/// A range of intervals between small numbers: (first, end, whether the end is still within).
fn intervals() -> impl Strategy<Value = Vec<(u32, u32, bool)>> {
    proptest::collection::btree_set(0_u32..60, 0..10).prop_flat_map(|points| {
        let pairs: Vec<_> = points.iter().copied().collect();
        let pairs: Vec<_> = pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let last = proptest::collection::vec(any::<bool>(), pairs.len());
        last.prop_map(move |last| {
            pairs
                .iter()
                .zip(last)
                .map(|((a, b), within)| (*a, *b, within))
                .collect()
        })
    })
}

fn written(scheme: Scheme, number: u32) -> String {
    match scheme {
        Scheme::Pep440 => format!("1.{number}"),
        Scheme::SemVer => format!("1.{number}.0"),
        Scheme::Debian => format!("1.{number}-1"),
    }
}

proptest! {
    #[test]
    fn no_version_makes_an_ordering_panic(scheme in any_scheme(), one in "\\PC{0,40}", other in "[0-9a-z.+~:v!-]{0,40}") {
        let (one, other) = (scheme.parse(&one), scheme.parse(&other));
        if let (Some(one), Some(other)) = (one, other) {
            let order = one.compare(&other).unwrap();
            prop_assert_eq!(other.compare(&one).unwrap(), order.reverse());
            prop_assert_eq!(one.compare(&one), Some(Ordering::Equal));
        }
    }

    #[test]
    fn orderings_are_transitive(scheme in any_scheme(), texts in proptest::collection::vec("[0-2](\\.[0-2a]){0,2}([~+-][0-1ab]{1,2}){0,2}", 3)) {
        let read: Vec<_> = texts.iter().filter_map(|text| scheme.parse(text)).collect();
        if let [a, b, c] = &read[..] {
            let before = |x: &_, y| cofferdam_inventory::advisory::order::Ordered::compare(x, y) == Some(Ordering::Less);
            prop_assert!(!(before(a, b) && before(b, c)) || before(a, c), "{:?}", texts);
        }
    }

    #[test]
    fn a_range_is_what_its_intervals_say(
        scheme in any_scheme(),
        intervals in intervals(),
        shift in 0_usize..20,
        asked in 0_u32..62,
        limit in proptest::option::of(0_u32..60),
    ) {
        prop_assume!(!intervals.is_empty());
        let mut bounds = Vec::new();
        for (first, end, within) in &intervals {
            bounds.push(Bound::Introduced(written(scheme, *first)));
            let end = written(scheme, *end);
            bounds.push(if *within { Bound::LastAffected(end) } else { Bound::Fixed(end) });
        }
        bounds.extend(limit.map(|limit| Bound::Limit(written(scheme, limit))));
        // They need not be sorted.
        let middle = shift % bounds.len();
        bounds.rotate_left(middle);
        let by_definition = intervals.iter().any(|(first, end, within)| {
            asked >= *first && (asked < *end || *within && asked == *end)
        }) && limit.is_none_or(|limit| asked < limit);
        prop_assert_eq!(contains(&written(scheme, asked), &bounds, scheme), Ok(by_definition));
    }

    #[test]
    fn any_range_is_read(scheme in any_scheme(), version in "\\PC{0,12}", bounds in proptest::collection::vec(("[0-9a-z.*-]{0,6}", 0_u8..4), 0..6)) {
        let bounds: Vec<_> = bounds.into_iter().map(|(text, kind)| match kind {
            0 => Bound::Introduced(text),
            1 => Bound::Fixed(text),
            2 => Bound::LastAffected(text),
            _ => Bound::Limit(text),
        }).collect();
        let _ = contains(&version, &bounds, scheme);
    }
}

/// dpkg itself is asked, where there is one.
#[test]
fn debian_versions_are_ordered_as_dpkg_does() {
    if Command::new("dpkg").arg("--version").output().is_err() {
        eprintln!("there is no dpkg here");
        return;
    }
    let parts = [
        "0",
        "1",
        "01",
        "1.0",
        "1.0~rc1",
        "1.0~~",
        "1.0a",
        "1.0+b1",
        "1.0-1",
        "1.0-1~bpo1",
        "1.0-1+b1",
        "1:0",
        "1.0.0",
        "1.a",
        "1.0-0",
        "2-0ubuntu1.1",
        "1.0-a",
        "1.0--1",
        "1.00009",
    ];
    let names = [
        (Ordering::Less, "lt"),
        (Ordering::Equal, "eq"),
        (Ordering::Greater, "gt"),
    ];
    for (at, one) in parts.iter().enumerate() {
        for other in &parts[at..] {
            let (read, read_other) = (
                DebianVersion::parse(one).unwrap(),
                DebianVersion::parse(other).unwrap(),
            );
            let order = read.cmp(&read_other);
            let (_, name) = names.iter().find(|(known, _)| *known == order).unwrap();
            let status = Command::new("dpkg")
                .args(["--compare-versions", one, name, other])
                .status()
                .unwrap();
            assert!(status.success(), "{one} is not {name} {other}");
        }
    }
}
