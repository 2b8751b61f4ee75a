//! Walls, from the command line to the contractor who is told that one stands, past a kill of the server.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::{Installation, arg, ok, run};

fn stage(at: &Installation, lab: &str, project: &str) -> String {
    let made = at.ask(&["lab", "add", lab]);
    at.pairs(lab, project, 4);
    made["id"].as_str().unwrap().to_owned()
}

fn seat<'i>(at: &'i Installation, (engagement, token): &(String, String)) -> Seat<'i> {
    Seat::with_token(at, engagement.clone(), token.clone())
}

/// Refused for a wall: what the problem says.
async fn walled(seat: &Seat<'_>) -> String {
    let answer = seat.send(Method::POST, "/claims", Some(json!({}))).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    let problem: Value = serde_json::from_str(&text).unwrap();
    let found = (status, &problem["type"]);
    assert_eq!(
        found,
        (StatusCode::FORBIDDEN, &json!("/problems/walled")),
        "{text}"
    );
    text
}

fn refused(at: &Installation, args: &[&str]) -> String {
    let ran = run(&at.with(args));
    assert_ne!(ran.code, 0, "{args:?}: {}", ran.stdout);
    ran.stderr
}

#[tokio::test]
async fn a_wall_keeps_whoever_has_seen_one_lab_from_the_other() {
    let mut at = Installation::start();
    let (wenham, aster) = (stage(&at, "Wenham", "Pairs"), stage(&at, "Aster", "Twins"));
    at.ask(&["person", "add", "Ada"]);
    let seats = ["Pairs", "Twins"].map(|project| at.seat(project, "Ada", &["--role", "author"]));
    let declare = [
        "--lab",
        "Wenham",
        "--lab",
        "Aster",
        "--cooling-off",
        "180",
        "--reason",
        "they compete",
    ];
    let wall = at.ask(&[&["wall", "declare", "Assistants"][..], &declare].concat());
    assert_eq!(
        (&wall["stopped"], &wall["cooling_off_days"]),
        (&json!(0), &json!(180))
    );
    seat(&at, &seats[0])
        .ok(Method::POST, "/claims", Some(json!({})))
        .await;
    let told = walled(&seat(&at, &seats[1])).await;
    assert!(
        told.contains("on the other side of a wall") && told.contains("for a time"),
        "{told}"
    );
    assert!(!told.contains("Wenham") && !told.contains(&wenham), "{told}");

    // A kill takes nothing of it away, and their own side stays open.
    at.kill();
    at.serve();
    walled(&seat(&at, &seats[1])).await;
    seat(&at, &seats[0])
        .ok(Method::POST, "/claims", Some(json!({})))
        .await;

    let told = refused(&at, &["engage", "Twins", "Ada", "--role", "reviewer"]);
    assert!(
        told.contains("seen data of Wenham") && told.contains("`Assistants`"),
        "{told}"
    );
    assert_eq!(at.ask(&["wall", "list"])[0]["stopped"], 1);
    for (own, other) in [
        ("Aster", [wenham.as_str(), "Wenham"]),
        ("Wenham", [&aster, "Aster"]),
    ] {
        let ledger = ok(&at.with(&["ledger", "tail", own, "--json"]));
        assert!(ledger.contains("wall-stands"), "{ledger}");
        assert!(other.iter().all(|name| !ledger.contains(name)), "{ledger}");
    }

    let told = refused(&at, &["wall", "change", "Assistants", "--cooling-off", "90"]);
    assert!(told.contains("say why"), "{told}");
    at.ask(&[
        "wall",
        "change",
        "Assistants",
        "--cooling-off",
        "90",
        "--reason",
        "the lawyers agreed",
    ]);
    walled(&seat(&at, &seats[1])).await;
    let lifted = at.ask(&["wall", "lift", "Assistants", "--reason", "they merged"]);
    assert_eq!(lifted["acts"].as_array().unwrap().len(), 3);
    seat(&at, &seats[1])
        .ok(Method::POST, "/claims", Some(json!({})))
        .await;
    assert_eq!(at.ask(&["wall", "list"]), json!([]));
    assert_eq!(at.stop(), 0);
    ok(&["doctor", "--data", &arg(&at.data())]);
}

/// Whoever speaks for a lab opens its deliveries, which no record tells of.
#[test]
fn whoever_speaks_for_one_side_works_for_no_other() {
    let at = Installation::start();
    for (lab, project) in [("Wenham", "Pairs"), ("Aster", "Twins")] {
        stage(&at, lab, project);
    }
    for name in ["Stella", "Ada"] {
        at.ask(&["person", "add", name]);
    }
    at.seat("Twins", "Ada", &["--role", "author"]);
    let declare = [
        "--lab",
        "Wenham",
        "--lab",
        "Aster",
        "--cooling-off",
        "30",
        "--reason",
        "they compete",
    ];
    at.ask(&[&["wall", "declare", "Assistants"][..], &declare].concat());
    let stella = at.ask(&["engage", "--steward", "Wenham", "Stella"]);
    let told = refused(&at, &["engage", "Twins", "Stella", "--role", "author"]);
    assert!(told.contains("they speak for Wenham"), "{told}");
    let told = refused(&at, &["engage", "--steward", "Aster", "Stella"]);
    assert!(told.contains("they are engaged for Wenham"), "{told}");
    let told = refused(&at, &["engage", "--steward", "Wenham", "Ada"]);
    assert!(told.contains("they are engaged for Aster"), "{told}");
    at.ask(&["engage", "Pairs", "Stella", "--role", "reviewer"]);
    // Nobody is placed there whom a halt leaves without work.
    at.ask(&["person", "can", "Stella", "--skill", "sailing", "--hours", "10"]);
    at.ask(&[
        "project", "wants", "Twins", "--skill", "sailing", "--hours", "5", "--seats", "3",
    ]);
    let halt = at.ask(&["halt", "project:Pairs", "--reason", "drill"]);
    let placed = at.ask(&["halt", "place", halt["id"].as_str().unwrap(), "--engage"]);
    assert_eq!(
        (
            &placed["items"][0]["person"]["name"],
            &placed["items"][0]["project"]
        ),
        (&json!("Stella"), &Value::Null)
    );
    // Once they speak for it no more, they have seen its data.
    at.ask(&["engage", "--end", stella["id"].as_str().unwrap()]);
    let told = refused(&at, &["engage", "Twins", "Stella", "--role", "author"]);
    assert!(told.contains("they have seen data of Wenham"), "{told}");
}

/// Also where that ended before the wall stood, and where they are on both sides already.
#[tokio::test]
async fn whoever_spoke_for_one_side_before_has_seen_it() {
    let at = Installation::start();
    for (lab, project) in [("Wenham", "Pairs"), ("Aster", "Twins")] {
        stage(&at, lab, project);
    }
    for name in ["Stella", "Ada"] {
        at.ask(&["person", "add", name]);
    }
    let before = at.ask(&["engage", "--steward", "Wenham", "Stella"]);
    at.ask(&["engage", "--end", before["id"].as_str().unwrap()]);
    at.ask(&["engage", "--steward", "Wenham", "Ada"]);
    let both = at.seat("Twins", "Ada", &["--role", "author"]);
    let declare = [
        "--lab",
        "Wenham",
        "--lab",
        "Aster",
        "--cooling-off",
        "30",
        "--reason",
        "they compete",
    ];
    at.ask(&[&["wall", "declare", "Assistants"][..], &declare].concat());
    let told = refused(&at, &["engage", "Twins", "Stella", "--role", "author"]);
    assert!(told.contains("they have seen data of Wenham"), "{told}");
    walled(&seat(&at, &both)).await;
}

#[test]
fn what_is_no_wall_is_refused_with_the_reason() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["lab", "add", "Aster"]);
    let both = ["--lab", "Wenham", "--lab", "Aster"];
    let one = ["--lab", "Wenham"];
    let declare = |labs: &[&str], days: &str, reason: &str| {
        refused(
            &at,
            &[
                &["wall", "declare", "W", "--cooling-off", days, "--reason", reason][..],
                labs,
            ]
            .concat(),
        )
    };
    for (told, wanted) in [
        (declare(&one, "1", "why"), "between 2 to 200 different labs"),
        (declare(&both, "0", "why"), "a whole number from 1 up"),
        (declare(&both, "36501", "why"), "1 to 36500 days are possible"),
        (declare(&both, "1", " "), "/reason"),
        (
            declare(&["--lab", "Wenham", "--lab", "Nobody"], "1", "why"),
            "Nobody",
        ),
        (
            refused(&at, &["wall", "lift", "W", "--reason", "why"]),
            "there is no wall called `W`",
        ),
        (
            refused(&at, &["wall", "change", "W"]),
            "--add, --remove or --cooling-off",
        ),
    ] {
        assert!(told.contains(wanted), "{told}");
    }
    at.ask(
        &[
            &["wall", "declare", "W", "--cooling-off", "1", "--reason", "why"][..],
            &both,
        ]
        .concat(),
    );
    for (told, wanted) in [
        (declare(&both, "1", "why"), "a wall called `W` already"),
        (
            refused(&at, &["wall", "change", "W", "--add", "Aster"]),
            "within the wall already",
        ),
        (
            refused(&at, &["wall", "change", "W", "--remove", "Aster"]),
            "lift it",
        ),
        (
            refused(&at, &["wall", "change", "W", "--cooling-off", "1"]),
            "says that already",
        ),
    ] {
        assert!(told.contains(wanted), "{told}");
    }
}
