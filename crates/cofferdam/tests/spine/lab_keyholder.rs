//! A lab whose keys are held by `cofferdam-keyholder`, another program with its own folder: what each of the two can do without the other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_leases::Enrolments;
use cofferdam_model::Env;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{LeaseCall, LedgerKey};
use cofferdam_seal::keyholder::{LabKeyholders as _, LeaseReason, LeaseRequest, NewEnrolment};
use cofferdam_testbed::{Cell, Raw};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::seat::Seat;
use crate::support::{self, Installation, arg, run, serve};

const LAB: &str = "Hallowmere";
const PASSPHRASE: &str = "three words here";

/// A keyholder's process and its folder.
struct Keyholder {
    folder: TempDir,
    process: Option<Child>,
}

/// The program, as its own workspace builds it.
fn program() -> PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_cofferdam")).with_file_name("cofferdam-keyholder");
    assert!(
        beside.is_file(),
        "{} is not there: `CARGO_TARGET_DIR=../../target cargo build` in crates/keyholder makes it",
        beside.display()
    );
    beside
}

impl Keyholder {
    /// One whose leases last two seconds.
    fn start() -> Self {
        let own = Self {
            folder: tempfile::tempdir().unwrap(),
            process: None,
        };
        let folder = arg(&own.folder.path().join("own"));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = port.local_addr().unwrap().to_string();
        drop(port);
        let init = own.command(&[
            "init",
            &folder,
            "--listen",
            &listen,
            "--witness",
            "kh.hallowmere.example",
        ]);
        assert!(own.done(init).0, "init");
        let policy = "default = \"allow\"\nlease_seconds = 2\n";
        fs::write(own.folder.path().join("own/policy.toml"), policy).unwrap();
        own.served()
    }

    fn served(mut self) -> Self {
        self.serve();
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).stdin(Stdio::null());
        command.env("COFFERDAM_KEYHOLDER_PASSPHRASE", PASSPHRASE);
        command
    }

    fn done(&self, mut command: Command) -> (bool, String) {
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), text + &why)
    }

    fn try_run(&self, args: &[&str]) -> (bool, String) {
        let config = arg(&self.folder.path().join("own/keyholder.toml"));
        self.done(self.command(&[&["--config", &config], args].concat()))
    }

    fn run(&self, args: &[&str]) -> String {
        let (well, text) = self.try_run(args);
        assert!(well, "{args:?}: {text}");
        text
    }

    fn serve(&mut self) {
        let config = arg(&self.folder.path().join("own/keyholder.toml"));
        let log = self.folder.path().join("log");
        let to = File::create(&log).unwrap();
        let mut serve = self.command(&["--config", &config, "serve"]);
        self.process = Some(serve.stdout(Stdio::null()).stderr(to).spawn().unwrap());
        for _ in 0..400 {
            if fs::read_to_string(&log).unwrap().contains("nodes come in at") {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!(
            "the keyholder does not start: {}",
            fs::read_to_string(log).unwrap()
        );
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    fn code(&self, node: &str) -> String {
        let said = self.run(&["enrol", "--node", node]);
        let code = said.split_whitespace().find(|word| word.starts_with("cfk1_"));
        code.unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    /// Its log's entries of one kind.
    fn log(&self, kind: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("own/state/log.jsonl")).unwrap();
        let all = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        all.filter(|entry| entry["kind"] == kind).collect()
    }
}

impl Drop for Keyholder {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A lab with a keyholder of its own, and somebody who works for it.
struct World {
    at: Installation,
    keyholder: Keyholder,
    author: (String, String),
}

impl World {
    fn start() -> Self {
        let (at, keyholder) = (Installation::start(), Keyholder::start());
        at.ask(&["lab", "add", LAB]);
        let set = enrol(&at, &keyholder.code("node-1"), "node-1");
        assert_eq!(
            (&set["held_by"], &set["standing"]["node"]),
            (&json!("lab"), &json!("node-1"))
        );
        Self::with_work(at, keyholder)
    }

    fn with_work(at: Installation, keyholder: Keyholder) -> Self {
        at.pairs(LAB, "Pairs", 40);
        at.ask(&["person", "add", "Ada"]);
        let author = at.seat("Pairs", "Ada", &["--role", "author"]);
        Self {
            at,
            keyholder,
            author,
        }
    }

    fn seat(&self) -> Seat<'_> {
        Seat::with_token(&self.at, self.author.0.clone(), self.author.1.clone())
    }

    /// A look at a task: its status, and the text.
    async fn look(&self) -> (StatusCode, String) {
        look(&self.seat()).await
    }

    /// Looks until that status comes, as long as leases last and some more.
    async fn until(&self, wanted: StatusCode) -> String {
        for _ in 0..60 {
            let (status, text) = self.look().await;
            if status == wanted {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!(
            "{wanted} does not come: {:?}; {}",
            self.look().await,
            self.at.log()
        );
    }

    /// A server of a copy of the data gets no key.
    async fn opens_nothing_from(&self, copy: &Path) {
        let (mut thief, base) = serve(copy, &self.at.beside("thief.log"));
        let (status, text) = look(&self.seat().by(&base)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        thief.kill().unwrap();
        thief.wait().unwrap();
    }

    fn standing(&self) -> Value {
        // Its exit code says whether all is well.
        let ran = run(&self.at.with(&["lab", "keyholder", LAB, "--json"]));
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr))
    }
}

async fn look(seat: &Seat<'_>) -> (StatusCode, String) {
    let response = seat.send(Method::POST, "/claims", None).await;
    (response.status(), response.text().await.unwrap())
}

fn enrol(at: &Installation, code: &str, node: &str) -> Value {
    at.ask(&["lab", "keyholder", LAB, "--code", code, "--node", node])
}

fn files_below(folder: &Path) -> usize {
    let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_labs_own_keyholder_mints_and_leases_and_its_log_says_for_what() {
    let world = World::start();
    let (status, text) = world.look().await;
    assert!(status.is_success() && text.contains("Pairs"), "{status}: {text}");
    assert_eq!(
        files_below(&world.at.data().join("keyholder")),
        0,
        "the platform minted nothing"
    );
    let minted = world.keyholder.log("minted");
    let leased = world.keyholder.log("leased");
    assert!(!minted.is_empty() && !leased.is_empty());
    assert!(
        leased
            .iter()
            .all(|lease| lease["node"] == "node-1" && lease["reason"] == "work")
    );
    // While somebody works, the lease is renewed before it ends, and the checkpoints that it brings grow.
    for _ in 0..30 {
        let (status, text) = world.look().await;
        assert!(status.is_success(), "{status}: {text}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let sizes: Vec<u64> = world
        .keyholder
        .log("leased")
        .iter()
        .map(|l| l["size"].as_u64().unwrap())
        .collect();
    assert!(
        sizes.len() >= 3 && sizes.is_sorted() && sizes.last() > sizes.first(),
        "{sizes:?}"
    );
    let standing = world.standing();
    assert!(
        standing["standing"]["witnessed"].as_u64() >= sizes.last().copied(),
        "{standing}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halt_at_the_keyholder_stops_this_lab_alone_and_a_resume_lets_it_go_on() {
    let world = World::start();
    world.at.ask(&["lab", "add", "Oxlip"]);
    world.at.pairs("Oxlip", "Others", 3);
    world.at.ask(&["person", "add", "Bo"]);
    let (engagement, token) = world.at.seat("Others", "Bo", &["--role", "author"]);
    world.until(StatusCode::OK).await;
    world.keyholder.run(&["halt", "--reason", "we look into it"]);
    let text = world.until(StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(
        text.contains("nothing was released") && !text.contains("\"input\""),
        "{text}"
    );
    let other = Seat::with_token(&world.at, engagement, token);
    assert_eq!(look(&other).await.0, StatusCode::OK);
    let halts = &world.standing()["standing"]["halts"];
    assert_eq!(halts[0]["reason"], "we look into it", "{halts}");
    let trouble = world.standing()["trouble"].to_string();
    assert!(trouble.contains("we look into it"), "{trouble}");
    // Whoever oversees the lab reads its words; the log has none.
    let log = world.at.log();
    assert!(
        log.contains("the lab's keyholder refuses") && !log.contains("we look into it"),
        "{log}"
    );
    world.keyholder.run(&["resume"]);
    world.until(StatusCode::OK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keyholder_away_people_write_on_and_what_is_read_waits() {
    let mut world = World::start();
    let held: Value = serde_json::from_str(&world.until(StatusCode::OK).await).unwrap();
    world.at.ask(&["person", "add", "Dashboard", "--component"]);
    let export = ["--role", "integration", "--purpose", "export"];
    let (engagement, token) = world.at.seat("Pairs", "Dashboard", &export);
    world.keyholder.kill();
    world.until(StatusCode::SERVICE_UNAVAILABLE).await;
    let standing = world.standing();
    assert!(
        standing["trouble"].as_str().unwrap().contains("unavailable"),
        "{standing}"
    );
    // What is in hand is handed in. A server that begins meanwhile keeps what is typed, and takes no answer: what it would be checked by
    // is sealed.
    let path = format!("/assignments/{}", held["assignment"].as_str().unwrap());
    let answer = |reason: &str| json!({ "answer": { "choice": "a", "reason": reason } });
    let (draft, submission) = (format!("{path}/draft"), format!("{path}/submission"));
    world.at.kill();
    world.at.serve();
    let (typed, said) = ("It is, I think", "It keeps the water out");
    let seat = world.seat();
    seat.ok(Method::PUT, &draft, Some(answer(typed))).await;
    let early = seat.send(Method::POST, &submission, Some(answer(said))).await;
    assert_eq!(early.status(), StatusCode::SERVICE_UNAVAILABLE);
    world.keyholder.serve();
    world.until(StatusCode::OK).await;
    // As the workbench does, before anything is done.
    world.seat().ok(Method::GET, "/guideline", None).await;
    world.keyholder.kill();
    world.until(StatusCode::SERVICE_UNAVAILABLE).await;
    let seat = world.seat();
    seat.ok(Method::POST, &submission, Some(answer(said))).await;
    let dashboard = Seat::with_token(&world.at, engagement, token);
    let rows = async || {
        let response = dashboard.send(Method::GET, "/export", None).await;
        response.text().await.unwrap_or_default()
    };
    assert!(!rows().await.contains("water"));
    drop(seat);
    world.keyholder.serve();
    world.until(StatusCode::OK).await;
    assert!(rows().await.contains("It keeps the water out"));
    assert!(world.keyholder.log("revoked").is_empty());
    assert!(
        world
            .keyholder
            .log("leased")
            .iter()
            .any(|lease| lease["ingest"] == true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_killed_again_and_again_is_never_taken_for_a_copy() {
    let mut world = World::start();
    for round in 0..8 {
        let until = tokio::time::Instant::now() + Duration::from_millis(300 + 190 * round);
        while tokio::time::Instant::now() < until {
            let (status, text) = world.look().await;
            assert!(status.is_success(), "{status}: {text}");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        world.at.kill();
        world.at.serve();
    }
    world.until(StatusCode::OK).await;
    assert!(world.keyholder.log("revoked").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_alone_opens_nothing_and_a_copy_of_the_node_is_found_out() {
    let mut world = World::start();
    world.until(StatusCode::OK).await;
    world.at.kill();
    let (copy, enrolments) = (world.at.beside("copy"), world.at.beside("data-enrolments"));
    let copied = |from: &Path, to: &Path| {
        let status = Command::new("cp").arg("-a").arg(from).arg(to).status();
        assert!(status.unwrap().success());
    };
    world.at.serve();
    if world.at.place.is_on_server() {
        // Both would need the one database, which lets one in.
        return;
    }
    copied(&world.at.data(), &copy);
    fs::remove_file(copy.join("lock")).unwrap();
    world.opens_nothing_from(&copy).await;
    // With the enrolment too: whoever calls second from the same place of the chain is found out.
    copied(&enrolments, &world.at.beside("copy-enrolments"));
    world.until(StatusCode::OK).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.until(StatusCode::OK).await;
    world.opens_nothing_from(&copy).await;
    let revoked = world.keyholder.log("revoked");
    assert_eq!(revoked[0]["clone"], true, "{revoked:?}");
    let (well, status) = world.keyholder.try_run(&["status"]);
    assert!(!well && status.contains("node-1"), "{status}");
    // The lab decides, and enrols whom it trusts anew.
    world.until(StatusCode::SERVICE_UNAVAILABLE).await;
    enrol(&world.at, &world.keyholder.code("node-2"), "node-2");
    world.until(StatusCode::OK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_was_put_back_is_found_out_before_the_next_lease() {
    let mut world = World::start();
    if world.at.place.is_on_server() {
        return;
    }
    world.until(StatusCode::OK).await;
    world.at.stop();
    let database = world.at.data().join("cofferdam.sqlite");
    let kept = world.at.beside("backup");
    fs::copy(&database, &kept).unwrap();
    world.at.serve();
    let seat = world.seat();
    for _ in 0..8 {
        let (_, text) = look(&seat).await;
        let held: Value = serde_json::from_str(&text).unwrap();
        let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
        let answer = json!({ "answer": { "choice": "a", "reason": "It is." } });
        seat.ok(Method::POST, &path, Some(answer)).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    drop(seat);
    world.at.stop();
    // The backup is put back, and what would tell the platform itself is taken away.
    fs::copy(&kept, &database).unwrap();
    for extra in ["cofferdam.sqlite-wal", "cofferdam.sqlite-shm"] {
        let _ = fs::remove_file(world.at.data().join(extra));
    }
    fs::remove_dir_all(world.at.data().join("watermarks")).unwrap();
    let before = world.keyholder.log("leased").len();
    world.at.serve();
    let (status, text) = world.look().await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
    assert_eq!(world.keyholder.log("leased").len(), before, "no lease after it");
    // It goes on from there: as soon as it is longer than what the keyholder saw, it contradicts that, for good.
    let standing = async {
        loop {
            let standing = world.standing();
            if standing["standing"]["diverged"].is_string() {
                return standing;
            }
            world.look().await;
        }
    };
    let standing = tokio::time::timeout(Duration::from_secs(60), standing)
        .await
        .unwrap();
    assert_eq!(world.keyholder.log("leased").len(), before, "{standing}");
    let status = world.keyholder.try_run(&["status"]).1;
    assert!(status.contains("known") && status.contains("brought"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_that_worked_already_moves_to_a_keyholder_of_its_own() {
    let at = Installation::start();
    at.ask(&["lab", "add", LAB]);
    let mut world = World::with_work(at, Keyholder::start());
    world.until(StatusCode::OK).await;
    assert!(files_below(&world.at.data().join("keyholder")) > 0);
    enrol(&world.at, &world.keyholder.code("node-1"), "node-1");
    let moved = async {
        loop {
            let left = world.at.ask(&["project", "rotate", "Pairs", "--status"]);
            if left["objects"] == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), moved)
        .await
        .unwrap();
    let reasons = world.keyholder.log("leased");
    assert!(reasons.iter().any(|lease| lease["reason"] == "work"));
    // What the platform held itself opens nothing of it any more.
    world.at.stop();
    fs::remove_dir_all(world.at.data().join("keyholder")).unwrap();
    world.at.serve();
    world.until(StatusCode::OK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_no_good_changes_nothing_and_says_why() {
    let (at, mut keyholder) = (Installation::start(), Keyholder::start());
    at.ask(&["lab", "add", LAB]);
    let refused = |code: &str, node: &str, says: &str| {
        let ran = run(&at.with(&["lab", "keyholder", LAB, "--code", code, "--node", node]));
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert_eq!(at.ask(&["lab", "keyholder", LAB])["held_by"], "platform");
    };
    refused("cfk1_short", "node-1", "begins with cfk1_");
    refused(&keyholder.code("node-1"), "no name", "1 to 64 letters");
    refused(&keyholder.code("node-1"), "node-2", "the keyholder refuses");
    let code = keyholder.code("node-1");
    keyholder.kill();
    refused(&code, "node-1", "try again with the same code");
    keyholder.serve();
    // One that would let nobody work is not the lab's before it does: there is no way back.
    let policy = keyholder.folder.path().join("own/policy.toml");
    let allows = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, "").unwrap();
    refused(&code, "node-1", "grants it no lease for work");
    fs::write(&policy, allows).unwrap();
    enrol(&at, &code, "node-1");
    // Whoever was not told may ask again; a code of another's is spent.
    enrol(&at, &code, "node-1");
    at.pairs(LAB, "Pairs", 1);
    assert_eq!(keyholder.log("enrolled").len(), 1);
    // Another keyholder does not take the lab over.
    let other = Keyholder::start();
    let ran = run(&at.with(&["lab", "keyholder", LAB, "--code", &other.code("x"), "--node", "x"]));
    assert!(ran.stderr.contains("held by another keyholder"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_renews_its_certificate_before_it_ends() {
    let mut keyholder = Keyholder::start();
    keyholder.kill();
    let config = keyholder.folder.path().join("own/keyholder.toml");
    let text = fs::read_to_string(&config).unwrap();
    let day = "certificate_seconds = 86400";
    assert!(text.contains(day), "{text}");
    fs::write(&config, text.replace(day, "certificate_seconds = 6")).unwrap();
    keyholder.serve();
    let at = Installation::start();
    at.ask(&["lab", "add", LAB]);
    enrol(&at, &keyholder.code("node-1"), "node-1");
    let world = World::with_work(at, keyholder);
    for _ in 0..14 {
        let (status, text) = world.look().await;
        assert!(status.is_success(), "{status}: {text}; {}", world.at.log());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(world.keyholder.log("certificate").len() >= 2);
}

/// Another node of the lab's, which asks for every epoch's key: what the platform may know at most.
async fn keys_of(world: &World) -> Vec<[u8; 32]> {
    let folder = world.at.beside("probe");
    let probe = Enrolments::open(&folder, Env::system()).unwrap();
    let code = world.keyholder.code("probe").parse().unwrap();
    let lab = world.at.ask(&["lab", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let lab: cofferdam_model::LabId = lab.parse().unwrap();
    let compartment = Id128::new(cofferdam_model::Compartment::Lab(lab).to_bytes());
    let trusted = world.keyholder.run(&["ledger", "list", "--json"]);
    let trusted: Value = serde_json::from_str(&trusted).unwrap();
    let vkey = trusted[0]["vkey"].as_str().unwrap().to_owned();
    let enrolment = NewEnrolment {
        code,
        node: "probe".into(),
        ledger: LedgerKey { compartment, vkey },
    };
    probe.enrol(enrolment).await.unwrap();
    let keyholder = probe.of(compartment).unwrap();
    let raw = Raw::open(&world.at.place, &world.at.data()).unwrap();
    let mut keys = Vec::new();
    for cells in raw.look("SELECT id, project, wrapped FROM epoch", &[]).unwrap() {
        let bytes = |at: usize| match &cells[at] {
            Cell::Bytes(bytes) => bytes.clone(),
            other => panic!("{other:?}"),
        };
        let id = |at| Id128::new(bytes(at).try_into().unwrap());
        let wrapped: Value = serde_json::from_slice(&bytes(2)).unwrap();
        // Of the key that only seals, the private half is leased by whoever reads what it sealed: nobody here.
        if wrapped["key"].is_null() {
            continue;
        }
        let status = keyholder.status().await.unwrap();
        let lease = LeaseRequest {
            compartment,
            project: id(1),
            epoch: id(0),
            wrapped: serde_json::from_value(wrapped["key"].clone()).unwrap(),
            reason: LeaseReason::Job,
            node: String::new(),
            checkpoint: status.ledgers[0].checkpoint.clone(),
            now_micros: Env::system().now().as_micros(),
        };
        let leased = keyholder.lease(LeaseCall { lease, proof: None }).await.unwrap();
        keys.push(*leased.grant.key.expose());
    }
    keys
}

/// A key as a process may have it: itself, as it comes over the wire, and what HMAC-SHA-384 makes of it, by which it is used: the state
/// of the hash (FIPS 180-4, section 5.3.4) after the key's two pads.
fn as_held(key: &[u8; 32]) -> Vec<Vec<u8>> {
    const IV: [u64; 8] = [
        0xcbbb_9d5d_c105_9ed8,
        0x629a_292a_367c_d507,
        0x9159_015a_3070_dd17,
        0x152f_ecd8_f70e_5939,
        0x6733_2667_ffc0_0b31,
        0x8eb4_4a87_6858_1511,
        0xdb0c_2e0d_64f9_8fa7,
        0x47b5_481d_befa_4fa4,
    ];
    let padded = |pad: u8| {
        let mut block = [pad; 128];
        block.iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
        let mut state = IV;
        sha2::block_api::compress512(&mut state, &[block]);
        state.iter().flat_map(|word| word.to_ne_bytes()).collect()
    };
    vec![
        key.to_vec(),
        STANDARD.encode(key).into_bytes(),
        padded(0x36),
        padded(0x5c),
    ]
}

/// How often what is looked for lies in what a process has in memory.
fn in_memory(pid: u32, wanted: &[Vec<u8>]) -> Vec<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut found = Vec::new();
    for line in maps
        .lines()
        .filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")))
    {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (
            u64::from_str_radix(from, 16).unwrap(),
            u64::from_str_radix(to, 16).unwrap(),
        );
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        memory.seek(SeekFrom::Start(from)).unwrap();
        if memory.read_exact(&mut part).is_err() {
            continue;
        }
        for (which, key) in wanted.iter().enumerate() {
            let here = memchr::memmem::find_iter(&part, key).count();
            found.extend((here > 0).then(|| format!("{here} of form {which} in {line}")));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_that_is_taken_after_the_last_lease_has_no_key() {
    let world = World::start();
    if File::open(format!("/proc/{}/mem", world.at.pid())).is_err() {
        // The server lets nobody look but root.
        return;
    }
    world.until(StatusCode::OK).await;
    let keys = keys_of(&world).await;
    let wanted: Vec<Vec<u8>> = keys.iter().flat_map(as_held).collect();
    // What was written goes with the keys.
    let words = b"Only the second keeps the water out while one builds".to_vec();
    let (_, held) = world.look().await;
    let held: Value = serde_json::from_str(&held).unwrap();
    let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
    let answer = json!({ "answer": { "choice": "a", "reason": String::from_utf8_lossy(&words) } });
    world.seat().ok(Method::POST, &path, Some(answer)).await;
    let live = async {
        loop {
            world.until(StatusCode::OK).await;
            let live = in_memory(world.at.pid(), &wanted);
            if !live.is_empty() {
                return live;
            }
        }
    };
    let live = tokio::time::timeout(Duration::from_secs(20), live);
    let live = live.await.expect("a lease that lives is in memory");
    // Two lease times after the last one.
    tokio::time::sleep(Duration::from_millis(6_500)).await;
    let wanted = [wanted, vec![words]].concat();
    let left = in_memory(world.at.pid(), &wanted);
    assert!(left.is_empty(), "of {live:#?} is left: {left:#?}");
}

#[test]
fn the_demonstration_tries_each_attack_and_says_what_came_of_it() {
    let _ = program();
    let (folder, place) = (
        tempfile::tempdir().unwrap(),
        cofferdam_testbed::Place::fresh().unwrap(),
    );
    let data = arg(&folder.path().join("data"));
    let told = support::json(&[
        "demo",
        "--keyholder",
        "--once",
        "--database",
        place.database(),
        "--data",
        &data,
    ]);
    let attacks = told["attacks"].as_array().unwrap();
    assert_eq!(attacks.len(), if place.is_on_server() { 2 } else { 5 }, "{told}");
    assert!(attacks.iter().all(|tried| tried["held"] == true), "{told}");
    assert_eq!(told["ledger"]["verified"], true, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_of_the_tree_that_is_not_as_it_was_written_is_no_contradiction_of_the_ledgers() {
    let world = World::start();
    world.until(StatusCode::OK).await;
    let raw = Raw::open(&world.at.place, &world.at.data()).unwrap();
    // More than the keyholder saw, and then one bit of each tile of the leaves.
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.look().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    for cells in raw
        .look(
            "SELECT compartment, position, hashes FROM ledger_tile WHERE level = 0",
            &[],
        )
        .unwrap()
    {
        let [compartment, position, Cell::Bytes(hashes)] = &cells[..] else {
            panic!("{cells:?}")
        };
        let mut hashes = hashes.clone();
        hashes[0] ^= 1;
        let edit =
            "UPDATE ledger_tile SET hashes = $3 WHERE compartment = $1 AND level = 0 AND position = $2";
        let changed = raw.run(
            edit,
            &[compartment.clone(), position.clone(), Cell::Bytes(hashes)],
        );
        assert_eq!(changed.unwrap(), 1);
    }
    // Sooner or later a lease is asked for with a proof that would not hold: it is not sent.
    let stopped = async {
        while world.look().await.0.is_success() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), stopped)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!world.look().await.0.is_success());
    assert!(world.keyholder.log("diverged").is_empty());
}

/// An operator alone can say so: the lab hears of it.
#[test]
fn a_labs_stewards_are_told_that_its_keys_came_into_other_hands() {
    let (at, keyholder) = (Installation::start(), Keyholder::start());
    at.ask(&["lab", "add", LAB]);
    at.ask(&["person", "add", "Sten"]);
    at.ask(&["engage", "--steward", LAB, "Sten"]);
    enrol(&at, &keyholder.code("node-1"), "node-1");
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    let told = || {
        raw.int("SELECT COUNT(*) FROM notice WHERE kind = 12", &[])
            .unwrap()
    };
    for _ in 0..100 {
        if told() > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(told(), 1);
}

#[test]
fn what_a_node_shows_keyholders_lies_beside_its_data_and_never_within() {
    let keyholder = Keyholder::start();
    let at = Installation::start();
    at.ask(&["lab", "add", LAB]);
    enrol(&at, &keyholder.code("node-1"), "node-1");
    assert_eq!(
        files_below(&at.beside("data-enrolments")),
        2,
        "the enrolment and the lock"
    );
    let mut at = at;
    at.stop();
    let doctor = run(&["doctor", "--data", &arg(&at.data())]);
    assert_eq!(doctor.code, 0, "{}", doctor.stderr);
    let config = at.data().join("cofferdam.toml");
    let text = fs::read_to_string(&config).unwrap();
    let within = format!("enrolments = \"{}\"", arg(&at.data().join("keys")));
    fs::write(&config, text.replace("enrolments = \"\"", &within)).unwrap();
    let refused = run(&["serve", "--data", &arg(&at.data())]);
    assert!(
        refused.code == 1 && refused.stderr.contains("outside the data folder"),
        "{}",
        refused.stderr
    );
}
