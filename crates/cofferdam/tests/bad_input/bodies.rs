//! JSON bodies of programs that send too much, too deep, or what is none.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use reqwest::Method;

use crate::desk::Desk;
use crate::support::Installation;

const NO_JSON: &str =
    "the body is not JSON: a value is missing, or begins with a character that none begins with, at column 9";
const CUT: &str = "the body is not JSON: it ends early, at column 8";
const SURROGATE: &str = "the body is not JSON: /name has half of a surrogate pair in a \\u escape at column 16; \
                         characters above U+FFFF need both halves, or plain UTF-8";
const BARE: &str = "the body is not JSON: /name has a bare control character in a text at column 10; write it as an \
                    escape: \\n, \\t, \\u001f";
const LATIN_1: &str = "the body is not UTF-8: byte 0xE9 at offset 12; JSON is always UTF-8";
const TOO_LARGE: &str = "a JSON request has at most 8 MiB";
const BROKEN: &str = "the body of this request broke off, or is not framed as its headers say (chunks, or a length); \
                      nothing of it was done, send it again";
const ELSEWHERE: &str =
    "a login must come from our own pages: open the login link itself; it was not used up";
const MANY_KEYS: &str =
    "the body: brings the document above 100,000 keys; a list of values belongs into an array";
const DEEP: &str = " is nested deeper than 64 levels; flatten it, or put the inner part into a text field";
const TWICE: &str = "the body: has the key `name` twice";
const NUL: &str =
    "/name: contains a NUL character at byte 1 of the text; remove it: NUL is no part of any text";
const LONG: &str = "/name: has 5,000,000 bytes of text; at most 4,194,304 are taken";

/// An object of a million different keys in less than 8 MiB: keys of one to four characters.
fn million_keys() -> String {
    let letters: Vec<char> = ('!'..='~').filter(|c| !matches!(c, '"' | '\\')).collect();
    let mut body = String::from("{");
    for number in 0..1_000_000_usize {
        let (mut rest, mut key) = (number, String::new());
        loop {
            key.push(letters[rest % letters.len()]);
            rest /= letters.len();
            if rest == 0 {
                break;
            }
        }
        let _ = write!(body, "{}\"{key}\":0", if number == 0 { "" } else { "," });
    }
    body + "}"
}

#[test]
fn bodies_that_are_no_json() {
    let desk = Desk::new("freeform");
    let before = desk.at.ask(&["lab", "list"]);
    let wrong: [(&[u8], &str); 5] = [
        (b"{\"name\":?}", NO_JSON),
        (b"{\"name\":", CUT),
        (br#"{"name":"\ud83d"}"#, SURROGATE),
        (b"{\"name\":\"\x01\"}", BARE),
        (b"{\"name\":\"caf\xE9\"}", LATIN_1),
    ];
    for (body, said) in wrong {
        let told = desk.send(Method::POST, "/labs", body);
        assert_eq!(told.problem(), (400, said, ""), "{told:?}");
        assert_eq!(told.body["type"], "/problems/malformed");
    }
    assert_eq!(desk.at.ask(&["lab", "list"]), before);
}

#[test]
fn bodies_that_are_too_much() {
    let desk = Desk::new("freeform");
    let before = desk.at.ask(&["lab", "list"]);
    let deep = |levels: usize| format!("{{\"name\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    let place = format!("/name{}", "/0".repeat(63));
    let wrong: [(String, &str, &str); 6] = [
        (million_keys(), MANY_KEYS, ""),
        (deep(64), &format!("{place}:{DEEP}"), &place),
        (deep(1_000_000), &format!("{place}:{DEEP}"), &place),
        (r#"{"name":"a","name":"b"}"#.into(), TWICE, ""),
        (r#"{"name":"a\u0000b"}"#.into(), NUL, "/name"),
        (
            format!("{{\"name\":\"{}\"}}", "x".repeat(5_000_000)),
            LONG,
            "/name",
        ),
    ];
    for (body, said, field) in wrong {
        let told = desk.send(Method::POST, "/labs", body);
        assert_eq!(told.problem(), (422, said, field), "{told:?}");
        assert_eq!(told.body["type"], "/problems/invalid");
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(9 << 20));
    let told = desk.send(Method::POST, "/labs", large);
    assert_eq!(told.problem(), (413, TOO_LARGE, ""), "{told:?}");
    assert_eq!(desk.at.ask(&["lab", "list"]), before);
}

/// Sends bytes as they are; everything that is answered.
fn raw(at: &Installation, bytes: &str) -> String {
    let mut stream = TcpStream::connect(at.base.trim_start_matches("http://")).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that is closed under what was still written is reset, behind the answer.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// It is not too large: nobody knows how large it is.
#[test]
fn a_body_that_is_not_framed_as_it_says_is_malformed() {
    let desk = Desk::new("freeform");
    let before = (desk.at.ask(&["lab", "list"]), desk.state());
    let operator = std::fs::read_to_string(desk.at.data().join("operator.token")).unwrap();
    let imports = format!("/engagements/{}/imports", desk.engagement);
    for (path, token, more) in [
        ("/labs", operator.trim(), ""),
        ("/labs", operator.trim(), "idempotency-key: once\r\n"),
        ("/sessions", operator.trim(), ""),
        (&imports, desk.token.as_str(), ""),
    ] {
        for body in [
            "zz\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
            "5\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        ] {
            let asked = format!(
                "POST /api/v1{path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n{more}content-type: \
                 application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{body}"
            );
            let answer = raw(&desk.at, &asked);
            assert!(answer.starts_with("HTTP/1.1 400 "), "{path} {more}: {answer}");
            assert!(answer.contains(BROKEN), "{path} {more}: {answer}");
        }
    }
    assert_eq!((desk.at.ask(&["lab", "list"]), desk.state()), before);
}

/// A page of somebody else's must not be able to put whoever looks at it into an account that it chose.
#[test]
fn a_login_that_another_page_sends_is_refused_and_uses_nothing_up() {
    let at = Installation::start();
    let invited = at.ask(&["person", "invite", "Olga"]);
    let link = invited["url"].as_str().unwrap().split('#').nth(1).unwrap();
    let log_in = |headers: &str| {
        let body = format!("{{\"link\":\"{link}\"}}");
        let host = at.base.trim_start_matches("http://");
        let length = body.len();
        let asked = format!(
            "POST /api/v1/sessions HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: \
             {length}\r\nconnection: close\r\n{headers}\r\n{body}"
        );
        raw(&at, &asked)
    };
    for headers in [
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        &format!("origin: {}\r\nsec-fetch-site: cross-site\r\n", at.base),
    ] {
        let answer = log_in(headers);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{headers}: {answer}");
        assert!(answer.contains(ELSEWHERE), "{headers}: {answer}");
        assert!(
            !answer.to_lowercase().contains("set-cookie"),
            "{headers}: {answer}"
        );
    }
    let own = log_in(&format!("origin: {}\r\nsec-fetch-site: same-origin\r\n", at.base));
    assert!(own.starts_with("HTTP/1.1 201 "), "{own}");
}
