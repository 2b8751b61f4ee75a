//! The checker: walks over bytes and accepts those that the writer could have written.

use super::text::{key_order, must_escape, read_escape};
use super::{CanonicalError, MAX_DEPTH, MAX_INTEGER};

type Scanned = Result<(), CanonicalError>;

/// Checks one value of any kind.
pub(super) fn scan(bytes: &[u8]) -> Scanned {
    let mut scanner = Scanner::new(bytes)?;
    scanner.value(0)?;
    scanner.finish()
}

/// Checks an object, and calls `member` with the key (as it stands between its quotes) and the value
/// (as it stands) of each of its own members, in order.
pub(crate) fn scan_members<'a>(bytes: &'a [u8], mut member: impl FnMut(&'a [u8], &'a [u8])) -> Scanned {
    let mut scanner = Scanner::new(bytes)?;
    if bytes.first() != Some(&b'{') {
        return scanner.fail("an object is expected");
    }
    scanner.object(0, &mut member)?;
    scanner.finish()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, CanonicalError> {
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(Self { bytes, at: 0 }),
            Err(e) => Err(CanonicalError::NotCanonical {
                offset: e.valid_up_to(),
                why: "the text is not UTF-8",
            }),
        }
    }

    fn fail<T>(&self, why: &'static str) -> Result<T, CanonicalError> {
        Err(CanonicalError::NotCanonical { offset: self.at, why })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn finish(&self) -> Scanned {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            self.fail("nothing may follow the value")
        }
    }

    fn value(&mut self, depth: usize) -> Scanned {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'0'..=b'9' | b'-') => self.integer(),
            Some(b'{') => self.object(depth, &mut |_, _| ()),
            Some(b'[') => self.array(depth),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => self.fail("a value is expected, without white space before it"),
        }
    }

    fn word(&mut self, word: &'static [u8]) -> Scanned {
        if !self.bytes[self.at..].starts_with(word) {
            return self.fail("only true, false and null are words");
        }
        self.at += word.len();
        Ok(())
    }

    fn integer(&mut self) -> Scanned {
        let start = self.at;
        let negative = self.take(b'-');
        let first = self.at;
        let mut magnitude: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            magnitude = magnitude
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let why = match self.at - first {
            0 => "a digit is expected",
            len if self.bytes[first] == b'0' && (len > 1 || negative) => {
                "an integer has no leading zero, and zero no sign"
            }
            _ if magnitude > MAX_INTEGER => "an integer lies within ±(2^53 - 1)",
            _ if matches!(self.peek(), Some(b'.' | b'e' | b'E')) => {
                "a number has no fraction and no exponent"
            }
            _ => return Ok(()),
        };
        self.at = start;
        self.fail(why)
    }

    /// Passes a string; returns what stands between its quotes.
    fn string(&mut self) -> Result<&'a [u8], CanonicalError> {
        if !self.take(b'"') {
            return self.fail("a string is expected, without white space before it");
        }
        let start = self.at;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(plain) = rest.iter().position(|&b| must_escape(b)) else {
                self.at = self.bytes.len();
                return self.fail("a string is not closed");
            };
            self.at += plain;
            match rest[plain] {
                b'"' => {
                    self.at += 1;
                    return Ok(&self.bytes[start..self.at - 1]);
                }
                b'\\' => match read_escape(&rest[plain..]) {
                    Some((_, len)) => self.at += len,
                    None => return self.fail("an escape is not in its one canonical form"),
                },
                _ => return self.fail("a control character must be escaped"),
            }
        }
    }

    fn object(&mut self, depth: usize, member: &mut dyn FnMut(&'a [u8], &'a [u8])) -> Scanned {
        let depth = self.enter(depth)?;
        if self.take(b'}') {
            return Ok(());
        }
        let mut last: Option<&[u8]> = None;
        loop {
            let key_at = self.at;
            let key = self.string()?;
            if last.is_some_and(|last| !key_order(last, key).is_lt()) {
                self.at = key_at;
                return self.fail("keys are sorted by UTF-16 code units, none twice");
            }
            last = Some(key);
            if !self.take(b':') {
                return self.fail("a colon is expected right after a key");
            }
            let value_at = self.at;
            self.value(depth)?;
            member(key, &self.bytes[value_at..self.at]);
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.fail("a comma or a closing brace is expected");
            }
        }
    }

    fn array(&mut self, depth: usize) -> Scanned {
        let depth = self.enter(depth)?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.fail("a comma or a closing bracket is expected");
            }
        }
    }

    /// Passes an opening bracket.
    fn enter(&mut self, depth: usize) -> Result<usize, CanonicalError> {
        if depth == MAX_DEPTH {
            return Err(CanonicalError::TooDeep);
        }
        self.at += 1;
        Ok(depth + 1)
    }
}
