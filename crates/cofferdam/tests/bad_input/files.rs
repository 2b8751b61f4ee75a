//! Files of tasks that are wrong: the row, the field, the reason and what to do, and not one task more than before.

use std::fmt::Write as _;

use crate::desk::Desk;

// What `cofferdam import` says behind the file's name.
const MALFORMED: &str = "nothing was imported: 1 error\n  row 57312 (line 57312) is not valid JSON: a comma or the end of the object is missing \
                         at column 24; each line of a JSONL file is one whole JSON object";
const SCHEMA: &str = "nothing was imported: 2 errors\n  row 2 (line 2), /prompt must not be empty\n  \
                      row 2 (line 2), /response_b must be of type string, not array";
const LACKS: &str = "nothing was imported: 1 error\n  row 2 (line 2), /response_b is missing or empty";
const WRONG_HEADER: &str = "the columns do not make a `pairwise-preference`: `prompt` is missing. Found: `colour`, \
                            `shape`. pairwise-preference needs `prompt` or `instruction` or `question` or \
                            `query`, `response_a` or `response1` or `response_1` or `answer_a`, `response_b` or \
                            `response2` or `response_2` or `answer_b`. Name a column with field=column, as in \
                            prompt=Question";
const NAMED_TWICE: &str = "the header (line 1) names the column `prompt` twice";
const LATIN_1: &str = "nothing was imported: 1 error\n  row 2 (line 3), prompt is not UTF-8: byte 0xE9 at offset 39; \
                       if it is Latin-1 or from Windows, convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8";
const UTF_16: &str =
    "the file is UTF-16LE, not UTF-8; convert it: iconv -f UTF-16LE -t UTF-8 FILE > FILE.utf8";
const UNCLOSED: &str = "nothing was imported: 1 error\n  row 2 (line 3) has a quote that opens on line 3 and never \
                        closes; a quote inside a quoted cell is written twice: \"\"";
const LONG_CELL: &str = "nothing was imported: 1 error\n  row 2 (line 3) has 10,485,765 bytes; at most 4,194,304 are \
                         taken in one row";
const TWICE_IN_FILE: &str = "nothing was imported: 1 error\n  row 3 (line 3), /id is `t1`, as in row 1; each task needs \
                             an id of its own";
const IN_PROJECT: &str = "nothing was imported: 1 task is in the project already\n  row 2 (line 2), /id is that of a task \
                          in the project already; leave the row out, or give it another id";
const ALL_IN_PROJECT: &str = "nothing was imported: all 150 tasks of the file are in the project already; they are told by \
                              `id`, so new ones need ids of their own";
const MANY_IN_PROJECT: &str =
    "nothing was imported: 150 tasks are in the project already, the first 100 listed";
const MILLION_KEYS: &str = "nothing was imported: 1 error\n  row 1 (line 1) has 11,888,938 bytes; at most 4,194,304 \
                            are taken in one row";
const MANY_KEYS: &str = "nothing was imported: 1 error\n  row 1 (line 1) brings the document above 10,000 keys; a list \
                         of values belongs into an array";
const DEEP: &str = " is nested deeper than 64 levels; flatten it, or put the inner part into a text field";
const NUL: &str = "nothing was imported: 1 error\n  row 1 (line 1), /prompt contains a NUL character at byte 1 of the \
                   text; remove it: NUL is no part of any text";
const NUL_IN_CSV: &str = "nothing was imported: 1 error\n  row 1 (line 2), prompt contains a NUL character at byte 1 of \
                          the text; remove it: NUL is no part of any text";
const SURROGATE: &str = "nothing was imported: 1 error\n  row 1 (line 1), /prompt has half of a surrogate pair in a \\u \
                         escape at column 18; characters above U+FFFF need both halves, or plain UTF-8";

fn row(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"prompt\":\"p\",\"response_a\":\"a\",\"response_b\":\"b\"}}\n")
}

fn rows(ids: impl Iterator<Item = u32>) -> String {
    ids.map(|id| row(&format!("t{id}"))).collect()
}

#[test]
fn malformed_jsonl_at_row_57312() {
    let desk = Desk::new("pairwise-preference");
    let mut file = rows(1..57_312);
    file.push_str("{\"id\":\"x\",\"prompt\":\"p\" \"response_a\"\n");
    file.push_str(&rows(57_313..60_001));
    desk.refused("rows.jsonl", file.as_bytes(), MALFORMED);
    assert_eq!(desk.taken("rows.jsonl", rows(1..3).as_bytes()), 2);
}

#[test]
fn a_row_that_breaks_the_schema() {
    let desk = Desk::new("pairwise-preference");
    let wrong = r#"{"id":"t2","prompt":"","response_a":"a","response_b":["b"]}"#;
    desk.refused("rows.jsonl", format!("{}{wrong}\n", row("t1")).as_bytes(), SCHEMA);
    let short = r#"{"id":"t2","prompt":"p","response_a":"a"}"#;
    desk.refused("rows.jsonl", format!("{}{short}\n", row("t1")).as_bytes(), LACKS);
}

#[test]
fn csv_that_is_not_as_it_should_be() {
    let desk = Desk::new("pairwise-preference");
    let header = "prompt,response_a,response_b\n";
    desk.refused("header.csv", b"colour,shape\nred,round\n", WRONG_HEADER);
    desk.refused("twice.csv", b"prompt,prompt\n1,2\n", NAMED_TWICE);
    let latin = [header.as_bytes(), b"ok,a,b\ncaf\xE9,a,b\nmore,a,b\n"].concat();
    desk.refused("latin-1.csv", &latin, LATIN_1);
    let utf_16: Vec<u8> = format!("\u{FEFF}{header}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    desk.refused("utf-16.csv", &utf_16, UTF_16);
    let unclosed = format!("{header}p,a,b\np,a,\"b\np,a,b\n");
    desk.refused("unclosed.csv", unclosed.as_bytes(), UNCLOSED);
    let long = format!("{header}p,a,b\np,{},b\np,a,b\n", "x".repeat(10 << 20));
    desk.refused("long.csv", long.as_bytes(), LONG_CELL);
    // A byte order mark is no fault: Excel writes it, and it is no part of the first column's name.
    let marked = format!("\u{FEFF}{header}p,a,b\n");
    assert_eq!(desk.taken("marked.csv", marked.as_bytes()), 1);
}

#[test]
fn one_external_id_twice() {
    let desk = Desk::new("pairwise-preference");
    let twice = format!("{}{}{}", row("t1"), row("t2"), row("t1"));
    desk.refused("twice.jsonl", twice.as_bytes(), TWICE_IN_FILE);
    assert_eq!(desk.taken("first.jsonl", rows(1..3).as_bytes()), 2);
    let again = format!("{}{}{}", row("new"), row("t2"), row("other"));
    desk.refused("again.jsonl", again.as_bytes(), IN_PROJECT);
    assert_eq!(desk.taken("more.jsonl", rows(100..250).as_bytes()), 150);
    desk.refused("more.jsonl", rows(100..250).as_bytes(), ALL_IN_PROJECT);
    let listed: String = (1..=100).fold(MANY_IN_PROJECT.to_owned(), |mut all, row| {
        let rest = "/id is that of a task in the project already; leave the row out, or give it another id";
        let _ = write!(all, "\n  row {row} (line {row}), {rest}");
        all
    });
    desk.refused("most.jsonl", rows(100..251).as_bytes(), &listed);
}

#[test]
fn a_million_keys_and_a_row_of_too_many() {
    let desk = Desk::new("pairwise-preference");
    let keys = |count: u32| {
        let mut row = String::from("{\"prompt\":\"p\",\"response_a\":\"a\",\"response_b\":\"b\"");
        for key in 0..count {
            let _ = write!(row, ",\"k{key}\":0");
        }
        row + "}\n"
    };
    desk.refused("keys.jsonl", keys(1_000_000).as_bytes(), MILLION_KEYS);
    desk.refused("keys.jsonl", keys(10_000).as_bytes(), MANY_KEYS);
}

#[test]
fn deep_nesting() {
    let desk = Desk::new("pairwise-preference");
    for levels in [64, 1_000_000] {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        let row = format!("{{\"prompt\":{open}1{close},\"response_a\":\"a\",\"response_b\":\"b\"}}\n");
        let place = "/0".repeat(63);
        let said = format!("nothing was imported: 1 error\n  row 1 (line 1), /prompt{place}{DEEP}");
        desk.refused("deep.jsonl", row.as_bytes(), &said);
    }
}

#[test]
fn nul_and_lone_surrogates() {
    let desk = Desk::new("pairwise-preference");
    let prompt = |text: &str| {
        row("t1")
            .replace("\"p\"", &format!("\"{text}\""))
            .replace("\"id\":\"t1\",", "")
    };
    desk.refused("nul.jsonl", prompt(r"a\u0000b").as_bytes(), NUL);
    desk.refused("nul.csv", b"prompt,response_a,response_b\na\0b,a,b\n", NUL_IN_CSV);
    desk.refused("half.jsonl", prompt(r"\ud83d").as_bytes(), SURROGATE);
    // A whole pair is one character, and other control characters are the lab's own business.
    assert_eq!(
        desk.taken("pair.jsonl", prompt(r"\ud83d\ude00 \u0001").as_bytes()),
        1
    );
}
