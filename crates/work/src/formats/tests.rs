//! Each form, byte for byte, and back.

use serde_json::{Value, json};

use super::*;

fn only(rows: Vec<Row>) -> Row {
    let [row] = rows.try_into().unwrap();
    row
}

fn pair(answer: Value) -> impl Fn(DeliveryFormat) -> Result<Row, LeftOut> {
    move |format| {
        let input =
            json!({"prompt": "Say \"hi\"", "context": "in one word", "response_a": "hi", "response_b": ""});
        let kind = TemplateKind::PairwisePreference;
        write(
            format,
            &Resolved {
                kind,
                external_id: Some("7"),
                input: &input,
                answer: &answer,
            },
        )
        .map(only)
    }
}

#[test]
fn preferences_byte_for_byte() {
    let row = pair(json!({"choice": "b"}));
    assert_eq!(
        row(DeliveryFormat::OpenAiPreference).unwrap().as_str(),
        concat!(
            r#"{"input":{"messages":[{"role":"user","content":"Say \"hi\"\n\nin one word"}],"tools":[],"#,
            r#""parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":""}],"#,
            r#""non_preferred_output":[{"role":"assistant","content":"hi"}]}"#,
            "\n"
        )
    );
    assert_eq!(
        row(DeliveryFormat::TrlPreference).unwrap().as_str(),
        "{\"prompt\":\"Say \\\"hi\\\"\\n\\nin one word\",\"chosen\":\"\",\"rejected\":\"hi\"}\n"
    );
    assert_eq!(
        row(DeliveryFormat::TrlPreferenceChat).unwrap().as_str(),
        concat!(
            r#"{"prompt":[{"role":"user","content":"Say \"hi\"\n\nin one word"}],"#,
            r#""chosen":[{"role":"assistant","content":""}],"rejected":[{"role":"assistant","content":"hi"}]}"#,
            "\n"
        )
    );
    assert_eq!(
        row(DeliveryFormat::Tasks).unwrap().as_str(),
        concat!(
            r#"{"id":"7","kind":"pairwise-preference","input":{"context":"in one word","prompt":"Say \"hi\"","#,
            r#""response_a":"hi","response_b":""},"answer":{"choice":"b"}}"#,
            "\n"
        )
    );
}

#[test]
fn preferences_read_back() {
    let row = pair(json!({"choice": "a"}));
    for format in [
        DeliveryFormat::OpenAiPreference,
        DeliveryFormat::TrlPreferenceChat,
    ] {
        let Readback::Preference {
            prompt,
            preferred,
            other,
        } = read(format, row(format).unwrap().as_str()).unwrap()
        else {
            panic!("a preference")
        };
        assert_eq!(prompt, [Message::new(Role::User, "Say \"hi\"\n\nin one word")]);
        assert_eq!(preferred, [Message::new(Role::Assistant, "hi")]);
        assert_eq!(other, [Message::new(Role::Assistant, "")]);
    }
}

#[test]
fn ties_are_left_out_of_preferences_only() {
    let row = pair(json!({"choice": "tie"}));
    assert_eq!(row(DeliveryFormat::OpenAiPreference), Err(LeftOut::Tie));
    assert_eq!(row(DeliveryFormat::TrlPreference), Err(LeftOut::Tie));
    assert_eq!(row(DeliveryFormat::OpenAiChat), Err(LeftOut::OtherKind));
    assert!(row(DeliveryFormat::Tasks).is_ok());
}

#[test]
fn a_conversation_byte_for_byte_and_back() {
    let input = json!({"system": "Be brief.", "turns": ["one?", "two?"], "category": "maths"});
    let answer = json!({"replies": ["1", "2\n"], "final_answer": "2"});
    let task = Resolved {
        kind: TemplateKind::Chat,
        external_id: None,
        input: &input,
        answer: &answer,
    };
    let row = only(write(DeliveryFormat::OpenAiChat, &task).unwrap());
    assert_eq!(
        row.as_str(),
        concat!(
            r#"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"one?"},"#,
            r#"{"role":"assistant","content":"1"},{"role":"user","content":"two?"},"#,
            r#"{"role":"assistant","content":"2\n"}]}"#,
            "\n"
        )
    );
    let (input, answer) = read(DeliveryFormat::OpenAiChat, row.as_str())
        .unwrap()
        .demonstration()
        .unwrap();
    assert_eq!(input, json!({"system": "Be brief.", "turns": ["one?", "two?"]}));
    assert_eq!(answer, json!({"replies": ["1", "2\n"]}));
}

#[test]
fn a_turn_without_reply_is_left_out() {
    let input = json!({"turns": ["one?", "two?"]});
    let answer = json!({"replies": ["1"]});
    let task = Resolved {
        kind: TemplateKind::Chat,
        external_id: None,
        input: &input,
        answer: &answer,
    };
    assert_eq!(
        write(DeliveryFormat::OpenAiChat, &task),
        Err(LeftOut::MissingReply)
    );
}

#[test]
fn answers_resolve_by_majority() {
    let votes =
        |choices: &[&str]| -> Vec<Value> { choices.iter().map(|choice| json!({"choice": choice})).collect() };
    let kind = TemplateKind::PairwisePreference;
    assert_eq!(
        resolve(kind, &votes(&["a", "b", "a"])),
        Ok(json!({"choice": "a"}))
    );
    assert_eq!(
        resolve(kind, &votes(&["a", "b", "tie"])),
        Err(LeftOut::NoMajority)
    );
    assert_eq!(resolve(kind, &[]), Err(LeftOut::NoAnswer));
    assert_eq!(
        resolve(TemplateKind::Chat, &[json!({"replies": ["x"]})]),
        Ok(json!({"replies": ["x"]}))
    );
    let replies = |all: &[&str]| {
        all.iter()
            .map(|text| json!({"replies": [text]}))
            .collect::<Vec<_>>()
    };
    let chat = |all: &[&str]| resolve(TemplateKind::Chat, &replies(all));
    assert_eq!(chat(&["x", "y"]), Err(LeftOut::NoMajority));
    assert_eq!(chat(&["y", "x", "x"]), Ok(json!({"replies": ["x"]})));
    assert_eq!(chat(&[]), Err(LeftOut::NoAnswer));
    let rubric = |weights: [&str; 2]| {
        let read = |weight| {
            serde_json::from_str(&format!(
                r#"{{"criteria": [{{"text": "x", "weight": {weight}}}]}}"#
            ))
        };
        let answers: Vec<Value> = weights.map(|weight| read(weight).unwrap()).into();
        resolve(TemplateKind::Rubric, &answers).is_ok()
    };
    assert!(rubric(["1", "1.0"]) && rubric(["-2.0", "-2"]) && rubric(["0.5", "5e-1"]));
    assert!(!rubric(["1", "1.5"]) && !rubric(["9007199254740993", "9007199254740992"]));
    assert!(!rubric(["1", "true"]));
    let mut tally = Tally::default();
    for choices in [&["a", "a", "b"][..], &["a", "b", "tie"], &[], &["b", "b", "b"]] {
        tally.count(&resolve(kind, &votes(choices)));
    }
    assert_eq!(tally.rows, 2);
    assert_eq!(
        tally.left_out.into_iter().collect::<Vec<_>>(),
        [(LeftOut::NoMajority, 1), (LeftOut::NoAnswer, 1)]
    );
}

#[test]
fn the_reader_is_strict() {
    let error = read(DeliveryFormat::OpenAiChat, r#"{"messages":[],"extra":1}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("not a row of the form openai-chat: unknown field `extra`"),
        "{error}"
    );
    let error = read(DeliveryFormat::TrlPreference, r#"{"prompt":"p","chosen":"c"}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("not a row of the form trl-preference: missing field `rejected`"),
        "{error}"
    );
}

#[test]
fn every_kind_has_a_usual_format_that_suits_it() {
    for kind in TemplateKind::ALL {
        assert!(DeliveryFormat::usual(kind).suits(kind));
    }
    for format in DeliveryFormat::ALL {
        assert_eq!(format.name().parse::<DeliveryFormat>(), Ok(format));
    }
}

fn ranked(answer: &Value, format: DeliveryFormat) -> Result<Vec<Row>, LeftOut> {
    let input = json!({"prompt": "p", "responses": ["one", "two", "three"]});
    write(
        format,
        &Resolved {
            kind: TemplateKind::Ranking,
            external_id: None,
            input: &input,
            answer,
        },
    )
}

#[test]
fn an_order_is_a_preference_for_every_two_that_differ() {
    let format = DeliveryFormat::TrlPreference;
    let pairs = |ranks: Value| -> Result<Vec<(String, String)>, LeftOut> {
        let rows = ranked(&json!({ "ranks": ranks }), format)?;
        let pair = |row: &Row| match read(format, row.as_str()).unwrap() {
            Readback::TextPreference { preferred, other, .. } => (preferred, other),
            _ => panic!("a preference"),
        };
        Ok(rows.iter().map(pair).collect())
    };
    let told = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let whole = told(&[("three", "one"), ("three", "two"), ("one", "two")]);
    assert_eq!(pairs(json!([2, 3, 1])), Ok(whole));
    assert_eq!(
        pairs(json!([1, 2, 1])),
        Ok(told(&[("one", "two"), ("three", "two")]))
    );
    assert_eq!(pairs(json!([1, 1, 1])), Err(LeftOut::Tie));
    assert_eq!(pairs(json!([1, 2])), Err(LeftOut::Unfit));
    assert_eq!(
        ranked(&json!({"ranks": [2, 3, 1]}), DeliveryFormat::Tasks)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn orders_resolve_pair_by_pair() {
    let of = |votes: &[[u64; 3]]| {
        let answers: Vec<Value> = votes.iter().map(|ranks| json!({ "ranks": ranks })).collect();
        resolve(TemplateKind::Ranking, &answers).map(|answer| answer["ranks"].clone())
    };
    assert_eq!(
        of(&[[1, 2, 3], [1, 3, 2], [2, 1, 3]]),
        Ok(json!([1, 2, 3])),
        "no whole order has a majority"
    );
    assert_eq!(of(&[[1, 1, 2], [1, 1, 2]]), Ok(json!([1, 1, 2])));
    assert_eq!(
        of(&[[1, 2, 3], [2, 1, 3]]),
        Ok(json!([1, 1, 2])),
        "of two who differ neither decides"
    );
    assert_eq!(
        of(&[[1, 2, 3], [2, 3, 1], [3, 1, 2]]),
        Err(LeftOut::NoMajority),
        "Condorcet's circle"
    );
    assert_eq!(of(&[[1, 2, 2], [2, 2, 1], [1, 1, 1]]), Ok(json!([1, 1, 1])));
    assert_eq!(
        of(&[[1, 2, 1], [1, 2, 1], [2, 2, 1], [1, 1, 2]]),
        Err(LeftOut::NoMajority),
        "only one half places the first before the second"
    );
    assert_eq!(of(&[]), Err(LeftOut::NoAnswer));
    let reasons = [json!({"ranks": [1, 2], "reason": "so"}), json!({"ranks": [1, 2]})];
    assert_eq!(
        resolve(TemplateKind::Ranking, &reasons),
        Ok(json!({"ranks": [1, 2]}))
    );
    let uneven = [json!({"ranks": [1, 2]}), json!({"ranks": [1, 2, 3]})];
    assert_eq!(resolve(TemplateKind::Ranking, &uneven), Err(LeftOut::NoMajority));
}

#[test]
fn labels_resolve_one_by_one() {
    let of = |votes: &[&[&str]]| {
        let answers: Vec<Value> = votes.iter().map(|labels| json!({ "labels": labels })).collect();
        resolve(TemplateKind::Classification, &answers).map(|answer| answer["labels"].clone())
    };
    assert_eq!(
        of(&[&["b", "a"], &["a", "c"], &["c", "b"]]),
        Ok(json!(["a", "b", "c"]))
    );
    assert_eq!(of(&[&["a"], &["b", "a"], &["c"]]), Ok(json!(["a"])));
    assert_eq!(of(&[&["a"], &["b"]]), Err(LeftOut::NoMajority));
    assert_eq!(of(&[]), Err(LeftOut::NoAnswer));
}

#[test]
fn passages_that_the_text_does_not_have_are_left_out() {
    let input = json!({"body": "größer"});
    let written = |answer: Value| {
        write(
            DeliveryFormat::Tasks,
            &Resolved {
                kind: TemplateKind::Spans,
                external_id: None,
                input: &input,
                answer: &answer,
            },
        )
    };
    let span = |start: u64, end: u64, text: &str| json!({"spans": [{"start": start, "end": end, "label": "x", "text": text}]});
    assert_eq!(written(span(2, 4, "öß")).unwrap().len(), 1);
    assert_eq!(written(span(2, 4, "rö")), Err(LeftOut::Unfit));
    assert_eq!(written(span(2, 7, "ößer")), Err(LeftOut::Unfit));
    assert_eq!(written(json!({"spans": []})).unwrap().len(), 1);
}
