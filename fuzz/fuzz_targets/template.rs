//! Templates, which a stranger writes and which are then run against every task and answer.

#![no_main]

use cofferdam_fuzz::is_readable;
use cofferdam_work::template::{MOST_TEMPLATE_BYTES, Template};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// What a template that was taken must keep to.
fn is_in_order(template: &Template, json: &str) {
    assert!(json.len() <= MOST_TEMPLATE_BYTES);
    assert!((1..=100).contains(&template.name().chars().count()));
    let printed = template.to_json().expect("what was read is written");
    let again = Template::parse(&printed).expect("what was written is read");
    assert_eq!(again.to_json().as_ref(), Ok(&printed));
    assert_eq!(
        (again.kind(), again.layout()),
        (template.kind(), template.layout())
    );
    assert_eq!(again.input_schema(), template.input_schema());
    assert_eq!(again.answer_schema(), template.answer_schema());
}

/// Checks a value, twice alike. That it does not take long is for libFuzzer to watch.
fn judge(template: &Template, value: &Value) {
    let input = template.check_input(value);
    assert_eq!(template.check_input(value), input);
    let submission = template.check_submission(value, value);
    if submission.is_ok() {
        assert_eq!(template.check_answer(value), Ok(()));
        let _ = template.label(value);
    }
    for found in [input, submission].into_iter().filter_map(Result::err) {
        assert!((1..=20).contains(&found.as_slice().len()));
        is_readable(&found.as_slice()[0].to_string());
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // NUL stands in no JSON text: behind it is a value to be judged.
    let (json, value) = text.split_once('\0').unwrap_or((text, "{}"));
    match Template::parse(json) {
        Ok(template) => {
            is_in_order(&template, json);
            if let Ok(value) = serde_json::from_str(value) {
                judge(&template, &value);
            }
        }
        Err(error) => {
            assert!(
                error.pointer.is_empty() || error.pointer.starts_with('/'),
                "{error}"
            );
            is_readable(&error.to_string());
        }
    }
});
