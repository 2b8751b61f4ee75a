//! One JSON array of objects, taken apart element by element, so that a large file is never held whole.

use std::io::{self, Read};

use super::Limits;
use super::bytes::{Bounded, Bytes};
use super::raw::{self, Outcome, Place, Record};

const FORM: &str = "the file is read as one JSON array of objects, since it starts with `[`";

pub(super) struct JsonArray<R> {
    bytes: Bytes<R>,
    row: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the opening bracket.
    Start,
    /// After the opening bracket: an element or the closing bracket.
    First,
    /// After an element: a comma or the closing bracket.
    Comma,
    /// Nothing more is read.
    Done,
}

impl<R: Read> JsonArray<R> {
    pub(super) const fn new(bytes: Bytes<R>) -> Self {
        Self {
            bytes,
            row: 0,
            state: State::Start,
        }
    }

    pub(super) fn next(&mut self, limits: &Limits) -> Option<Outcome<Record>> {
        let place = Place {
            row: self.row + 1,
            line: self.bytes.line,
            offset: self.bytes.offset,
        };
        let outcome = self
            .step(limits)
            .unwrap_or_else(|error| Some(Outcome::Fatal(raw::unreadable(place, &error))));
        if matches!(outcome, None | Some(Outcome::Fatal(_))) {
            self.state = State::Done;
        }
        outcome
    }

    fn step(&mut self, limits: &Limits) -> io::Result<Option<Outcome<Record>>> {
        if self.state == State::Done {
            return Ok(None);
        }
        if self.state == State::Start {
            self.skip_space()?;
            self.bytes.next()?; // the bracket by which the format was told
            self.state = State::First;
        }
        let next = self.skip_space()?;
        match (self.state, next) {
            (_, Some(b']')) => {
                self.bytes.next()?;
                return self.after_the_array();
            }
            (State::First, Some(_)) => {}
            (State::Comma, Some(b',')) => {
                self.bytes.next()?;
                match self.skip_space()? {
                    Some(b']') => return Ok(Some(self.broken("stands after a comma that no row follows"))),
                    None => return Ok(Some(self.ended())),
                    Some(_) => {}
                }
            }
            (_, None) => return Ok(Some(self.ended())),
            _ => return Ok(Some(self.broken("must be preceded by a comma"))),
        }
        self.element(limits).map(Some)
    }

    fn element(&mut self, limits: &Limits) -> io::Result<Outcome<Record>> {
        self.row += 1;
        let place = Place {
            row: self.row,
            line: self.bytes.line,
            offset: self.bytes.offset,
        };
        let mut element = Bounded::new(limits.row_bytes);
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        loop {
            let Some(byte) = self.bytes.peek()? else {
                let whole = element.too_long() || element.kept.trim_ascii_end().ends_with(b"}");
                if depth == 0 && !quoted && whole {
                    break; // the row is whole, the array is not: the next step says so
                }
                return Ok(Outcome::Fatal(place.error(
                    None,
                    "is not complete: the file ends inside it",
                    None,
                )));
            };
            if quoted {
                quoted = escaped || byte != b'"';
                escaped = !escaped && byte == b'\\';
            } else {
                match byte {
                    b',' | b']' if depth == 0 => break,
                    b'"' => quoted = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            element.push(byte);
            self.bytes.next()?;
        }
        self.state = State::Comma;
        if element.too_long() {
            return Ok(Outcome::Wrong(raw::too_long(place, element.count, limits)));
        }
        Ok(raw::json(place, element.kept.trim_ascii_end(), limits, FORM))
    }

    fn after_the_array(&mut self) -> io::Result<Option<Outcome<Record>>> {
        match self.skip_space()? {
            None => Ok(None),
            Some(_) => Ok(Some(self.broken("stands after the closing `]` of the array"))),
        }
    }

    fn ended(&self) -> Outcome<Record> {
        self.broken("is missing: the file ends before the closing `]`")
    }

    fn broken(&self, reason: &str) -> Outcome<Record> {
        let place = Place {
            row: self.row + 1,
            line: self.bytes.line,
            offset: self.bytes.offset,
        };
        Outcome::Fatal(place.error(None, reason, Some(FORM)))
    }

    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.bytes.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => self.bytes.next()?,
                other => return Ok(other),
            };
        }
    }
}
