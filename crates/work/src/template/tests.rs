//! Tests of the template as a whole; the parts have their own.

use serde_json::{Value, json};

use super::*;

fn document() -> Value {
    serde_json::from_str(TemplateKind::PairwisePreference.builtin_document()).unwrap()
}

fn refusal(document: &Value) -> String {
    Template::parse(&document.to_string())
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn every_builtin_template_reads_and_reads_back() {
    for kind in TemplateKind::ALL {
        let template = Template::builtin(kind).unwrap();
        assert_eq!(template.kind(), kind);
        let again = Template::parse(&template.to_json().unwrap()).unwrap();
        assert_eq!(again.to_json().unwrap(), template.to_json().unwrap());
        let properties = template.input_schema()["properties"].as_object().unwrap();
        assert_eq!(
            template.layout().input.len(),
            properties.len(),
            "{kind}: every field of the input is shown"
        );
    }
}

#[test]
fn inputs_are_checked_with_pointer_and_reason() {
    let template = Template::builtin(TemplateKind::PairwisePreference).unwrap();
    assert!(
        template
            .check_input(&json!({"prompt": "p", "response_a": "", "response_b": "x"}))
            .is_ok()
    );
    let wrong = json!({"prompt": "", "response_a": null, "extra": 1});
    let found = template.check_input(&wrong).unwrap_err();
    let mut messages: Vec<String> = found.as_slice().iter().map(ToString::to_string).collect();
    messages.sort();
    assert_eq!(
        messages,
        [
            "/prompt must not be empty",
            "/response_a must be of type string, not null",
            "/response_b is missing; it must be of type string",
            "the value has what the schema does not name: `extra`",
        ]
    );
}

#[test]
fn what_is_missing_is_told_by_its_place_and_by_what_it_must_be() {
    let told = |kind, answer| {
        let template = Template::builtin(kind).unwrap();
        template.check_answer(&answer).unwrap_err().to_string()
    };
    assert_eq!(
        told(TemplateKind::PairwisePreference, json!({})),
        "/choice is missing; it must be one of \"a\", \"b\", \"tie\""
    );
    assert_eq!(
        told(TemplateKind::Rubric, json!({"criteria": [{"id": "1"}]})),
        "/criteria/0/text is missing; it must be of type string"
    );
    // Behind a reference, and where the schema does not say.
    let rubric = Template::builtin(TemplateKind::Rubric).unwrap();
    let within = json!({"prompt": "p", "criteria": [{"id": "1"}]});
    assert_eq!(
        rubric.check_input(&within).unwrap_err().to_string(),
        "/criteria/0/text is missing; it must be of type string"
    );
    let mut own: serde_json::Value = serde_json::from_str(
        &Template::builtin(TemplateKind::Freeform)
            .unwrap()
            .to_json()
            .unwrap(),
    )
    .unwrap();
    own["answer"]["required"] = json!(["text", "a/b", "other"]);
    own["answer"]["$defs"] = json!({ "yes": { "const": true } });
    own["answer"]["properties"]["a/b"] = json!({ "$ref": "#/$defs/yes" });
    own["answer"]["properties"]["other"] = json!(true);
    for name in ["/a~1b", "/other"] {
        let asked = json!({ "field": name, "label": name, "as": "line" });
        own["layout"]["answer"].as_array_mut().unwrap().push(asked);
    }
    let own = Template::parse(&own.to_string()).unwrap();
    let found = own.check_answer(&json!({ "text": "x" })).unwrap_err();
    assert_eq!(
        found.to_string(),
        "/a~1b is missing; it must be true; /other is missing"
    );
}

#[test]
fn messages_do_not_repeat_what_was_written() {
    let template = Template::builtin(TemplateKind::PairwisePreference).unwrap();
    let found = template
        .check_answer(&json!({"choice": "a secret of the lab"}))
        .unwrap_err();
    assert_eq!(found.to_string(), "/choice must be one of \"a\", \"b\", \"tie\"");
}

#[test]
fn values_are_bounded() {
    let template = Template::builtin(TemplateKind::Freeform).unwrap();
    let long = json!({"body": "x".repeat((1 << 20) + 1)});
    assert_eq!(
        template.check_input(&long).unwrap_err().to_string(),
        "/body has 1,048,577 bytes of text; at most 1,048,576 are taken"
    );
    let mut deep = json!("end");
    for _ in 0..70 {
        deep = json!([deep]);
    }
    let message = template
        .check_input(&json!({"body": deep}))
        .unwrap_err()
        .to_string();
    assert!(
        message.ends_with("/0 is nested deeper than 64 levels"),
        "{message}"
    );
}

#[test]
fn an_answer_is_checked_against_its_task() {
    let chat = Template::builtin(TemplateKind::Chat).unwrap();
    let input = json!({"turns": ["one", "two"]});
    assert!(
        chat.check_submission(&input, &json!({"replies": ["a", "b"]}))
            .is_ok()
    );
    assert_eq!(
        chat.check_submission(&input, &json!({"replies": ["a"]}))
            .unwrap_err()
            .to_string(),
        "/replies must have 2 items, one to each turn of the user"
    );
    let rubric = Template::builtin(TemplateKind::Rubric).unwrap();
    let graded = json!({"prompt": "p", "response": "r"});
    assert_eq!(
        rubric
            .check_submission(&graded, &json!({"criteria": [{"text": "t"}]}))
            .unwrap_err()
            .to_string(),
        "/criteria/0/verdict is missing: the task gives a response to grade"
    );
    let verdict = json!({"criteria": [{"text": "t", "verdict": "met"}]});
    assert!(rubric.check_submission(&graded, &verdict).is_ok());
    assert_eq!(
        rubric
            .check_submission(&json!({"prompt": "p"}), &verdict)
            .unwrap_err()
            .to_string(),
        "/criteria/0/verdict must not be there: the task gives no response to grade"
    );
}

/// By the input itself, where it is at hand, and by what of it is known of one that is not.
fn held_against(template: &Template, input: &Value, answer: &Value) -> [Result<(), String>; 2] {
    let asks = template.asks(input);
    [
        template.check_submission(input, answer),
        template.check_unseen(answer, &|told| told == asks),
    ]
    .map(|held| held.map_err(|found| found.to_string()))
}

#[test]
fn what_is_graded_stays_as_it_came() {
    let rubric = Template::builtin(TemplateKind::Rubric).unwrap();
    let input = json!({"prompt": "p", "response": "r", "criteria": [
        {"id": "1", "text": "a"}, {"id": "2", "text": "b"}, {"text": "c"}, {"text": "c"},
    ]});
    let met = |id: &str, text: &str| match id {
        "" => json!({"text": text, "verdict": "met"}),
        _ => json!({"id": id, "text": text, "verdict": "met"}),
    };
    let all = || vec![met("1", "a"), met("2", "b"), met("", "c"), met("", "c")];
    let held = |criteria: &[Value]| held_against(&rubric, &input, &json!({"criteria": criteria}));
    let mut other_order = all();
    other_order.reverse();
    assert_eq!(held(&other_order), [Ok(()), Ok(())]);
    let told = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut criteria = all();
        change(&mut criteria);
        let [seen, unseen] = held(&criteria);
        assert!(unseen.is_err(), "{criteria:?}");
        seen.unwrap_err()
    };
    let missing = "/criteria must hold each of the task's 4 criteria: one is missing";
    assert_eq!(told(&|all| drop(all.remove(3))), missing);
    assert_eq!(
        told(&|all| all[1]["text"] = json!("B")),
        "/criteria/1/text must be as it came: this task is to grade, not to revise"
    );
    assert_eq!(
        told(&|all| all.push(met("", "d"))),
        "/criteria/4 is none of the task's criteria"
    );
    assert_eq!(
        told(&|all| all[1] = met("1", "a")),
        format!("/criteria/1/id is that of criterion 1 too; {missing}")
    );
    assert_eq!(
        told(&|all| all.iter_mut().for_each(|one| {
            one.as_object_mut().unwrap().remove("verdict");
        })),
        [0, 1, 2, 3]
            .map(|at| format!("/criteria/{at}/verdict is missing: the task gives a response to grade"))
            .join("; ")
    );
    // Without criteria of its own, whatever its author finds to judge.
    let open = json!({"prompt": "p", "response": "r"});
    assert_eq!(
        held_against(&rubric, &open, &json!({"criteria": all()})),
        [Ok(()), Ok(())]
    );
}

#[test]
fn blanks_are_no_text() {
    let blank = "must hold something that can be seen";
    let told = |kind, answer: &Value| {
        let template = Template::builtin(kind).unwrap();
        template.check_answer(answer).unwrap_err().to_string()
    };
    let unseen = "\u{a0}\u{200b}\u{3000}\u{115f}";
    assert_eq!(
        told(TemplateKind::Freeform, &json!({"text": unseen})),
        format!("/text {blank}")
    );
    assert_eq!(
        told(TemplateKind::Chat, &json!({"replies": ["a", unseen]})),
        format!("/replies/1 {blank}")
    );
    assert_eq!(
        told(TemplateKind::Rubric, &json!({"criteria": [{"text": unseen}]})),
        format!("/criteria/0/text {blank}")
    );
    let rubric = Template::builtin(TemplateKind::Rubric).unwrap();
    let input = json!({"prompt": "p", "criteria": [{"text": unseen}]});
    assert_eq!(
        rubric.check_input(&input).unwrap_err().to_string(),
        format!("/criteria/0/text {blank}")
    );
}

#[test]
fn the_label_of_an_answer_is_text() {
    let pairwise = Template::builtin(TemplateKind::PairwisePreference).unwrap();
    assert_eq!(pairwise.label(&json!({"choice": "tie"})).as_deref(), Some("tie"));
    let rubric = Template::builtin(TemplateKind::Rubric).unwrap();
    assert_eq!(
        rubric.label(&json!({"criteria": [], "overall": 4})).as_deref(),
        Some("4")
    );
    assert_eq!(rubric.label(&json!({"criteria": []})), None);
    assert_eq!(rubric.layout().agreement_order(), ["1", "2", "3", "4", "5"]);
}

#[test]
fn a_template_is_refused_with_the_place() {
    let mut wrong = document();
    wrong["version"] = json!(2);
    assert_eq!(refusal(&wrong), "/version must be 1, the only version there is");

    let mut wrong = document();
    wrong["layout"]["interaction"] = json!("rubric");
    assert_eq!(
        refusal(&wrong),
        "/layout/interaction must be \"pairwise\" in a template of kind `pairwise-preference`"
    );

    let mut wrong = document();
    wrong["layout"]["answer"][0]["field"] = json!("/chose");
    assert_eq!(
        refusal(&wrong),
        "/layout/answer/0/field points to `/chose`, which is no property of the schema"
    );

    let mut wrong = document();
    wrong["layout"]["answer"][0]["options"] = json!([]);
    assert_eq!(
        refusal(&wrong),
        "/layout/answer/0/options must list 1 to 50 options for a choice, and none otherwise"
    );

    let mut wrong = document();
    wrong["input"]["properties"]["prompt"]["$ref"] = json!("https://example.com/prompt.json");
    assert_eq!(
        refusal(&wrong),
        "/input/properties/prompt/$ref refers to `https://example.com/prompt.json`, outside this document; copy \
         the definition into `$defs` and refer to `#/$defs/…`"
    );

    let mut wrong = document();
    wrong["input"]["type"] = json!("array");
    assert_eq!(refusal(&wrong), "/input/type must be \"object\"");

    assert_eq!(
        refusal(&json!([])),
        "the template is not a JSON object with a name, a kind, an input and an answer"
    );

    let mut wrong = document();
    wrong["colour"] = json!("blue");
    assert_eq!(
        refusal(&wrong),
        "/colour cannot be read: there is no such member; there are `version`, `kind`, `name`, `description`, `input`, `answer`, `layout`"
    );
    for (at, list) in [
        ("/layout", json!([])),
        ("/layout", json!(["pairwise", [], []])),
        ("/layout/input/0", json!(["/prompt", "Prompt", "markdown"])),
        ("/layout/answer/0/options/1", json!(["b", "B"])),
        ("/layout/agreement", json!(["/choice", "nominal"])),
    ] {
        let mut wrong = document();
        *wrong.pointer_mut(at).unwrap() = list;
        let told = format!("{at} cannot be read: an object is needed, not a list");
        assert_eq!(refusal(&wrong), told);
    }
    let mut wrong = document();
    wrong["kind"] = json!("x");
    assert_eq!(
        refusal(&wrong),
        "/kind cannot be read: `x` is not possible; possible are `pairwise-preference`, `rubric`, `chat`, `freeform`"
    );
    assert_eq!(
        refusal(&json!({ "kind": "chat" })),
        "/version cannot be read: it is needed"
    );
}

/// One thing done to the template of a kind.
type Change<'a> = &'a dyn Fn(&mut Value);

fn told_of(kind: TemplateKind, change: Change<'_>) -> Option<String> {
    let mut own: Value = serde_json::from_str(kind.builtin_document()).unwrap();
    change(&mut own);
    Template::parse(&own.to_string())
        .err()
        .map(|error| error.to_string())
}

fn rename(document: &mut Value, at: &str, from: &str, to: &str) {
    let properties = document.pointer_mut(at).unwrap().as_object_mut().unwrap();
    let moved = properties.remove(from).unwrap();
    properties.insert(to.to_owned(), moved);
}

#[test]
fn a_kinds_names_are_kept() {
    use TemplateKind::{Chat, Freeform, PairwisePreference, Rubric};
    let criterion = "/answer/properties/criteria/items/properties";
    let refused: [(TemplateKind, Change<'_>, &str); 9] = [
        (
            PairwisePreference,
            &|own| {
                rename(own, "/input/properties", "response_b", "other");
                own["layout"]["input"][3]["field"] = json!("/other");
            },
            "/input/properties/response_b is missing: a template of kind `pairwise-preference` has it under this name",
        ),
        (
            PairwisePreference,
            &|own| own["answer"]["properties"]["choice"] = json!({ "type": "integer" }),
            "/answer/properties/choice/type does not take {\"choice\":\"a\"}, which a template of kind `pairwise-preference` must",
        ),
        (
            PairwisePreference,
            &|own| own["layout"]["answer"] = json!([]),
            "/layout/answer does not show `/choice`, which people who work on a `pairwise-preference` task need",
        ),
        (
            Rubric,
            &|own| own["layout"]["answer"][0]["as"] = json!("text"),
            "/layout/answer/0/as must be \"criteria\": so `/criteria` is drawn in a template of kind `rubric`",
        ),
        (
            Rubric,
            &|own| own.pointer_mut(criterion).unwrap()["verdict"] = json!({ "enum": ["yes", "no"] }),
            "/answer/properties/criteria/items/properties/verdict/enum does not take \
             {\"criteria\":[{\"id\":\"a\",\"text\":\"b\",\"verdict\":\"met\"}]}, which a template of kind `rubric` must",
        ),
        (
            Rubric,
            &|own| rename(own, criterion, "text", "statement"),
            "/answer/properties/criteria/items/additionalProperties does not take \
             {\"criteria\":[{\"id\":\"a\",\"text\":\"b\",\"verdict\":\"met\"}]}, which a template of kind `rubric` must",
        ),
        (
            Rubric,
            &|own| own["answer"]["properties"]["criteria"]["items"]["required"] = json!(["text", "verdict"]),
            "/answer/properties/criteria/items/required asks for a verdict on every criterion, also where a task gives no response \
             to judge; require `response` of the input, or leave it to the kind, which asks for a verdict where there is one",
        ),
        (
            Chat,
            &|own| own["answer"]["properties"]["replies"]["items"] = json!({ "type": "object" }),
            "/answer/properties/replies/items/type does not take {\"replies\":[\"a\"]}, which a template of kind `chat` must",
        ),
        (
            Freeform,
            &|own| own["input"]["properties"]["body"] = json!(false),
            "/input/properties/body does not take {\"body\":\"a\"}, which a template of kind `freeform` must",
        ),
    ];
    for (kind, change, told) in refused {
        assert_eq!(told_of(kind, change).as_deref(), Some(told));
    }
}

#[test]
fn what_cannot_be_answered_or_drawn_is_refused() {
    use TemplateKind::{Freeform, PairwisePreference};
    let refused: [(TemplateKind, Change<'_>, &str); 8] = [
        (
            PairwisePreference,
            &|own| {
                drop(
                    own["layout"]["answer"][0]["options"]
                        .as_array_mut()
                        .unwrap()
                        .pop(),
                )
            },
            "/layout/answer/0/options must offer `a` and `b`: either may be the better one",
        ),
        (
            PairwisePreference,
            &|own| own["layout"]["answer"][0]["options"][1]["value"] = json!("neither"),
            "/layout/answer/0/options/1/value is none that `/choice` of an answer may be",
        ),
        (
            PairwisePreference,
            &|own| own["layout"]["answer"][0]["options"][2]["key"] = json!("1"),
            "/layout/answer/0/options/2/key is that of option 1 too",
        ),
        (
            PairwisePreference,
            &|own| {
                own["answer"]["properties"]["choice"] =
                    json!({ "anyOf": [{ "const": "a" }, { "const": "b" }] });
            },
            "/layout/answer/0/options/1/value is none that `/choice` of an answer may be",
        ),
        (
            Freeform,
            &|own| own["layout"]["answer"] = json!([]),
            "/layout/answer asks for nothing: nobody could answer",
        ),
        (
            Freeform,
            &|own| own["answer"]["required"] = json!(["text", "source"]),
            "/answer/required names `source`, which the layout does not ask for",
        ),
        (
            Freeform,
            &|own| own["layout"]["agreement"]["level"] = json!("interval"),
            "/layout/agreement/level is for numbers, and what it is to compare is text; take nominal or ordinal",
        ),
        (
            Freeform,
            &|own| own["name"] = json!("a\u{1b}[31m"),
            "/name holds a control character",
        ),
    ];
    for (kind, change, told) in refused {
        assert_eq!(told_of(kind, change).as_deref(), Some(told));
    }
}

/// What is asked of new templates may become more; a project that was opened goes on.
#[test]
fn a_template_that_was_taken_before_is_not_judged_anew() {
    let mut own: Value = serde_json::from_str(TemplateKind::Freeform.builtin_document()).unwrap();
    own["layout"]["answer"] = json!([]);
    own["name"] = json!("a\u{1b}b");
    assert!(Template::parse(&own.to_string()).is_err());
    let kept = Template::kept(&own.to_string()).unwrap();
    assert!(kept.check_answer(&json!({ "text": "x" })).is_ok());
    own["answer"]["properties"]["text"]["$ref"] = json!("https://example.com/text.json");
    assert!(Template::kept(&own.to_string()).is_err());
}

#[test]
fn what_a_kind_leaves_open_is_the_templates_own() {
    use TemplateKind::{Chat, Freeform, PairwisePreference, Rubric};
    let taken: [(TemplateKind, Change<'_>); 6] = [
        (PairwisePreference, &|own| {
            own["answer"]["properties"]["choice"]["enum"] = json!(["a", "b"]);
            own["layout"]["answer"][0]["options"]
                .as_array_mut()
                .unwrap()
                .remove(1);
        }),
        (PairwisePreference, &|own| {
            own["answer"]["required"] = json!(["choice", "reason"]);
            own["input"]["properties"]["prompt"]["pattern"] = json!("^Translate");
        }),
        (Rubric, &|own| {
            own["input"]["required"] = json!(["prompt", "response"]);
            own["answer"]["properties"]["criteria"]["items"]["required"] = json!(["text", "verdict"]);
        }),
        (Rubric, &|own| {
            rename(own, "/input/properties", "response", "draft");
            own["layout"]["input"][2]["field"] = json!("/draft");
            rename(
                own,
                "/answer/properties/criteria/items/properties",
                "verdict",
                "met",
            );
        }),
        (Chat, &|own| {
            own["answer"]["properties"]["replies"]["items"]["minLength"] = json!(200);
        }),
        (Freeform, &|own| {
            rename(own, "/answer/properties", "text", "summary");
            own["answer"]["required"] = json!(["summary"]);
            own["layout"]["answer"][0]["field"] = json!("/summary");
        }),
    ];
    for (at, (kind, change)) in taken.into_iter().enumerate() {
        assert_eq!(told_of(kind, change), None, "{at}");
    }
}

#[test]
fn a_template_is_bounded() {
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(MOST_TEMPLATE_BYTES));
    assert_eq!(
        Template::parse(&huge).unwrap_err().to_string(),
        "the template has more than 262,144 bytes"
    );

    let deep = "[".repeat(40) + &"]".repeat(40);
    let message = Template::parse(&deep).unwrap_err().to_string();
    assert!(message.ends_with(" is nested deeper than 32 levels"), "{message}");

    let keys: String = (0..4_001).map(|n| format!("\"k{n}\":1,")).collect();
    let many = format!("{{{}}}", keys.trim_end_matches(','));
    assert_eq!(
        Template::parse(&many).unwrap_err().to_string(),
        "the template brings the document above 4,000 keys"
    );

    assert_eq!(
        Template::parse(r#"{"kind":"chat","kind":"rubric"}"#)
            .unwrap_err()
            .to_string(),
        "the template has the key `kind` twice"
    );
}

/// What a template's author wrote is repeated short, on one line, whatever it holds.
#[test]
fn a_refusal_repeats_little_of_what_it_refuses() {
    let long = format!("\u{1b}[31m{}", "x".repeat(10_000));
    let shown = format!("\\u{{1b}}[31m{}…", "x".repeat(55));
    let changed = |at: &str, key: &str, value: Value| {
        let mut document = document();
        document.pointer_mut(at).unwrap()[key] = value;
        refusal(&document)
    };
    assert_eq!(
        changed("/input/properties/prompt", &long, json!(1)),
        format!("/input/properties/prompt/{shown} is the keyword `{shown}`, which templates do not use")
    );
    let field = format!("/{long}");
    let points = changed("/layout/input/0", "field", json!(field));
    assert!(
        points.starts_with("/layout/input/0/field points to `/\\u{1b}[31mxxx"),
        "{points}"
    );
    let unknown = changed("/layout", &long, json!(1));
    assert!(unknown.starts_with("/layout/\\u{1b}[31mxxx"), "{unknown}");
    for message in [points, unknown] {
        assert!(
            message.len() < 500 && !message.contains(char::is_control),
            "{message}"
        );
    }
}
