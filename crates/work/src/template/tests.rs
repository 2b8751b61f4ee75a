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
        "/layout/answer/0/options must list 1 to 50 options"
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
        "/kind cannot be read: `x` is not possible; possible are `pairwise-preference`, `ranking`, `rubric`, `chat`, `classification`, `spans`, `freeform`"
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

/// Why an answer is refused: by who has the input, and by who has only its mark.
fn refusals(kind: TemplateKind, input: &Value, answer: &Value) -> [Option<String>; 2] {
    let template = Template::builtin(kind).unwrap();
    template.check_input(input).unwrap();
    let mark = template.asks(input);
    let told = |checked: Result<(), Violations>| checked.err().map(|found| found.to_string());
    [
        told(template.check_submission(input, answer)),
        told(template.check_unseen(answer, &|asks| asks == mark)),
    ]
}

#[test]
fn a_ranking_has_a_rank_for_each_response_and_leaves_none_out() {
    let input = json!({"prompt": "p", "responses": ["a", "b", "c"]});
    let refused = |ranks: Value| refusals(TemplateKind::Ranking, &input, &json!({ "ranks": ranks }));
    let both = |text: &str| [Some(text.to_owned()), Some(text.to_owned())];
    for fits in [
        json!([1, 2, 3]),
        json!([3, 1, 2]),
        json!([1, 1, 1]),
        json!([2, 1, 2]),
    ] {
        assert_eq!(refused(fits), [None, None]);
    }
    assert_eq!(
        refused(json!([1, 2])),
        both("/ranks must have 3 items, one to each response")
    );
    assert_eq!(
        refused(json!([1, 2, 3, 4])),
        both("/ranks must have 3 items, one to each response")
    );
    assert_eq!(
        refused(json!([1, 1, 3])),
        both("/ranks/2 is 3, and no response has rank 2")
    );
    assert_eq!(
        refused(json!([2, 2, 2])),
        both(
            "/ranks/0 is 2, and no response has rank 1; /ranks/1 is 2, and no response has rank 1; /ranks/2 is 2, and no response has rank 1"
        )
    );
    let template = Template::builtin(TemplateKind::Ranking).unwrap();
    let label = |ranks: Value| template.label(&json!({ "ranks": ranks }));
    assert_eq!(label(json!([2, 1, 3])).as_deref(), Some("2"));
    assert_eq!(label(json!([1, 2, 1])).as_deref(), Some("1=3"));
    assert_eq!(template.label(&json!({})), None);
}

#[test]
fn more_responses_than_keys_are_not_ranked_whatever_the_schema_says() {
    let mut document: Value = serde_json::from_str(TemplateKind::Ranking.builtin_document()).unwrap();
    document["input"]["properties"]["responses"] = json!({"type": "array", "items": {"type": "string"}});
    let template = Template::parse(&document.to_string()).unwrap();
    let of = |count: usize| template.check_input(&json!({"prompt": "p", "responses": vec!["r"; count]}));
    assert!(of(2).is_ok() && of(9).is_ok());
    assert_eq!(
        of(1).unwrap_err().to_string(),
        "/responses must have 2 to 9 items"
    );
    assert_eq!(
        of(10).unwrap_err().to_string(),
        "/responses must have 2 to 9 items"
    );
}

#[test]
fn labels_are_a_set() {
    let template = Template::builtin(TemplateKind::Classification).unwrap();
    let label = |labels: Value| template.label(&json!({ "labels": labels })).unwrap();
    assert_eq!(
        label(json!(["rewrite", "chat"])),
        label(json!(["chat", "rewrite"]))
    );
    assert_ne!(label(json!(["chat"])), label(json!(["chat", "rewrite"])));
    let mut document: Value = serde_json::from_str(TemplateKind::Classification.builtin_document()).unwrap();
    document["answer"]["properties"]["labels"]["uniqueItems"] = json!(false);
    let loose = Template::parse(&document.to_string()).unwrap();
    let twice = loose.check_answer(&json!({"labels": ["chat", "other", "chat"]}));
    assert_eq!(twice.unwrap_err().to_string(), "/labels/2 is label 1 again");
}

#[test]
fn a_taxonomy_of_a_thousand_labels_is_taken_and_no_more() {
    let with = |count: usize| {
        let mut document: Value =
            serde_json::from_str(TemplateKind::Classification.builtin_document()).unwrap();
        let names: Vec<String> = (0..count).map(|at| format!("Goods / {at}")).collect();
        document["answer"]["properties"]["labels"]["items"] = json!({ "enum": names });
        let options: Vec<Value> = names
            .iter()
            .map(|name| json!({"value": name, "label": name}))
            .collect();
        document["layout"]["answer"][0]["options"] = json!(options);
        Template::parse(&document.to_string()).map(|_| ())
    };
    assert_eq!(with(1_000), Ok(()));
    assert_eq!(
        with(1_001).unwrap_err().to_string(),
        "/layout/answer/0/options must list 1 to 1000 options"
    );
    let mut document: Value = serde_json::from_str(TemplateKind::Classification.builtin_document()).unwrap();
    document["layout"]["answer"][0]["options"][1]["value"] = json!("poem");
    assert_eq!(
        refusal(&document),
        "/layout/answer/0/options/1/value is none that `/labels` of an answer may be"
    );
}

#[test]
fn what_a_kind_draws_no_other_draws() {
    let mut document = document();
    document["layout"]["input"][1]["as"] = json!("responses");
    assert_eq!(
        refusal(&document),
        "/layout/input/1/as is drawn in templates of kind `ranking` alone"
    );
    let mut document: Value = serde_json::from_str(TemplateKind::Spans.builtin_document()).unwrap();
    document["layout"]["input"][2]["as"] = json!("markdown");
    assert_eq!(
        refusal(&document),
        "/layout/input/2/as must be \"text\": so `/body` is drawn in a template of kind `spans`"
    );
    let mut document: Value = serde_json::from_str(TemplateKind::Spans.builtin_document()).unwrap();
    document["answer"]["properties"]["spans"]["items"]["properties"]["label"] = json!({"type": "integer"});
    assert_eq!(
        refusal(&document),
        "/layout/answer/0/options/0/value is none that `/spans` of an answer may be"
    );
}

#[test]
fn passages_lie_within_their_text() {
    let input = json!({"body": "Flüsse 🏞️ münden."});
    let span = |start: u64, end: u64| json!({"start": start, "end": end, "label": "unclear"});
    let refused = |spans: Value| refusals(TemplateKind::Spans, &input, &json!({ "spans": spans }));
    let both = |text: &str| [Some(text.to_owned()), Some(text.to_owned())];
    let long = input["body"].as_str().unwrap().chars().count() as u64;
    for fits in [
        json!([]),
        json!([span(0, 1)]),
        json!([span(0, long), span(2, 4), span(2, 9)]),
    ] {
        assert_eq!(refused(fits), [None, None]);
    }
    assert_eq!(
        refused(json!([span(0, 2), span(3, long + 1)])),
        both("/spans/1/end must be at most 17, where the text ends")
    );
    assert_eq!(
        refused(json!([span(3, 3)])),
        both("/spans/0/end must be more than 3, where the passage begins")
    );
    assert_eq!(
        refused(json!([span(3, 4), span(2, 4)])),
        both("/spans/1/start must not be less than that of the passage before: they stand by their start")
    );
    assert_eq!(
        refused(json!([span(3, 4), span(3, 4)])),
        both("/spans/1 is passage 1 again")
    );
    let mut quoted = span(2, 4);
    quoted["text"] = json!("üs");
    assert_eq!(refused(json!([quoted])), [None, None]);
    quoted["text"] = json!("us");
    assert_eq!(
        refused(json!([quoted])),
        [
            Some("/spans/0/text is not what the text has there".to_owned()),
            None
        ],
        "only who has the text can say so"
    );
}

#[test]
fn a_text_to_mark_is_not_endless() {
    let template = Template::builtin(TemplateKind::Spans).unwrap();
    let of = |points: usize| template.check_input(&json!({"body": "é".repeat(points)}));
    assert!(of(100_000).is_ok());
    assert_eq!(
        of(100_001).unwrap_err().to_string(),
        "/body must have at most 100,000 characters"
    );
    let longest = json!({"body": "é".repeat(100_000)});
    let whole = json!({"spans": [{"start": 0, "end": 1, "label": "unsafe"}]});
    assert_eq!(refusals(TemplateKind::Spans, &longest, &whole), [None, None]);
}
