//! Published data sets read as they are.

#![expect(clippy::panic, reason = "a helper of tests fails them")]

mod shared;

use cofferdam_work::agreement::{
    Majority, Ratings, Scale, cohen_pairs, fleiss_kappa, krippendorff_alpha, majority,
};
use cofferdam_work::import::{FileFormat, Import, ImportOptions, check, import};
use cofferdam_work::template::TemplateKind;
use serde_json::{Value, json};
use shared::data;

fn read(path: &str) -> Import {
    import(&data(path)[..], &ImportOptions::default()).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn pandalm_is_999_pairs_with_three_votes_each() {
    let read = read("pandalm/testset-v1.json");
    assert_eq!(read.template_kind, TemplateKind::PairwisePreference);
    assert_eq!(read.tasks.len(), 999);
    assert_eq!(
        read.mapping.explanation(),
        "read as pairwise-preference: context from `input`, id from `idx`, prompt from `instruction`, response_a from \
         `response1`, response_b from `response2`; recorded answers from `annotator1`, `annotator2`, `annotator3` (0 \
         tie, 1 a, 2 b); not used: `cmp_key`, `motivation_app`"
    );
    let annotators = ["annotator1", "annotator2", "annotator3"];
    for task in &read.tasks {
        let names: Vec<&str> = task
            .recorded_answers
            .iter()
            .map(|recorded| recorded.annotator.as_str())
            .collect();
        assert_eq!(names, annotators);
    }
    let raw: Value = serde_json::from_slice(&data("pandalm/testset-v1.json")).unwrap();
    for (task, row) in read.tasks.iter().zip(raw.as_array().unwrap()) {
        assert_eq!(task.external_id, Some(row["idx"].to_string()));
        assert_eq!(task.input["prompt"], row["instruction"]);
        for (field, column) in [("response_a", "response1"), ("response_b", "response2")] {
            let expected = row[column]
                .as_str()
                .map_or_else(|| row[column].to_string(), str::to_owned);
            assert_eq!(task.input[field], expected);
        }
        for recorded in &task.recorded_answers {
            let choice =
                ["tie", "a", "b"][usize::try_from(row[&recorded.annotator].as_u64().unwrap()).unwrap()];
            assert_eq!(recorded.answer, json!({ "choice": choice }));
        }
    }
}

#[test]
fn apex_ace_is_80_rubrics_with_592_criteria() {
    let (mut tasks, mut criteria, mut hurdles) = (0, 0, 0);
    for (file, expected) in [("DIY", 210), ("Food", 150), ("Gaming", 107), ("Shopping", 125)] {
        let read = read(&format!("apex_ace/ACE-{file}.csv"));
        assert_eq!(read.template_kind, TemplateKind::Rubric);
        assert!(read.mapping.is_grouped());
        let mut here = 0;
        for task in &read.tasks {
            let list = task.input["criteria"].as_array().unwrap();
            here += list.len();
            hurdles += list
                .iter()
                .filter(|criterion| criterion["required"] == true)
                .count();
            assert_eq!(task.recorded_answers.len(), 1);
            assert_eq!(task.recorded_answers[0].annotator, "expert");
            assert_eq!(
                task.recorded_answers[0].answer["criteria"],
                task.input["criteria"]
            );
        }
        assert_eq!(here, expected, "{file}");
        tasks += read.tasks.len();
        criteria += here;
    }
    assert_eq!((tasks, criteria, hurdles), (80, 592, 105));
}

#[test]
fn apex_ace_criteria_keep_what_the_experts_wrote() {
    let first = read("apex_ace/ACE-DIY.csv").tasks.remove(0);
    assert_eq!(first.external_id.as_deref(), Some("4"));
    assert_eq!(first.input["category"], "Repairs");
    let criterion = &first.input["criteria"][0];
    assert_eq!(criterion["id"], "872");
    assert_eq!(criterion["kind"], "Describes specific procedural steps");
    assert_eq!(criterion["required"], true);
}

#[test]
fn gsm8k_is_1319_demonstrations_with_results() {
    let read = read("gsm8k/test.jsonl");
    assert_eq!(read.template_kind, TemplateKind::Chat);
    assert_eq!(read.tasks.len(), 1_319);
    assert_eq!(
        read.mapping.explanation(),
        "read as chat: prompt from `question`, reply from `answer`"
    );
    for task in &read.tasks {
        let [recorded] = &task.recorded_answers[..] else {
            panic!("one reference answer each")
        };
        assert_eq!(recorded.annotator, "reference");
        let result = recorded.answer["final_answer"].as_str().unwrap();
        assert!(
            recorded.answer["replies"][0]
                .as_str()
                .unwrap()
                .ends_with(&format!("#### {result}"))
        );
    }
}

#[test]
fn mt_bench_is_80_conversations_of_two_turns() {
    let read = read("mt_bench/question.jsonl");
    assert_eq!(read.template_kind, TemplateKind::Chat);
    assert_eq!(read.tasks.len(), 80);
    assert!(
        read.tasks
            .iter()
            .all(|task| task.input["turns"].as_array().unwrap().len() == 2)
    );
    assert_eq!(read.tasks[0].external_id.as_deref(), Some("81"));
    assert_eq!(read.tasks[0].input["category"], "writing");
}

#[test]
fn the_two_passes_over_a_file_agree() {
    let bytes = data("pandalm/testset-v1.json");
    let checked = check(&bytes[..], &ImportOptions::default()).unwrap();
    assert_eq!((checked.tasks, checked.recorded_answers), (999, 2_997));
}

#[test]
fn one_file_reads_the_same_in_every_format() {
    let read = read("mt_bench/question.jsonl");
    let array: Vec<Value> = String::from_utf8(data("mt_bench/question.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let pretty = serde_json::to_string_pretty(&array).unwrap();
    let options = ImportOptions {
        format: Some(FileFormat::JsonArray),
        ..ImportOptions::default()
    };
    let from_array = import(pretty.as_bytes(), &options).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["question_id", "category", "turns"]).unwrap();
    for row in &array {
        let (id, turns) = (row["question_id"].to_string(), row["turns"].to_string());
        writer
            .write_record([id.as_str(), row["category"].as_str().unwrap(), &turns])
            .unwrap();
    }
    let from_csv = import(&writer.into_inner().unwrap()[..], &ImportOptions::default()).unwrap();
    for (task, others) in read
        .tasks
        .iter()
        .zip(from_array.tasks.iter().zip(&from_csv.tasks))
    {
        assert_eq!(task.input, others.0.input);
        assert_eq!(task.input, others.1.input);
        assert_eq!(task.external_id, others.1.external_id);
    }
}

#[test]
fn pandalm_agreement_is_as_published() {
    let read = read("pandalm/testset-v1.json");
    let mut ratings = Ratings::new();
    let mut votes = std::collections::BTreeMap::<String, u32>::new();
    for task in &read.tasks {
        let labels: Vec<&str> = task
            .recorded_answers
            .iter()
            .map(|recorded| recorded.answer["choice"].as_str().unwrap())
            .collect();
        for (recorded, label) in task.recorded_answers.iter().zip(&labels) {
            ratings
                .add(task.external_id.as_deref().unwrap(), &recorded.annotator, label)
                .unwrap();
        }
        let Majority::Label { label, .. } = majority(labels) else {
            panic!("every task has a majority")
        };
        *votes.entry(label).or_default() += 1;
    }
    let kappas: Vec<String> = cohen_pairs(&ratings)
        .iter()
        .map(|pair| format!("{:.3}", pair.result.as_ref().unwrap().kappa))
        .collect();
    assert_eq!(kappas, ["0.852", "0.879", "0.862"]);
    assert_eq!(format!("{:.3}", fleiss_kappa(&ratings).unwrap().kappa), "0.864");
    assert_eq!(
        format!(
            "{:.3}",
            krippendorff_alpha(&ratings, Scale::Nominal).unwrap().alpha
        ),
        "0.864"
    );
    let counted: Vec<(&str, u32)> = votes
        .iter()
        .map(|(label, count)| (label.as_str(), *count))
        .collect();
    assert_eq!(counted, [("a", 422), ("b", 472), ("tie", 105)]);
}
