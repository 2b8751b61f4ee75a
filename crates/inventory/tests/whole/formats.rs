//! Every format, in one project; and the document that comes of it.

use std::path::Path;

use cofferdam_inventory::inventory::DocumentError;
use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Inventory, Root, scan};
use cofferdam_model::Timestamp;

fn project() -> Inventory {
    let root = Root {
        name: "project".to_owned(),
        path: Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/project"),
    };
    let at = Timestamp::parse_rfc3339("2026-03-24T12:00:00Z");
    scan(&[root], &Limits::default(), at)
}

/// Format 1 stays readable, and the same files give the same bytes.
#[test]
fn the_document_is_the_frozen_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/inventory-1.json");
    let frozen = std::fs::read_to_string(file).unwrap();
    assert_eq!(project().to_json(), frozen);
    assert_eq!(Inventory::from_json(&frozen).unwrap(), project());
}

#[test]
fn what_each_file_names() {
    let inventory = project();
    let told: Vec<_> = inventory
        .packages
        .iter()
        .flat_map(|item| {
            let folders = item.evidence.iter().map(|evidence| {
                let path = &evidence.place.path;
                path.split_once('/').map_or(path.as_str(), |(folder, _)| folder)
            });
            let folders: Vec<_> = folders.collect();
            [format!("{}: {}", item.package, folders.join(" "))]
        })
        .collect();
    let expected = [
        "based 1.0 (PyPI): python",
        "litellm 1.82.6 (PyPI): poetry",
        "litellm 1.82.7 (PyPI): uv",
        "litellm 1.82.8 (PyPI): env bills python",
        "own 0.1.0 (PyPI): uv",
        "ranged unknown version (>=2,<3) (PyPI): python",
        "unpinned unknown version (any version) (PyPI): python",
        "@scope/inner 3.0.0 (npm): npm1 npm3 pnpm5 pnpm6 pnpm9 yarn1",
        "left-pad 1.3.0 (npm): npm1 npm2 npm3 pnpm5 pnpm6 pnpm9 berry yarn1",
        "outer 2.0.0 (npm): npm1",
        "own unknown version (workspace:.) (npm): berry",
        "part 0.2.0 (npm): npm3",
        "own 0.1.0 (crates.io): rust",
        "semver 1.0.28 (crates.io): rust",
        "github.com/old/module v2.0.0+incompatible (Go): go",
        "golang.org/x/net v0.17.0 (Go): go",
        "libssl3 3.0.11-1~deb12u2 (Debian:12): bills",
        "libssl3 3.0.11-1~deb12u2+b1 (Debian:12): image",
        "tzdata 2024a-0+deb12u1 (Debian:12): image",
    ];
    assert_eq!(told, expected);
    let gaps: Vec<_> = inventory.gaps.iter().map(ToString::to_string).collect();
    let expected = [
        "bills/python.cdx.json: not resolved: by-hand: no package URL that can be read",
        "python/requirements/base.txt: line 2: not resolved: missing.txt: it is named elsewhere and is not there",
    ];
    assert_eq!(gaps, expected);
}

#[test]
fn a_document_that_was_edited_is_not_read() {
    let text = project().to_json();
    let not_canonical = Err(DocumentError::NotCanonical);
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Inventory::from_json(&text.replacen(from, to, 1))
    };
    assert_eq!(Inventory::from_json(text.trim_end()), not_canonical);
    assert_eq!(
        edited("\"name\":\"litellm\"", "\"name\":\"LiteLLM\""),
        not_canonical
    );
    assert_eq!(edited("\"name\":\"litellm\"", "\"name\":\"\""), not_canonical);
    assert_eq!(edited("\"name\":\"based\"", "\"name\":\"zebra\""), not_canonical);
    assert_eq!(edited("\"root\":0", "\"root\":7"), not_canonical);
    assert!(matches!(
        edited("\"version\":1,", "\"version\":2,"),
        Err(DocumentError::Other(_))
    ));
    assert!(matches!(
        edited("\"roots\"", "\"rots\""),
        Err(DocumentError::Malformed(_))
    ));
    assert!(matches!(
        edited("\"standing\":\"locked\"", "\"standing\":\"sure\""),
        Err(DocumentError::Malformed(_))
    ));
    assert!(matches!(
        Inventory::from_json(""),
        Err(DocumentError::Malformed(_))
    ));
}

#[test]
fn one_file_may_be_a_root() {
    let root = |name: &str| {
        Root::at(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("testdata/project")
                .join(name),
        )
    };
    let files = [
        "python/requirements.txt",
        "bills/python.cdx.json",
        "rust/Cargo.lock",
        "image/var/lib/dpkg/status",
    ];
    let inventory = scan(&files.map(root), &Limits::default(), None);
    assert_eq!(
        inventory
            .packages
            .iter()
            .filter(|item| item.package.name == "litellm")
            .count(),
        1
    );
    assert_eq!(inventory.sources.len(), 4);
    let gone = scan(&[root("not/there.txt")], &Limits::default(), None);
    assert_eq!((gone.gaps.len(), gone.packages.len()), (1, 0));
}
