//! The demonstration on real work by real people (see `../shared/data`), in one command.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use cofferdam_testbed::Place;
use cofferdam_work::agreement::{Majority, majority};
use cofferdam_work::formats::{DeliveryFormat, Readback, read};
use cofferdam_work::import::{Import, ImportOptions, import};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::leaks;
use crate::support::{self, arg, data, ok, run};

/// What contractors are told, by the kind of their tasks.
const GUIDELINES: [&str; 3] = [
    include_str!("../../src/demo/guidelines/pairwise-preference.md"),
    include_str!("../../src/demo/guidelines/rubric.md"),
    include_str!("../../src/demo/guidelines/chat.md"),
];

/// A demonstration that ended.
struct Demo {
    report: Value,
    folder: TempDir,
    place: Place,
    /// What the files hold.
    imports: Vec<Import>,
}

fn demo(files: &[&str]) -> Demo {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::fresh().unwrap();
    let mut args = ["demo", "--once", "--database", place.database()]
        .map(str::to_owned)
        .to_vec();
    args.extend(["--data".into(), arg(&folder.path().join("data"))]);
    let paths: Vec<PathBuf> = files.iter().map(|file| data(file)).collect();
    // As a shell writes `--input *.csv`; repeating the option is the same.
    args.push("--input".into());
    args.extend(paths.iter().map(|path| arg(path)));
    let report = support::json(&args);
    let read = |path: &PathBuf| import(&fs::read(path).unwrap()[..], &ImportOptions::default()).unwrap();
    Demo {
        report,
        folder,
        place,
        imports: paths.iter().map(read).collect(),
    }
}

impl Demo {
    fn path(&self, pointer: &str) -> PathBuf {
        self.report
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{pointer}: {}", self.report))
            .into()
    }

    /// The rows of the only delivery, opened with `cofferdam open` and held against manifest and ledger; and by the
    /// stock `age`, which must give the same bytes.
    fn rows(&self) -> Vec<String> {
        let delivery = |member: &str| arg(&self.path(&format!("/deliveries/0/{member}")));
        let (file, identity, manifest) = (
            delivery("path"),
            delivery("identity_path"),
            delivery("manifest_path"),
        );
        let ledger = self.report["ledger_export"][self.report["deliveries"][0]["lab"].as_str().unwrap()]
            .as_str()
            .unwrap();
        let rows = ok(&[
            "open",
            &file,
            "--identity",
            &identity,
            "--manifest",
            &manifest,
            "--ledger",
            ledger,
        ]);
        let stock = Command::new("age").args(["-d", "-i", &identity, &file]).output();
        let stock = stock.unwrap_or_else(|_| panic!("`age` is not installed: apt-get install age"));
        assert!(
            stock.status.success(),
            "{}",
            String::from_utf8_lossy(&stock.stderr)
        );
        assert!(
            stock.stdout == rows.as_bytes(),
            "`age` and `cofferdam open` give different rows"
        );
        let lines: Vec<String> = rows.lines().map(str::to_owned).collect();
        assert_eq!(json!(lines.len()), self.report["deliveries"][0]["rows"]);
        lines
    }

    /// What must hold of every demonstration.
    fn check(&self, tasks: u64, submissions: u64) {
        let report = &self.report;
        assert_eq!(
            (&report["tasks"], &report["submissions"]),
            (&json!(tasks), &json!(submissions))
        );
        assert!(report["hours"].as_f64().unwrap() > 0.0);
        assert_eq!(report["deliveries"].as_array().unwrap().len(), 1);
        self.check_ledgers();
        self.check_halt();
        ok(&["doctor", "--data", report["data_dir"].as_str().unwrap()]);
        self.check_leaks();
    }

    fn check_ledgers(&self) {
        let mut entries = 0;
        let folders = self.report["ledger_export"].as_object().unwrap();
        assert_eq!(folders.len(), 3);
        for folder in folders.values() {
            let verified = support::json(&["verify", folder.as_str().unwrap()]);
            assert!(
                verified["problem"].is_null() && verified["ok"] == true,
                "{verified}"
            );
            let folder = PathBuf::from(folder.as_str().unwrap());
            let checkpoint = fs::read_to_string(folder.join("checkpoint")).unwrap();
            assert_eq!(verified["root"].as_str(), checkpoint.lines().nth(2), "{verified}");
            entries += verified["entries"].as_u64().unwrap();
        }
        assert_eq!(
            self.report["ledger"],
            json!({ "entries": entries, "verified": true })
        );
    }

    fn check_halt(&self) {
        let halt = &self.report["halt"];
        assert_eq!(halt["claim_refused_with"], "halted", "{halt}");
        assert_eq!(halt["export"]["cut"], true, "{halt}");
        assert!(
            halt["export"]["lines"].as_u64() < halt["export"]["of"].as_u64(),
            "{halt}"
        );
        assert_eq!(
            (&halt["timer"]["cause"], &halt["timer"]["at"]),
            (&json!("halted"), &halt["since"])
        );
        assert_eq!(
            (
                &halt["draft_saved_while_halted"],
                &halt["draft_there_after_resume"]
            ),
            (&json!(true), &json!(true))
        );
    }

    /// No word of a task, an answer or the guideline lies in the data folder: not in the database, its write-ahead
    /// log, the server's log, the metrics, the deliveries or the ledgers.
    fn check_leaks(&self) {
        let mut words = Vec::new();
        for task in self.imports.iter().flat_map(|import| &import.tasks) {
            leaks::texts(&task.input, &mut words);
            task.recorded_answers
                .iter()
                .for_each(|recorded| leaks::texts(&recorded.answer, &mut words));
        }
        let folder = self.path("/data_dir");
        assert!(
            folder.starts_with(self.folder.path().canonicalize().unwrap())
                || folder.starts_with(self.folder.path())
        );
        // Its write-ahead log is searched too, if there is one: whoever closes the database last takes it in.
        let rows: &[&str] = if self.place.is_on_server() {
            &[]
        } else {
            &["cofferdam.sqlite"]
        };
        for file in rows.iter().chain(&["server.log", "demo/metrics.txt"]) {
            assert!(folder.join(file).exists(), "{file} is not searched");
        }
        assert!(
            fs::read_to_string(folder.join("demo/metrics.txt"))
                .unwrap()
                .contains("http_requests_total")
        );
        self.place.copy_files(&folder).unwrap();
        leaks::none_of(&words, &folder);
        leaks::none_of(&GUIDELINES.map(str::to_owned), &folder);
    }
}

#[test]
fn pandalm_agrees_as_published_and_is_delivered_but_for_ties() {
    let demo = demo(&["pandalm/testset-v1.json"]);
    demo.check(999, 2_997);
    let agreement = &demo.report["agreement"];
    let three = |value: &Value| format!("{:.3}", value.as_f64().unwrap());
    let cohen: Vec<String> = agreement["cohen_kappa"]
        .as_array()
        .unwrap()
        .iter()
        .map(three)
        .collect();
    assert_eq!(cohen, ["0.852", "0.879", "0.862"]);
    assert_eq!(three(&agreement["fleiss_kappa"]), "0.864");
    assert_eq!(three(&agreement["krippendorff_alpha"]), "0.864");

    let mut expected = Vec::new();
    for task in &demo.imports[0].tasks {
        let labels = task
            .recorded_answers
            .iter()
            .filter_map(|recorded| recorded.answer["choice"].as_str());
        let (better, worse) = match majority(labels) {
            Majority::Label { label, .. } if label == "a" => ("response_a", "response_b"),
            Majority::Label { label, .. } if label == "b" => ("response_b", "response_a"),
            _ => continue,
        };
        expected.push((
            task.input[better].as_str().unwrap(),
            task.input[worse].as_str().unwrap(),
        ));
    }
    assert_eq!(
        (expected.len(), &demo.report["deliveries"][0]["format"]),
        (894, &json!("openai-preference"))
    );
    let rows = demo.rows();
    assert_eq!(rows.len(), expected.len());
    for (row, (better, worse)) in rows.iter().zip(expected) {
        let Ok(Readback::Preference { preferred, other, .. }) = read(DeliveryFormat::OpenAiPreference, row)
        else {
            panic!("no preference: {row}")
        };
        assert_eq!(
            (preferred[0].content.as_str(), other[0].content.as_str()),
            (better, worse)
        );
    }
}

#[test]
fn apex_ace_is_one_rubric_project_with_every_criterion() {
    let files = ["DIY", "Food", "Gaming", "Shopping"].map(|name| format!("apex_ace/ACE-{name}.csv"));
    let demo = demo(&files.each_ref().map(String::as_str));
    demo.check(80, 80);
    assert_eq!(demo.report["projects"].as_array().unwrap().len(), 1);
    assert_eq!(demo.report["projects"][0]["kind"], "rubric");
    assert_eq!(
        demo.report["agreement"],
        json!({ "cohen_kappa": [], "fleiss_kappa": null, "krippendorff_alpha": null, "project": null, "raters": [] })
    );
    let mut expected: HashMap<&str, _> = HashMap::new();
    for task in demo.imports.iter().flat_map(|import| &import.tasks) {
        expected.insert(task.external_id.as_deref().unwrap(), task);
    }
    let (rows, mut criteria) = (demo.rows(), 0);
    assert_eq!(rows.len(), 80);
    for row in &rows {
        let Ok(Readback::Task {
            id: Some(id),
            input,
            answer,
            ..
        }) = read(DeliveryFormat::Tasks, row)
        else {
            panic!("no task: {row}")
        };
        let task = expected.remove(id.as_str()).unwrap();
        assert_eq!((&task.input, &task.recorded_answers[0].answer), (&input, &answer));
        criteria += answer["criteria"].as_array().unwrap().len();
    }
    assert_eq!((expected.len(), criteria), (0, 592));
}

#[test]
fn gsm8k_comes_back_row_for_row() {
    let demo = demo(&["gsm8k/test.jsonl"]);
    demo.check(1_319, 1_319);
    assert_eq!(demo.report["deliveries"][0]["format"], "openai-chat");
    let rows = demo.rows();
    let source = fs::read_to_string(data("gsm8k/test.jsonl")).unwrap();
    assert_eq!(rows.len(), 1_319);
    for (row, line) in rows.iter().zip(source.lines()) {
        let line: Value = serde_json::from_str(line).unwrap();
        let (input, answer) = read(DeliveryFormat::OpenAiChat, row)
            .unwrap()
            .demonstration()
            .unwrap();
        assert_eq!(input, json!({ "turns": [line["question"]] }));
        assert_eq!(answer["replies"], json!([line["answer"]]));
    }
}

#[test]
fn mt_bench_is_answered_turn_by_turn_by_simulated_contractors() {
    let demo = demo(&["mt_bench/question.jsonl"]);
    demo.check(80, 80);
    assert_eq!(demo.report["projects"][0]["answers"], "simulated");
    let rows = demo.rows();
    assert_eq!(rows.len(), 80);
    for (row, task) in rows.iter().zip(&demo.imports[0].tasks) {
        let (input, answer) = read(DeliveryFormat::OpenAiChat, row)
            .unwrap()
            .demonstration()
            .unwrap();
        assert_eq!(input["turns"], task.input["turns"]);
        assert_eq!(answer["replies"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn the_sample_leaves_something_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let report = support::json(&["demo", "--once", "--data", &arg(&folder.path().join("data"))]);
    assert_eq!(report["projects"].as_array().unwrap().len(), 3);
    let sum = |member: &str| -> u64 {
        report["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p[member].as_u64().unwrap())
            .sum()
    };
    assert_eq!(
        (report["tasks"].as_u64(), sum("open"), sum("returned")),
        (Some(52), 8, 1)
    );
    let states: Vec<&str> = report["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["offered", "accepted", "accepted"]);
    assert_eq!(report["ledger"]["verified"], true);
    assert_eq!(report["halt"]["claim_refused_with"], "halted");
    let words: Vec<String> = cofferdam_work::sample::PROJECTS
        .iter()
        .flat_map(|p| [p.guidelines, p.tasks])
        .map(text_only)
        .collect();
    leaks::none_of(&words, &folder.path().join("data"));
}

/// A sample's text as it is typed, not as JSON quotes it: lines of JSON give their texts.
fn text_only(source: &str) -> String {
    let mut words = Vec::new();
    for line in source.lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => leaks::texts(&value, &mut words),
            _ => words.push(line.to_owned()),
        }
    }
    words.join("\n")
}

#[test]
fn a_file_that_is_given_twice_is_taken_by_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prompts.jsonl");
    fs::write(&file, "{\"prompt\": \"x\"}\n").unwrap();
    let again = folder.path().join(".").join("prompts.jsonl");
    let data = folder.path().join("data");
    let args = [
        "demo",
        "--once",
        "--input",
        &arg(&file),
        "--input",
        &arg(&again),
        "--data",
        &arg(&data),
    ];
    let ran = run(&args);
    assert_eq!((ran.code, data.exists()), (1, false), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("is given twice; leave one out"),
        "{}",
        ran.stderr
    );
}

#[test]
fn files_that_cannot_be_read_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, data) = (folder.path().join("bad.csv"), folder.path().join("data"));
    let args = ["demo", "--once", "--input", &arg(&bad), "--data", &arg(&data)];
    for (text, said) in [
        (
            "prompt,response_a,response_b,annotator1\nx,a,b,c\n",
            "row 1 (line 2), annotator1 must be a vote",
        ),
        (
            "colour,shape\nred,round\n",
            "the columns fit no template. Found: `colour`, `shape`",
        ),
        ("", "the file is empty"),
    ] {
        fs::write(&bad, text).unwrap();
        let ran = run(&args);
        assert_eq!((ran.code, data.exists()), (1, false), "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("cofferdam: ") && ran.stderr.contains(said),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn work_that_makes_no_rows_is_shown_without_a_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ties.csv");
    fs::write(
        &file,
        "prompt,response_a,response_b,annotator1\nx,a,b,tie\ny,a,b,0\n",
    )
    .unwrap();
    let data = arg(&folder.path().join("data"));
    let report = support::json(&["demo", "--once", "--input", &arg(&file), "--data", &data]);
    assert_eq!((&report["tasks"], &report["deliveries"]), (&json!(2), &json!([])));
    assert_eq!(report["ledger"]["verified"], true);
}

/// However little there is to do, the halt is shown, and the table's numbers are those of the document.
#[test]
fn the_table_has_the_halt_and_what_was_released_of_a_single_task() {
    let folder = tempfile::tempdir().unwrap();
    for (name, row) in [
        (
            "pairs",
            r#"{"id":"1","prompt":"p","response_a":"a","response_b":"b"}"#,
        ),
        ("chat", r#"{"prompt":"q"}"#),
    ] {
        let file = folder.path().join(format!("{name}.jsonl"));
        fs::write(&file, row).unwrap();
        let data = arg(&folder.path().join(name));
        let ran = run(&["demo", "--once", "--input", &arg(&file), "--data", &data]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let rows: Vec<Vec<&str>> = ran
            .stdout
            .lines()
            .map(|line| {
                line.split("  ")
                    .map(str::trim)
                    .filter(|cell| !cell.is_empty())
                    .collect()
            })
            .collect();
        assert!(
            ran.stdout.contains("stopped at the halt, to the microsecond"),
            "{}",
            ran.stdout
        );
        let heading = rows
            .iter()
            .position(|row| row.first() == Some(&"the token of"))
            .unwrap();
        assert_eq!(
            rows[heading],
            ["the token of", "lab", "releases", "bytes", "entries"]
        );
        let released: u64 = rows[heading + 1][2].parse().unwrap();
        assert!(released > 0, "{}", ran.stdout);
    }
}
