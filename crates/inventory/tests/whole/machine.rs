//! Real files: this repository's own lock files, and this machine's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use cofferdam_inventory::{Ecosystem, Version};

use crate::support::scanned;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn our_own_crates() {
    let file = repository().join("Cargo.lock");
    let text = std::fs::read_to_string(&file).unwrap();
    let inventory = scanned(&file);
    assert_eq!(inventory.gaps, []);
    assert_eq!(inventory.packages.len(), text.matches("[[package]]").count());
    let own = inventory
        .named(&Ecosystem::CratesIo, env!("CARGO_PKG_NAME"))
        .next()
        .unwrap();
    assert_eq!(
        own.package.version,
        Version::Known(env!("CARGO_PKG_VERSION").to_owned())
    );
}

#[test]
fn our_own_web_packages() {
    let file = repository().join("web/package-lock.json");
    let inventory = scanned(&file);
    assert_eq!(inventory.gaps, []);
    let lock: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    let mut expected: Vec<_> = packages
        .iter()
        .filter(|(path, _)| !path.is_empty())
        .map(|(path, entry)| {
            (
                path.rsplit("node_modules/").next().unwrap(),
                entry["version"].as_str().unwrap(),
            )
        })
        .collect();
    expected.sort_unstable();
    expected.dedup();
    let found = inventory.packages.iter().map(|item| match &item.package.version {
        Version::Known(version) => (item.package.name.as_str(), version.as_str()),
        Version::Unknown(why) => panic!("{why}"),
    });
    let mut found: Vec<_> = found.collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

/// As many packages as dpkg itself counts, where there is one, with the same versions and sources.
#[test]
fn this_machines_packages() {
    let status = Path::new("/var/lib/dpkg/status");
    let format = "${db:Status-Status}\\t${Package}\\t${Version}\\t${source:Package}\\t${source:Version}\\n";
    let Ok(output) = Command::new("dpkg-query").args(["-W", "-f", format]).output() else {
        eprintln!("there is no dpkg here");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let rows = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let mut expected: Vec<_> = rows
        .filter(|row| !matches!(row[0], "config-files" | "not-installed"))
        .map(|row| row[1..].iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
        .collect();
    expected.sort();
    expected.dedup();
    let inventory = scanned(status);
    let mut found: Vec<_> = inventory
        .packages
        .iter()
        .map(|item| {
            let package = &item.package;
            let version = package.version.to_string();
            let source = package.source.as_ref();
            let source_version = source.map_or_else(|| version.clone(), |source| source.version.clone());
            vec![
                package.name.clone(),
                version,
                package.known_as().to_owned(),
                source_version,
            ]
        })
        .collect();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(inventory.gaps, []);
}
