//! Unpacked images and `node_modules`: what is installed, beside what is wanted.

use std::os::unix::fs::symlink;

use cofferdam_inventory::{Ecosystem, Inventory, Standing};

use crate::support::{install, litellm, outcome, scanned, write};

fn told(inventory: &Inventory) -> Vec<String> {
    let standing = |standing| match standing {
        Some(Standing::Installed) => "installed",
        Some(Standing::Locked) => "locked",
        _ => "otherwise",
    };
    let items = inventory.packages.iter();
    items
        .map(|item| format!("{}: {}", item.package, standing(item.standing())))
        .collect()
}

#[test]
fn node_modules_say_what_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let lock = r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0"}}}"#;
    write(folder.path(), "package-lock.json", lock);
    write(
        folder.path(),
        "node_modules/a/package.json",
        r#"{"name": "a", "version": "1.0.0"}"#,
    );
    write(
        folder.path(),
        "node_modules/a/test/package.json",
        r#"{"name": "no-package", "version": "9.0.0"}"#,
    );
    write(
        folder.path(),
        "node_modules/@s/c/package.json",
        r#"{"name": "@s/c", "version": "3.0.0"}"#,
    );
    let inventory = scanned(folder.path());
    let expected = [
        "@s/c 3.0.0 (npm): installed",
        "a 1.0.0 (npm): installed",
        "b 2.0.0 (npm): locked",
    ];
    assert_eq!(told(&inventory), expected);
    let hidden = lock.replace("2.0.0", "2.0.1");
    write(folder.path(), "node_modules/.package-lock.json", &hidden);
    let inventory = scanned(folder.path());
    let b: Vec<_> = inventory
        .named(&Ecosystem::Npm, "b")
        .map(|item| item.standing())
        .collect();
    assert_eq!(b, [Some(Standing::Locked), Some(Standing::Installed)]);
    assert_eq!(inventory.gaps, []);
}

#[test]
fn an_unpacked_image_is_read_as_a_machine_of_its_own() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    write(
        root,
        "usr/lib/os-release",
        "ID=ubuntu\nVERSION_ID=\"24.04\"\nVERSION=\"24.04.1 LTS (Noble Numbat)\"\n",
    );
    std::fs::create_dir_all(root.join("etc")).unwrap();
    symlink("../usr/lib/os-release", root.join("etc/os-release")).unwrap();
    symlink("usr/lib", root.join("lib")).unwrap();
    write(
        root,
        "var/lib/dpkg/status",
        "Package: curl\nStatus: install ok installed\nVersion: 8.5.0-2ubuntu10.1\n",
    );
    install(
        &root.join("usr/lib/python3/dist-packages"),
        "litellm",
        "1.82.8",
        &[("litellm_init.pth", "import os\n")],
    );
    // The same image, in which nothing was unpacked by name: a link to a folder of it is read once.
    let inventory = scanned(root);
    let expected = [
        "litellm 1.82.8 (PyPI): installed",
        "curl 8.5.0-2ubuntu10.1 (Ubuntu:24.04:LTS): installed",
    ];
    assert_eq!(told(&inventory), expected);
    assert_eq!((inventory.startup.len(), inventory.gaps.len()), (1, 0));
    assert_eq!(outcome(&inventory, &litellm()), "affected");
}
