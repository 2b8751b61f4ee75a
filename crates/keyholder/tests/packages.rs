//! How many authors a lab trusts that runs this: fewer than 120 packages, ours among them.

use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn it_is_built_from_fewer_than_120_packages_and_not_from_a_database_or_age() {
    let mut tree = Command::new(env!("CARGO"));
    tree.args([
        "tree",
        "--locked",
        "--offline",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ]);
    tree.args(["--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    assert!(
        (40..120).contains(&packages.len()),
        "{}: {packages:?}",
        packages.len()
    );
    for unwanted in [
        "age ",
        "rusqlite ",
        "postgres ",
        "openssl",
        "ring ",
        "reqwest ",
        "axum ",
    ] {
        let found = packages.iter().find(|package| package.starts_with(unwanted));
        assert_eq!(found, None);
    }
}
