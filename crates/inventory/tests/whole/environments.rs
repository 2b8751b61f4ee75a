//! Real virtual environments, with a harmless package of the shape that the event had.

use std::fs;
use std::process::Command;

use cofferdam_inventory::advisory::{Outcome, assess};
use cofferdam_inventory::inventory::{Recorded, SourceKind};
use cofferdam_inventory::{Inventory, Standing, Version};

use crate::support::{
    environment, environment_with_pip, install, installed, litellm, outcome, run, scanned, write,
};

/// Does nothing, and has the form of what ran at every start.
const STARTUP: &str = "import os\n";

fn versions(inventory: &Inventory, name: &str) -> Vec<String> {
    let named = inventory.packages.iter().filter(|item| item.package.name == name);
    named.map(|item| item.package.version.to_string()).collect()
}

#[test]
fn the_shape_of_1_82_8_is_found_by_package_and_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment(folder.path());
    let files = [("litellm/__init__.py", "x = 1\n"), ("litellm_init.pth", STARTUP)];
    install(&site, "litellm", "1.82.8", &files);
    let inventory = scanned(folder.path());
    assert_eq!(inventory.gaps, []);
    let assessment = assess(&inventory, &litellm());
    let Outcome::Affected { hits, doubts, gaps } = assessment.outcome else {
        panic!("{assessment:?}")
    };
    let records: Vec<_> = hits.iter().map(|hit| hit.record.as_str()).collect();
    assert_eq!(records, ["GHSA-5mg7-485q-xm76", "MAL-2026-2144", "PYSEC-2026-2"]);
    assert!(doubts.is_empty() && gaps.is_empty());

    let item = inventory
        .packages
        .iter()
        .find(|item| item.package.name == "litellm")
        .unwrap();
    let [evidence] = &item.evidence[..] else {
        panic!("{item:?}")
    };
    assert_eq!(
        (evidence.standing, evidence.source),
        (Standing::Installed, SourceKind::DistInfo)
    );
    let record = evidence.record.as_ref().unwrap();
    assert_eq!(
        (
            record.matching,
            record.differing,
            record.missing,
            record.unchecked
        ),
        (3, 0, 0, 1)
    );

    let startup = inventory
        .startup
        .iter()
        .find(|file| file.place.path.ends_with("/litellm_init.pth"))
        .unwrap();
    assert_eq!((startup.bytes, startup.executed), (STARTUP.len() as u64, 1));
    let owners: Vec<_> = startup
        .owners
        .iter()
        .map(|owner| (owner.package.as_str(), owner.state))
        .collect();
    assert_eq!(owners, [("litellm 1.82.8", Recorded::Matching)]);
}

#[test]
fn what_was_changed_after_it_was_installed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment(folder.path());
    let files = [("own/a.py", "a\n"), ("own/b.py", "b\n"), ("own.pth", STARTUP)];
    install(&site, "own", "1.0", &files);
    write(&site, "own/a.py", "changed\n");
    fs::remove_file(site.join("own/b.py")).unwrap();
    write(&site, "own.pth", "import sys\n");
    write(&site, "nobodys.pth", "/opt/lib\nimport sys\n");
    write(&site, "harmless.pth", "/opt/lib\n# import sys\n");
    write(
        &site,
        "sitecustomize.py",
        "# at every start\n\nimport sys\nsys.path = []\n",
    );
    write(&site, "usercustomize/__init__.py", "import os\n");
    write(&site, "own/sitecustomize.py", "import os\n");
    write(folder.path(), "lib/python3.11/sitecustomize.py", "import os\n");
    let inventory = scanned(folder.path());
    let item = inventory
        .packages
        .iter()
        .find(|item| item.package.name == "own")
        .unwrap();
    let record = item.evidence[0].record.as_ref().unwrap();
    assert_eq!((record.matching, record.differing, record.missing), (1, 2, 1));
    assert_eq!(record.named, ["own/a.py", "own/b.py", "own.pth"]);
    let owners = |name: &str| {
        let found = inventory
            .startup
            .iter()
            .find(|file| file.place.path.ends_with(name));
        found.map(|file| file.owners.iter().map(|owner| owner.state).collect::<Vec<_>>())
    };
    assert_eq!(owners("/own.pth"), Some(vec![Recorded::Differing]));
    assert_eq!(owners("/nobodys.pth"), Some(vec![]));
    assert_eq!(owners("/harmless.pth"), None);
    // Modules that the interpreter imports by itself, where it looks for them.
    assert_eq!(owners("site-packages/sitecustomize.py"), Some(vec![]));
    assert_eq!(owners("/usercustomize/__init__.py"), Some(vec![]));
    assert_eq!(owners("python3.11/sitecustomize.py"), Some(vec![]));
    assert_eq!(owners("own/sitecustomize.py"), None);
    let mut all = inventory.startup.iter();
    let lines = all.find(|file| file.place.path.ends_with("site-packages/sitecustomize.py"));
    assert_eq!(lines.unwrap().executed, 2);
}

/// The true releases, without what they depend on; where no index is reached, their shape.
#[test]
fn releases_before_and_after_find_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment_with_pip(folder.path());
    for version in ["1.82.6", "1.83.0"] {
        if !installed(folder.path(), &["--no-deps", &format!("litellm=={version}")]) {
            let _ = fs::remove_dir_all(site.join("litellm-1.82.6.dist-info"));
            install(&site, "litellm", version, &[("litellm/__init__.py", "x = 1\n")]);
        }
        let inventory = scanned(folder.path());
        assert_eq!(versions(&inventory, "litellm"), [version]);
        let mut items = inventory.packages.iter();
        let item = items.find(|item| item.package.name == "litellm").unwrap();
        let record = item.evidence[0].record.as_ref().unwrap();
        assert!(
            record.matching > 0 && record.differing == 0 && record.missing == 0,
            "{record:?}"
        );
        let mut startup = inventory.startup.iter();
        assert!(!startup.any(|file| file.place.path.contains("litellm")));
        let assessment = assess(&inventory, &litellm());
        assert_eq!(
            assessment.outcome,
            Outcome::NotAffected { cleared: 3 },
            "{version}"
        );
    }
}

#[test]
fn packages_in_development_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment(&folder.path().join("env"));
    let source = folder.path().join("source");
    write(
        &source,
        "litellm.egg-info/PKG-INFO",
        "Name: litellm\nVersion: 1.82.7\n",
    );
    write(&site, "litellm.egg-link", &format!("{}\n.\n", source.display()));
    write(&site, "elsewhere.egg-link", "/nowhere/at/all\n.\n");
    write(
        &site,
        "__editable__.edited-2.0.pth",
        "import __editable___edited_2_0_finder\n",
    );
    write(
        &site,
        "old_style-3.0-py3.11.egg-info",
        "Metadata-Version: 1.1\nName: old-style\nVersion: 3.0\n",
    );
    write(
        &site,
        "egg-1.0-py3.11.egg/EGG-INFO/PKG-INFO",
        "Name: egg\nVersion: 1.0\n",
    );
    let inventory = scanned(folder.path());
    assert_eq!(versions(&inventory, "litellm"), ["1.82.7"]);
    assert_eq!(versions(&inventory, "edited"), ["2.0"]);
    assert_eq!(versions(&inventory, "old-style"), ["3.0"]);
    assert_eq!(versions(&inventory, "egg"), ["1.0"]);
    assert_eq!(
        versions(&inventory, "elsewhere"),
        ["unknown version (it is used from /nowhere/at/all)"]
    );
    assert_eq!(outcome(&inventory, &litellm()), "affected");
}

#[test]
fn a_folder_and_metadata_that_disagree_are_both_taken() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment(folder.path());
    write(
        &site,
        "litellm-1.82.8.dist-info/METADATA",
        "Name: litellm\nVersion: 1.82.6\n",
    );
    write(&site, "nameless-1.0.dist-info/RECORD", "");
    let inventory = scanned(folder.path());
    assert_eq!(versions(&inventory, "litellm"), ["1.82.6", "1.82.8"]);
    assert_eq!(versions(&inventory, "nameless"), ["1.0"]);
    assert_eq!(inventory.gaps.len(), 2);
    assert_eq!(outcome(&inventory, &litellm()), "affected");
}

#[test]
fn pip_itself_installs_what_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let site = environment_with_pip(&folder.path().join("env"));
    // A wheel is an archive of just this shape; pip installs it without an index.
    let wheel = folder.path().join("litellm-1.82.8-py3-none-any.whl");
    let info = "litellm-1.82.8.dist-info";
    let python = format!(
        "import zipfile\nz = zipfile.ZipFile({wheel:?}, 'w')\n\
         z.writestr('litellm_init.pth', 'import os\\n')\n\
         z.writestr('{info}/METADATA', 'Metadata-Version: 2.1\\nName: litellm\\nVersion: 1.82.8\\n')\n\
         z.writestr('{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n\
         z.writestr('{info}/RECORD', 'litellm_init.pth,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')\n\
         z.close()\n"
    );
    run(Command::new("python3").args(["-c", &python]));
    run(Command::new(folder.path().join("env/bin/pip"))
        .args(["install", "--no-deps", "--no-index"])
        .arg(&wheel));
    let inventory = scanned(&site);
    let item = inventory
        .packages
        .iter()
        .find(|item| item.package.name == "litellm")
        .unwrap();
    assert_eq!(item.package.version, Version::Known("1.82.8".to_owned()));
    // From a file, pip notes which: the archive's own hash comes with it.
    let hash = cofferdam_inventory::Sha256::of(&fs::read(&wheel).unwrap());
    assert_eq!(item.evidence[0].archives, [hash]);
    let startup = inventory
        .startup
        .iter()
        .find(|file| file.place.path == "litellm_init.pth")
        .unwrap();
    assert_eq!(startup.owners[0].package, "litellm 1.82.8");
    assert_eq!(outcome(&inventory, &litellm()), "affected");
}
