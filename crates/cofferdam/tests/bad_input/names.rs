//! Names that stand in clear: without NUL and other control characters, whatever the database would do with them. And
//! what is sealed, which keeps every character but NUL.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::support::{Ran, arg, command, run};

const NUL: &str = ": contains a NUL character at byte 1 of the text; remove it: NUL is no part of any text";
const CONTROL: &str = ": 1 to 200 bytes of text without control characters are needed";
/// NUL, then characters that move a cursor, ring a bell, or begin what a terminal obeys.
const CONTROLS: [char; 8] = [
    '\u{1}', '\u{7}', '\n', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}',
];

/// Every request whose text is kept in clear: where it is sent, the field, and the rest of the body.
fn fields(desk: &Desk) -> Vec<(String, &'static str, Value)> {
    vec![
        ("/labs".into(), "name", json!({})),
        (
            format!("/labs/{}/projects", desk.lab),
            "name",
            json!({ "template": "chat" }),
        ),
        ("/people".into(), "name", json!({})),
        ("/people".into(), "name", json!({ "kind": "component" })),
        (
            format!("/engagements/{}/tokens", desk.engagement),
            "label",
            json!({}),
        ),
    ]
}

fn everything(desk: &Desk) -> Value {
    json!(["lab", "project", "person"].map(|what| desk.at.ask(&[what, "list"])))
}

#[test]
fn a_name_with_a_control_character_is_refused_and_the_field_named() {
    let desk = Desk::new("freeform");
    let before = everything(&desk);
    for (path, field, rest) in fields(&desk) {
        let told = |text: String| {
            let mut body = rest.clone();
            body[field] = json!(text);
            desk.send(Method::POST, &path, body.to_string())
        };
        let nul = told("a\0b".to_owned());
        let pointer = format!("/{field}");
        assert_eq!(
            nul.problem(),
            (422, format!("{pointer}{NUL}").as_str(), pointer.as_str()),
            "{path}"
        );
        for control in CONTROLS {
            let refused = told(format!("a{control}b"));
            assert_eq!(
                refused.problem(),
                (422, format!("{pointer}{CONTROL}").as_str(), pointer.as_str()),
                "{path}: {control:?}"
            );
        }
        for text in [String::new(), " \n ".into(), "x".repeat(201)] {
            let refused = told(text);
            assert_eq!(
                refused.problem(),
                (422, format!("{pointer}{CONTROL}").as_str(), pointer.as_str()),
                "{path}"
            );
        }
    }
    assert_eq!(everything(&desk), before, "something was made");
}

/// Zero width, a soft hyphen, an override of direction, a byte order mark, a tag, a line's end: two names would look the
/// same.
#[test]
fn a_name_with_a_character_that_nobody_sees_is_refused_and_the_character_named() {
    let desk = Desk::new("freeform");
    let before = everything(&desk);
    for (path, field, rest) in fields(&desk) {
        for (unseen, code) in [
            ('\u{200b}', "U+200B"),
            ('\u{ad}', "U+00AD"),
            ('\u{202e}', "U+202E"),
            ('\u{2066}', "U+2066"),
            ('\u{feff}', "U+FEFF"),
            ('\u{e0041}', "U+E0041"),
            ('\u{2028}', "U+2028"),
        ] {
            let mut body = rest.clone();
            body[field] = json!(format!("a{unseen}b"));
            let refused = desk.send(Method::POST, &path, body.to_string());
            let (status, detail, at) = refused.problem();
            let pointer = format!("/{field}");
            assert_eq!((status, at), (422, pointer.as_str()), "{path}: {code}");
            assert!(
                detail.starts_with(&format!("{pointer}: it has {code}, ")),
                "{detail}"
            );
        }
    }
    assert_eq!(everything(&desk), before, "something was made");
    for name in ["Zoë Ångström", "李小龙", "שרה", "अनीता", "O’Neill 🙂"] {
        desk.at.ask(&["person", "add", name]);
    }
}

/// An é is one character or two, and a space is one of many: nobody sees which.
#[test]
fn a_name_that_looks_like_one_that_is_there_is_the_same() {
    let desk = Desk::new("freeform");
    for (n, (path, field, rest)) in fields(&desk).into_iter().enumerate() {
        let told = |name: String| {
            let mut body = rest.clone();
            body[field] = json!(name);
            desk.send(Method::POST, &path, body.to_string())
        };
        let (one, other) = (format!("Caf\u{e9} {n}"), format!(" Cafe\u{301}\u{a0}{n}"));
        let made = told(other.clone());
        assert_eq!(made.status, 201, "{path}: {made:?}");
        if field == "label" {
            let listed = desk.at.ask(&["token", "list", &desk.engagement]);
            assert!(listed.to_string().contains(&one), "{listed}");
            continue;
        }
        assert_eq!(made.body["name"], json!(one), "{path}");
        for again in [one, other] {
            assert_eq!(told(again).status, 409, "{path}");
        }
    }
    let of = |lab: &str| desk.at.ask(&["project", "add", lab, lab, "--template", "chat"])["lab"].clone();
    assert_eq!(of("Caf\u{e9} 0")["name"], json!("Caf\u{e9} 0"));
    assert_eq!(
        desk.at.ask(&["project", "show", "Cafe\u{301}  0/CAFE\u{301} 0"])["name"],
        json!("Caf\u{e9} 0")
    );
}

/// What is looked up by a text from outside is refused as well, on whichever database.
#[test]
fn a_cursor_that_was_not_given_out_is_refused() {
    let desk = Desk::new("freeform");
    let project = desk.state()["id"].as_str().unwrap().to_owned();
    let lists = [
        "/people".to_owned(),
        "/labs".to_owned(),
        "/projects".to_owned(),
        "/halts".to_owned(),
        format!("/labs/{}/accesses", desk.lab),
        format!("/labs/{}/deliveries", desk.lab),
        format!("/projects/{project}/engagements"),
        format!("/engagements/{}/credentials", desk.engagement),
    ];
    let nobody = "AQEBAQEBAQEBAQEBAQEBAQ";
    for path in lists {
        for cursor in [
            "",
            "a%00b",
            "pri_01ARZ3NDEKTSV4RRFFQ69G5FAV%7Ca",
            nobody,
            "%2B%2F%3D",
        ] {
            let told = desk.send(Method::GET, &format!("{path}?cursor={cursor}"), "");
            let said = "cursor: send `next` of the page before, as it was";
            assert_eq!(told.problem(), (422, said, "cursor"), "{path}: {cursor} {told:?}");
        }
        let told = desk.send(Method::GET, &format!("{path}?limit=501"), "");
        assert_eq!(
            told.problem(),
            (422, "limit: 1 to 500 are possible", "limit"),
            "{path}: {told:?}"
        );
    }
}

/// The first operator's name and the installation's are given on the command line.
#[test]
fn an_installation_is_not_founded_by_somebody_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = arg(&folder.path().join("data"));
    let said = |ran: &Ran, said: &str| {
        assert_eq!(ran.stderr, format!("cofferdam: {said}\n"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(!folder.path().join("data").exists(), "something was made");
    };
    for name in ["", " ", "Ol\nga", "Ol\u{1b}[31mga", &"x".repeat(201)] {
        let ran = run(&["init", "--data", &data, "--name", name]);
        said(
            &ran,
            "--name: 1 to 200 bytes of text without control characters are needed",
        );
    }
    let ran = run(&["init", "--data", &data, "--origin", "a\nb"]);
    said(
        &ran,
        "the origin must be a name without spaces and `+`, as in work.example, not `a b`",
    );
}

/// A lab's own words keep what they hold, but for NUL, which is refused wherever it comes in.
#[test]
fn sealed_text_keeps_its_characters_and_refuses_nul() {
    let desk = Desk::new("freeform");
    let odd = "bell \u{7}, escape \u{1b}, next line \u{85}, \u{feff}, \u{202e}, \u{fffd} and \u{10ffff}";
    let path = format!("/engagements/{}/guideline", desk.engagement);
    let put = |text: &str| {
        let body = json!({ "markdown": text }).to_string();
        desk.send_as(&desk.token, Method::PUT, &path, body)
    };
    assert_eq!(put(odd).status, 200);
    let read = || desk.send_as(&desk.token, Method::GET, &path, "").body["markdown"].clone();
    assert_eq!(read(), odd);
    let told = put("a\0b");
    assert_eq!(
        told.problem(),
        (422, format!("/markdown{NUL}").as_str(), "/markdown"),
        "{told:?}"
    );
    assert_eq!(read(), odd, "the guideline is another");
    let row = json!({ "body": odd }).to_string();
    assert_eq!(desk.taken("odd.jsonl", row.as_bytes()), 1);
    // In a terminal they do nothing: what is shown there is without them.
    let shown = command(&[
        "project",
        "guideline",
        "--server",
        &desk.at.base,
        "--token",
        &desk.token,
    ])
    .output()
    .unwrap();
    assert!(shown.status.success());
}
