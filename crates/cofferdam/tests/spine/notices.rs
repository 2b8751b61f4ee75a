//! Notices: by the command line, by webhook, and once whenever the server dies.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Installation, ok, run};

fn text(value: &Value, at: &str) -> String {
    let found = value.pointer(at).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {at} in {value}")).to_owned()
}

/// A receiver of webhooks: each message's id and body.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<(String, String)>>>);

impl Receiver {
    fn open() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (receiver, host) = (Self::default(), listener.local_addr().unwrap().to_string());
        let own = receiver.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                own.answer(connection);
            }
        });
        (receiver, host)
    }

    fn answer(&self, mut connection: std::net::TcpStream) -> Option<()> {
        let mut read = BufReader::new(connection.try_clone().ok()?);
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.trim().split_once(": ").unwrap_or_default();
            match name.to_lowercase().as_str() {
                "webhook-id" => id = value.to_owned(),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        read.read_exact(&mut body).ok()?;
        let message = (id, String::from_utf8(body).ok()?);
        self.0.lock().unwrap().push(message);
        let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
        connection.write_all(answer).ok()
    }

    fn messages(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().clone()
    }
}

/// An installation whose webhooks may be at a host of this machine.
fn with_hosts(host: &str) -> Installation {
    Installation::start_with(|data, _| {
        let file = data.join("cofferdam.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("webhook_hosts = []", &format!("webhook_hosts = [\"{host}\"]"));
        std::fs::write(file, text).unwrap();
    })
}

/// Asks until it holds, for as long as a server that was just started may take.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not come about");
}

/// A lab with a steward and an author: their tokens.
fn lab(at: &Installation) -> (String, String) {
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["project", "add", "Wenham", "Notes", "--template", "chat"]);
    for name in ["Mira", "Ada"] {
        at.ask(&["person", "add", name]);
    }
    let engaged = at.ask(&["engage", "--steward", "Wenham", "Mira"]);
    let issued = at.ask(&["token", "add", &text(&engaged, "/id"), "--label", "test"]);
    let (_, author) = at.seat("Notes", "Ada", &["--role", "author"]);
    (text(&issued, "/token"), author)
}

fn of_kind(notices: &Value, kind: &str) -> Vec<String> {
    let all = notices.as_array().into_iter().flatten();
    let own = all.filter(|notice| notice["kind"] == kind);
    own.map(|notice| text(notice, "/about")).collect()
}

#[test]
fn whenever_the_server_dies_everybody_is_told_once() {
    let (receiver, host) = Receiver::open();
    let mut at = with_hosts(&host);
    let (steward, author) = lab(&at);
    at.ask_as(
        &steward,
        &["webhook", "set", "Wenham", &format!("http://{host}/x")],
    );
    let mut halts = BTreeSet::new();
    for round in 0..6 {
        let halt = at.ask(&["halt", "lab:Wenham", "--reason", "drill"]);
        let halt = text(&halt, "/id");
        at.ask(&["resume", &halt, "--checked", "false-alarm"]);
        halts.insert(halt);
        // Now before it was looked at, now while it is told, now after.
        std::thread::sleep(Duration::from_millis(round * 300));
        at.kill();
        at.serve();
    }
    until("the last message", || {
        let ended = receiver
            .messages()
            .into_iter()
            .filter(|(_, body)| body.contains("\"resumed\""));
        ended.map(|(id, _)| id).collect::<BTreeSet<_>>().len() >= halts.len()
    });
    for token in [&author, &steward] {
        let told = at.ask_as(token, &["notices"]);
        for kind in ["halted", "resumed"] {
            let about = of_kind(&told, kind);
            assert_eq!(about.len(), halts.len(), "{told}");
            assert_eq!(about.into_iter().collect::<BTreeSet<_>>(), halts);
        }
    }
    // A receiver tells a repeated message by its id.
    let ids: BTreeSet<_> = receiver.messages().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 2 * halts.len());
    assert_eq!(at.stop(), 0);
    let data = at.data();
    assert!(ok(&["doctor", "--data", data.to_str().unwrap()]).contains("all is as it was written"));
}

#[test]
fn a_halt_is_listed_read_and_told_by_webhook() {
    let (receiver, host) = Receiver::open();
    let at = with_hosts(&host);
    let (steward, author) = lab(&at);
    let url = format!("http://{host}/x");
    let set = at.ask_as(&steward, &["webhook", "set", "Wenham", &url]);
    assert!(text(&set, "/secret").starts_with("whsec_"));
    at.ask_as(&steward, &["webhook", "test", "Wenham", &url]);
    until("the test", || !receiver.messages().is_empty());
    until("what is known of it", || {
        at.ask_as(&steward, &["webhook", "list", "Wenham"])[0]["last"]["outcome"] == "delivered"
    });
    let listed = at.ask(&["webhook", "list", "Wenham"]);
    assert!(!listed.to_string().contains("whsec_"), "{listed}");
    let log = at.ask(&["notices", "log"]);
    assert_eq!(
        (&log[0]["kind"], &log[0]["status"]),
        (&json!("test"), &json!(204))
    );
    at.ask(&["halt", "lab:Wenham", "--reason", "drill"]);
    until("the author's notice", || {
        !of_kind(&at.ask_as(&author, &["notices"]), "halted").is_empty()
    });
    let own = at.ask_as(&author, &["notices", "--unread"]);
    assert!(
        of_kind(&own, "halted").len() == 1 && !own.to_string().contains("lab_"),
        "{own}"
    );
    // Tokens are for one engagement; a session reads for all of one's own.
    let mut read: Vec<&str> = vec!["notices", "read"];
    read.extend(["--server", &at.base, "--token", &author]);
    assert!(run(&read).stderr.contains("does not see all of your notices"));
    let read = at.ask(&["notices", "read"]);
    assert!(read["read"].is_number(), "{read}");
    assert_eq!(at.ask(&["notices", "--unread"]), json!([]));
    // While their lab is halted, stewards change nothing of it.
    at.ask(&["webhook", "remove", "Wenham", &url]);
    assert_eq!(at.ask(&["webhook", "list", "Wenham"]), json!([]));
}

#[test]
fn an_address_is_set_shown_and_refused() {
    let at = Installation::start();
    at.ask(&["person", "add", "Ada"]);
    assert_eq!(at.ask(&["person", "address", "Ada"])["email"], Value::Null);
    at.ask(&["person", "address", "Ada", "--email", "ada@work.example"]);
    assert_eq!(at.ask(&["person", "address", "Ada"])["email"], "ada@work.example");
    let ran = run(&at.with(&["person", "address", "Ada", "--email", "ada"]));
    assert!(
        ran.stderr
            .contains("one address is needed, as in mira@work.example"),
        "{}",
        ran.stderr
    );
    let people = at.ask(&["person", "list"]);
    assert!(!people.to_string().contains("work.example"), "{people}");
    at.ask(&["person", "address", "Ada", "--none"]);
    assert_eq!(at.ask(&["person", "address", "Ada"])["email"], Value::Null);
}
