//! `cargo xtask test`: sets up what the tests need, and runs them.

use anyhow::{Result, anyhow};
use cofferdam_testbed::{DATABASE, SERVER, Server};

use crate::run::{Cmd, notice, step, unattended};
use crate::{e2e, keyholder, tools, web};

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    All,
    /// Nothing that needs Debian packages or a browser, and no examples in documentation.
    Fast,
}

pub(crate) fn test(extent: Extent) -> Result<()> {
    test_and(extent, || Ok(()))
}

/// The same, and `more` beside the browser.
pub(crate) fn test_and(extent: Extent, more: impl FnOnce() -> Result<()>) -> Result<()> {
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
    let server = step("a PostgreSQL server in a temporary folder", Server::start)?;
    step("tests", || run(&[], &[(SERVER, &server.url())]))?;
    if extent == Extent::Fast {
        keyholder::test()?;
        return on_postgres(&server);
    }
    // A browser waits more than it works: what else there is to do is done beside it.
    std::thread::scope(|scope| {
        let browser = scope.spawn(|| step("browser tests", e2e::browser));
        let beside = on_postgres(&server).and_then(|()| keyholder::test());
        let beside = beside.and_then(|()| more());
        let beside = beside.and_then(|()| {
            step("examples in documentation", || {
                Cmd::cargo(&["test", "--workspace", "--doc"]).run()
            })
        });
        let browser = browser
            .join()
            .map_err(|_| anyhow!("the browser tests panicked"))?;
        beside.and(browser)
    })
}

/// Builds binaries and tests in one go: the same features as the tests have, so that the binary which the
/// end-to-end tests start is the one that this makes, and nothing is compiled twice.
pub(crate) fn build() -> Result<()> {
    step("build of binaries and tests", || {
        Cmd::cargo(&["build", "--workspace", "--bins", "--tests"]).run()
    })?;
    keyholder::build()
}

/// Suites that work on either database, without what needs none or chooses its own. As a filter over the whole
/// workspace: packages named by themselves want fewer features of what they depend on, which is then built again.
const ON_EITHER: &str = "(package(cofferdam-custody) + package(cofferdam-work) + package(cofferdam)) & kind(test) \
                         - binary(compile_fail) - binary(power) - test(/^only_(sqlite|postgres)::/)";

/// Whatever works on either database, on a server; the suites before are on files, the store's on a server of their own too.
fn on_postgres(server: &Server) -> Result<()> {
    step("tests on PostgreSQL", || {
        run(
            &["-E", ON_EITHER],
            &[(SERVER, &server.url()), (DATABASE, "postgres")],
        )
    })
}

fn run(filter: &[&str], vars: &[(&str, &str)]) -> Result<()> {
    let cmd = if tools::nextest() {
        let profile = if unattended() { "ci" } else { "default" };
        Cmd::cargo(&["nextest", "run", "--workspace", "--profile", profile]).args(filter)
    } else {
        notice("cargo-nextest is not installed: `cargo test` runs instead, without limits on time");
        Cmd::cargo(&["test", "--workspace", "--lib", "--bins", "--tests"])
    };
    vars.iter()
        .fold(cmd, |cmd, (name, value)| cmd.var(name, value))
        .run()
}
