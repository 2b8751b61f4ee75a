//! Edited underneath: rows inserted, deleted and changed straight in the database, while the server is stopped and while
//! it runs. None is obeyed; each is named by `doctor`, in the log, and by `verify` where what was signed was touched.

use std::fs;
use std::time::Duration;

use cofferdam_ledger::hash::Hash;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::{EngagementId, Id, LabId, ObjectId, PrincipalId, ProjectId, SubmissionId, TaskId};
use cofferdam_testbed::{Cell, Raw, cells};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::{self, Installation, Ran, arg, ok, run};

/// What stands in every task.
const WORDS: &str = "quagga-lantern-vellum";
/// What whoever edits chooses freely.
const SALT: [u8; 32] = [7; 32];
/// Engagements that nobody granted: one with a forged entry, and one of which there is only a holder's row.
const GRANTED: [u8; 16] = [7; 16];
const ROW: [u8; 16] = [8; 16];

/// A lab with a project of three tasks, and an author who may read one object an hour.
struct Place {
    name: &'static str,
    lab: LabId,
    engagement: EngagementId,
    token: String,
}

impl Place {
    fn new(at: &Installation, name: &'static str) -> Self {
        let lab = at.ask(&["lab", "add", name])["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        at.ask(&["project", "add", name, name, "--template", "chat"]);
        let import = ["--role", "integration", "--purpose", "import"];
        let (_, script) = at.seat(name, "Script", &import);
        let row = |n| json!({ "id": format!("{name} {n}"), "turns": [format!("{name} {n} {WORDS}")] });
        let file = at.beside("prompts.jsonl");
        fs::write(&file, [1, 2, 3].map(|n| row(n).to_string()).join("\n")).unwrap();
        assert_eq!(at.ask_as(&script, &["import", &arg(&file)])["tasks"], 3);
        let author = ["--role", "author", "--objects-per-hour", "1"];
        let (engagement, token) = at.seat(name, "Ada", &author);
        let engagement = engagement.parse().unwrap();
        Self {
            name,
            lab,
            engagement,
            token,
        }
    }

    fn seat<'i>(&self, at: &'i Installation) -> Seat<'i> {
        Seat::with_token(at, self.engagement.to_string(), self.token.clone())
    }

    async fn claim(&self, at: &Installation) -> (StatusCode, String) {
        let claimed = self.seat(at).send(Method::POST, "/claims", Some(json!({}))).await;
        (claimed.status(), claimed.text().await.unwrap())
    }

    fn entry(&self, n: i64) -> String {
        format!("entry {n} of the ledger of {}", self.lab)
    }
}

/// The database, past every rule.
struct Editor(Raw);

impl Editor {
    fn of(at: &Installation) -> Self {
        Self(Raw::open(&at.place, &at.data()).unwrap())
    }

    fn run(&self, sql: &str, values: &[Cell]) {
        assert_ne!(self.0.run(sql, values).unwrap(), 0, "{sql}");
    }

    /// The last entry of a kind.
    fn last(&self, place: &Place, kind: &str) -> (i64, Value) {
        let all = "SELECT n, body FROM ledger WHERE compartment = $1 ORDER BY n DESC";
        let rows = self.0.look(all, cells![place.lab.as_bytes()]).unwrap();
        let read = |row: Vec<Cell>| match row.as_slice() {
            [Cell::Int(n), Cell::Bytes(body)] => (*n, serde_json::from_slice::<Value>(body).unwrap()),
            other => panic!("{other:?}"),
        };
        let mut entries = rows.into_iter().map(read);
        let found = entries.find(|(_, entry)| entry["fact"]["kind"] == kind);
        found.unwrap_or_else(|| panic!("{}: nothing was {kind}", place.name))
    }

    /// Changes the last entry of a kind, and makes its hash fit again, as anybody can.
    fn amend(&self, place: &Place, kind: &str, change: impl FnOnce(&mut Value)) -> i64 {
        let (n, mut entry) = self.last(place, kind);
        change(&mut entry);
        let body = entry.to_string().into_bytes();
        let leaf = Hash::leaf(&body).0;
        let update = "UPDATE ledger SET body = $3, leaf = $4 WHERE compartment = $1 AND n = $2";
        self.run(update, cells![place.lab.as_bytes(), n, body, &leaf]);
        n
    }

    /// What the tasks of a lab ask, in their order.
    fn inputs(&self, place: &Place) -> Vec<Vec<u8>> {
        let all = "SELECT input FROM task JOIN project ON project.id = task.project
             WHERE project.lab = $1 ORDER BY seq";
        let rows = self.0.look(all, cells![place.lab.as_bytes()]).unwrap();
        let input = |row: Vec<Cell>| match row.as_slice() {
            [Cell::Bytes(id)] => id.clone(),
            other => panic!("{other:?}"),
        };
        rows.into_iter().map(input).collect()
    }
}

/// An installation with a lab for each edit.
struct Scene {
    at: Installation,
    operator: PrincipalId,
    grant: Place,
    seat: Place,
    halt: Place,
    budget: Place,
    recipient: Place,
    entry: Place,
    ciphertext: Place,
    rows: Place,
    thief: String,
}

/// What is to be named after the edits.
struct Edited {
    /// Rows, and what was never signed.
    named: Vec<String>,
    /// The lab, the number and the name of each entry that no longer fits what was signed.
    entries: Vec<(&'static str, i64, String)>,
    /// How the log may call a ledger in which an entry is missing.
    deleted: String,
}

impl Edited {
    /// What a text does not name.
    fn unsaid(&self, text: &str) -> Vec<&String> {
        let all = self
            .named
            .iter()
            .chain(self.entries.iter().map(|(.., entry)| entry));
        all.filter(|what| !text.contains(*what)).collect()
    }
}

impl Scene {
    async fn new() -> Self {
        let at = Installation::start();
        at.ask(&["person", "add", "Script", "--component"]);
        at.ask(&["person", "add", "Ada"]);
        let [grant, seat, halt, budget, recipient, entry, ciphertext, rows] = [
            "Grant",
            "Seat",
            "Halt",
            "Budget",
            "Recipient",
            "Entry",
            "Ciphertext",
            "Rows",
        ]
        .map(|name| Place::new(&at, name));
        for place in [&budget, &entry] {
            assert_eq!(place.claim(&at).await.0, StatusCode::OK);
        }
        at.ask(&["halt", "lab:Halt", "--reason", "drill"]);
        let thief = recipients(&at);
        for place in [&recipient, &rows] {
            answered(place, &at).await;
        }
        let operator = at.ask(&["whoami"])["principal"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let scene = Self {
            at,
            operator,
            grant,
            seat,
            halt,
            budget,
            recipient,
            entry,
            ciphertext,
            rows,
            thief,
        };
        for place in scene.places() {
            let whole = scene.export(place, "before");
            assert_eq!(whole.code, 0, "{}: {}", place.name, whole.stderr);
        }
        scene
    }

    fn places(&self) -> [&Place; 8] {
        [
            &self.grant,
            &self.seat,
            &self.halt,
            &self.budget,
            &self.recipient,
            &self.entry,
            &self.ciphertext,
            &self.rows,
        ]
    }

    /// A lab's ledger, as the server gives it out now.
    fn export(&self, place: &Place, into: &str) -> Ran {
        run(&self
            .at
            .with(&["ledger", "export", place.name, &self.folder(place, into)]))
    }

    fn folder(&self, place: &Place, into: &str) -> String {
        arg(&self.at.beside(&format!("{into}-{}", place.name)))
    }

    /// Every edit, each as good as it can be made without the installation's key.
    fn edit(&self) -> Edited {
        let to = Editor::of(&self.at);
        let granted = self.engagement_granted(&to);
        self.holder_inserted(&to, &self.ciphertext, ROW);
        let seat = self.engagement_taken_over(&to);
        let (halt, _) = to.last(&self.halt, "halted");
        let delete = "DELETE FROM ledger WHERE compartment = $1 AND n = $2";
        to.run(delete, cells![self.halt.lab.as_bytes(), halt]);
        let budget = to.amend(&self.budget, "task-released", |e| {
            e["fact"]["objects"] = json!([])
        });
        let swapped = json!([self.thief]);
        let recipient = to.amend(&self.recipient, "recipients-set", |e| {
            e["fact"]["recipients"] = swapped
        });
        let by_nobody = |e: &mut Value| e["by"] = json!({ "as": "platform" });
        let entry = to.amend(&self.entry, "task-released", by_nobody);
        let from = to.inputs(&self.entry).remove(0);
        let moved = to.inputs(&self.ciphertext);
        let take = "UPDATE object SET sealed = (SELECT sealed FROM object WHERE id = $2) WHERE id = $1";
        for object in &moved {
            to.run(take, cells![object.as_slice(), from.as_slice()]);
        }
        let mut named = vec![
            self.grant.entry(granted),
            format!("the holder row of {}", EngagementId::from_bytes(ROW)),
        ];
        named.extend(self.rows_of_work(&to));
        // Only one of them is asked for by anybody.
        let object = |id: Vec<u8>| ObjectId::from_bytes(id.try_into().unwrap());
        named.extend(moved.into_iter().map(|id| format!("object {}", object(id))));
        let entries = [
            (&self.seat, seat),
            (&self.halt, halt),
            (&self.budget, budget),
            (&self.recipient, recipient),
            (&self.entry, entry),
        ];
        Edited {
            named,
            entries: entries.map(|(place, n)| (place.name, n, place.entry(n))).into(),
            deleted: format!("the ledger of {}", self.halt.lab),
        }
    }

    /// Rows that authorise nothing: an answer accepted that nobody judged, a task deleted and one that asks another's
    /// question, a project that wants more answers, a person called otherwise. How each is named.
    fn rows_of_work(&self, to: &Editor) -> [String; 5] {
        let lab = self.rows.lab.as_bytes();
        let of = |table: &str, column: &str, last: &str| {
            let sql = format!(
                "SELECT {table}.{column} FROM {table} JOIN project ON project.id = {table}.project
                 WHERE project.lab = $1 {last}"
            );
            match to.0.look(&sql, cells![lab]).unwrap().remove(0).remove(0) {
                Cell::Bytes(id) => <[u8; 16]>::try_from(id).unwrap(),
                other => panic!("{other:?}"),
            }
        };
        let submission = of("submission", "id", "");
        let (deleted, moved) = (
            of("task", "input", "ORDER BY seq DESC"),
            of("task", "id", "AND seq = 1"),
        );
        let project = of("submission", "project", "");
        to.run(
            "UPDATE submission SET state = 1 WHERE id = $1",
            cells![&submission],
        );
        to.run(
            "UPDATE task SET input = (SELECT t.input FROM task t WHERE t.project = task.project AND t.seq = 0)
             WHERE id = $1",
            cells![&moved],
        );
        to.run("DELETE FROM task WHERE input = $1", cells![&deleted]);
        to.run("UPDATE project SET overlap = 9 WHERE id = $1", cells![&project]);
        to.run(
            "UPDATE principal SET name = 'Eve' WHERE name = 'Stella'",
            cells![],
        );
        [
            format!("the row of submission {}", SubmissionId::from_bytes(submission)),
            format!("the row of task {}", TaskId::from_bytes(moved)),
            format!(
                "the row of the task that asks object {}",
                ObjectId::from_bytes(deleted)
            ),
            format!("the row of project {}", ProjectId::from_bytes(project)),
            "the row of principal pri_".to_owned(),
        ]
    }

    fn holder_inserted(&self, to: &Editor, place: &Place, id: [u8; 16]) {
        to.run(
            "INSERT INTO holder (engagement, lab, principal, salt) VALUES ($1, $2, $3, $4)",
            cells![&id, place.lab.as_bytes(), self.operator.as_bytes(), &SALT],
        );
    }

    /// An operator's engagement, appended to a lab's ledger, with its holder's row.
    fn engagement_granted(&self, to: &Editor) -> i64 {
        let lab = self.grant.lab.as_bytes();
        let (_, mut entry) = to.last(&self.grant, "engagement-granted");
        let size = "SELECT size FROM ledger_head WHERE compartment = $1";
        let n = to.0.int(size, cells![lab]).unwrap();
        entry["n"] = json!(n);
        entry["fact"]["engagement"] = json!(EngagementId::from_bytes(GRANTED));
        entry["fact"]["holder"] = json!(HolderCommitment::new(&SALT, self.operator));
        let body = entry.to_string().into_bytes();
        let leaf = Hash::leaf(&body).0;
        to.run(
            "INSERT INTO ledger (compartment, n, t, body, leaf, seal, authorising)
             SELECT $1, $2, t, $3, $4, seal, authorising + 1 FROM ledger_head WHERE compartment = $1",
            cells![lab, n, body, &leaf],
        );
        let grow =
            "UPDATE ledger_head SET size = size + 1, authorising = authorising + 1 WHERE compartment = $1";
        to.run(grow, cells![lab]);
        self.holder_inserted(to, &self.grant, GRANTED);
        n
    }

    /// The author's engagement, made the operator's in the ledger and in its row.
    fn engagement_taken_over(&self, to: &Editor) -> i64 {
        let holder = json!(HolderCommitment::new(&SALT, self.operator));
        let n = to.amend(&self.seat, "engagement-granted", |e| e["fact"]["holder"] = holder);
        to.run(
            "UPDATE holder SET principal = $2, salt = $3 WHERE engagement = $1",
            cells![self.seat.engagement.as_bytes(), self.operator.as_bytes(), &SALT],
        );
        n
    }

    /// What the operator gets under an engagement.
    async fn steal(&self, engagement: EngagementId) -> (StatusCode, String) {
        let token = fs::read_to_string(self.at.data().join("operator.token")).unwrap();
        let seat = Seat::with_token(&self.at, engagement.to_string(), token.trim().to_owned());
        let claimed = seat.send(Method::POST, "/claims", Some(json!({}))).await;
        (claimed.status(), claimed.text().await.unwrap())
    }

    /// Nobody gets anything by any of the edits. A node that knew better before they were made goes on; one that reads
    /// them closes what they touched.
    async fn is_not_obeyed(&self, runs: bool) {
        let not = |(status, text): (StatusCode, String), wanted: StatusCode| {
            let wanted = if runs {
                wanted
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            assert_eq!(status, wanted, "{text}");
            assert!(!text.contains(WORDS), "{text}");
        };
        let [granted, row] = [GRANTED, ROW].map(EngagementId::from_bytes);
        not(self.steal(granted).await, StatusCode::NOT_FOUND);
        let (status, text) = self.steal(row).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{text}");
        not(self.steal(self.seat.engagement).await, StatusCode::NOT_FOUND);
        not(self.halt.claim(&self.at).await, StatusCode::FORBIDDEN);
        not(self.budget.claim(&self.at).await, StatusCode::TOO_MANY_REQUESTS);
        not(
            self.ciphertext.claim(&self.at).await,
            StatusCode::SERVICE_UNAVAILABLE,
        );
        let (status, text) = self.seat.claim(&self.at).await;
        assert_eq!(
            (status == StatusCode::OK, text.contains(WORDS)),
            (runs, runs),
            "{text}"
        );
        let tail = run(&self.at.with(&["ledger", "tail", "Entry"]));
        assert_eq!((tail.code, tail.stdout.as_str()), (1, ""), "{}", tail.stderr);
        // What leaves goes by the ledger: where that, or a row of the work, was edited, nothing does.
        for place in [&self.rows, &self.recipient] {
            let made = run(&self.at.with(&["deliver", place.name]));
            assert_eq!((made.code, made.stdout.as_str()), (1, ""), "{}", made.stderr);
        }
        assert_eq!(
            fs::read_dir(self.at.data().join("deliveries")).unwrap().count(),
            0
        );
        let (status, text) = self.rows.claim(&self.at).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(!ok(&self.at.with(&["person", "list"])).contains("Eve"));
    }

    /// The log names every edit, at the latest when the patrol has come by.
    fn is_in_the_log(&self, edited: &Edited) {
        let unsaid = || {
            let log = self.at.log();
            let mut unsaid: Vec<String> = edited.unsaid(&log).into_iter().cloned().collect();
            unsaid.retain(|what| !what.contains(&edited.deleted) || !log.contains(&edited.deleted));
            unsaid
        };
        for _ in 0..60 {
            if unsaid().is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        panic!("nothing about {:#?} in\n{}", unsaid(), self.at.log());
    }

    /// What was signed and is not there any more shows to whoever exports and verifies, entry by entry.
    fn is_seen_by_whoever_verifies(&self, edited: &Edited) {
        for place in self.places() {
            let touched = edited.entries.iter().find(|(name, ..)| *name == place.name);
            let dir = self.folder(place, "after");
            for ran in [self.export(place, "after"), run(&["verify", &dir])] {
                match touched {
                    Some((name, n, _)) => {
                        assert_eq!(ran.code, 1, "{name}: {}", ran.stdout);
                        assert!(
                            ran.stderr.contains(&format!("entry {n} ")),
                            "{name}: {}",
                            ran.stderr
                        );
                    }
                    None => assert_eq!(ran.code, 0, "{}: {}", place.name, ran.stderr),
                }
            }
        }
        // What was appended without the key was never signed, and is no part of the ledger.
        let forged = EngagementId::from_bytes(GRANTED).to_string();
        let mut exported = String::new();
        for file in walk(&self.at.beside("after-Grant")) {
            exported += &String::from_utf8_lossy(&fs::read(file).unwrap());
        }
        assert!(exported.contains("engagement-granted") && !exported.contains(&forged));
    }

    /// What a lab exported before the edits stays true, whatever the server gives out now.
    fn earlier_exports_stay_true(&self, edited: &Edited, runs: bool) {
        for place in self.places() {
            let again = self.export(place, "before");
            // Entries follow a deleted one while it runs: that they are in the wrong place shows, and is kept elsewhere.
            let gap = runs && place.name == self.halt.name;
            assert_eq!(again.code == 0, !gap, "{}: {}", place.name, again.stderr);
            ok(&["verify", &self.folder(place, "before")]);
        }
        let missing = edited.entries.iter().find(|(name, ..)| *name == self.halt.name);
        let said = format!("entry {} ", missing.unwrap().1);
        let elsewhere = self.at.beside("before-Halt-as-served");
        assert_eq!(elsewhere.exists(), runs);
        if runs {
            let ran = run(&["verify", &arg(&elsewhere)]);
            assert!(ran.code == 1 && ran.stderr.contains(&said), "{}", ran.stderr);
        }
    }

    /// A ledger that is closed is nobody else's concern.
    async fn others_go_on(&self) {
        let name = self.ciphertext.name;
        let mut wrong = Vec::new();
        for args in [
            vec!["lab", "list"],
            vec!["project", "list"],
            vec!["person", "list"],
            vec!["project", "show", name],
            vec!["ledger", "tail", name],
            vec!["lab", "recipients", name],
            vec!["lab", "add", "Later"],
            vec!["project", "add", "Later", "Later", "--template", "chat"],
            vec!["engage", name, "Ada", "--role", "reviewer"],
            vec![
                "token",
                "add",
                &self.ciphertext.engagement.to_string(),
                "--label",
                "second",
            ],
            vec!["person", "add", "Later"],
            vec!["person", "invite", "Later"],
            vec!["halt", "lab:Ciphertext", "--reason", "drill"],
            vec!["halt", "installation", "--reason", "drill"],
        ] {
            let ran = run(&self.at.with(&args));
            if ran.code != 0 {
                wrong.push(format!("{args:?}: {}", ran.stderr));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}\n{}", self.at.log());
    }

    /// The check of the whole names every edit, and fails.
    fn is_named_by_doctor(&self, edited: &Edited) {
        let ran = run(&["doctor", "--data", &arg(&self.at.data())]);
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        let unsaid = edited.unsaid(&ran.stderr);
        assert!(unsaid.is_empty(), "nothing about {unsaid:#?} in\n{}", ran.stderr);
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
}

/// A steward names whom the lab's deliveries are for; another's recipient.
fn recipients(at: &Installation) -> String {
    at.ask(&["person", "add", "Stella"]);
    let engaged = at.ask(&["engage", "--steward", "Recipient", "Stella"]);
    let token = at.ask(&[
        "token",
        "add",
        engaged["id"].as_str().unwrap(),
        "--label",
        "portal",
    ]);
    let [own, thief] = ["own", "thief"].map(|who| {
        let made = support::json(&["identity", "new", &arg(&at.beside(who))]);
        made["recipient"].as_str().unwrap().to_owned()
    });
    let token = token["token"].as_str().unwrap();
    at.ask_as(token, &["lab", "recipients", "Recipient", &own]);
    thief
}

/// The author answers the first task.
async fn answered(place: &Place, at: &Installation) {
    let seat = place.seat(at);
    let held = seat.ok(Method::POST, "/claims", Some(json!({}))).await;
    let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
    let answer = json!({ "answer": { "replies": ["An answer."] } });
    seat.ok(Method::POST, &path, Some(answer)).await;
}

#[tokio::test]
async fn while_the_server_runs() {
    let mut scene = Scene::new().await;
    let edited = scene.edit();
    scene.is_not_obeyed(true).await;
    scene.is_in_the_log(&edited);
    scene.is_seen_by_whoever_verifies(&edited);
    scene.earlier_exports_stay_true(&edited, true);
    scene.at.stop();
    scene.is_named_by_doctor(&edited);
}

#[tokio::test]
async fn while_the_server_is_stopped() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.at.stop(), 0);
    let edited = scene.edit();
    scene.is_named_by_doctor(&edited);
    scene.at.serve();
    scene.is_not_obeyed(false).await;
    scene.others_go_on().await;
    scene.is_in_the_log(&edited);
    scene.is_seen_by_whoever_verifies(&edited);
    scene.earlier_exports_stay_true(&edited, false);
}
