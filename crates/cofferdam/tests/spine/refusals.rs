//! Every verb that cannot do what it is asked says so in one line, with an exit code and without a backtrace.

use cofferdam_custody::{Gate, Secrets, Setup};
use cofferdam_model::{CredentialKind, Env};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::Options;
use cofferdam_testbed::Place;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::support::{Installation, Ran, arg, command, data, run};

/// An id of each kind that is written as one and names nothing.
const ENGAGEMENT: &str = "eng_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const CREDENTIAL: &str = "crd_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const DELIVERY: &str = "dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const HALT: &str = "hlt_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Every verb that asks a server, as it would be asked.
fn asking(file: &str, dir: &str) -> Vec<Vec<String>> {
    let verbs: [&[&str]; 27] = [
        &["whoami"],
        &["find", HALT],
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
    let at = Installation::start_with(|data, place| expired = expired_token(data, place));
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
fn expired_token(folder: &Path, place: &Place) -> String {
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
                database: place.database().parse().unwrap(),
                readers: 1,
            },
            secrets: Secrets::open(folder, "cofferdam.local").unwrap(),
            keyholder: Arc::new(keyholder.unwrap()),
            lab_keyholders: Arc::new(NoLabKeyholders),
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
fn what_is_no_scope_or_no_number_is_told_with_what_would_be_one() {
    let at = Installation::start();
    let number = "a whole number from 1 up is needed";
    let cases: [(&[&str], &str); 7] = [
        (
            &["person", "invite", "Ada", "--minutes", "99999999999999999999"],
            "that number is out of range",
        ),
        (
            &["halt", "nope", "--reason", "drill"],
            "there is no scope `nope`: the scopes are installation, lab:, project:, person:, component:, engagement: and \
             credential:, and behind the colon goes a name or an id",
        ),
        (
            &["halt", "engagement:Ada", "--reason", "drill"],
            "`Ada` is not an engagement id",
        ),
        (
            &[
                "project",
                "add",
                "Wenham",
                "x",
                "--template",
                "chat",
                "--overlap",
                "-1",
            ],
            number,
        ),
        (
            &[
                "project",
                "add",
                "Wenham",
                "x",
                "--template",
                "chat",
                "--overlap",
                "0",
            ],
            number,
        ),
        (
            &[
                "project",
                "add",
                "Wenham",
                "x",
                "--template",
                "chat",
                "--lease-seconds",
                "-1",
            ],
            number,
        ),
        (&["person", "invite", "Ada", "--minutes", "-1"], number),
    ];
    for (args, said) in cases {
        let args = at.with(args);
        let ran = run(&args);
        one_line(&args, &ran, 2, said);
        assert!(!ran.stderr.contains("-- -1"), "{}", ran.stderr);
    }
}

#[test]
fn a_missing_folder_or_file() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (arg(&folder.path().join("missing")), arg(folder.path()));
    let cases: [(&[&str], &str); 16] = [
        (&["verify", &empty], "holds no exported ledger"),
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
        (
            &["config", "check", "--data", &missing],
            "does not exist; name a configuration file, or a data folder",
        ),
        (&["config", "check", &empty], "holds no installation"),
        (
            &["verify", &missing],
            "is no folder; `cofferdam ledger export` writes one",
        ),
        (
            &["open", &missing, "--identity", &missing],
            "missing does not exist; look at the path",
        ),
        (&["whoami", "--data", &missing], "does not exist"),
        (&["lab", "list", "--data", &empty], "holds no installation"),
        (
            &["import", &missing, "--token", "cft_x"],
            "missing does not exist; look at the path",
        ),
        (
            &["import", &empty, "--token", "cft_x"],
            "is a folder; name a file",
        ),
        (
            &["demo", "--once", "--input", &missing],
            "missing does not exist; look at the path",
        ),
        (
            &["identity", "new", &format!("{missing}/x")],
            &format!("there is no folder {missing}; make it first"),
        ),
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
        let told = &ran.stderr;
        match said {
            "no server answers" => assert!(ran.code > 0 && told.lines().count() == 1, "{args:?}: {told}"),
            said => one_line(&args, &ran, 1, said),
        }
    }
}

#[test]
fn a_file_that_is_not_what_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| arg(&folder.path().join(name));
    let (dir, text, bytes, identity) = (arg(folder.path()), path("text"), path("bytes"), path("identity"));
    fs::write(&text, "words\n").unwrap();
    fs::write(&bytes, [0xFF, 0xFE, 0xFD]).unwrap();
    assert_eq!(run(&["identity", "new", &identity]).code, 0);
    let (inside, long) = (format!("{text}/x"), path(&"x".repeat(300)));
    let cases: [(&[&str], &str); 13] = [
        (
            &["verify", &dir],
            "holds no exported ledger; `cofferdam ledger export` writes one",
        ),
        (&["open", &dir, "-i", &identity], "is a folder; name a file"),
        (&["open", &text, "-i", &dir], "is a folder; name a file"),
        (&["open", &text, "-i", &bytes], "is not text in UTF-8"),
        (
            &["open", &text, "-i", &text],
            "give the line that begins with AGE-SECRET-KEY-1",
        ),
        (
            &["open", &text, "-i", &identity],
            "name the delivery's own file, or fetch it again",
        ),
        (
            &["open", &text, "-i", &identity, "--manifest", &text],
            "is no manifest of a delivery: ",
        ),
        (
            &["import", &inside, "--token", "cft_x"],
            "a part of this path is a file, not a folder",
        ),
        (
            &["import", &long, "--token", "cft_x"],
            "is too long a name; take a shorter one",
        ),
        (
            &["identity", "new", "/proc/x"],
            "/proc/x cannot be made there; name another place",
        ),
        (&["identity", "new", &identity], "exists already; name a new file"),
        (
            &["init", "--data", &text],
            "is a file; name a folder that is new or empty",
        ),
        (
            &["init", "--data", &dir],
            "is not empty; name a folder that is new or empty",
        ),
    ];
    for (args, said) in cases {
        let args = owned(args);
        one_line(&args, &run(&args), 1, said);
    }
}

#[test]
fn a_template_that_is_none() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    let args = at.with(&["project", "add", "Wenham", "Pairs", "--template", "nosuch"]);
    let said = "--template nosuch: no built-in template, and there is no file of that name; built in are \
                pairwise-preference, ranking, rubric, chat, classification, spans and freeform, and a path to a file with a template document may be given";
    one_line(&args, &run(&args), 2, said);
}

#[test]
fn a_guideline_that_is_no_file_of_text() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["project", "add", "Wenham", "Talk", "--template", "chat"]);
    at.ask(&["person", "add", "Script", "--component"]);
    let (_, token) = at.seat(
        "Talk",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    fs::write(at.beside("bytes"), [0xFF, 0xFE, 0xFD]).unwrap();
    for (name, said) in [
        ("missing", "does not exist; look at the path"),
        ("", "is a folder; name a file"),
        ("bytes", "is not text in UTF-8; convert it"),
    ] {
        let file = arg(&at.beside(name));
        let args = [
            "project",
            "guideline",
            "--set",
            &file,
            "--server",
            &at.base,
            "--token",
            &token,
        ];
        one_line(&owned(&args), &run(&args), 1, said);
    }
}

#[test]
fn a_full_disk_behind_standard_output() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = command(&["openapi"]).stdout(full).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&ran.stderr),
        "cofferdam: standard output cannot be written: No space left on device; look at where it goes, then run this \
         again\n"
    );
}

/// Root may read everything: then these are tried as somebody else.
#[test]
fn what_belongs_to_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| arg(&folder.path().join(name));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (secret, theirs) = (path("secret"), path("theirs"));
    fs::write(&secret, "x").unwrap();
    fs::create_dir(&theirs).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let root = rustix::process::geteuid().is_root();
    // Somebody else must reach the program that is tried.
    let program = path("cofferdam");
    fs::copy(env!("CARGO_BIN_EXE_cofferdam"), &program).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).env_clear();
        if root {
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    };
    let cases: [(&[&str], &str); 4] = [
        (
            &["import", &secret, "--token", "cft_x"],
            "may not be read by this user",
        ),
        (&["open", &secret, "-i", &secret], "may not be read by this user"),
        (
            &["identity", "new", &path("new")],
            "may not be written by this user",
        ),
        (
            &["init", "--data", &path("new")],
            "may not be written by this user",
        ),
    ];
    for (args, said) in cases {
        one_line(&owned(args), &run(args), 1, said);
    }
    if root {
        let args = ["init", "--data", &theirs];
        one_line(
            &owned(&args),
            &run(&args),
            1,
            "belongs to another user (0); name a folder of your own",
        );
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn with_json_errors_are_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let missing = arg(&folder.path().join("nowhere"));
    for (args, code, said) in [
        (vec!["doctor", "--data", &missing], 1, "nowhere"),
        (vec!["doctor", "--no-such-option"], 2, "unexpected argument"),
        (vec!["lab"], 2, "requires a subcommand"),
    ] {
        let plain = run(&args);
        let ran = run(&[&args[..], &["--json"]].concat());
        assert_eq!((plain.code, ran.code), (code, code), "{args:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        let told: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
        assert!(told["error"].as_str().unwrap().contains(said), "{told}");
        assert_eq!(told["exit_code"], code);
        assert!(plain.stderr.starts_with("cofferdam: "), "{}", plain.stderr);
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

#[tokio::test]
async fn of_two_credentials_none_counts_and_what_is_nowhere_is_not_there_by_any_method() {
    let at = Installation::start();
    let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let me = format!("{}/api/v1/me", at.base);
    let once = client.get(&me).bearer_auth(token.trim());
    assert_eq!(once.send().await.unwrap().status(), 200);
    let headers: reqwest::header::HeaderMap = [token.trim(), "other"]
        .iter()
        .map(|secret| {
            (
                reqwest::header::AUTHORIZATION,
                format!("Bearer {secret}").parse().unwrap(),
            )
        })
        .fold(reqwest::header::HeaderMap::new(), |mut all, (name, value)| {
            all.append(name, value);
            all
        });
    let twice = client.get(&me).headers(headers).send().await.unwrap();
    assert_eq!(twice.status(), 401);
    for method in ["GET", "POST", "PUT", "DELETE"] {
        let nowhere = client.request(method.parse().unwrap(), format!("{}/api/v1/nowhere", at.base));
        assert_eq!(nowhere.send().await.unwrap().status(), 404, "{method}");
    }
    let page = client.post(format!("{}/login", at.base)).send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.headers()["allow"].to_str().unwrap()),
        (405, "GET, HEAD")
    );
    let other = client
        .delete(format!("{}/api/v1/labs", at.base))
        .bearer_auth(token.trim());
    let other = other.send().await.unwrap();
    assert_eq!(other.status(), 405);
    assert!(other.headers()["allow"].to_str().unwrap().contains("POST"));
    let long = client
        .post(format!("{}/api/v1/sessions", at.base))
        .header("content-type", "application/json")
        .body(format!("{{\"link\":\"{}\"}}", "x".repeat(5_000)));
    assert_eq!(long.send().await.unwrap().status(), 413);
}
