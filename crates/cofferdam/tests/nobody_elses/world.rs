//! A real server with two labs, and something of every kind in the first.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cofferdam_testbed::Place;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Words that stand in every task, answer and guideline of the first lab.
pub(crate) const WORDS: &str = "quagga-lantern-vellum";
const RECORD: &str = "TEST-2026-1";
const PROGRAM: &str = env!("CARGO_BIN_EXE_cofferdam");

/// The server, and what the first lab holds.
pub(crate) struct World {
    server: Child,
    _folder: tempfile::TempDir,
    _place: Place,
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) document: String,
    operator: String,
    pub(crate) lab: String,
    pub(crate) lab_name: String,
    pub(crate) project: String,
    engagement: String,
    author: String,
    pub(crate) credential: String,
    assignment: String,
    review: String,
    question: String,
    delivery: String,
    halt: String,
    component: String,
    inventory: String,
    list: String,
    incident: String,
    lab_incident: String,
    webhook: String,
    wall: String,
    foreign_lab: String,
    foreign_project: String,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// The binary, seeing nothing of the tester's own settings.
fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COFFERDAM_"))
    {
        command.env_remove(name);
    }
    command
}

fn start(folder: &Path, place: &Place) -> (Child, String, String) {
    let data = folder.join("data");
    let made = program()
        .args(["init", "--database", place.database(), "--data"])
        .arg(&data)
        .stdout(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("127.0.0.1:{port}");
    let server = program()
        .args(["serve", "--listen", &address, "--data"])
        .arg(&data)
        .env("COFFERDAM_REQUESTS_PER_SECOND", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let token = std::fs::read_to_string(data.join("operator.token"))
        .unwrap()
        .trim()
        .to_owned();
    (server, format!("http://{address}"), token)
}

async fn call(client: &Client, base: &str, token: &str, method: Method, path: &str, body: Value) -> Value {
    let request = client
        .request(method, format!("{base}/api/v1{path}"))
        .bearer_auth(token);
    let request = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn text(value: &Value, member: &str) -> String {
    value[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {value}"))
        .to_owned()
}

impl World {
    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        call(&self.client, &self.base, token, Method::POST, path, body).await
    }

    /// Engages somebody new; the engagement's id and a token for it.
    async fn engage(&self, project: &str, role: &str) -> (String, String, String) {
        let person = self
            .post(
                &self.operator,
                "/people",
                json!({ "name": role, "another": true }),
            )
            .await;
        let wanted = json!({ "principal": text(&person, "id"), "role": role });
        let made = self
            .post(
                &self.operator,
                &format!("/projects/{project}/engagements"),
                wanted,
            )
            .await;
        let id = text(&made, "id");
        let issued = self
            .post(
                &self.operator,
                &format!("/engagements/{id}/tokens"),
                json!({ "label": "test" }),
            )
            .await;
        (id, text(&issued, "token"), text(&issued, "credential"))
    }

    async fn steward(&self, lab: &str) -> String {
        let person = self
            .post(
                &self.operator,
                "/people",
                json!({ "name": "steward", "another": true }),
            )
            .await;
        let wanted = json!({ "principal": text(&person, "id") });
        let made = self
            .post(&self.operator, &format!("/labs/{lab}/stewards"), wanted)
            .await;
        let path = format!("/engagements/{}/tokens", text(&made, "id"));
        text(
            &self.post(&self.operator, &path, json!({ "label": "test" })).await,
            "token",
        )
    }

    async fn project_of(&self, lab: &str) -> String {
        let wanted = json!({ "name": "Project", "template": "pairwise-preference", "overlap": 1 });
        text(
            &self
                .post(&self.operator, &format!("/labs/{lab}/projects"), wanted)
                .await,
            "id",
        )
    }

    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::fresh().unwrap();
        let (server, base, operator) = start(folder.path(), &place);
        let client = Client::new();
        for _ in 0..200 {
            if client
                .get(format!("{base}/readyz"))
                .send()
                .await
                .is_ok_and(|r| r.status().is_success())
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let document = program().arg("openapi").output().unwrap().stdout;
        let empty = String::new;
        let mut world = Self {
            server,
            _folder: folder,
            _place: place,
            client,
            base,
            document: String::from_utf8(document).unwrap(),
            operator,
            lab: empty(),
            lab_name: "Umbrel Works".into(),
            project: empty(),
            engagement: empty(),
            author: empty(),
            credential: empty(),
            assignment: empty(),
            review: empty(),
            question: empty(),
            delivery: empty(),
            halt: empty(),
            component: empty(),
            inventory: empty(),
            list: empty(),
            incident: empty(),
            lab_incident: empty(),
            webhook: empty(),
            wall: empty(),
            foreign_lab: empty(),
            foreign_project: empty(),
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let lab = self
            .post(&self.operator, "/labs", json!({ "name": self.lab_name }))
            .await;
        self.lab = text(&lab, "id");
        self.foreign_lab = text(
            &self
                .post(&self.operator, "/labs", json!({ "name": "Elsewhere" }))
                .await,
            "id",
        );
        self.project = self.project_of(&self.lab).await;
        self.foreign_project = self.project_of(&self.foreign_lab).await;
        let (lead, lead_token, _) = self.engage(&self.project, "lead").await;
        let guideline = json!({ "markdown": WORDS });
        let path = format!("/engagements/{lead}/guideline");
        call(
            &self.client,
            &self.base,
            &lead_token,
            Method::PUT,
            &path,
            guideline,
        )
        .await;
        let rows: String = (0..9)
            .map(|n| {
                json!({ "id": n.to_string(), "prompt": WORDS, "response_a": WORDS, "response_b": "b" })
                    .to_string()
                    + "\n"
            })
            .collect();
        let url = format!("{}/api/v1/engagements/{lead}/imports?format=jsonl", self.base);
        let done = self
            .client
            .post(url)
            .bearer_auth(&lead_token)
            .body(rows)
            .send()
            .await
            .unwrap();
        assert!(done.status().is_success(), "{}", done.text().await.unwrap());
        (self.engagement, self.author, self.credential) = self.engage(&self.project, "author").await;
        self.work().await;
        self.scanned().await;
        self.listed().await;
        self.opened().await;
        self.walled().await;
    }

    /// The hash of the list of objects that the import made.
    async fn listed(&mut self) {
        let base = format!("{}/api/v1/ledgers/{}", self.base, self.lab);
        let read = async |path: String| {
            let request = self
                .client
                .get(format!("{base}/{path}"))
                .bearer_auth(&self.operator);
            let bytes = request.send().await.unwrap().bytes().await.unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let checkpoint = read("checkpoint".into()).await;
        let size = checkpoint.lines().nth(1).unwrap();
        let entries = read(format!("tile/entries/000.p/{size}")).await;
        let (_, imported) = entries.split_once("\"kind\":\"tasks-imported\"").unwrap();
        let (_, hash) = imported.split_once("\"sha256\":\"").unwrap();
        self.list = hash[..64].to_owned();
    }

    async fn work(&mut self) {
        let claims = format!("/engagements/{}/claims", self.engagement);
        let held = text(&self.post(&self.author, &claims, Value::Null).await, "assignment");
        let path = format!("/engagements/{}/assignments/{held}/submission", self.engagement);
        self.post(
            &self.author,
            &path,
            json!({ "answer": { "choice": "a", "reason": WORDS } }),
        )
        .await;
        self.assignment = text(&self.post(&self.author, &claims, Value::Null).await, "assignment");
        let path = format!("/engagements/{}/questions", self.engagement);
        let asked = json!({ "text": WORDS, "assignment": self.assignment, "broken": true });
        self.question = text(&self.post(&self.author, &path, asked).await, "remark");
        let (reviewer, reviewer_token, _) = self.engage(&self.project, "reviewer").await;
        let path = format!("/engagements/{reviewer}/reviews/claims");
        self.review = text(&self.post(&reviewer_token, &path, Value::Null).await, "review");
        let steward = self.steward(&self.lab).await;
        let path = format!("/labs/{}/recipients", self.lab);
        let recipients = json!({ "recipients": [RECIPIENT] });
        call(&self.client, &self.base, &steward, Method::PUT, &path, recipients).await;
        // A name that nobody has (RFC 2606).
        let path = format!("/labs/{}/webhooks", self.lab);
        let webhook = json!({ "url": "https://hooks.invalid/cofferdam" });
        self.webhook = text(&self.post(&steward, &path, webhook).await, "id");
        let path = format!("/projects/{}/deliveries", self.project);
        self.delivery = text(&self.post(&self.operator, &path, json!({})).await, "id");
        let scope = format!("lab:{}", self.lab);
        let halted = json!({ "scope": scope, "reason": "drill", "until": "2200-01-01T00:00:00Z" });
        let made = self.post(&steward, "/halts", halted).await;
        self.post(
            &steward,
            &format!("/halts/{}/resume", text(&made, "id")),
            json!({}),
        )
        .await;
        let credential = json!({ "scope": format!("credential:{}", self.credential), "reason": "drill" });
        let made = self.post(&self.operator, "/halts", credential).await;
        self.halt = text(&made, "id");
        self.post(
            &self.operator,
            &format!("/halts/{}/resume", self.halt),
            json!({ "checked": ["false-alarm"] }),
        )
        .await;
    }

    /// A component that said what it runs, and an advisory.
    async fn scanned(&mut self) {
        let component = json!({ "name": "Importer", "kind": "component" });
        self.component = text(&self.post(&self.operator, "/people", component).await, "id");
        let wanted = json!({ "principal": self.component, "role": "integration", "purposes": ["import"] });
        let path = format!("/projects/{}/engagements", self.project);
        let engagement = text(&self.post(&self.operator, &path, wanted).await, "id");
        let path = format!("/engagements/{engagement}/tokens");
        let issued = self.post(&self.operator, &path, json!({ "label": "test" })).await;
        let now = cofferdam_model::Clock::now(&cofferdam_model::SystemClock);
        let document = format!(
            "{{\"format\":\"cofferdam-inventory\",\"version\":1,\"scanned_at_micros\":{},\"roots\":[{{\"name\":\"x\",\
             \"kind\":\"folder\"}}],\"sources\":{{}},\"packages\":[],\"startup\":[],\"gaps\":[]}}\n",
            now.as_micros()
        );
        let url = format!("{}/api/v1/engagements/{engagement}/inventories", self.base);
        let request = self
            .client
            .post(url)
            .bearer_auth(text(&issued, "token"))
            .body(document);
        let said = request.send().await.unwrap().text().await.unwrap();
        self.inventory = text(&serde_json::from_str(&said).unwrap(), "id");
        let record = json!({ "id": RECORD, "modified": "2026-03-24T12:00:00Z" });
        self.post(&self.operator, "/advisories", json!({ "records": [record] }))
            .await;
    }

    /// An incident of that component.
    async fn opened(&mut self) {
        let subject = format!("component:{}", self.component);
        let new = json!({ "title": WORDS, "reason": WORDS, "subjects": [subject] });
        let made = self.post(&self.operator, "/incidents", new).await;
        self.incident = text(&made, "id");
        self.lab_incident = text(&made["labs"][0], "incident");
    }

    /// A wall between the labs.
    async fn walled(&mut self) {
        let labs = [&self.lab, &self.foreign_lab];
        let new = json!({ "name": WORDS, "labs": labs, "cooling_off_days": 180, "reason": WORDS });
        self.wall = text(&self.post(&self.operator, "/walls", new).await, "id");
    }

    /// What stands for each part of a path.
    pub(crate) fn ids(&self) -> Vec<(&'static str, String)> {
        let person = "pri_7ZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned();
        vec![
            ("lab", self.lab.clone()),
            ("project", self.project.clone()),
            ("engagement", self.engagement.clone()),
            ("id", self.assignment.clone()),
            ("assignment", self.assignment.clone()),
            ("review", self.review.clone()),
            ("question", self.question.clone()),
            ("delivery", self.delivery.clone()),
            ("halt", self.halt.clone()),
            ("component", self.component.clone()),
            ("inventory", self.inventory.clone()),
            ("incident", self.incident.clone()),
            ("lab_incident", self.lab_incident.clone()),
            ("webhook", self.webhook.clone()),
            ("wall", self.wall.clone()),
            ("record", RECORD.into()),
            ("credential", self.credential.clone()),
            ("person", person),
            ("ledger", self.lab.clone()),
            ("sha256", self.list.clone()),
            ("path", "0/000".into()),
            ("*path", "0/000".into()),
        ]
    }

    /// A path with ids of the same kinds that name nothing.
    pub(crate) fn with_absent_ids(&self) -> impl Fn(&str) -> String + use<> {
        let own: Vec<String> = [&self.engagement, &self.assignment, &self.review, &self.question]
            .map(Clone::clone)
            .into();
        move |path| {
            let mut path = path.to_owned();
            for id in &own {
                path = path.replace(id, &format!("{}_7ZZZZZZZZZZZZZZZZZZZZZZZZY", &id[..3]));
            }
            path
        }
    }

    /// A fitting value for a member of a body, by its name.
    pub(crate) fn value_of(&self, name: &str) -> Option<Value> {
        Some(match name {
            "principal" => json!("pri_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
            "scope" => json!(format!("project:{}", self.project)),
            "url" => json!("https://hooks.invalid/another"),
            "email" => json!("nobody@work.example"),
            "up_to" => json!("ntc_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
            "recipients" => json!([RECIPIENT]),
            "labs" => json!([self.lab, self.foreign_lab]),
            "template" => json!("chat"),
            "answer" => json!({ "choice": "a" }),
            "rows" => json!([{ "row": 1, "reason": "words" }]),
            "role" => json!("author"),
            "credential" => json!(self.credential),
            "from" | "to" | "at" | "since" => json!("2026-03-24T10:39:00Z"),
            "subjects" => json!([format!("component:{}", self.component)]),
            "subject" => json!(format!("component:{}", self.component)),
            _ => return None,
        })
    }

    pub(crate) async fn foreign_author(&self) -> String {
        self.engage(&self.foreign_project, "author").await.1
    }

    pub(crate) async fn foreign_steward(&self) -> String {
        self.steward(&self.foreign_lab).await
    }

    pub(crate) async fn colleague(&self, role: &str) -> String {
        self.engage(&self.project, role).await.1
    }

    pub(crate) async fn revoked(&self) -> String {
        let (_, token, credential) = self.engage(&self.project, "author").await;
        let path = format!("/credentials/{credential}");
        call(
            &self.client,
            &self.base,
            &self.operator,
            Method::DELETE,
            &path,
            Value::Null,
        )
        .await;
        token
    }

    /// A token of the engagement that the paths name, while that engagement is halted for good.
    pub(crate) async fn halted(&self) -> String {
        let scope = format!("person:{}", self.holder().await);
        self.post(
            &self.operator,
            "/halts",
            json!({ "scope": scope, "reason": "drill" }),
        )
        .await;
        self.author.clone()
    }

    async fn holder(&self) -> String {
        let me = call(
            &self.client,
            &self.base,
            &self.author,
            Method::GET,
            "/me",
            Value::Null,
        )
        .await;
        text(&me, "principal")
    }

    /// A token of an engagement that has ended.
    pub(crate) async fn ended(&self) -> String {
        let (engagement, token, _) = self.engage(&self.project, "author").await;
        self.post(
            &self.operator,
            &format!("/engagements/{engagement}/end"),
            Value::Null,
        )
        .await;
        token
    }
}

const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
