//! JSON Lines (<https://jsonlines.org>): one object a line; blank lines are passed over.

use std::io::Read;

use super::Limits;
use super::bytes::{Bounded, Bytes};
use super::raw::{self, Outcome, Place, Record};

pub(super) const FORM: &str = "each line of a JSONL file is one whole JSON object";

pub(super) struct Jsonl<R> {
    bytes: Bytes<R>,
    row: u64,
}

impl<R: Read> Jsonl<R> {
    pub(super) const fn new(bytes: Bytes<R>) -> Self {
        Self { bytes, row: 0 }
    }

    pub(super) fn next(&mut self, limits: &Limits) -> Option<Outcome<Record>> {
        loop {
            let place = Place {
                row: self.row + 1,
                line: self.bytes.line,
                offset: self.bytes.offset,
            };
            let line = match self.line(limits) {
                Ok(line) => line?,
                Err(error) => return Some(Outcome::Fatal(raw::unreadable(place, &error))),
            };
            if !line.too_long() && line.kept.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.row += 1;
            if line.too_long() {
                return Some(Outcome::Wrong(raw::too_long(place, line.count, limits)));
            }
            return Some(raw::json(place, &line.kept, limits, FORM));
        }
    }

    /// One line without its end; none after the last.
    fn line(&mut self, limits: &Limits) -> std::io::Result<Option<Bounded>> {
        if self.bytes.peek()?.is_none() {
            return Ok(None);
        }
        let mut line = Bounded::new(limits.row_bytes);
        while let Some(byte) = self.bytes.next()? {
            if byte == b'\n' {
                break;
            }
            line.push(byte);
        }
        Ok(Some(line))
    }
}
