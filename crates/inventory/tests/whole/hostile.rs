//! What strangers may send: nothing panics, and nothing takes for ever.

use cofferdam_inventory::advisory::Advisory;
use cofferdam_inventory::package::Standing;
use cofferdam_inventory::reading::Reading;
use cofferdam_inventory::{Ecosystem, Inventory, lock, sbom, scan};
use proptest::prelude::*;

type Parser = fn(&str) -> Reading;

const PARSERS: [(&str, Parser); 10] = [
    ("Cargo.lock", lock::cargo::read),
    ("uv.lock", lock::uv::read),
    ("poetry.lock", lock::poetry::read),
    ("go.sum", lock::go::read),
    ("package-lock.json", |text| {
        lock::npm::read(text, Standing::Locked)
    }),
    ("package.json", lock::npm::read_installed),
    ("pnpm-lock.yaml", lock::pnpm::read),
    ("yarn.lock", lock::yarn::read),
    ("requirements.txt", |text| lock::requirements::read(text).0),
    ("status", |text| {
        scan::debian::read(text, &Ecosystem::Debian(None))
    }),
];

#[test]
fn deep_files_are_refused() {
    let deep = 100_000;
    let texts = [
        "[".repeat(deep),
        "{\"a\":".repeat(deep),
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("a{}", ".a".repeat(deep)),
        format!("[a{}]", ".a".repeat(deep)),
        format!("__metadata: {}", "{a: ".repeat(deep)),
        format!("__metadata:\n{}", "- ".repeat(deep)),
        format!("__metadata:\n{}", "? ".repeat(deep)),
        format!("__metadata: &a [{}]", "*a,".repeat(deep)),
        "a\\\n".repeat(deep),
        "x==1 --hash=sha256:".repeat(deep),
    ];
    for text in &texts {
        for (name, parse) in PARSERS {
            let reading = parse(text);
            assert!(reading.found.len() <= deep, "{name}");
        }
        assert!(sbom::read(text).is_err());
        assert!(Advisory::parse(text, "x").is_err());
        assert!(Inventory::from_json(text).is_err());
    }
}

#[test]
fn wide_files_are_bounded() {
    let many = 300_000;
    let lines = "x==1\n".repeat(many);
    let (reading, _) = lock::requirements::read(&lines);
    assert_eq!((reading.found.len(), reading.gaps.len()), (200_000, 1));
    let broken = "!\n".repeat(many);
    assert_eq!(lock::requirements::read(&broken).0.gaps.len(), 1_001);
    let name = "n".repeat(1_000);
    let reading = lock::go::read(&format!("{name} v1.0.0 h1:x\nok v{} h1:x\n", "1".repeat(300)));
    assert_eq!((reading.found.len(), reading.gaps.len()), (0, 2));
}

#[test]
fn names_that_nobody_sees_are_none() {
    let text = "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\\u200bb\": {\"version\": \"1.0.0\"},
        \"node_modules/c\": {\"version\": \"1\\u0007\"}, \"node_modules/\": {\"version\": \"1.0.0\"}}}";
    let reading = lock::npm::read(text, Standing::Locked);
    assert_eq!((reading.found.len(), reading.gaps.len()), (0, 3));
    // Nor is there an ecosystem of such a name.
    let bill = r#"{"spdxVersion": "SPDX-2.3", "packages": [{"name": "x", "externalRefs": [
        {"referenceType": "purl", "referenceLocator": "pkg:deb/debian/x@1?upstream=x&distro=debian-12%0C"}]}]}"#;
    let (_, reading) = sbom::read(bill).unwrap();
    assert_eq!((reading.found.len(), reading.gaps.len()), (0, 1));
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "[\\[\\]{}:=,\"'a@/.\\-_#\\\\ \n\t&*|>!%0-9v()é]{0,200}") {
        for (_, parse) in PARSERS {
            parse(&text);
        }
        let berry = format!("__metadata:\n  version: 8\n{text}");
        let _ = lock::yarn::read(&berry);
        let _ = lock::pnpm::read(&format!("lockfileVersion: '9.0'\npackages:\n  {text}"));
        let _ = sbom::read(&text);
        let _ = sbom::purl::Purl::parse(&format!("pkg:{text}"));
        let _ = scan::pth::executed_lines(text.as_bytes());
        let _ = scan::debian::ecosystem(&text);
    }
}
