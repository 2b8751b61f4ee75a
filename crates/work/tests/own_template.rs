//! A project's own template: more fields than the built-in one of its kind, filled by columns of their names.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails them")]

use std::sync::Arc;

use cofferdam_work::import::{ImportOptions, import};
use cofferdam_work::template::{Template, TemplateKind};
use serde_json::{Value, json};

fn with_priority(kind: TemplateKind) -> Arc<Template> {
    let builtin = Template::builtin(kind).unwrap().to_json().unwrap();
    let mut document: Value = serde_json::from_str(&builtin).unwrap();
    document["input"]["properties"]["priority"] = json!({ "enum": ["low", "high"] });
    Arc::new(Template::parse(&document.to_string()).unwrap())
}

fn options(kind: TemplateKind) -> ImportOptions {
    ImportOptions {
        template: Some(with_priority(kind)),
        ..ImportOptions::default()
    }
}

#[test]
fn its_fields_are_filled_by_name() {
    let file = "question,answer,priority\nq,a,high\n";
    let read = import(file.as_bytes(), &options(TemplateKind::Chat)).unwrap();
    assert_eq!(read.tasks[0].input, json!({"turns": ["q"], "priority": "high"}));
    let grouped = "id,prompt,criterion,priority\n1,p,one,low\n1,p,two,low\n";
    let read = import(grouped.as_bytes(), &options(TemplateKind::Rubric)).unwrap();
    assert_eq!(read.tasks[0].input["priority"], "low");
}

#[test]
fn its_schema_is_what_rows_are_checked_against() {
    let file = "question,answer,priority\nq,a,urgent\n";
    let message = import(file.as_bytes(), &options(TemplateKind::Chat))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "nothing was imported: 1 error\n  row 1 (line 2), priority must be one of \"low\", \"high\""
    );
}

#[test]
fn its_fields_take_what_a_cell_says() {
    let builtin = Template::builtin(TemplateKind::Chat).unwrap().to_json().unwrap();
    let mut document: Value = serde_json::from_str(&builtin).unwrap();
    document["input"]["properties"]["level"] = json!({ "type": "integer", "minimum": 1 });
    document["input"]["properties"]["tags"] = json!({ "type": "array", "items": { "type": "string" } });
    document["input"]["properties"]["code"] = json!({ "type": "string", "minLength": 2 });
    document["input"]["properties"]["grade"] = json!({ "enum": [1, 2] });
    document["input"]["required"] = json!(["turns", "level"]);
    let options = ImportOptions {
        template: Some(Arc::new(Template::parse(&document.to_string()).unwrap())),
        ..ImportOptions::default()
    };
    let read = |file: &str| import(file.as_bytes(), &options);
    let taken = json!({"turns": ["q"], "level": 3, "tags": ["a"], "code": "007", "grade": 2});
    let file = "question,level,tags,code,grade\nq,3,\"[\"\"a\"\"]\",007,2\n";
    assert_eq!(read(file).unwrap().tasks[0].input, taken);
    let file = r#"{"question":"q","level":"3","tags":["a"],"code":77}"#;
    assert_eq!(read(file).unwrap().tasks[0].input["code"], "77");
    let file = r#"{"question":"q","level":3,"code":1.50}"#;
    assert_eq!(read(file).unwrap().tasks[0].input["code"], "1.50");
    let wrong = |file: &str| {
        let message = read(file).unwrap_err().to_string();
        message.replace("nothing was imported: 1 error\n  ", "")
    };
    assert_eq!(
        wrong("question,level\nq,many\n"),
        "row 1 (line 2), level must be of type integer, not string"
    );
    assert_eq!(
        wrong("question,level\nq,0\n"),
        "row 1 (line 2), level must be at least 1"
    );
    assert_eq!(
        wrong("question,level\nq,\n"),
        "row 1 (line 2), level is missing or empty"
    );
    assert_eq!(
        wrong("question,Level\nq,3\n"),
        "row 1 (line 2), level is missing or empty; no column fills it: name one with field=column, as in level=COLUMN"
    );
}

#[test]
fn its_kind_decides_how_columns_are_read() {
    let file = "question,answer\nq,a\n";
    let message = import(file.as_bytes(), &options(TemplateKind::PairwisePreference))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("the columns do not make a `pairwise-preference`: `response_a` is missing"),
        "{message}"
    );
    let mut other = options(TemplateKind::Rubric);
    other.kind = Some(TemplateKind::Chat);
    assert_eq!(
        import(file.as_bytes(), &other).unwrap_err().to_string(),
        "the file holds tasks of kind `chat`, the project's template is of kind `rubric`"
    );
}

#[test]
fn two_responses_to_a_prompt_do_not_come_into_a_project_that_asks_for_something_else() {
    let file = "id,prompt,response_a,response_b\n1,q,a,b\n";
    let mut given = ImportOptions {
        template: Some(Arc::new(Template::builtin(TemplateKind::Rubric).unwrap())),
        ..ImportOptions::default()
    };
    assert_eq!(
        import(file.as_bytes(), &given).unwrap_err().to_string(),
        "the file holds two responses to each prompt, a `pairwise-preference`, and the project's template is of kind `rubric`; where \
         the prompts alone are meant, name their column with field=column, as in prompt=Question"
    );
    given.columns = vec![("prompt".into(), "prompt".into())];
    assert_eq!(import(file.as_bytes(), &given).unwrap().tasks.len(), 1);
}

#[test]
fn pairs_that_were_judged_already_come_in_only_as_it_is_said() {
    let file = "prompt,Chosen,rejected\nq,a,b\n";
    for template in [
        None,
        Some(TemplateKind::PairwisePreference),
        Some(TemplateKind::Chat),
    ] {
        let template = template.map(|kind| Arc::new(Template::builtin(kind).unwrap()));
        let given = ImportOptions {
            template,
            ..ImportOptions::default()
        };
        assert_eq!(
            import(file.as_bytes(), &given).unwrap_err().to_string(),
            "the file holds pairs that were judged already, in `Chosen` and `rejected`; to have them judged anew, name the columns, as in \
             response_a=Chosen and response_b=rejected; where the prompts alone are meant, name theirs, as in prompt=Question"
        );
    }
    let pair = |field: &str, column: &str| (field.to_owned(), column.to_owned());
    for (columns, kind) in [
        (
            vec![pair("response_a", "Chosen"), pair("response_b", "rejected")],
            TemplateKind::PairwisePreference,
        ),
        (vec![pair("prompt", "prompt")], TemplateKind::Chat),
    ] {
        let given = ImportOptions {
            columns,
            ..ImportOptions::default()
        };
        assert_eq!(import(file.as_bytes(), &given).unwrap().mapping.kind, kind);
    }
}

fn read_as(kind: TemplateKind, file: &str) -> Result<Vec<(Value, Vec<Value>)>, String> {
    let options = ImportOptions {
        kind: Some(kind),
        ..ImportOptions::default()
    };
    let read = import(file.as_bytes(), &options).map_err(|error| error.to_string())?;
    let task = |task: cofferdam_work::import::ImportedTask| {
        let recorded = task.recorded_answers.into_iter().map(|recorded| recorded.answer);
        (task.input, recorded.collect())
    };
    Ok(read.tasks.into_iter().map(task).collect())
}

#[test]
fn responses_to_rank_come_as_a_list_or_in_columns() {
    let kind = TemplateKind::Ranking;
    let three = json!({"prompt": "p", "responses": ["x", "", "z"]});
    let list = r#"{"prompt":"p","responses":["x","","z"]}"#;
    assert_eq!(read_as(kind, list).unwrap(), [(three.clone(), Vec::new())]);
    let columns = "prompt,response_2,response_1,response_3,response_10\np,,x,z,\nq,2,1,,\n";
    let two = json!({"prompt": "q", "responses": ["1", "2"]});
    assert_eq!(
        read_as(kind, columns).unwrap(),
        [(three, Vec::new()), (two, Vec::new())],
        "in the order of their numbers, up to the last that holds something"
    );
    let own = r#"{"prompt":"p","responses":["x","y"],"answers":{"ann":{"ranks":[2,1]}}}"#;
    assert_eq!(read_as(kind, own).unwrap()[0].1, [json!({"ranks": [2, 1]})]);
    assert_eq!(
        read_as(kind, r#"{"prompt":"p","responses":["x",3]}"#).unwrap_err(),
        "nothing was imported: 1 error\n  row 1 (line 1), /responses/1 must be of type string, not integer"
    );
    assert_eq!(
        read_as(kind, "prompt,response_1,response_2\np,x,\n").unwrap_err(),
        "nothing was imported: 1 error\n  row 1 (line 2), responses must have at least 2 items"
    );
    assert_eq!(
        read_as(
            kind,
            r#"{"prompt":"p","responses":["x","y"],"answers":{"ann":{"ranks":[2,3]}}}"#
        )
        .unwrap_err(),
        "nothing was imported: 1 error\n  row 1 (line 1), /answers/ann/ranks/0 is 2, and no response has rank 1"
    );
}

#[test]
fn recorded_labels_come_as_a_list_or_as_one() {
    let kind = TemplateKind::Classification;
    let file = "text,label\nName a river.,open-qa\nAnd a lake.,\n";
    let read = read_as(kind, file).unwrap();
    assert_eq!(
        read[0],
        (
            json!({"body": "Name a river."}),
            vec![json!({"labels": ["open-qa"]})]
        )
    );
    assert_eq!(read[1], (json!({"body": "And a lake."}), Vec::new()));
    let list = r#"{"body":"b","labels":["chat","rewrite"]}"#;
    assert_eq!(
        read_as(kind, list).unwrap()[0].1,
        [json!({"labels": ["chat", "rewrite"]})]
    );
    let message = read_as(kind, "text,label\nb,poem\n").unwrap_err();
    assert!(
        message.contains("row 1 (line 2), label must be one of"),
        "{message}"
    );
    let message = read_as(kind, r#"{"body":"b","labels":["chat","poem"]}"#).unwrap_err();
    assert!(
        message.contains("row 1 (line 1), /labels/1 must be one of"),
        "{message}"
    );
}

#[test]
fn several_responses_are_not_taken_for_something_else() {
    let file = "prompt,response_a,response_b,response_c\np,x,y,z\n";
    for kind in [
        TemplateKind::Chat,
        TemplateKind::PairwisePreference,
        TemplateKind::Freeform,
    ] {
        let options = ImportOptions {
            template: Some(Arc::new(Template::builtin(kind).unwrap())),
            ..ImportOptions::default()
        };
        let message = import(file.as_bytes(), &options).unwrap_err().to_string();
        assert!(
            message.starts_with("the file holds several responses to each prompt, a `ranking`"),
            "{kind}: {message}"
        );
    }
    let two = "prompt,response_a,response_b\np,x,y\n";
    let options = ImportOptions {
        template: Some(Arc::new(Template::builtin(TemplateKind::Ranking).unwrap())),
        ..ImportOptions::default()
    };
    let read = import(two.as_bytes(), &options).unwrap();
    assert_eq!(
        read.tasks[0].input,
        json!({"prompt": "p", "responses": ["x", "y"]})
    );
}
