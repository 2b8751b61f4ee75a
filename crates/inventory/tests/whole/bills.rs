//! Bills of materials by another tool, of an environment that we scan ourselves.

use std::collections::BTreeSet;
use std::process::Command;

use cofferdam_inventory::{Inventory, Standing};

use crate::support::{environment_with_pip, install, installed, litellm, outcome, run, scanned};

fn packages(inventory: &Inventory) -> BTreeSet<String> {
    inventory
        .packages
        .iter()
        .map(|item| item.package.to_string())
        .collect()
}

/// PyPI's `cyclonedx-bom` describes an environment, with itself and all that it needs in it; so do we.
#[test]
fn cyclonedx_bom_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let env = folder.path().join("env");
    let site = environment_with_pip(&env);
    if !installed(&env, &["cyclonedx-bom>=7,<8"]) {
        return;
    }
    install(&site, "litellm", "1.82.8", &[("litellm/__init__.py", "")]);
    let ours = scanned(&env);
    for version in ["1.4", "1.5", "1.6"] {
        let bill = folder.path().join(format!("{version}.cdx.json"));
        run(Command::new(env.join("bin/cyclonedx-py"))
            .args(["environment", "--of", "JSON", "--spec-version", version, "-o"])
            .arg(&bill)
            .arg(&env));
        let theirs = scanned(&bill);
        assert_eq!(theirs.gaps, []);
        assert_eq!(packages(&theirs), packages(&ours), "{version}");
        let all = theirs.packages.iter().flat_map(|item| &item.evidence);
        assert!(
            all.into_iter()
                .all(|evidence| evidence.standing == Standing::Reported)
        );
        assert_eq!(outcome(&theirs, &litellm()), "affected");
    }
}
