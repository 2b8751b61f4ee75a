//! Hours as programs read them over HTTP.

use reqwest::Method;
use serde_json::json;

use crate::seat::Seat;
use crate::support::Installation;

fn project(at: &Installation, lab: &str, name: &str) {
    at.ask(&["project", "add", lab, name, "--template", "freeform"]);
}

/// Which timers a start stopped: of the same lab by id, of others only how many. A token is given to a program, which is not
/// to learn for whom else somebody works.
#[tokio::test]
async fn a_start_with_a_token_says_which_timers_of_the_lab_it_stopped() {
    let at = Installation::start();
    for lab in ["Wenham", "Alder"] {
        at.ask(&["lab", "add", lab]);
    }
    project(&at, "Wenham", "Talk");
    project(&at, "Wenham", "Sums");
    project(&at, "Alder", "Trees");
    at.ask(&["person", "add", "Ada"]);
    let mut seats = Vec::new();
    for project in ["Talk", "Sums", "Trees"] {
        let (engagement, token) = at.seat(project, "Ada", &["--role", "author"]);
        seats.push(Seat::with_token(&at, engagement, token));
    }
    let start = async |seat: &Seat<'_>| {
        let step = Some(json!({ "do": "start" }));
        seat.ok(Method::POST, "/timer", step).await["stopped_elsewhere"].clone()
    };
    assert!(start(&seats[0]).await.is_null());
    let stopped = start(&seats[1]).await;
    let ended = seats[0].ok(Method::GET, "/timer", None).await;
    assert_eq!(
        stopped,
        json!({ "timers": 1, "stopped": [{ "timer": ended["last"]["timer"], "engagement": seats[0].engagement }] })
    );
    assert_eq!(start(&seats[2]).await, json!({ "timers": 1, "stopped": [] }));
}

/// Parts of a second are counted: a total is never more than its spans show.
#[tokio::test]
async fn spans_add_up_to_their_total() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    project(&at, "Wenham", "Talk");
    let ada = Seat::new(&at, "Talk", "Ada", &["--role", "author"]);
    for _ in 0..3 {
        for step in ["start", "stop"] {
            ada.ok(Method::POST, "/timer", Some(json!({ "do": step }))).await;
        }
    }
    let hours = ada.ok(Method::GET, "/hours", None).await;
    let spans = hours["items"].as_array().unwrap().iter();
    let spans: Vec<f64> = spans.map(|span| span["seconds"].as_f64().unwrap()).collect();
    assert!(spans.len() == 3 && spans.iter().all(|s| *s > 0.0), "{hours}");
    let total = hours["seconds_total"].as_f64().unwrap();
    assert!((spans.iter().sum::<f64>() - total).abs() < 1e-6, "{hours}");
}
