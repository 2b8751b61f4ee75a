//! `cargo xtask check-layers`: dependencies between our crates point one way.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::run::{Cmd, notice};

/// Our crates, lowest first. A crate may depend on those of rows above its own, never on one of its own row.
/// `cofferdam-testbed` and `xtask` stand first because they know nothing of the rest.
const LAYERS: &[&[&str]] = &[
    &["cofferdam-testbed"],
    &["cofferdam-model", "xtask"],
    &["cofferdam-seal", "cofferdam-inventory"],
    &["cofferdam-ledger"],
    &["cofferdam-archive", "cofferdam-store", "cofferdam-leases"],
    &["cofferdam-custody"],
    &["cofferdam-work", "cofferdam-gateway", "cofferdam-incident"],
    &["cofferdam-notify"],
    &["cofferdam-server"],
    &[
        "cofferdam",
        "cofferdam-keyholder",
        "cofferdam-bench",
        "cofferdam-soak",
    ],
];

/// Who may hold keys: the only crates that may depend on `cofferdam-seal`, tests aside.
const MAY_SEAL: &[&str] = &[
    "cofferdam-leases",
    "cofferdam-custody",
    "cofferdam",
    "cofferdam-keyholder",
    "cofferdam-bench",
    "cofferdam-soak",
];

/// Crates that know no database and no HTTP, and what they may therefore not even reach, tests aside.
const PURE: &[&str] = &[
    "cofferdam-model",
    "cofferdam-inventory",
    "cofferdam-seal",
    "cofferdam-ledger",
    "cofferdam-archive",
];
const IMPURE: &[&str] = &[
    "axum",
    "hyper",
    "libsqlite3-sys",
    "postgres",
    "reqwest",
    "rusqlite",
    "sqlx",
    "tokio",
    "tokio-postgres",
];

/// One dependency that one of our crates declares on another of ours.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    from: String,
    to: String,
    /// Whether it is for tests, examples and benchmarks only.
    dev: bool,
}

/// Fails with a list of every dependency that should not be.
pub(crate) fn check() -> Result<()> {
    let metadata = metadata()?;
    let members = members(&metadata)?;
    let arrows = arrows(&metadata, &members);
    let mut wrong = strangers(&members);
    wrong.extend(arrows.iter().filter_map(fault));
    wrong.extend(reached(&metadata)?);
    if wrong.is_empty() {
        eprintln!(
            "    {} crates, {} dependencies among them, all in order",
            members.len(),
            arrows.len()
        );
        return Ok(());
    }
    bail!("dependencies point the wrong way:\n  {}", wrong.join("\n  "))
}

/// What cargo knows of the workspace, for this platform. Needs the network only when crates were never fetched.
fn metadata() -> Result<Value> {
    let host = host()?;
    let cmd = Cmd::cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        &host,
    ]);
    let first = cmd.command().output().context("cargo cannot be started")?;
    let text = if first.status.success() {
        first.stdout
    } else {
        notice("fetching what Cargo.lock names");
        Cmd::cargo(&["fetch", "--locked", "--target", &host]).run()?;
        cmd.output()?
    };
    serde_json::from_slice(&text).context("`cargo metadata` printed no JSON")
}

/// This machine, as the compiler calls it.
pub(crate) fn host() -> Result<String> {
    let version = Cmd::new("rustc").args(&["-vV"]).output()?;
    let version = String::from_utf8_lossy(&version).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn packages(metadata: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let all = metadata["packages"].as_array().into_iter().flatten();
    all.filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?, package)))
}

/// The names of our crates.
fn members(metadata: &Value) -> Result<BTreeSet<String>> {
    let ids: BTreeSet<_> = strings(&metadata["workspace_members"]).collect();
    let names: BTreeSet<_> = packages(metadata)
        .filter(|(id, _, _)| ids.contains(id))
        .map(|(_, name, _)| name.to_owned())
        .collect();
    if names.len() != ids.len() || names.is_empty() {
        bail!("`cargo metadata` has changed its form: its members are not among its packages");
    }
    Ok(names)
}

/// Members that no layer was given to.
fn strangers(members: &BTreeSet<String>) -> Vec<String> {
    members
        .iter()
        .filter(|name| layer(name).is_none())
        .map(|name| format!("{name} has no layer: give it one in xtask/src/layers.rs and ARCHITECTURE.md"))
        .collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&name))
}

/// Every dependency among our crates, optional ones too.
fn arrows(metadata: &Value, members: &BTreeSet<String>) -> BTreeSet<Arrow> {
    let mut out = BTreeSet::new();
    for (_, name, package) in packages(metadata).filter(|(_, name, _)| members.contains(*name)) {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            if members.contains(to) {
                out.insert(Arrow {
                    from: name.to_owned(),
                    to: to.to_owned(),
                    dev: dependency["kind"] == "dev",
                });
            }
        }
    }
    out
}

/// What is wrong with an arrow, if anything is.
fn fault(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, dev } = arrow;
    let shown = format!("{from} -> {to}{}", if *dev { " (for tests)" } else { "" });
    let (above, below) = (layer(from)?, layer(to)?);
    if above < below {
        Some(format!("{shown}: {to} is the higher layer"))
    } else if above == below && from != to {
        Some(format!("{shown}: siblings do not know each other"))
    } else if to == "cofferdam-seal" && !dev && !MAY_SEAL.contains(&from.as_str()) {
        Some(format!("{shown}: only {} may hold keys", MAY_SEAL.join(", ")))
    } else {
        None
    }
}

/// The resolved graph without dependencies for tests: id to ids.
fn graph(metadata: &Value) -> BTreeMap<&str, Vec<&str>> {
    let used = |dep: &&Value| {
        let kinds = dep["dep_kinds"].as_array().into_iter().flatten();
        kinds.map(|kind| &kind["kind"]).any(|kind| kind != "dev")
    };
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    nodes
        .filter_map(|node| {
            let deps = node["deps"].as_array().into_iter().flatten().filter(used);
            Some((
                node["id"].as_str()?,
                deps.filter_map(|dep| dep["pkg"].as_str()).collect(),
            ))
        })
        .collect()
}

/// Paths from crates that are to be pure to what they may not reach.
fn reached(metadata: &Value) -> Result<Vec<String>> {
    let names: BTreeMap<_, _> = packages(metadata).map(|(id, name, _)| (id, name)).collect();
    let graph = graph(metadata);
    if graph.is_empty() {
        bail!("`cargo metadata` has changed its form: it resolves nothing");
    }
    let mut out = Vec::new();
    for (id, _) in names.iter().filter(|(_, name)| PURE.contains(name)) {
        let mut seen = BTreeSet::from([*id]);
        let mut paths = vec![vec![*id]];
        while let Some(path) = paths.pop() {
            let last = path.last().copied().unwrap_or_default();
            if names.get(last).is_some_and(|name| IMPURE.contains(name)) {
                let shown: Vec<_> = path.iter().filter_map(|id| names.get(id).copied()).collect();
                out.push(format!("{}: no database, no HTTP here", shown.join(" -> ")));
                continue;
            }
            for next in graph.get(last).into_iter().flatten() {
                if seen.insert(next) {
                    paths.push([&path[..], &[next]].concat());
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn arrow(from: &str, to: &str, dev: bool) -> Option<String> {
        let (from, to) = (from.to_owned(), to.to_owned());
        fault(&Arrow { from, to, dev })
    }

    #[test]
    fn arrows_point_up_the_list_only() {
        for (from, to) in [
            ("cofferdam-store", "cofferdam-model"),
            ("cofferdam-custody", "cofferdam-seal"),
            ("cofferdam-server", "cofferdam-work"),
            ("cofferdam", "cofferdam-seal"),
            ("cofferdam-keyholder", "cofferdam-seal"),
        ] {
            assert_eq!(arrow(from, to, false), None);
        }
        for (from, to) in [
            ("cofferdam-model", "cofferdam-ledger"),
            ("cofferdam-store", "cofferdam-custody"),
            ("cofferdam-work", "cofferdam-gateway"),
            ("cofferdam-work", "cofferdam-seal"),
            ("cofferdam-server", "cofferdam-seal"),
            ("cofferdam-ledger", "cofferdam-seal"),
            ("xtask", "cofferdam-model"),
        ] {
            assert!(arrow(from, to, false).is_some(), "{from} -> {to}");
        }
        assert_eq!(arrow("cofferdam-server", "cofferdam-seal", true), None);
        assert!(arrow("cofferdam-model", "cofferdam-seal", true).is_some());
    }

    fn sample(kind: &Value) -> Value {
        let dependency = |name: &str, kind: &str| json!({"name": name, "kind": kind});
        json!({
            "workspace_members": ["m", "w"],
            "packages": [
                {"id": "m", "name": "cofferdam-model", "dependencies": [dependency("hub", "normal")]},
                {"id": "w", "name": "cofferdam-work", "dependencies": [dependency("cofferdam-model", "dev")]},
                {"id": "h", "name": "hub", "dependencies": []},
                {"id": "t", "name": "tokio", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "m", "deps": [{"pkg": "h", "dep_kinds": [{"kind": null}]}]},
                {"id": "w", "deps": [{"pkg": "m", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "h", "deps": [{"pkg": "t", "dep_kinds": [{"kind": kind}]}]},
                {"id": "t", "deps": []},
            ]},
        })
    }

    #[test]
    fn what_is_reached_through_others_is_shown_with_its_path() {
        let found = reached(&sample(&Value::Null)).unwrap();
        assert_eq!(
            found,
            ["cofferdam-model -> hub -> tokio: no database, no HTTP here"]
        );
        assert!(reached(&sample(&json!("dev"))).unwrap().is_empty());
        assert!(reached(&json!({})).is_err());
    }

    #[test]
    fn arrows_are_read_from_what_crates_declare() {
        let metadata = sample(&Value::Null);
        let members = members(&metadata).unwrap();
        let found: Vec<_> = arrows(&metadata, &members).into_iter().collect();
        let (from, to) = ("cofferdam-work".into(), "cofferdam-model".into());
        assert_eq!(found, [Arrow { from, to, dev: true }]);
    }

    #[test]
    fn a_crate_without_a_layer_is_named() {
        let names = BTreeSet::from(["cofferdam-model".to_owned(), "cofferdam-novel".to_owned()]);
        let found = strangers(&names);
        assert!(
            found.len() == 1 && found[0].starts_with("cofferdam-novel has no layer"),
            "{found:?}"
        );
    }
}
