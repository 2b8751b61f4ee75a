//! What machines and projects say that they run: lock files, status files, bills of materials, and our own document.

#![no_main]

use cofferdam_fuzz::{choice, is_readable};
use cofferdam_inventory::inventory::SourceKind;
use cofferdam_inventory::package::{MAX_NAME, MAX_VERSION};
use cofferdam_inventory::reading::{MAX_FOUND, Reading};
use cofferdam_inventory::sbom::purl::Purl;
use cofferdam_inventory::{Ecosystem, Inventory, Package, Standing, Version, lock, sbom, scan};
use libfuzzer_sys::fuzz_target;

/// The parser that the first byte picks.
fn read(parser: u8, text: &str) -> Option<(SourceKind, Reading)> {
    Some(match parser {
        0 => (SourceKind::Requirements, lock::requirements::read(text).0),
        1 => (SourceKind::UvLock, lock::uv::read(text)),
        2 => (SourceKind::PoetryLock, lock::poetry::read(text)),
        3 => (SourceKind::PackageLock, lock::npm::read(text, Standing::Locked)),
        4 => (SourceKind::NodeModules, lock::npm::read_installed(text)),
        5 => (SourceKind::PnpmLock, lock::pnpm::read(text)),
        6 => (SourceKind::YarnLock, lock::yarn::read(text)),
        7 => (SourceKind::CargoLock, lock::cargo::read(text)),
        8 => (SourceKind::GoSum, lock::go::read(text)),
        9 => {
            let (os, status) = text.split_once('\0').unwrap_or(("", text));
            (
                SourceKind::DpkgStatus,
                scan::debian::read(status, &scan::debian::ecosystem(os)),
            )
        }
        10 => match sbom::read(text) {
            Ok((sbom::Bill::CycloneDx, reading)) => (SourceKind::CycloneDx, reading),
            Ok((sbom::Bill::Spdx, reading)) => (SourceKind::Spdx, reading),
            Err(reason) => {
                is_readable(&reason.to_string());
                return None;
            }
        },
        _ => return None,
    })
}

fn is_in_order(source: SourceKind, reading: Reading) {
    assert!(reading.found.len() <= MAX_FOUND);
    for found in &reading.found {
        let package = &found.package;
        assert!((1..=MAX_NAME).contains(&package.name.len()), "{package:?}");
        if let Version::Known(version) = &package.version {
            assert!((1..=MAX_VERSION).contains(&version.len()), "{package:?}");
        }
        is_readable(&package.to_string());
        let again = Package::new(package.ecosystem.clone(), &package.name, package.version.clone());
        assert_eq!(
            again.map(|again| again.name).as_ref(),
            Ok(&package.name),
            "a name has one form"
        );
        assert!(found.archives.is_sorted());
    }
    reading.gaps.iter().for_each(|gap| is_readable(&gap.to_string()));
    let inventory = Inventory::of_file("x", source, reading, None);
    let text = inventory.to_json();
    assert_eq!(
        Inventory::from_json(&text).as_ref(),
        Ok(&inventory),
        "what is written is read"
    );
}

fn document(text: &str) {
    match Inventory::from_json(text) {
        Ok(inventory) => assert_eq!(inventory.to_json(), text, "an inventory has one form"),
        Err(error) => is_readable(&error.to_string()),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = choice(data) else {
        return;
    };
    let _ = scan::pth::executed_lines(rest);
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    match first % 13 {
        11 => document(text),
        12 => {
            if let Some(url) = Purl::parse(text) {
                assert!(!url.name.is_empty() || text.contains('%'), "{url:?}");
                let ecosystem = url.ecosystem.to_string();
                assert_eq!(
                    Ecosystem::parse(&ecosystem),
                    url.ecosystem,
                    "an ecosystem is read as it is written"
                );
            }
        }
        parser => {
            if let Some((source, reading)) = read(parser, text) {
                is_in_order(source, reading);
            }
        }
    }
});
