//! `cargo xtask test`: sets up what the tests need, and runs them.

use anyhow::Result;

use crate::run::{Cmd, notice, step, unattended};
use crate::{e2e, tools, web};

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    All,
    /// Nothing that needs Debian packages or a browser, and no examples in documentation.
    Fast,
}

pub(crate) fn test(extent: Extent) -> Result<()> {
    if extent == Extent::All {
        step("Debian packages", tools::debian_packages)?;
    }
    step("web application", web::build)?;
    if web::exists(&web::folder()) {
        step("web packages", || web::install(&web::folder()))?;
        step("web types", || web::script(&web::folder(), "typecheck"))?;
        step("web tests", || web::script(&web::folder(), "test"))?;
    }
    build()?;
    step("tests", rust_tests)?;
    if extent == Extent::All {
        step("examples in documentation", || {
            Cmd::cargo(&["test", "--workspace", "--doc"]).run()
        })?;
        step("browser tests", e2e::browser)?;
    }
    Ok(())
}

/// Builds binaries and tests in one go: the same features as the tests have, so that the binary which the
/// end-to-end tests start is the one that this makes, and nothing is compiled twice.
pub(crate) fn build() -> Result<()> {
    step("build of binaries and tests", || {
        Cmd::cargo(&["build", "--workspace", "--bins", "--tests"]).run()
    })
}

fn rust_tests() -> Result<()> {
    if !tools::nextest() {
        notice("cargo-nextest is not installed: `cargo test` runs instead, without limits on time");
        return Cmd::cargo(&["test", "--workspace", "--lib", "--bins", "--tests"]).run();
    }
    let profile = if unattended() { "ci" } else { "default" };
    Cmd::cargo(&["nextest", "run", "--workspace", "--profile", profile]).run()
}
