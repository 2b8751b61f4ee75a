//! Files that are wrong, each with the exact message that its maker reads.

#![expect(clippy::expect_used, reason = "a helper of tests fails them")]

use std::fmt::Write as _;

use cofferdam_work::import::{FileFormat, ImportOptions, Limits, check, import};
use cofferdam_work::template::TemplateKind;

fn refusal(file: &[u8]) -> String {
    refusal_with(file, &ImportOptions::default())
}

fn refusal_with(file: &[u8], options: &ImportOptions) -> String {
    let message = import(file, options).expect_err("must be refused").to_string();
    assert_eq!(
        message,
        check(file, options).expect_err("must be refused").to_string()
    );
    message
}

/// The message about a single wrong row, without the sentence around it.
fn row_refusal(file: &[u8]) -> String {
    row_refusal_with(file, &ImportOptions::default())
}

fn row_refusal_with(file: &[u8], options: &ImportOptions) -> String {
    let message = refusal_with(file, options);
    message
        .strip_prefix("nothing was imported: 1 error\n  ")
        .unwrap_or(&message)
        .to_owned()
}

const GOOD: &str = r#"{"id":"t","prompt":"p","response_a":"a","response_b":"b"}"#;

fn good(id: u32) -> String {
    GOOD.replace("\"t\"", &format!("\"t{id}\""))
}

#[test]
fn malformed_jsonl_at_row_57312() {
    let mut file = String::new();
    for row in 1..=60_000 {
        let line = if row == 57_312 {
            r#"{"id":"x","prompt":"p" "response_a""#.to_owned()
        } else {
            good(row)
        };
        let _ = writeln!(file, "{line}");
    }
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 57312 (line 57312) is not valid JSON: a comma or the end of the object is missing at column 24; each line of a JSONL file is one \
         whole JSON object"
    );
}

/// It is not the header of a CSV file, though one may be quoted.
#[test]
fn a_line_that_is_a_value_and_no_object_is_told_so() {
    let form = "each line of a JSONL file is one whole JSON object";
    for (file, line, is) in [
        ("\"x\"\n", 1, "string"),
        ("\n\n\"x\"\r\n\"y\"\n", 3, "string"),
        ("5\n6\n", 1, "integer"),
        ("null\n", 1, "null"),
    ] {
        assert_eq!(
            row_refusal(file.as_bytes()),
            format!("row 1 (line {line}) must be an object with named fields, not {is}; {form}")
        );
    }
    let quoted = import(
        &b"\"prompt\"\nx\n"[..],
        &ImportOptions {
            kind: Some(TemplateKind::Chat),
            columns: vec![("prompt".into(), "prompt".into())],
            ..ImportOptions::default()
        },
    );
    assert!(
        !quoted.is_err_and(|e| e.to_string().contains("JSONL")),
        "a header that fits"
    );
}

#[test]
fn a_file_that_is_no_text_is_told_so() {
    let said = "the file is no text; what can be read is JSONL, a JSON array or CSV, in UTF-8";
    for file in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
        b"PK\x03\x04\x14\0\x06\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
    ] {
        assert_eq!(refusal(file), said);
    }
    // Further on, and in JSON, what a text has is the lab's own business.
    let odd = b"id,prompt,response_a,response_b\n1,a\x01b,a,b\n";
    assert_eq!(
        import(&odd[..], &ImportOptions::default())
            .expect("taken")
            .tasks
            .len(),
        1
    );
}

#[test]
fn blank_lines_are_no_rows_but_count_as_lines() {
    let file = format!("{}\n\n\r\n{{\"id\":1\n", good(1));
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 2 (line 4) is not valid JSON: it ends early, at column 7; each line of a JSONL file is one whole JSON \
         object"
    );
}

#[test]
fn a_row_that_breaks_the_schema() {
    let file = format!(
        "{}\n{}\n",
        good(1),
        r#"{"id":"t2","prompt":"","response_a":"a","response_b":["b"]}"#
    );
    assert_eq!(
        refusal(file.as_bytes()),
        "nothing was imported: 2 errors\n  row 2 (line 2), /prompt must not be empty\n  row 2 (line 2), /response_b \
         must be of type string, not array"
    );
    let file = "idx,instruction,response1,response2\n1,,x,y\n";
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 1 (line 2), instruction must not be empty"
    );
    let file = format!(
        "{}\n{{\"id\":\"t2\",\"prompt\":\"p\",\"response_a\":\"a\"}}\n",
        good(1)
    );
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 2 (line 2), /response_b is missing or empty"
    );
}

#[test]
fn the_column_is_named_as_its_maker_wrote_it() {
    let cases = [
        (
            "question,answer\n,a\n",
            "row 1 (line 2), question must not be empty",
        ),
        (
            r#"{"question":["a"]}"#,
            "row 1 (line 1), /question must be of type string, not array",
        ),
        (
            "{\"question\":\"q\"}\n{\"quest\":\"q\"}\n",
            "row 2 (line 2), /question is missing or empty",
        ),
        (
            r#"{"turns":["a",""]}"#,
            "row 1 (line 1), /turns/1 must not be empty",
        ),
        (
            r#"{"messages":[{"role":"system","content":"s"},{"role":"user","content":""}]}"#,
            "row 1 (line 1), /messages/1/content must not be empty",
        ),
        (
            r#"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":""}]}"#,
            "row 1 (line 1), /messages/1/content must not be empty",
        ),
        (
            r#"{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}"#,
            "row 1 (line 1), /messages/1 has a role that cannot stand here; one optional `system` message, then `user` \
             and `assistant` in turn",
        ),
        (
            r#"{"turns":["a","b"],"reference":"r","answer":["x"]}"#,
            "row 1 (line 1), /answer must have 2 items, one to each turn of the user",
        ),
        ("text,reply\n,z\n", "row 1 (line 2), text must not be empty"),
        (
            "id,Prompt,Criterion Text,points\n1,p,one,1\n2,q,two,2\n1,p,three,many\n",
            "row 3 (line 4), points must be of type number, not string",
        ),
        (
            "id,Prompt,Criterion Text\n1,p,one\n1,p,\n",
            "row 2 (line 3), Criterion Text must not be empty",
        ),
        (
            r#"{"a/b":"x\u0000","question":"q"}"#,
            "row 1 (line 1), /a~1b contains a NUL character at byte 1 of the text; remove it: NUL is no part of any text",
        ),
    ];
    for (file, said) in cases {
        assert_eq!(row_refusal(file.as_bytes()), said, "{file}");
    }
}

/// RFC 6901, section 3: `~` and `/` of a name are written `~0` and `~1`. In CSV the place is a column, not a pointer.
#[test]
fn a_column_with_a_slash_or_a_tilde_is_one_step_of_the_pointer() {
    let map = |field: &str, column: &str| ImportOptions {
        columns: vec![(field.to_owned(), column.to_owned())],
        ..ImportOptions::default()
    };
    let cases = [
        (
            "turns",
            r#"{"id":1,"a/b~c":["x",""]}"#,
            "/a~1b~0c/1 must not be empty",
        ),
        (
            "turns",
            r#"{"id":1,"a/b~c":"[1"}"#,
            "/a~1b~0c/1 is not valid JSON: it ends early, at column 2",
        ),
        (
            "messages",
            r#"{"id":1,"a/b~c":[{"role":"user","content":""}]}"#,
            "/a~1b~0c/0/content must not be empty",
        ),
        (
            "messages",
            r#"{"id":1,"a/b~c":[{"role":"x"}]}"#,
            "/a~1b~0c/0 must have `role` and `content` as texts",
        ),
        (
            "id",
            r#"{"question":"q","a/b~c":[]}"#,
            "/a~1b~0c must be a text or a whole number, not array",
        ),
        (
            "turns",
            "id,a/b~c\n1,\"[\"\"x\"\",\"\"\"\"]\"\n",
            "a/b~c/1 must not be empty",
        ),
        ("prompt", "id,a/b~c\n1,\n", "a/b~c must not be empty"),
        ("prompt", "id,/a\n1,\n", "/a must not be empty"),
        (
            "prompt",
            "id,a/b~c\n1,x\0\n",
            "a/b~c contains a NUL character at byte 1 of the text; remove it: NUL is no part of any text",
        ),
    ];
    for (field, file, said) in cases {
        let column = if file.contains("/a\n") { "/a" } else { "a/b~c" };
        let message = row_refusal_with(file.as_bytes(), &map(field, column));
        let (_, message) = message.split_once("), ").unwrap_or(("", &message));
        assert_eq!(message, said, "{file}");
    }
}

#[test]
fn numbers_that_become_text_are_counted() {
    let read = |file: &str| import(file.as_bytes(), &ImportOptions::default()).unwrap();
    let counted = |file: &str| Vec::from_iter(read(file).numbers_as_text);
    let one = |n: u64| vec![("question".to_owned(), n)];
    assert_eq!(
        counted("question,answer\n12,3\n 4.5e1 ,x\n3 apples,x\n-,x\n"),
        one(2)
    );
    assert_eq!(counted("{\"question\":12}\n{\"question\":\"13\"}\n"), one(1));
    assert_eq!(read("question,answer\n12,3\n").tasks[0].input["turns"][0], "12");
}

#[test]
fn a_number_that_becomes_text_is_as_it_stands_in_the_file() {
    let options = ImportOptions::default();
    let literals = [
        "1.10",
        "100000000000000000000",
        "-0",
        "1E2",
        "1e-7",
        "12",
        "-3",
        "0.1",
    ];
    let rows =
        literals.map(|n| format!("{{\"prom\\u0070t\": {n} ,\"response_a\":{n},\"response_b\":\"b\"}}"));
    for file in [rows.join("\n"), format!("[{}]", rows.join(","))] {
        let read = import(file.as_bytes(), &options).unwrap();
        for (task, literal) in read.tasks.iter().zip(literals) {
            assert_eq!(task.input["prompt"], literal);
            assert_eq!(task.input["response_a"], literal);
        }
    }
    let read = import(
        b"{\"prompt\":2,\"reply\":1.50}\n{\"prompt\":\"p\",\"reply\":true}".as_slice(),
        &options,
    )
    .unwrap();
    let replies = read
        .tasks
        .iter()
        .map(|task| &task.recorded_answers[0].answer["replies"][0]);
    assert_eq!(replies.collect::<Vec<_>>(), ["1.50", "true"]);
    let id = "12345678901234567890123";
    let row =
        |id: &str| format!("{{\"id\":{id},\"prompt\":\"p\",\"response_a\":\"a\",\"response_b\":\"b\"}}");
    let read = import(row(id).as_bytes(), &options).unwrap();
    assert_eq!(read.tasks[0].external_id.as_deref(), Some(id));
    for id in ["1.0", "1e3"] {
        let said = "row 1 (line 1), /id must be a text or a whole number, not number";
        assert_eq!(row_refusal(row(id).as_bytes()), said);
    }
}

#[test]
fn a_row_that_is_no_object() {
    let file = format!("{}\n[1,2]\n", good(1));
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 2 (line 2) must be an object with named fields, not array"
    );
}

#[test]
fn a_wrong_vote_and_a_wrong_answer() {
    let file = r#"{"prompt":"p","response_a":"a","response_b":"b","annotator1":3}"#;
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 1 (line 1), /annotator1 must be a vote; 0 or tie, 1 or a, 2 or b; empty where there is none"
    );
    let file = r#"{"prompt":"p","response_a":"a","response_b":"b","answers":{"Ana":{"choice":"c"}}}"#;
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 1 (line 1), /answers/Ana/choice must be one of \"a\", \"b\", \"tie\""
    );
}

#[test]
fn csv_with_a_wrong_header() {
    let message = refusal(b"colour,shape\nred,round\n");
    assert!(
        message.starts_with("the columns fit no template. Found: `colour`, `shape`. "),
        "{message}"
    );
    assert_eq!(
        refusal(b"prompt,prompt\n1,2\n"),
        "the header (line 1) names the column `prompt` twice"
    );
    assert_eq!(
        refusal(b"prompt,,x\n1,2,3\n"),
        "the header (line 1) must name column 2 with 1 to 200 characters"
    );
    assert_eq!(
        refusal(b"\"prompt,response_a\nx,y\n"),
        "the header (line 1) has a quote that opens on line 1 and never closes"
    );
    assert_eq!(refusal(b"question,answer\n"), "the file has no rows");
}

#[test]
fn csv_with_a_byte_order_mark_is_taken() {
    let read = import(
        &b"\xEF\xBB\xBFquestion,answer\r\nq,a\r\n"[..],
        &ImportOptions::default(),
    )
    .unwrap();
    assert_eq!(read.template_kind, TemplateKind::Chat);
    assert_eq!(read.tasks[0].input["turns"][0], "q");
}

#[test]
fn utf_16_is_refused_by_name() {
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xFEFF_u16);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect()
    };
    let expected = "the file is UTF-16LE, not UTF-8; convert it: iconv -f UTF-16LE -t UTF-8 FILE > FILE.utf8";
    assert_eq!(refusal(&utf16("question,answer\nq,a\n", true)), expected);
    assert_eq!(refusal(&utf16("question,answer\nq,a\n", false)), expected);
    let big: Vec<u8> = "question".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(refusal(&big), expected.replace("UTF-16LE", "UTF-16BE"));
}

#[test]
fn latin_1_is_refused_with_the_byte_and_the_remedy() {
    let hint =
        "if it is Latin-1 or from Windows, convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8";
    assert_eq!(
        row_refusal(b"question,answer\nok,ok\n\"a \"\"caf\xE9\"\"\",x\nmore,rows\n"),
        format!("row 2 (line 3), question is not UTF-8: byte 0xE9 at offset 30; {hint}")
    );
    assert_eq!(
        refusal(b"question,r\xE9ponse\nok,ok\n"),
        format!("the header (line 1) is not UTF-8: byte 0xE9 at offset 10; {hint}")
    );
    assert_eq!(
        row_refusal(b"{\"question\":\"caf\xE9\"}\n{\"question\":\"x\"}\n"),
        format!("row 1 (line 1) is not UTF-8: byte 0xE9 at offset 16; {hint}")
    );
}

#[test]
fn an_unclosed_quote_names_the_line_where_it_opened() {
    let file = b"question,answer\na,b\nc,\"d\ne,f\ng,h\n";
    assert_eq!(
        row_refusal(file),
        "row 2 (line 3) has a quote that opens on line 3 and never closes; a quote inside a quoted cell is written \
         twice: \"\""
    );
    assert_eq!(
        row_refusal(b"question,answer\na,\"b\" c\n"),
        "row 1 (line 2) has text after the closing quote of cell 2, on line 2; a quote inside a quoted cell is \
         written twice: \"\""
    );
}

#[test]
fn ten_megabytes_in_one_cell() {
    let big = "x".repeat(10 << 20);
    let file = format!("question,answer\nq,a\nq,{big}\nq,a\n");
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 2 (line 3) has 10,485,763 bytes; at most 4,194,304 are taken in one row"
    );
    let big = "x".repeat(2 << 20);
    let file = format!("question,answer\nq,\"{big}\"\n");
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 1 (line 2), answer has 2,097,152 bytes; at most 1,048,576 are taken in one cell"
    );
    let line = format!("{{\"question\":\"{big}\"}}");
    assert_eq!(
        row_refusal(line.as_bytes()),
        "row 1 (line 1), /question has 2,097,152 bytes of text; at most 1,048,576 are taken"
    );
    let line = format!(
        "{{\"question\":\"{}\"}}\n{{\"question\":\"q\"}}\n",
        "x".repeat(10 << 20)
    );
    assert_eq!(
        row_refusal(line.as_bytes()),
        "row 1 (line 1) has 10,485,775 bytes; at most 4,194,304 are taken in one row"
    );
}

#[test]
fn too_few_cells() {
    assert_eq!(
        row_refusal(b"question,answer\na,b\nc\n"),
        "row 2 (line 3) has 1 cell where the header has 2; quote a cell that holds the delimiter or a line break"
    );
}

#[test]
fn one_external_id_twice() {
    let file = format!("{}\n{}\n{}\n", good(1), good(2), good(1));
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 3 (line 3), /id is `t1`, as in row 1; each task needs an id of its own"
    );
}

#[test]
fn nul_and_lone_surrogates() {
    assert_eq!(
        row_refusal(br#"{"question":"a\u0000b"}"#),
        "row 1 (line 1), /question contains a NUL character at byte 1 of the text; remove it: NUL is no part of any \
         text"
    );
    assert_eq!(
        row_refusal(b"question,answer\nab\0c,x\n"),
        "row 1 (line 2), question contains a NUL character at byte 2 of the text; remove it: NUL is no part of any \
         text"
    );
    assert_eq!(
        row_refusal(br#"{"question":"\ud83d"}"#),
        "row 1 (line 1), /question has half of a surrogate pair in a \\u escape at column 20; characters above U+FFFF \
         need both halves, or plain UTF-8"
    );
    let raw = row_refusal(b"{\"question\":\"\xED\xA0\xBD\"}");
    assert!(
        raw.starts_with("row 1 (line 1) is not UTF-8: byte 0xED at offset 13"),
        "{raw}"
    );
}

#[test]
fn a_million_keys() {
    let mut file = String::from("{\"question\":\"q\"");
    for key in 0..1_000_000 {
        let _ = write!(file, ",\"k{key}\":0");
    }
    file.push('}');
    let bytes = file.len();
    let expected = format!(
        "row 1 (line 1) has {},{:03},{:03} bytes; at most 4,194,304 are taken in one row",
        bytes / 1_000_000,
        bytes / 1_000 % 1_000,
        bytes % 1_000
    );
    assert_eq!(row_refusal(file.as_bytes()), expected);
    let limits = Limits {
        row_bytes: 64 << 20,
        ..Limits::default()
    };
    assert_eq!(
        row_refusal_with(
            file.as_bytes(),
            &ImportOptions {
                limits,
                ..ImportOptions::default()
            }
        ),
        "row 1 (line 1) brings the document above 10,000 keys; a list of values belongs into an array"
    );
}

#[test]
fn deep_nesting() {
    let deep = |levels: usize| format!("{{\"question\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    let message = row_refusal(deep(64).as_bytes());
    assert!(message.starts_with("row 1 (line 1), /question/0/0"), "{message}");
    assert!(
        message.ends_with(
            " is nested deeper than 64 levels; flatten it, or put the inner part into a text field"
        ),
        "{message}"
    );
    let message = row_refusal(deep(1_000_000).as_bytes());
    assert!(message.contains(" is nested deeper than 64 levels"), "{message}");
    let message = row_refusal(format!("[{}]", deep(500_000)).as_bytes());
    assert!(message.contains(" is nested deeper than 64 levels"), "{message}");
}

#[test]
fn duplicate_keys() {
    assert_eq!(
        row_refusal(br#"{"question":"a","question":"b"}"#),
        "row 1 (line 1) has the key `question` twice"
    );
}

#[test]
fn a_broken_array() {
    let form = "the file is read as one JSON array of objects, since it starts with `[`";
    let one = good(1);
    assert_eq!(
        row_refusal(format!("[{one},\n{}", &one[..20]).as_bytes()),
        "row 2 (line 2) is not complete: the file ends inside it"
    );
    assert_eq!(
        row_refusal(format!("[{one}").as_bytes()),
        format!("row 2 (line 1) is missing: the file ends before the closing `]`; {form}")
    );
    for ended in [format!("[{one},"), format!("[{one},\n ")] {
        let line = 1 + ended.matches('\n').count();
        assert_eq!(
            row_refusal(ended.as_bytes()),
            format!("row 2 (line {line}) is missing: the file ends before the closing `]`; {form}")
        );
    }
    assert_eq!(
        row_refusal(format!("[{one}, tr").as_bytes()),
        "row 2 (line 1) is not complete: the file ends inside it"
    );
    assert_eq!(
        row_refusal(format!("[{one},\n]").as_bytes()),
        format!("row 2 (line 2) stands after a comma that no row follows; {form}")
    );
    assert_eq!(
        row_refusal(format!("[{one}\n]\n{one}").as_bytes()),
        format!("row 2 (line 3) stands after the closing `]` of the array; {form}")
    );
    assert_eq!(
        row_refusal(format!("[{one}, {{\"id\": nope}}]").as_bytes()),
        format!(
            "row 2 (line 1) is not valid JSON: a word that is neither true, false nor null at column 9; {form}"
        )
    );
    assert_eq!(refusal(b"[]"), "the file has no rows");
    assert_eq!(refusal(b" [ ] "), "the file has no rows");
}

#[test]
fn empty_files_and_wrong_formats() {
    assert_eq!(refusal(b""), "the file is empty");
    assert_eq!(refusal(b" \r\n\n"), "the file is empty");
    let json = ImportOptions {
        format: Some(FileFormat::JsonArray),
        ..ImportOptions::default()
    };
    assert_eq!(
        refusal_with(GOOD.as_bytes(), &json),
        "the header (line 1) must be the `[` of a JSON array"
    );
}

#[test]
fn too_many_rows() {
    let limits = Limits {
        rows: 3,
        ..Limits::default()
    };
    let file: String = (1..=5).map(|id| good(id) + "\n").collect();
    assert_eq!(
        row_refusal_with(
            file.as_bytes(),
            &ImportOptions {
                limits,
                ..ImportOptions::default()
            }
        ),
        "row 4 (line 4) is one too many: at most 3 rows are taken from one file; split the file"
    );
    let three: String = (1..=3).map(|id| good(id) + "\n").collect();
    let options = ImportOptions {
        limits,
        ..ImportOptions::default()
    };
    assert_eq!(import(three.as_bytes(), &options).unwrap().tasks.len(), 3);
}

#[test]
fn a_hundred_errors_are_listed_and_all_counted() {
    let file: String = (0..250).map(|_| "{\"question\":3\n").collect();
    let message = refusal(format!("{{\"question\":\"q\"}}\n{file}").as_bytes());
    assert!(
        message
            .starts_with("nothing was imported: 250 errors, the first 100 listed\n  row 2 (line 2) is not")
    );
    assert_eq!(message.lines().count(), 101);
}

#[test]
fn nothing_of_what_was_written_is_in_a_schema_message() {
    let file = r#"{"prompt":{"secret":"words of the lab"},"response_a":"a","response_b":"b"}"#;
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 1 (line 1), /prompt must be of type string, not object"
    );
}

#[test]
fn rows_of_one_task_must_agree() {
    let file = "id,prompt,criterion\n1,p,one\n2,q,two\n1,other,three\n";
    assert_eq!(
        row_refusal(file.as_bytes()),
        "row 3 (line 4), prompt differs from row 1, the first of the same task; rows of one task repeat its text \
         exactly"
    );
    let apart = "id,prompt,criterion\n1,p,one\n2,q,two\n1,p,three\n";
    let read = import(apart.as_bytes(), &ImportOptions::default()).unwrap();
    let counts: Vec<usize> = read
        .tasks
        .iter()
        .map(|task| task.input["criteria"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [2, 1]);
}
