//! Advisories: records, the order of versions, and archives of records.

#![no_main]

use std::cmp::Ordering;
use std::io::Cursor;

use cofferdam_fuzz::{choice, is_readable};
use cofferdam_inventory::advisory::order::Scheme;
use cofferdam_inventory::advisory::osv::{Bound, Range};
use cofferdam_inventory::advisory::range::contains;
use cofferdam_inventory::advisory::{Advisory, Verdict, group, judge, source};
use cofferdam_inventory::{Package, Version};
use libfuzzer_sys::fuzz_target;

/// The versions that a record names, and some that it may not.
fn versions(advisory: &Advisory) -> Vec<String> {
    let mut all = vec![
        "0".to_owned(),
        "1.82.8".to_owned(),
        "99.0.0".to_owned(),
        "not one".to_owned(),
    ];
    for affected in &advisory.affected {
        all.extend(affected.versions.iter().take(8).cloned());
        for range in affected.ranges.iter().take(4) {
            if let Range::Ecosystem(bounds) | Range::SemVer(bounds) = range {
                all.extend(bounds.iter().take(8).map(|bound| bound.version().to_owned()));
            }
        }
    }
    all.truncate(64);
    all
}

fn record(text: &str) {
    let advisory = match Advisory::parse(text, "x.json") {
        Ok(advisory) => advisory,
        Err(error) => return is_readable(&error.to_string()),
    };
    let events = group(vec![advisory.clone(), advisory.clone()]);
    assert_eq!(events.len(), 1, "two copies of one record are one");
    let event = &events[0];
    assert_eq!(event.id(), advisory.id);
    for affected in advisory.affected.iter().take(8) {
        let unknown = Version::Unknown("any".to_owned());
        let known = versions(&advisory).into_iter().map(Version::Known);
        for version in known.chain([unknown]) {
            let Ok(package) = Package::new(affected.ecosystem.clone(), &affected.name, version) else {
                continue;
            };
            let verdict = judge(&package, &advisory);
            if !advisory.is_withdrawn() {
                assert_eq!(verdict, event.judge(&package));
            }
            match verdict {
                Some(Verdict::Unknown(doubt)) => is_readable(&doubt.to_string()),
                Some(Verdict::Affected(grounds)) => is_readable(&grounds.to_string()),
                Some(Verdict::NotAffected) => {
                    let Version::Known(text) = &package.version else {
                        panic!("not affected in a version that is not known")
                    };
                    let listed = advisory
                        .affected
                        .iter()
                        .filter(|other| other.name == package.name && other.ecosystem == package.ecosystem);
                    assert!(
                        listed
                            .flat_map(|other| &other.versions)
                            .all(|version| version != text)
                    );
                }
                None => {}
            }
        }
    }
}

fn ordering(scheme: Scheme, text: &str) {
    let words: Vec<&str> = text.split('\n').take(6).collect();
    let read: Vec<_> = words.iter().filter_map(|word| scheme.parse(word)).collect();
    for one in &read {
        for other in &read {
            let order = one.compare(other).expect("two of one scheme");
            assert_eq!(other.compare(one), Some(order.reverse()));
            for third in &read {
                let next = other.compare(third).expect("two of one scheme");
                if order == Ordering::Less && next != Ordering::Greater {
                    assert_eq!(one.compare(third), Some(Ordering::Less), "{words:?}");
                }
            }
        }
    }
    if let [version, first, end, ..] = words[..] {
        let bounds = [Bound::Introduced(first.to_owned()), Bound::Fixed(end.to_owned())];
        let backwards = [bounds[1].clone(), bounds[0].clone()];
        let both = (
            contains(version, &bounds, scheme),
            contains(version, &backwards, scheme),
        );
        if let (Ok(one), Ok(other)) = both
            && one != other
        {
            let (first, end) = (
                scheme.parse(first).expect("read"),
                scheme.parse(end).expect("read"),
            );
            assert!(first.is_same(&end), "events are sorted: {words:?}");
        }
    }
}

fn archive(bytes: &[u8]) {
    let limits = source::Limits {
        record_bytes: 1 << 16,
        total_bytes: 1 << 20,
        records: 64,
        depth: 2,
    };
    let mut seen = 0;
    source::read_archive("x.zip", Cursor::new(bytes), &limits, &mut |record| {
        seen += 1;
        if let Err(error) = record.as_ref() {
            is_readable(&error.to_string());
        }
    });
    assert!(seen <= 65 + bytes.len());
}

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = choice(data) else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return archive(rest);
    };
    match first % 5 {
        0 => record(text),
        1 => ordering(Scheme::Pep440, text),
        2 => ordering(Scheme::SemVer, text),
        3 => ordering(Scheme::Debian, text),
        _ => archive(rest),
    }
});
