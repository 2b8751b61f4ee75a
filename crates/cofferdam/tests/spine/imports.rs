//! Importing: what comes in, what does not, and what is there already.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Installation, Ran, arg, data, run};

/// A project with a token that imports into it.
fn project(at: &Installation, name: &str, template: &str) -> String {
    at.ask(&["project", "add", "Wenham", name, "--template", template]);
    at.seat(name, "Script", &["--role", "integration", "--purpose", "import"])
        .1
}

fn installation() -> Installation {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["person", "add", "Script", "--component"]);
    at
}

fn import(at: &Installation, token: &str, args: &[&str]) -> Ran {
    let args = [&["import"], args, &["--server", &at.base, "--token", token]].concat();
    run(&args)
}

fn refused(at: &Installation, token: &str, args: &[&str]) -> String {
    let ran = import(at, token, args);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn a_file_without_ids_is_known_again() {
    let at = installation();
    let token = project(&at, "Sums", "chat");
    let file = arg(&data("gsm8k/test.jsonl"));
    let first = import(&at, &token, &[&file]);
    assert_eq!(
        first.stdout,
        "1,319 tasks imported; read as chat: prompt from `question`, reply from `answer`\n1,319 recorded answers were \
         not imported (`answer`): an import takes tasks alone. Whoever gave them can hand them in, engaged as an \
         author\n",
        "{}",
        first.stderr
    );
    let known = "nothing was imported: all 1,319 tasks of the file are in the project already; --again (`again=true`) \
                 takes the file once more all the same\n";
    let again = refused(&at, &token, &[&file]);
    assert!(again.ends_with(known) && again.lines().count() == 1, "{again}");

    // The same rows with their members in another order, and new ones that are alike.
    let some = at.beside("some.jsonl");
    let lines = fs::read_to_string(&file).unwrap();
    let mut text: String = lines
        .lines()
        .take(2)
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            format!("{{\"question\":{},\"answer\":\"0\"}}\n", row["question"])
        })
        .collect();
    text.push_str("{\"question\":\"What is new?\"}\n{\"question\":\"What is new?\"}\n");
    fs::write(&some, text).unwrap();
    let some = arg(&some);
    let part = refused(&at, &token, &[&some]);
    assert!(
        part.contains(
            "nothing was imported: 2 tasks are in the project already\n  row 1 (line 1) asks the same as a"
        ),
        "{part}"
    );
    assert_eq!(part.lines().count(), 3, "{part}");
    let taken = at.ask_as(&token, &["import", &some, "--again"]);
    assert_eq!(
        (&taken["tasks"], &taken["recorded_answers_not_imported"]),
        (&json!(4), &json!(2))
    );
    assert!(
        taken["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("2 recorded answers were"),
        "{taken}"
    );
    refused(&at, &token, &[&some]);
    assert_eq!(at.ask(&["project", "show", "Sums"])["tasks"]["total"], 1_323);

    // Another project is another matter.
    let other = project(&at, "Other", "chat");
    assert_eq!(at.ask_as(&other, &["import", &some])["tasks"], 4);
}

#[test]
fn known_ids_are_all_counted_and_named_by_their_column() {
    let at = installation();
    let token = project(&at, "Pairs", "pairwise-preference");
    let file = arg(&data("pandalm/testset-v1.json"));
    let taken = at.ask_as(&token, &["import", &file]);
    assert_eq!(taken["recorded_answers_not_imported"], 2_997);
    let note = taken["notes"][0].as_str().unwrap();
    assert!(
        note.contains("`annotator1`, `annotator2`, `annotator3`"),
        "{note}"
    );
    let again = refused(&at, &token, &[&file, "--again"]);
    assert!(
        again.contains(
            "all 999 tasks of the file are in the project already; they are told by `idx`, so new ones"
        ),
        "{again}"
    );
    let mut rows: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    rows[0]["idx"] = json!("new");
    let longer = at.beside("longer.json");
    fs::write(&longer, serde_json::to_vec(&rows).unwrap()).unwrap();
    let part = refused(&at, &token, &[&arg(&longer)]);
    assert!(
        part.contains(
            "998 tasks are in the project already, the first 100 listed\n  row 2 (line 1), /idx is that of a"
        ),
        "{part}"
    );
    assert_eq!(part.lines().count(), 101);
}

#[test]
fn with_json_each_wrong_row_has_its_place_as_the_api_gives_it() {
    let at = installation();
    let token = project(&at, "Talk", "chat");
    let told = |args: &[&str]| -> Value {
        let refused = refused(&at, &token, &[args, &["--json"]].concat());
        serde_json::from_str(&refused).unwrap_or_else(|error| panic!("{error}: {refused}"))
    };
    let (csv, jsonl) = (at.beside("rows.csv"), at.beside("rows.jsonl"));
    fs::write(&csv, "question,answer\nq,a\n,b\n").unwrap();
    fs::write(&jsonl, "{\"a/b\":\"\"}\n\n{\"a/b\":1}\n{\"a/b\":[]}\n").unwrap();
    let wrong = told(&[&arg(&csv)]);
    assert_eq!(
        (&wrong["type"], &wrong["status"], &wrong["exit_code"]),
        (&json!("/problems/invalid"), &json!(422), &json!(1))
    );
    let reason = "must not be empty";
    assert_eq!(
        wrong["errors"],
        json!([{ "row": 2, "line": 3, "field": "question", "reason": reason }])
    );
    let wrong = told(&[&arg(&jsonl), "--map", "prompt=a/b"]);
    assert_eq!(
        wrong["errors"],
        json!([{ "row": 1, "line": 1, "field": "/a~1b", "reason": reason },
               { "row": 3, "line": 4, "field": "/a~1b", "reason": "must be of type string, not array" }])
    );

    let halted = at.ask(&["halt", "installation", "--reason", "incident"]);
    let wrong = told(&[&arg(&csv)]);
    assert_eq!(
        (&wrong["type"], &wrong["halt"]["id"], &wrong["halt"]["reason"]),
        (&json!("/problems/halted"), &halted["id"], &json!("incident")),
        "{wrong}"
    );
}

#[test]
fn a_wrong_row_is_named_by_the_users_own_column() {
    let at = installation();
    let token = project(&at, "Talk", "chat");
    let file = at.beside("rows.csv");
    fs::write(&file, "question,answer\n,a\n12,b\n").unwrap();
    let file = arg(&file);
    let wrong = refused(&at, &token, &[&file]);
    assert!(
        wrong.ends_with("\n  row 1 (line 2), question must not be empty\n"),
        "{wrong}"
    );
    fs::write(&file, "question\n12\n").unwrap();
    let taken = import(&at, &token, &[&file]);
    assert!(
        taken.stdout.contains("1 task imported; ")
            && taken.stdout.contains("1 value of `question` is a number"),
        "{}",
        taken.stdout
    );
}
