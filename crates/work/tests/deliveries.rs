//! From a data set to a delivery and back, row for row.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails them")]

mod shared;

use cofferdam_work::formats::{
    DeliveryFormat, LeftOut, Readback, Resolved, Row, Tally, read, resolve, write,
};
use cofferdam_work::import::{Import, ImportOptions, ImportedTask, import};
use cofferdam_work::manifest::{Digester, Id, Manifest, Sha256};
use cofferdam_work::template::TemplateKind;
use serde_json::{Value, json};
use shared::data;

fn tasks(path: &str) -> Import {
    import(&data(path)[..], &ImportOptions::default()).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn row_of(format: DeliveryFormat, kind: TemplateKind, task: &ImportedTask) -> Result<Row, LeftOut> {
    let answers: Vec<Value> = task
        .recorded_answers
        .iter()
        .map(|recorded| recorded.answer.clone())
        .collect();
    let answer = resolve(kind, &answers)?;
    let external_id = task.external_id.as_deref();
    write(
        format,
        &Resolved {
            kind,
            external_id,
            input: &task.input,
            answer: &answer,
        },
    )
    .map(only)
}

fn only(rows: Vec<Row>) -> Row {
    let [row] = rows.try_into().unwrap();
    row
}

#[test]
fn gsm8k_goes_to_chat_form_and_back_row_for_row() {
    let import = tasks("gsm8k/test.jsonl");
    let file = String::from_utf8(data("gsm8k/test.jsonl")).unwrap();
    let mut rows = 0;
    for (task, line) in import.tasks.iter().zip(file.lines()) {
        let original: Value = serde_json::from_str(line).unwrap();
        let row = row_of(DeliveryFormat::OpenAiChat, import.template_kind, task).unwrap();
        let (input, answer) = read(DeliveryFormat::OpenAiChat, row.as_str())
            .unwrap()
            .demonstration()
            .unwrap();
        assert_eq!(input, json!({"turns": [original["question"]]}));
        assert_eq!(answer, json!({"replies": [original["answer"]]}));
        rows += 1;
    }
    assert_eq!(rows, 1_319);
}

#[test]
fn delivered_conversations_import_again() {
    let import_once = tasks("gsm8k/test.jsonl");
    let delivered: String = import_once
        .tasks
        .iter()
        .map(|task| {
            row_of(DeliveryFormat::OpenAiChat, TemplateKind::Chat, task)
                .unwrap()
                .as_str()
                .to_owned()
        })
        .collect();
    let again = import(delivered.as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!(again.tasks.len(), 1_319);
    for (first, second) in import_once.tasks.iter().zip(&again.tasks) {
        assert_eq!(first.input, second.input);
        assert_eq!(
            first.recorded_answers[0].answer["replies"],
            second.recorded_answers[0].answer["replies"]
        );
    }
}

#[test]
fn mt_bench_keeps_both_turns() {
    let import = tasks("mt_bench/question.jsonl");
    for task in &import.tasks {
        let answer = json!({"replies": ["first reply", "second reply"]});
        let resolved = Resolved {
            kind: TemplateKind::Chat,
            external_id: None,
            input: &task.input,
            answer: &answer,
        };
        let row = only(write(DeliveryFormat::OpenAiChat, &resolved).unwrap());
        let Readback::Chat(messages) = read(DeliveryFormat::OpenAiChat, row.as_str()).unwrap() else {
            panic!("a conversation")
        };
        let said: Vec<&str> = messages.iter().map(|message| message.content.as_str()).collect();
        let turns = task.input["turns"].as_array().unwrap();
        assert_eq!(
            said,
            [
                turns[0].as_str().unwrap(),
                "first reply",
                turns[1].as_str().unwrap(),
                "second reply"
            ]
        );
    }
}

#[test]
fn pandalm_delivers_every_task_whose_majority_is_no_tie() {
    let import = tasks("pandalm/testset-v1.json");
    let raw: Vec<Value> = serde_json::from_slice(&data("pandalm/testset-v1.json")).unwrap();
    for format in [
        DeliveryFormat::OpenAiPreference,
        DeliveryFormat::TrlPreference,
        DeliveryFormat::TrlPreferenceChat,
    ] {
        let mut tally = Tally::default();
        for (task, original) in import.tasks.iter().zip(&raw) {
            let row = row_of(format, import.template_kind, task);
            tally.count(&row);
            if let Ok(row) = row {
                assert_eq!(
                    preferred(&read(format, row.as_str()).unwrap()),
                    expected_response(original)
                );
            }
        }
        assert_eq!(tally.rows, 894);
        assert_eq!(
            tally.left_out.into_iter().collect::<Vec<_>>(),
            [(LeftOut::Tie, 105)]
        );
    }
}

fn preferred(row: &Readback) -> String {
    match row {
        Readback::Preference { preferred, .. } => preferred[0].content.clone(),
        Readback::TextPreference { preferred, .. } => preferred.clone(),
        other => panic!("a preference, not {other:?}"),
    }
}

/// The response that at least two of three annotators chose, from the file itself.
fn expected_response(original: &Value) -> String {
    let votes = |choice: u64| {
        (1..=3)
            .filter(|n| original[format!("annotator{n}")] == choice)
            .count()
    };
    let response = if votes(1) >= 2 {
        &original["response1"]
    } else {
        &original["response2"]
    };
    assert!(votes(1).max(votes(2)) >= 2);
    response
        .as_str()
        .map_or_else(|| response.to_string(), str::to_owned)
}

#[test]
fn apex_ace_delivers_rubrics_as_tasks() {
    let mut criteria = 0;
    for file in ["DIY", "Food", "Gaming", "Shopping"] {
        let import = tasks(&format!("apex_ace/ACE-{file}.csv"));
        for task in &import.tasks {
            let row = row_of(DeliveryFormat::Tasks, import.template_kind, task).unwrap();
            let Readback::Task {
                id,
                kind,
                input,
                answer,
            } = read(DeliveryFormat::Tasks, row.as_str()).unwrap()
            else {
                panic!("a task")
            };
            assert_eq!(
                (id, kind, &input),
                (task.external_id.clone(), TemplateKind::Rubric, &task.input)
            );
            criteria += answer["criteria"].as_array().unwrap().len();
        }
    }
    assert_eq!(criteria, 592);
}

#[test]
fn a_manifest_speaks_for_the_rows() {
    let import = tasks("gsm8k/test.jsonl");
    let mut digester = Digester::default();
    let mut file = String::new();
    for task in &import.tasks {
        let row = row_of(DeliveryFormat::OpenAiChat, TemplateKind::Chat, task).unwrap();
        digester.push(&row);
        file.push_str(row.as_str());
    }
    let digest = digester.finish();
    assert_eq!(digest.sha256, Sha256::of(file.as_bytes()));
    let manifest = Manifest {
        delivery: Id::new("dlv_1").unwrap(),
        project: Id::new("prj_1").unwrap(),
        lab: Id::new("lab_1").unwrap(),
        format: DeliveryFormat::OpenAiChat,
        created_micros: 1,
        rows: digest.rows,
        bytes: digest.bytes,
        plaintext_sha256: digest.sha256,
        envelope_sha256: Sha256::of(b"age"),
        rows_root: digest.hashes.root(),
    };
    let again = Manifest::parse(&manifest.to_string()).unwrap();
    let mut reader = Digester::default();
    file.split_inclusive('\n')
        .for_each(|line| reader.push_line(line.as_bytes()));
    let reread = reader.finish();
    assert!(again.matches(&reread));
    let line = file.split_inclusive('\n').nth(41).unwrap();
    assert!(reread.hashes.holds(42, line.as_bytes()));
}
