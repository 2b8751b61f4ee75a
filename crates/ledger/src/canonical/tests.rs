use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::text::key_order;
use super::*;

fn canonical(value: &impl Serialize) -> String {
    String::from_utf8(to_canonical(value).unwrap()).unwrap()
}

fn refused_at(text: &str) -> Option<usize> {
    match check_canonical(text.as_bytes()) {
        Ok(()) => None,
        Err(CanonicalError::NotCanonical { offset, .. }) => Some(offset),
        Err(other) => panic!("{other}"),
    }
}

/// RFC 8785 section 3.2.3.
#[test]
fn keys_are_sorted_as_in_rfc_8785() {
    let value: Value = serde_json::from_str(
        r#"{
          "\u20ac": "Euro Sign",
          "\r": "Carriage Return",
          "\ufb33": "Hebrew Letter Dalet With Dagesh",
          "1": "One",
          "\ud83d\ude00": "Emoji: Grinning Face",
          "\u0080": "Control",
          "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#,
    )
    .unwrap();
    let text = canonical(&value);
    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
    assert!(order.map(|word| text.find(word).unwrap()).is_sorted(), "{text}");
    assert!(
        text.starts_with(r#"{"\r":"Carriage Return","1":"One","#),
        "{text}"
    );
    assert_eq!(parse_canonical(text.as_bytes()), Ok(value));
}

/// RFC 8785 section 3.2.2, without its numbers, which have fractions and exponents.
#[test]
fn strings_and_literals_are_written_as_in_rfc_8785() {
    let value: Value = serde_json::from_str(
        r#"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#,
    )
    .unwrap();
    let expected = r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
    assert_eq!(canonical(&value), expected);
    assert_eq!(refused_at(expected), None);
}

#[test]
fn every_control_character_has_one_escape() {
    let all: String = (0u8..0x20)
        .map(char::from)
        .chain(['"', '\\', '/', '\u{7f}', '\u{2028}'])
        .collect();
    let text = canonical(&all);
    assert_eq!(
        text,
        concat!(
            r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#,
            r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f",
            "\\\"\\\\/\u{7f}\u{2028}\""
        )
    );
    assert_eq!(refused_at(&text), None);
}

#[test]
fn integers_end_at_the_largest_that_json_readers_keep() {
    let max = 9_007_199_254_740_991_i64;
    assert_eq!(
        canonical(&[max, -max, 0, -1]),
        "[9007199254740991,-9007199254740991,0,-1]"
    );
    assert_eq!(
        to_canonical(&(max + 1)),
        Err(CanonicalError::IntegerRange(9_007_199_254_740_992))
    );
    assert_eq!(
        to_canonical(&u128::MAX),
        Err(CanonicalError::IntegerRange(i128::MAX))
    );
    assert_eq!(
        to_canonical(&i64::MIN),
        Err(CanonicalError::IntegerRange(i128::from(i64::MIN)))
    );
    assert_eq!(refused_at("9007199254740991"), None);
    assert_eq!(refused_at("9007199254740992"), Some(0));
    assert_eq!(refused_at("99999999999999999999999999"), Some(0));
}

#[test]
fn fractions_are_refused() {
    for value in [json!(1.5), json!(1.0), json!({"a": [1e300]})] {
        assert_eq!(to_canonical(&value), Err(CanonicalError::Float));
    }
    for text in [
        "1.5", "1.0", "1e3", "1E3", "-0", "00", "01", "-", "+1", ".5", "0x1", "NaN",
    ] {
        assert!(refused_at(text).is_some(), "{text}");
    }
}

#[test]
fn bytes_out_of_form_are_refused_where_they_are() {
    for (text, offset) in [
        ("", 0),
        (" 1", 0),
        ("1 ", 1),
        ("[1, 2]", 3),
        ("[1,]", 3),
        ("[1", 2),
        ("{\"a\" :1}", 4),
        ("{\"a\":1,}", 7),
        ("{\"b\":1,\"a\":2}", 7),
        ("{\"a\":1,\"a\":1}", 7),
        ("{\"a\":{\"b\":1,\"a\":2}}", 12),
        ("{a:1}", 1),
        ("tru", 0),
        ("nulll", 4),
        ("\"a", 2),
        ("\"\\/\"", 1),
        ("\"\\u000A\"", 1),
        ("\"\\u000a\"", 1),
        ("\"\\u0041\"", 1),
        ("\"\\u001F\"", 1),
        ("\"\\ud83d\\ude00\"", 1),
        ("\"\\x\"", 1),
        ("\"\\", 1),
        ("\"\n\"", 1),
        ("'a'", 0),
        ("\u{feff}1", 0),
    ] {
        assert_eq!(refused_at(text), Some(offset), "{text:?}");
        assert!(parse_canonical(text.as_bytes()).is_err());
    }
    for bytes in [b"\"\xff\"".as_slice(), b"\"\xed\xa0\x80\"", b"\"\xc0\x80\""] {
        assert!(matches!(
            check_canonical(bytes),
            Err(CanonicalError::NotCanonical { offset: 1, .. })
        ));
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let longest = format!("\"{}\"", "a".repeat(MAX_ENTRY_BYTES - 2));
    assert!(parse_canonical(longest.as_bytes()).is_ok());
    let longer = format!("\"{}\"", "a".repeat(MAX_ENTRY_BYTES - 1));
    assert_eq!(
        parse_canonical(longer.as_bytes()),
        Err(CanonicalError::TooLong {
            len: MAX_ENTRY_BYTES + 1
        })
    );

    let nest = |depth| (0..depth).fold(json!(0), |inner, _| json!([inner]));
    let deepest = to_canonical(&nest(MAX_DEPTH)).unwrap();
    assert!(parse_canonical(&deepest).is_ok());
    assert_eq!(to_canonical(&nest(MAX_DEPTH + 1)), Err(CanonicalError::TooDeep));
    assert_eq!(
        check_canonical(&vec![b'['; 1 << 20]),
        Err(CanonicalError::TooDeep)
    );
    assert_eq!(
        check_canonical("{\"\":".repeat(MAX_DEPTH + 1).as_bytes()),
        Err(CanonicalError::TooDeep)
    );
}

/// Every shape of serde's data model, in an order that is not canonical.
#[derive(Serialize)]
struct Shapes {
    z: Option<u8>,
    y: Kind,
    x: Kind,
    w: Kind,
    v: Kind,
    u: (char, bool, ()),
    t: BTreeMap<String, i8>,
    s: Unit,
    r: &'static [u8],
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
enum Kind {
    Plain,
    One(u16),
    Two(i32, Option<u8>),
    Named { b: u8, a: u8 },
}

#[test]
fn types_are_written_as_their_json_values_are() {
    let shapes = Shapes {
        z: None,
        y: Kind::Plain,
        x: Kind::One(7),
        w: Kind::Two(-1, Some(2)),
        v: Kind::Named { b: 2, a: 1 },
        u: ('é', true, ()),
        t: BTreeMap::from([("k".to_owned(), -8), ("\n".to_owned(), 1)]),
        s: Unit,
        r: b"ab",
    };
    let expected = concat!(
        r#"{"r":[97,98],"s":null,"t":{"\n":1,"k":-8},"u":["é",true,null],"v":{"Named":{"a":1,"b":2}},"#,
        r#""w":{"Two":[-1,2]},"x":{"One":7},"y":"Plain","z":null}"#
    );
    assert_eq!(canonical(&shapes), expected);
    assert_eq!(canonical(&serde_json::to_value(&shapes).unwrap()), expected);
    assert_eq!(refused_at(expected), None);
}

#[derive(Serialize)]
struct Flattened {
    a: u8,
    #[serde(flatten)]
    rest: BTreeMap<&'static str, u8>,
}

#[test]
fn a_key_twice_is_refused_and_leaves_nothing() {
    let mut out = b"kept".to_vec();
    let twice = Flattened {
        a: 1,
        rest: BTreeMap::from([("0", 0), ("a", 2)]),
    };
    assert_eq!(
        append_canonical(&twice, &mut out),
        Err(CanonicalError::DuplicateKey("a".to_owned()))
    );
    assert_eq!(
        to_canonical(&BTreeMap::from([(1, 2)])),
        Err(CanonicalError::KeyNotString)
    );
    let raw = serde_json::value::RawValue::from_string("{ }".to_owned()).unwrap();
    assert!(matches!(
        append_canonical(&raw, &mut out),
        Err(CanonicalError::Message(_))
    ));
    assert_eq!(out, b"kept");
}

fn any_json() -> impl Strategy<Value = Value> {
    let max = MAX_INTEGER as i64;
    let text = || "[a-c\"\\\\\n\u{1}\u{7f}é€\u{e000}\u{ffff}\u{10000}\u{1f600}]{0,4}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-max..=max).prop_map(Value::from),
        (-9i64..=9).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_accepted_and_comes_back(value in any_json()) {
        let bytes = to_canonical(&value).unwrap();
        prop_assert_eq!(parse_canonical(&bytes).unwrap(), value);
    }

    /// The checker against the definition: bytes are canonical if parsing and writing gives them again.
    #[test]
    fn what_is_accepted_is_what_would_be_written(value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = to_canonical(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let rewritten = serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| to_canonical(&value).ok());
        prop_assert_eq!(check_canonical(&bytes).is_ok(), rewritten.as_deref() == Some(&bytes[..]));
    }

    #[test]
    fn the_checker_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = check_canonical(&bytes);
    }

    #[test]
    fn keys_are_in_the_order_of_utf16(a in "[a\"\\\\\n\u{1}é\u{e000}\u{ffff}\u{10000}\u{10ffff}]{0,4}", b in "[a\"\\\\\n\u{1}é\u{e000}\u{ffff}\u{10000}\u{10ffff}]{0,4}") {
        let (raw_a, raw_b) = (canonical(&a), canonical(&b));
        let inner = |raw: &str| raw.as_bytes()[1..raw.len() - 1].to_vec();
        prop_assert_eq!(key_order(&inner(&raw_a), &inner(&raw_b)), a.encode_utf16().cmp(b.encode_utf16()));
    }
}
