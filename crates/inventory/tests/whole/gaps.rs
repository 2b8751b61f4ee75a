//! What was not read is unknown, never clean.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use cofferdam_inventory::advisory::{Advisory, Doubt, Outcome, assess, group};
use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Inventory, Reason, Root, scan};

use crate::support::{install, litellm, outcome, scanned, write};

/// A clean package, so that something was read.
fn clean() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    install(&folder.path().join("site-packages"), "litellm", "1.82.6", &[]);
    assert_eq!(outcome(&scanned(folder.path()), &litellm()), "not affected");
    folder
}

fn reasons(inventory: &Inventory) -> Vec<(&str, &Reason)> {
    inventory
        .gaps
        .iter()
        .map(|gap| (gap.place.path.as_str(), &gap.reason))
        .collect()
}

#[test]
fn nothing_that_was_read_is_nothing_known() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = scanned(folder.path());
    let Outcome::Unknown { doubts, .. } = assess(&inventory, &litellm()).outcome else {
        panic!("an empty folder is no clean machine")
    };
    assert_eq!(doubts[0].doubt, Doubt::NotCovered("PyPI".into()));
    // A lock file of another ecosystem says nothing of this one; a folder with one does.
    write(
        folder.path(),
        "Cargo.lock",
        "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n",
    );
    assert_eq!(
        outcome(&scanned(&folder.path().join("Cargo.lock")), &litellm()),
        "unknown"
    );
    assert_eq!(outcome(&scanned(folder.path()), &litellm()), "not affected");
    assert_eq!(
        outcome(&scanned(&folder.path().join("gone")), &litellm()),
        "unknown"
    );
}

#[test]
fn gaps_of_another_ecosystem_hide_nothing() {
    let folder = clean();
    write(folder.path(), "Cargo.lock", "[[");
    let inventory = scanned(folder.path());
    assert!(matches!(
        reasons(&inventory)[..],
        [("Cargo.lock", Reason::Malformed { line: Some(1), .. })]
    ));
    assert_eq!(outcome(&inventory, &litellm()), "not affected");
    write(folder.path(), "uv.lock", "version = 1\n[[package]\n");
    assert_eq!(outcome(&scanned(folder.path()), &litellm()), "unknown");
}

#[test]
fn what_is_wanted_without_a_version_is_unknown() {
    let folder = clean();
    write(folder.path(), "requirements.txt", "litellm>=1\n");
    let inventory = scanned(folder.path());
    let Outcome::Unknown { doubts, gaps } = assess(&inventory, &litellm()).outcome else {
        panic!("an open requirement is no clean one")
    };
    assert_eq!((doubts.len(), gaps.len()), (3, 0));
}

/// No `go.sum` says with which Go a program is built.
#[test]
fn what_every_go_program_has_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "go.sum", "golang.org/x/net v0.17.0 h1:x\n");
    let record = |name: &str| {
        let text = format!(
            r#"{{"id": "GO-1", "modified": "2026-01-01T00:00:00Z", "affected": [{{"package": {{"ecosystem": "Go",
                "name": "{name}"}}, "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "0.1.0"}}]}}]}}]}}"#
        );
        group(vec![Advisory::parse(&text, "x").unwrap()]).remove(0)
    };
    let inventory = scanned(folder.path());
    assert_eq!(outcome(&inventory, &record("stdlib")), "unknown");
    assert_eq!(outcome(&inventory, &record("golang.org/x/net")), "not affected");
}

#[test]
fn links_out_of_the_root() {
    let folder = clean();
    let other = tempfile::tempdir().unwrap();
    install(&other.path().join("site-packages"), "litellm", "1.82.8", &[]);
    write(other.path(), "requirements.txt", "litellm==1.82.8\n");
    write(other.path(), "python3", "");
    // A program elsewhere is usual; a folder or a list of packages elsewhere is not known.
    symlink(other.path().join("python3"), folder.path().join("python3")).unwrap();
    assert_eq!(outcome(&scanned(folder.path()), &litellm()), "not affected");
    symlink(other.path(), folder.path().join("more")).unwrap();
    symlink(
        other.path().join("requirements.txt"),
        folder.path().join("requirements.txt"),
    )
    .unwrap();
    // Within the root: read once, at its own place. Itself, and nowhere: nothing.
    symlink("site-packages", folder.path().join("lib")).unwrap();
    symlink("itself", folder.path().join("itself")).unwrap();
    symlink("nowhere", folder.path().join("dangling")).unwrap();
    let inventory = scanned(folder.path());
    assert_eq!(inventory.packages.len(), 1);
    let outside = inventory
        .gaps
        .iter()
        .filter(|gap| matches!(gap.reason, Reason::OutsideRoot { .. }));
    assert_eq!((outside.count(), inventory.gaps.len()), (2, 2));
    assert_eq!(outcome(&inventory, &litellm()), "unknown");
}

#[test]
fn absolute_links_of_an_image_mean_the_image() {
    let image = clean();
    fs::create_dir_all(image.path().join("usr/share/doc")).unwrap();
    fs::create_dir_all(image.path().join("usr/share")).unwrap();
    if Path::new("/usr/share").is_dir() {
        symlink("/usr/share", image.path().join("share")).unwrap();
    }
    assert_eq!(outcome(&scanned(image.path()), &litellm()), "not affected");
}

#[test]
fn bounds_of_the_scan() {
    let folder = clean();
    write(folder.path(), "a/b/c/requirements.txt", "litellm==1.82.8\n");
    let root = [Root::at(folder.path())];
    let usual = Limits::default();
    let with = |limits: Limits| {
        let inventory = scan(&root, &limits, None);
        assert!(!inventory.gaps.is_empty());
        outcome(&inventory, &litellm())
    };
    assert_eq!(outcome(&scan(&root, &usual, None), &litellm()), "affected");
    assert_eq!(with(Limits { depth: 2, ..usual }), "unknown");
    assert_eq!(with(Limits { entries: 4, ..usual }), "unknown");
    assert_eq!(
        with(Limits {
            file_bytes: 10,
            ..usual
        }),
        "unknown"
    );
    let unchecked = scan(
        &root,
        &Limits {
            record_file_bytes: 0,
            ..usual
        },
        None,
    );
    let item = unchecked
        .packages
        .iter()
        .find(|item| item.evidence[0].record.is_some())
        .unwrap();
    let record = item.evidence[0].record.as_ref().unwrap();
    assert_eq!((record.matching, record.unchecked), (0, 2));
}

#[test]
fn what_may_not_be_read() {
    let folder = clean();
    let secret = folder.path().join("secret");
    fs::create_dir(&secret).unwrap();
    let lock = write(folder.path(), "poetry.lock", "x");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything.
    let refused = fs::read_dir(&secret).is_err();
    let inventory = scanned(folder.path());
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o700)).unwrap();
    if refused {
        assert_eq!(
            reasons(&inventory),
            [("poetry.lock", &Reason::Denied), ("secret", &Reason::Denied)]
        );
    }
    assert_eq!(outcome(&inventory, &litellm()), "unknown");
}

#[test]
fn what_is_no_text_has_a_line() {
    let folder = clean();
    fs::write(folder.path().join("requirements.txt"), b"a==1\n\xff\n").unwrap();
    let inventory = scanned(folder.path());
    assert!(matches!(
        reasons(&inventory)[..],
        [("requirements.txt", Reason::Malformed { line: Some(2), .. })]
    ));
}

#[test]
fn a_pipe_is_not_waited_for() {
    let folder = clean();
    crate::support::run(std::process::Command::new("mkfifo").arg(folder.path().join("requirements.txt")));
    write(folder.path(), "requirements/a.txt", "-r ../requirements.txt\n");
    let inventory = scanned(folder.path());
    assert_eq!(inventory.gaps.len(), 1);
}

/// Each beside a clean package, and each may hide another.
#[test]
fn what_may_hide_a_package_and_is_not_read() {
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().to_str().unwrap();
    let bill = |more: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
                {{"type": "library", "name": "a", "version": "1", "purl": "pkg:{more}}}]}}"#
        )
    };
    let incomplete = bill("pypi/a@1\"").replace(
        "\"components\"",
        "\"compositions\": [{\"aggregate\": \"incomplete\"}], \"components\"",
    );
    let cases = [
        ("Pipfile.lock", "{}".to_owned()),
        ("pylock.toml", "lock-version = \"1.0\"\n".to_owned()),
        ("app.pex", "PK".to_owned()),
        ("uv.lock", "version = 1\n".to_owned()),
        (
            "pyvenv.cfg",
            format!("home = {out}\ninclude-system-site-packages = true\n"),
        ),
        ("site-packages/more.pth", format!("{out}\n")),
        ("site-packages/unlisted/__init__.py", String::new()),
        ("bom.json", incomplete),
        ("sbom.json", bill("github/a/litellm@1\"")),
        ("x.cdx.json", bill("pypi/a@2\"")),
    ];
    for (path, text) in cases {
        let folder = clean();
        write(folder.path(), path, &text);
        let inventory = scanned(folder.path());
        assert_eq!(
            outcome(&inventory, &litellm()),
            "unknown",
            "{path}: {:?}",
            inventory.gaps
        );
    }
    // None of these hides anything.
    let cases = [
        (
            "pyvenv.cfg",
            format!("home = {out}\ninclude-system-site-packages = false\n"),
        ),
        ("site-packages/more.pth", "# nothing\nnot-there\n".to_owned()),
        ("x.cdx.json", bill("pypi/a@1\"")),
    ];
    for (path, text) in cases {
        let folder = clean();
        write(folder.path(), path, &text);
        let inventory = scanned(folder.path());
        assert_eq!(
            outcome(&inventory, &litellm()),
            "not affected",
            "{path}: {:?}",
            inventory.gaps
        );
    }
}

/// What is asked for draws in what nobody wrote down.
#[test]
fn what_is_asked_for_clears_only_what_it_names() {
    let asked = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "requirements.txt", text);
        outcome(&scanned(folder.path()), &litellm())
    };
    assert_eq!(asked(""), "unknown");
    assert_eq!(asked("requests==2.31.0\n"), "unknown");
    assert_eq!(asked("litellm==1.82.6\n"), "not affected");
    assert_eq!(asked("litellm==1.82.8\n"), "affected");
}
