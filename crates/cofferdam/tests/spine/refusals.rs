//! Every verb that cannot do what it is asked says so in one line, with an exit code and without a backtrace.

use cofferdam_custody::{Gate, Secrets, Setup};
use cofferdam_model::{CredentialKind, Env};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms};
use cofferdam_store::Options;
use std::path::Path;
use std::sync::Arc;

use crate::support::{Installation, Ran, arg, data, run};

/// An id of each kind that is written as one and names nothing.
const ENGAGEMENT: &str = "eng_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const CREDENTIAL: &str = "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const DELIVERY: &str = "dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const HALT: &str = "hlt_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Every verb that asks a server, as it would be asked.
fn asking(file: &str, dir: &str) -> Vec<Vec<String>> {
    let verbs: [&[&str]; 26] = [
        &["whoami"],
        &["lab", "add", "Wenham"],
        &["lab", "list"],
        &["lab", "recipients", "Wenham"],
        &["project", "add", "Wenham", "Pairs", "--template", "chat"],
        &["project", "list"],
        &["project", "show", "Pairs"],
        &["project", "guideline", "--engagement", ENGAGEMENT],
        &["person", "add", "Ada"],
        &["person", "list"],
        &["person", "invite", "Ada"],
        &["engage", "Pairs", "Ada", "--role", "author"],
        &["engage", "--steward", "Wenham", "Ada"],
        &["engage", "--end", ENGAGEMENT],
        &["token", "add", ENGAGEMENT, "--label", "x"],
        &["token", "list", ENGAGEMENT],
        &["token", "revoke", CREDENTIAL],
        &["import", file, "--engagement", ENGAGEMENT],
        &["deliver", "Pairs"],
        &["delivery", "list", "Wenham"],
        &["delivery", "accept", DELIVERY],
        &["ledger", "tail", "Wenham"],
        &["halt", "installation", "--reason", "drill"],
        &["halt", "list", "--all"],
        &["resume", HALT],
        &["exposure", "--credential", CREDENTIAL],
    ];
    let mut all: Vec<Vec<String>> = verbs
        .iter()
        .map(|v| v.iter().map(|a| (*a).to_owned()).collect())
        .collect();
    all.push(
        ["ledger", "export", "installation", dir]
            .map(str::to_owned)
            .to_vec(),
    );
    all.push(
        ["delivery", "fetch", DELIVERY, "--out", &format!("{dir}.age")]
            .map(str::to_owned)
            .to_vec(),
    );
    all.push(
        ["delivery", "return", DELIVERY, "--row", "1=no"]
            .map(str::to_owned)
            .to_vec(),
    );
    all
}

/// One line on standard error, nothing on standard output.
fn one_line(args: &[String], ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{args:?}: {}", ran.stderr);
    assert!(ran.stderr.starts_with("cofferdam: "), "{args:?}: {}", ran.stderr);
    assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
    assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    for forbidden in ["panicked", "backtrace", "Error {", "Some(", "None"] {
        assert!(!ran.stderr.contains(forbidden), "{args:?}: {}", ran.stderr);
    }
}

fn owned(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

#[test]
fn a_stopped_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = arg(&data("mt_bench/question.jsonl"));
    for mut args in asking(&file, &arg(&folder.path().join("x"))) {
        args.extend(owned(&["--server", "http://127.0.0.1:9", "--token", "cft_x"]));
        one_line(
            &args,
            &run(&args),
            1,
            "no server answers at http://127.0.0.1:9; start one with",
        );
    }
}

#[test]
fn a_token_that_is_none_has_expired_or_is_missing() {
    let mut expired = String::new();
    let at = Installation::start_with(|data| expired = expired_token(data));
    let file = arg(&data("mt_bench/question.jsonl"));
    let folder = arg(&at.beside("x"));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    for args in asking(&file, &folder) {
        for (token, said) in [
            ("cft_x", "was cut off when it was copied"),
            (expired.as_str(), "has expired"),
        ] {
            let mut args = args.clone();
            args.extend(owned(&["--server", &at.base, "--token", token]));
            one_line(&args, &run(&args), 1, said);
        }
        let mut args = args.clone();
        args.extend(owned(&["--server", &at.base]));
        one_line(
            &args,
            &run(&args),
            2,
            "no token: give --token, set COFFERDAM_TOKEN, or name the data folder",
        );
    }
}

/// A token that is good for a second.
fn expired_token(folder: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let policy = FixedPolicy {
            terms: LeaseTerms { micros: 60_000_000 },
            denied: Default::default(),
        };
        let keyholder =
            EmbeddedKeyholder::open(folder.join("keyholder"), Box::new(policy), Arc::new(SystemRandom));
        let setup = Setup {
            store: Options {
                folder: folder.to_owned(),
                readers: 1,
            },
            secrets: Secrets::open(folder, "cofferdam.local").unwrap(),
            keyholder: Arc::new(keyholder.unwrap()),
            env: Env::system(),
            node: "test".to_owned(),
        };
        let gate = Gate::open(setup).await.unwrap();
        let everybody = |r: &mut cofferdam_store::Reader<'_>| {
            let first = (String::new(), cofferdam_model::Id::from_bytes([0; 16]));
            cofferdam_store::principal::page(r, &first, 2)
        };
        let founder = gate.store().read(everybody).await.unwrap().remove(0).id;
        let issued = gate
            .issue_to_founder(founder, CredentialKind::Token, "short", 1)
            .await
            .unwrap();
        issued.secret.expose().to_owned()
    })
}

#[test]
fn something_that_is_not_there() {
    let at = Installation::start();
    let file = arg(&data("mt_bench/question.jsonl"));
    let absent: [(&[&str], &str); 16] = [
        (
            &["lab", "recipients", "Nobody"],
            "there is no lab called `Nobody`; `cofferdam lab list` shows",
        ),
        (
            &["project", "show", "Nothing"],
            "there is no project called `Nothing`",
        ),
        (
            &["project", "add", "Nobody", "x", "--template", "chat"],
            "there is no lab called",
        ),
        (
            &["person", "invite", "Nobody"],
            "there is no person or component called",
        ),
        (
            &["engage", "Nothing", "Nobody", "--role", "author"],
            "there is no project called",
        ),
        (&["engage", "--end", ENGAGEMENT], "there is no such engagement"),
        (
            &["token", "add", ENGAGEMENT, "--label", "x"],
            "there is no such engagement",
        ),
        (&["token", "list", ENGAGEMENT], "there is no such engagement"),
        (&["token", "revoke", CREDENTIAL], "there is no such credential"),
        (
            &["import", &file, "--engagement", ENGAGEMENT],
            "there is no such engagement",
        ),
        (&["deliver", "Nothing"], "there is no project called"),
        (&["delivery", "accept", DELIVERY], "there is no such delivery"),
        (&["ledger", "tail", "Nobody"], "there is no lab called"),
        (
            &["halt", "lab:Nobody", "--reason", "drill"],
            "there is no lab called",
        ),
        (&["resume", HALT], "there is no such halt"),
        (
            &["exposure", "--credential", CREDENTIAL],
            "there is no such credential",
        ),
    ];
    for (args, said) in absent {
        let args = at.with(args);
        one_line(&args, &run(&args), 1, said);
    }
}

#[test]
fn a_missing_folder_or_file() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (arg(&folder.path().join("missing")), arg(folder.path()));
    let cases: [(&[&str], &str); 16] = [
        (&["verify", &empty], "there is no exported log here"),
        (
            &["serve", "--data", &missing],
            "does not exist; `cofferdam init --data DIR` makes",
        ),
        (
            &["serve", "--data", &empty],
            "holds no installation (no cofferdam.toml); `cofferdam init",
        ),
        (&["doctor", "--data", &missing], "does not exist"),
        (&["doctor", "--data", &empty], "holds no installation"),
        (&["config", "check", "--data", &missing], "does not exist"),
        (&["config", "check", &empty], "holds no installation"),
        (
            &["verify", &missing],
            "is no folder; `cofferdam ledger export` writes one",
        ),
        (&["open", &missing, "--identity", &missing], "No such file"),
        (&["whoami", "--data", &missing], "does not exist"),
        (&["lab", "list", "--data", &empty], "holds no installation"),
        (&["import", &missing, "--token", "cft_x"], "No such file"),
        (&["import", &empty, "--token", "cft_x"], "is no file"),
        (&["demo", "--once", "--input", &missing], "No such file"),
        (&["identity", "new", &format!("{missing}/x")], "No such file"),
        (
            &[
                "project",
                "add",
                "x",
                "y",
                "--template",
                &missing,
                "--token",
                "cft_x",
            ],
            "no server answers",
        ),
    ];
    for (args, said) in cases {
        let args = owned(args);
        let ran = run(&args);
        if said == "no server answers" {
            assert!(
                ran.code > 0 && ran.stderr.lines().count() == 1,
                "{args:?}: {}",
                ran.stderr
            );
        } else {
            one_line(&args, &ran, 1, said);
        }
    }
}

#[test]
fn an_argument_that_is_wrong() {
    let verbs: [&[&str]; 34] = [
        &[],
        &["unknown"],
        &["init"],
        &["init", "--data", "/tmp/x", "--origin", "a b"],
        &["serve"],
        &["serve", "--data", "x", "--listen", "here"],
        &["demo", "--template", "chat"],
        &["demo", "--input", "x", "--template", "essay"],
        &["demo", "--input", "x", "--map", "prompt"],
        &["lab"],
        &["lab", "add"],
        &["project", "add", "Wenham"],
        &["person", "add"],
        &["engage"],
        &["engage", "Pairs", "Ada"],
        &["engage", "--steward", "Wenham"],
        &["engage", "--end", "eng_1"],
        &["token", "add", "eng_1", "--label", "x"],
        &["import"],
        &["import", "x", "--format", "xml"],
        &["deliver", "Pairs", "--format", "parquet"],
        &["delivery", "fetch", DELIVERY],
        &["delivery", "return", DELIVERY, "--row", "no"],
        &["open", "x"],
        &["verify"],
        &["ledger", "export", "installation"],
        &["halt", "installation", "--reason", "because"],
        &["halt"],
        &["halt", "installation"],
        &["halt", "installation", "--reason", "drill", "list"],
        &["token", "list", "eng_1"],
        &["resume", "hlt"],
        &["exposure", "--credential", CREDENTIAL, "--from", "yesterday"],
        &["completions", "dos"],
    ];
    for args in verbs {
        let args = owned(args);
        one_line(&args, &run(&args), 2, "");
    }
    let verbs = [
        "whoami", "doctor", "openapi", "identity", "config", "verify", "open", "halt", "resume", "ledger",
    ];
    for verb in verbs {
        let args = owned(&[verb, "--no-such-option"]);
        one_line(&args, &run(&args), 2, "");
    }
}
