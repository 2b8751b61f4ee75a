//! What a lab sends back goes to its author, with the lab's reason, and is left out until it is mended.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::{self, Installation, arg, ok};

const REASON: &str = "the reply never says where it sailed";

fn prompts(at: &Installation) {
    prompts_for(at, "1");
}

/// Each for so many people.
fn prompts_for(at: &Installation, overlap: &str) {
    at.ask(&["lab", "add", "Wenham"]);
    let chat = ["--template", "chat", "--overlap", overlap];
    at.ask(&[&["project", "add", "Wenham", "Talk"], &chat[..]].concat());
    at.ask(&["person", "add", "Script", "--component"]);
    let grant = ["--role", "integration", "--purpose", "import"];
    let (_, token) = at.seat("Talk", "Script", &grant);
    let rows = ["a brig", "a sloop", "a yawl"]
        .map(|what| json!({ "id": what, "turns": [format!("Tell of {what}.")] }).to_string());
    let file = at.beside("prompts.jsonl");
    fs::write(&file, rows.join("\n")).unwrap();
    assert_eq!(at.ask_as(&token, &["import", &arg(&file)])["tasks"], 3);
}

/// The lab's steward: its token, and where its identity is.
fn steward(at: &Installation) -> (String, String) {
    let identity = arg(&at.beside("identity.txt"));
    let made = support::json(&["identity", "new", &identity]);
    at.ask(&["person", "add", "Stella"]);
    let engaged = at.ask(&["engage", "--steward", "Wenham", "Stella"]);
    let id = engaged["id"].as_str().unwrap();
    let token = at.ask(&["token", "add", id, "--label", "portal"]);
    let token = token["token"].as_str().unwrap().to_owned();
    at.ask_as(
        &token,
        &["lab", "recipients", "Wenham", made["recipient"].as_str().unwrap()],
    );
    (token, identity)
}

async fn claim(author: &Seat<'_>) -> Value {
    author.ok(Method::POST, "/claims", Some(json!({}))).await
}

async fn submit(author: &Seat<'_>, held: &Value, reply: &str) -> Value {
    let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
    let answer = json!({ "answer": { "replies": [reply] } });
    author.ok(Method::POST, &path, Some(answer)).await
}

/// A new delivery's rows, as the lab opens them.
fn delivered(at: &Installation, steward: &str, identity: &str) -> (Value, Vec<String>) {
    let made = at.ask(&["deliver", "Talk"]);
    let id = made["id"].as_str().unwrap();
    let file = arg(&at.beside(&format!("{id}.age")));
    at.ask_as(steward, &["delivery", "fetch", id, "--out", &file]);
    let rows = ok(&["open", &file, "--identity", identity]);
    (made, rows.lines().map(str::to_owned).collect())
}

/// The lab sends rows of a delivery back, each `NUMBER=WHY`.
fn send_back(at: &Installation, steward: &str, made: &Value, rows: &[&str]) {
    let id = made["id"].as_str().unwrap();
    let rows = rows.iter().flat_map(|row| ["--row", row]);
    let args: Vec<&str> = ["delivery", "return", id].into_iter().chain(rows).collect();
    assert_eq!(at.ask_as(steward, &args)["state"], "rows-returned");
}

#[tokio::test]
async fn a_row_that_the_lab_sends_back_is_mended_by_its_author() {
    let mut at = Installation::start();
    prompts(&at);
    let (steward, identity) = steward(&at);
    let (engagement, token) = {
        let author = Seat::new(&at, "Talk", "Ada", &["--role", "author"]);
        for reply in ["It sank.", "It floated."] {
            let held = claim(&author).await;
            submit(&author, &held, reply).await;
        }
        (author.engagement, author.token)
    };
    let (first, rows) = delivered(&at, &steward, &identity);
    assert_eq!((rows.len(), &first["left_out"]), (2, &json!(0)));
    let id = first["id"].as_str().unwrap();
    let sunk = rows.iter().position(|row| row.contains("It sank.")).unwrap() + 1;
    let back = at.ask_as(
        &steward,
        &["delivery", "return", id, "--row", &format!("{sunk}={REASON}")],
    );
    assert_eq!(
        (&back["state"], &back["went_back"]),
        (&json!("rows-returned"), &json!(1))
    );
    let reasons = at.ask_as(&steward, &["delivery", "returned", id]);
    assert_eq!(
        (&reasons[0]["row"], &reasons[0]["reason"]),
        (&json!(sunk), &json!(REASON))
    );

    let author = Seat::with_token(&at, engagement, token);
    let held = claim(&author).await;
    assert_eq!(
        held["rework"]["remarks"],
        json!([{ "by": "lab", "text": REASON }])
    );
    assert_eq!(held["rework"]["answer"]["replies"][0], "It sank.");
    let (second, rows) = delivered(&at, &steward, &identity);
    assert_eq!((rows.len(), &second["left_out"]), (1, &json!(1)));
    assert!(rows[0].contains("It floated."));

    let taken = submit(&author, &held, "It sailed to Wenham.").await;
    assert_eq!(taken["version"], 2);
    let (third, rows) = delivered(&at, &steward, &identity);
    assert_eq!((rows.len(), &third["left_out"]), (2, &json!(0)));
    assert!(rows.iter().any(|row| row.contains("It sailed to Wenham.")));
    let fresh = claim(&author).await;
    assert_eq!(fresh["rework"], Value::Null);

    assert_eq!(at.stop(), 0);
    ok(&["doctor", "--data", &arg(&at.data())]);
}

/// Of answers that differ nobody's is taken for being the first: a reviewer has chosen, or the task waits.
#[tokio::test]
async fn of_answers_that_differ_the_accepted_one_is_delivered() {
    let at = Installation::start();
    prompts_for(&at, "2");
    let (steward, identity) = steward(&at);
    let mut given = Vec::new();
    for (name, reply) in [("Ada", "It sank."), ("Bert", "It floated.")] {
        let author = Seat::new(&at, "Talk", name, &["--role", "author"]);
        let held = claim(&author).await;
        let taken = submit(&author, &held, reply).await;
        given.push((reply, taken["submission"].clone()));
    }
    let none = support::run(&at.with(&["deliver", "Talk"]));
    assert!(none.stderr.contains("makes a row"), "{}", none.stderr);
    let reviewer = Seat::new(&at, "Talk", "Rhea", &["--role", "reviewer"]);
    let first = reviewer
        .ok(Method::POST, "/reviews/claims", Some(json!({})))
        .await;
    // The one that came first is left as it is; a second reviewer gets the other.
    let other = Seat::new(&at, "Talk", "Rolf", &["--role", "reviewer"]);
    let second = other.ok(Method::POST, "/reviews/claims", Some(json!({}))).await;
    assert_ne!(first["submission"], second["submission"]);
    let path = format!("/reviews/{}", second["review"].as_str().unwrap());
    other
        .ok(Method::POST, &path, Some(json!({ "verdict": "accept" })))
        .await;
    let accepted = given
        .iter()
        .find(|(_, id)| *id == second["submission"])
        .unwrap()
        .0;
    let (made, rows) = delivered(&at, &steward, &identity);
    assert_eq!((rows.len(), &made["left_out"]), (1, &json!(0)));
    assert!(rows[0].contains(accepted), "{rows:?}");
}

/// Whose answer a row is, and nobody else, hears of it; and what is another since stays where it is.
#[tokio::test]
async fn a_row_goes_back_to_whose_answer_it_is_and_to_nobody_else() {
    let at = Installation::start();
    prompts_for(&at, "2");
    let (steward, identity) = steward(&at);
    let seats = ["Ada", "Bert"].map(|name| Seat::new(&at, "Talk", name, &["--role", "author"]));
    let reviewer = Seat::new(&at, "Talk", "Rhea", &["--role", "reviewer"]);
    for (author, reply) in seats.iter().zip(["It sank.", "It floated."]) {
        let held = claim(author).await;
        submit(author, &held, reply).await;
        let judged = reviewer
            .ok(Method::POST, "/reviews/claims", Some(json!({})))
            .await;
        let path = format!("/reviews/{}", judged["review"].as_str().unwrap());
        reviewer
            .ok(Method::POST, &path, Some(json!({ "verdict": "accept" })))
            .await;
    }
    // Both were accepted: both are rows, and may go back together.
    let (whole, _) = delivered(&at, &steward, &identity);
    let (made, rows) = delivered(&at, &steward, &identity);
    assert_eq!((rows.len(), &made["left_out"]), (2, &json!(0)));
    let sunk = rows.iter().position(|row| row.contains("It sank.")).unwrap() + 1;
    let back = [
        "delivery",
        "return",
        made["id"].as_str().unwrap(),
        "--row",
        &format!("{sunk}={REASON}"),
    ];
    at.ask_as(&steward, &back);
    let theirs = claim(&seats[0]).await;
    assert_eq!(
        theirs["rework"]["remarks"],
        json!([{ "by": "lab", "text": REASON }])
    );
    let others = claim(&seats[1]).await;
    assert_eq!(others["rework"], Value::Null, "a word about another's answer");
    send_back(&at, &steward, &whole, &["1=first", "2=second"]);
    let counts = &at.ask(&["project", "show", "Talk"])["submissions"];
    assert_eq!((&counts["accepted"], &counts["returned"]), (&json!(0), &json!(2)));
}

/// Of equal answers a reviewer accepted one: it goes back to everybody who gave it.
#[tokio::test]
async fn what_was_accepted_of_one_goes_back_to_all_who_gave_it() {
    let at = Installation::start();
    prompts_for(&at, "2");
    let (steward, identity) = steward(&at);
    let seats = ["Ada", "Bert"].map(|name| Seat::new(&at, "Talk", name, &["--role", "author"]));
    let reviewer = Seat::new(&at, "Talk", "Rhea", &["--role", "reviewer"]);
    for author in &seats {
        let held = claim(author).await;
        submit(author, &held, "It sank.").await;
    }
    let judged = reviewer
        .ok(Method::POST, "/reviews/claims", Some(json!({})))
        .await;
    let path = format!("/reviews/{}", judged["review"].as_str().unwrap());
    reviewer
        .ok(Method::POST, &path, Some(json!({ "verdict": "accept" })))
        .await;
    let (made, rows) = delivered(&at, &steward, &identity);
    assert_eq!(rows.len(), 1);
    send_back(&at, &steward, &made, &[&format!("1={REASON}")]);
    let counts = &at.ask(&["project", "show", "Talk"])["submissions"];
    assert_eq!(
        (&counts["submitted"], &counts["returned"]),
        (&json!(0), &json!(2))
    );
}

/// Equal answers are one row: it goes back to everybody whose answer it is, and comes again only as they mend it.
#[tokio::test]
async fn a_row_that_several_gave_goes_back_to_each_of_them() {
    let at = Installation::start();
    prompts_for(&at, "2");
    let (steward, identity) = steward(&at);
    let seats = ["Ada", "Bert"].map(|name| Seat::new(&at, "Talk", name, &["--role", "author"]));
    for author in &seats {
        let held = claim(author).await;
        submit(author, &held, "It sank.").await;
    }
    let (made, rows) = delivered(&at, &steward, &identity);
    assert_eq!(rows.len(), 1, "{rows:?}");
    send_back(&at, &steward, &made, &[&format!("1={REASON}")]);
    let none = at.with(&["deliver", "Talk"]);
    for (author, reply) in seats.iter().zip(["It floated.", "It floated."]) {
        let told = support::run(&none).stderr;
        assert!(told.contains("there is nothing to deliver yet"), "{told}");
        let theirs = claim(author).await;
        assert_eq!(theirs["rework"]["remarks"][0]["text"], REASON);
        submit(author, &theirs, reply).await;
    }
    let (_, rows) = delivered(&at, &steward, &identity);
    assert!(rows.len() == 1 && rows[0].contains("It floated."), "{rows:?}");
}

/// The lab's word is about the version that it was sent, and not about what has been mended since.
#[tokio::test]
async fn votes_that_were_mended_since_stay_where_they_are() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    let kind = ["--template", "pairwise-preference", "--overlap", "2"];
    at.ask(&[&["project", "add", "Wenham", "Talk"], &kind[..]].concat());
    at.ask(&["person", "add", "Script", "--component"]);
    let grant = ["--role", "integration", "--purpose", "import"];
    let (_, token) = at.seat("Talk", "Script", &grant);
    let file = at.beside("pairs.jsonl");
    let pair = json!({ "id": "1", "prompt": "Tell of a brig.", "response_a": "It sank.", "response_b": "It floated." });
    fs::write(&file, pair.to_string()).unwrap();
    at.ask_as(&token, &["import", &arg(&file)]);
    let (steward, identity) = steward(&at);
    let seats = ["Ada", "Bert"].map(|name| Seat::new(&at, "Talk", name, &["--role", "author"]));
    let vote = async |choice: &str| {
        for author in &seats {
            let held = claim(author).await;
            let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
            let answer = json!({ "answer": { "choice": choice } });
            author.ok(Method::POST, &path, Some(answer)).await;
        }
    };
    vote("a").await;
    let [first, second] = [(); 2].map(|()| delivered(&at, &steward, &identity).0);
    let why = format!("1={REASON}");
    send_back(&at, &steward, &first, &[&why]);
    vote("b").await;
    let args = [
        "delivery",
        "return",
        second["id"].as_str().unwrap(),
        "--row",
        &why,
    ];
    assert_eq!(at.ask_as(&steward, &args)["went_back"], 0);
    let counts = &at.ask(&["project", "show", "Talk"])["submissions"];
    assert_eq!(
        (&counts["submitted"], &counts["returned"]),
        (&json!(2), &json!(0))
    );
}

/// A reviewer and the lab may both find fault with one version: its author reads what each of them wrote, each time.
#[tokio::test]
async fn who_mends_an_answer_reads_what_everybody_wrote_of_it() {
    let at = Installation::start();
    prompts(&at);
    let (steward, identity) = steward(&at);
    let ada = Seat::new(&at, "Talk", "Ada", &["--role", "author"]);
    let rhea = Seat::new(&at, "Talk", "Rhea", &["--role", "reviewer"]);
    let held = claim(&ada).await;
    submit(&ada, &held, "It sank.").await;
    let [first, second] = [(); 2].map(|()| delivered(&at, &steward, &identity).0);
    let judged = rhea.ok(Method::POST, "/reviews/claims", Some(json!({}))).await;
    let path = format!("/reviews/{}", judged["review"].as_str().unwrap());
    let verdict = json!({ "verdict": "return", "comment": "Where did it sink?" });
    rhea.ok(Method::POST, &path, Some(verdict)).await;
    send_back(&at, &steward, &first, &["1=We asked for a brig."]);
    send_back(&at, &steward, &second, &["1=And again."]);
    let theirs = claim(&ada).await;
    assert_eq!(
        theirs["rework"]["remarks"],
        json!([
            { "by": "reviewer", "text": "Where did it sink?" },
            { "by": "lab", "text": "We asked for a brig." },
            { "by": "lab", "text": "And again." }
        ])
    );
    submit(&ada, &theirs, "The brig sank off Wenham.").await;
    let listed = ada.ok(Method::GET, "/assignments", None).await;
    assert_eq!(listed["items"][0]["submission"], "submitted");
}

/// What is back may be put aside: somebody else begins anew.
#[tokio::test]
async fn what_was_sent_back_can_be_given_back() {
    let at = Installation::start();
    prompts(&at);
    let (steward, identity) = steward(&at);
    let ada = Seat::new(&at, "Talk", "Ada", &["--role", "author"]);
    let held = claim(&ada).await;
    submit(&ada, &held, "It sank.").await;
    let (made, _) = delivered(&at, &steward, &identity);
    send_back(&at, &steward, &made, &[&format!("1={REASON}")]);
    let theirs = claim(&ada).await;
    assert_eq!(theirs["rework"]["remarks"][0]["text"], REASON);
    let path = format!("/assignments/{}/return", theirs["assignment"].as_str().unwrap());
    ada.ok(Method::POST, &path, None).await;
    let again = ada.send(Method::POST, &path, None).await;
    assert_eq!(again.status(), 409);
    let told = again.text().await.unwrap();
    assert!(told.contains("this answer was given back"), "{told}");
    let listed = ada.ok(Method::GET, "/assignments", None).await;
    let first = &listed["items"][0];
    assert_eq!(
        (&first["state"], &first["submission"]),
        (&json!("submitted"), &json!("lapsed"))
    );
    let other = claim(&ada).await;
    assert_ne!(
        other["input"], theirs["input"],
        "it came back to who had put it aside"
    );
    let bert = Seat::new(&at, "Talk", "Bert", &["--role", "author"]);
    let anew = claim(&bert).await;
    assert_eq!(
        (&anew["input"], &anew["rework"]),
        (&theirs["input"], &Value::Null)
    );
    let counts = &at.ask(&["project", "show", "Talk"])["submissions"];
    assert_eq!(counts["lapsed"], 1);
}

/// Whoever fetches a delivery's file and may no more gets no more of it; what is left of one that was never made goes.
#[tokio::test]
async fn a_halt_cuts_a_delivery_that_is_being_fetched() {
    let mut at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["project", "add", "Wenham", "Talk", "--template", "freeform"]);
    at.ask(&["person", "add", "Script", "--component"]);
    let grant = ["--role", "integration", "--purpose", "import"];
    let (_, token) = at.seat("Talk", "Script", &grant);
    let body = "a brig ".repeat(130_000);
    let rows = (0..40).map(|id| json!({ "id": id.to_string(), "body": body }).to_string());
    let file = at.beside("long.jsonl");
    fs::write(&file, rows.collect::<Vec<_>>().join("\n")).unwrap();
    at.ask_as(&token, &["import", &arg(&file)]);
    let (steward, _) = steward(&at);
    let ada = Seat::new(&at, "Talk", "Ada", &["--role", "author"]);
    for _ in 0..40 {
        let held = claim(&ada).await;
        let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
        let answer = json!({ "answer": { "text": "It sank." } });
        ada.ok(Method::POST, &path, Some(answer)).await;
    }
    let made = at.ask(&["deliver", "Talk", "--format", "tasks"]);
    let whole = made["bytes"].as_u64().unwrap();
    assert!(whole > 30_000_000, "{whole}");
    let url = format!(
        "{}/api/v1/deliveries/{}/file",
        at.base,
        made["id"].as_str().unwrap()
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut fetched = http.get(url).bearer_auth(&steward).send().await.unwrap();
    let mut bytes = fetched.chunk().await.unwrap().unwrap().len() as u64;
    at.ask_as(&steward, &["halt", "lab:Wenham", "--reason", "lab-request"]);
    let ended = loop {
        match fetched.chunk().await {
            Ok(Some(chunk)) => bytes += chunk.len() as u64,
            ended => break ended,
        }
    };
    assert!(
        ended.is_err() && bytes < whole,
        "{bytes} of {whole} bytes: {ended:?}"
    );
    assert_eq!(at.stop(), 0);
    let left = at.data().join("deliveries/left.part");
    if !at.place.is_on_server() {
        fs::write(&left, "x").unwrap();
    }
    at.serve();
    assert!(!left.exists());
}
