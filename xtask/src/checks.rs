//! `cargo xtask ci` and `cargo xtask deny`: what must hold before a change is taken.

use anyhow::Result;

use crate::run::{Cmd, notice, root, step};
use crate::{fuzz, generated, keyholder, layers, test, tools, web};

/// Every check, the quick ones first, then every test.
pub(crate) fn ci() -> Result<()> {
    step("format", || Cmd::cargo(&["fmt", "--all", "--check"]).run())?;
    step("format of the fuzz targets", || {
        Cmd::cargo(&["fmt", "--check"]).folder(root().join("fuzz")).run()
    })?;
    keyholder::look()?;
    // The binary carries the web application, so nothing compiles before it is built.
    step("web application", web::build)?;
    if web::exists(&web::folder()) {
        step("web lints", || web::script(&web::folder(), "lint"))?;
    }
    step("lock file and layers", layers::check)?;
    step("lock file of the fuzz targets", || {
        let lock = ["metadata", "--locked", "--format-version", "1"];
        Cmd::cargo(&lock).folder(root().join("fuzz")).output().map(|_| ())
    })?;
    deny()?;
    step("lints", || {
        Cmd::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ])
        .run()
    })?;
    keyholder::lints()?;
    test::build()?;
    fuzz::build_all()?;
    generated::check()?;
    test::test_and(test::Extent::All, || fuzz::fuzz(&fuzz::OF_CI.map(str::to_owned)))
}

/// What we depend on: bans, licences, sources; then advisories, whose database lies elsewhere.
pub(crate) fn deny() -> Result<()> {
    step("cargo-deny", tools::deny)?;
    step("bans, licences, sources", || {
        Cmd::cargo(&["deny", "--workspace", "check", "bans", "licenses", "sources"]).run()?;
        keyholder::deny(&["bans", "licenses", "sources"])
    })?;
    step("advisories", advisories)
}

fn advisories() -> Result<()> {
    let fetched = Cmd::cargo(&["deny", "--workspace", "fetch", "db"]).status()?;
    if !fetched.success() {
        notice("the advisory database cannot be reached: advisories are NOT checked");
        return Ok(());
    }
    Cmd::cargo(&["deny", "--workspace", "check", "advisories"]).run()?;
    keyholder::deny(&["advisories"])
}
