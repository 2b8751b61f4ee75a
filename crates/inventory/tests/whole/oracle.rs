//! Any inventory and any event, against a plain definition of what may be said.

use cofferdam_inventory::advisory::{Advisory, assess, group};
use cofferdam_inventory::inventory::SourceKind;
use cofferdam_inventory::{Gap, Inventory, Place, Reason, lock};
use proptest::prelude::*;

use crate::support::outcome;

/// One record: versions that it lists, and a range between two versions (with an end that may be missing).
#[derive(Debug, Clone)]
struct Said {
    withdrawn: bool,
    listed: Vec<u8>,
    range: Option<(u8, Option<u8>)>,
}

impl Said {
    fn concerns(&self, version: u8) -> bool {
        let within = |(first, end): (u8, Option<u8>)| version >= first && end.is_none_or(|end| version < end);
        self.listed.contains(&version) || self.range.is_some_and(within)
    }

    fn record(&self, id: usize) -> Advisory {
        let listed: Vec<_> = self
            .listed
            .iter()
            .map(|version| format!("\"1.{version}\""))
            .collect();
        let events = self.range.map(|(first, end)| {
            let end = end
                .map(|end| format!(r#", {{"fixed": "1.{end}"}}"#))
                .unwrap_or_default();
            format!(r#"{{"type": "ECOSYSTEM", "events": [{{"introduced": "1.{first}"}}{end}]}}"#)
        });
        let withdrawn = if self.withdrawn {
            r#""withdrawn": "2026-03-25T00:00:00Z","#
        } else {
            ""
        };
        let text = format!(
            r#"{{"id": "R-{id}", "modified": "2026-03-25T00:00:00Z", {withdrawn} "aliases": ["EVENT"], "affected": [{{
                "package": {{"ecosystem": "PyPI", "name": "litellm"}}, "versions": [{}], "ranges": [{}]}}]}}"#,
            listed.join(","),
            events.unwrap_or_default()
        );
        Advisory::parse(&text, "test").unwrap()
    }
}

fn said() -> impl Strategy<Value = Said> {
    let range = proptest::option::of((0..20_u8, proptest::option::of(1..10_u8)));
    let listed = proptest::collection::vec(0..20_u8, 0..4);
    (any::<bool>(), listed, range)
        .prop_filter("a record says something", |(_, listed, range)| {
            !listed.is_empty() || range.is_some()
        })
        .prop_map(|(withdrawn, listed, range)| Said {
            withdrawn,
            listed,
            range: range.map(|(first, length)| (first, length.map(|length| first + length))),
        })
}

/// Requirements: of each line, the version if it is pinned.
fn lines() -> impl Strategy<Value = Vec<Option<u8>>> {
    proptest::collection::vec(proptest::option::weighted(0.8, 0..20_u8), 0..4)
}

proptest! {
    #[test]
    fn nothing_is_cleared_for_want_of_knowledge(
        records in proptest::collection::vec(said(), 1..4),
        lines in lines(),
        gap in proptest::option::of(prop_oneof![Just(None), Just(Some("PyPI")), Just(Some("npm"))]),
    ) {
        let requirement = |version: &Option<u8>| match version {
            Some(version) => format!("LiteLLM==1.{version}\n"),
            None => "litellm>=1\n".to_owned(),
        };
        let text: String = lines.iter().map(requirement).collect();
        let (reading, _) = lock::requirements::read(&text);
        let mut inventory = Inventory::of_file("x", SourceKind::Requirements, reading, None);
        inventory.gaps.extend(gap.map(|concerns| Gap {
            place: Place::default(),
            reason: Reason::Denied,
            concerns: concerns.map(str::to_owned),
        }));

        let in_force: Vec<_> = records.iter().filter(|said| !said.withdrawn).collect();
        let hit = lines.iter().flatten().any(|version| in_force.iter().any(|said| said.concerns(*version)));
        // What is asked for says nothing of what it draws in.
        let blind = lines.is_empty() || lines.contains(&None) || matches!(gap, Some(None | Some("PyPI")));
        let expected = match (in_force.is_empty(), hit, blind) {
            (true, ..) => "withdrawn",
            (false, true, _) => "affected",
            (false, false, true) => "unknown",
            (false, false, false) => "not affected",
        };
        let events = group(records.iter().enumerate().map(|(id, said)| said.record(id)).collect());
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(outcome(&inventory, &events[0]), expected);
        // What is written down and read back means the same.
        let again = Inventory::from_json(&inventory.to_json()).unwrap();
        prop_assert_eq!(assess(&again, &events[0]), assess(&inventory, &events[0]));
    }
}
