//! A file as bytes, with the place of the next one.

use std::io::{self, Read};

use super::ImportError;

const CHUNK: usize = 64 * 1024;

/// Reads ahead in chunks and counts bytes and lines.
pub(super) struct Bytes<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// Where the next byte stands in the file, from 0.
    pub(super) offset: u64,
    /// The line of the next byte, from 1.
    pub(super) line: u64,
}

impl<R: Read> Bytes<R> {
    /// Opens a source: takes a UTF-8 byte order mark away, refuses that of another encoding.
    pub(super) fn open(source: R) -> Result<Self, ImportError> {
        let mut bytes = Self {
            source,
            buffer: vec![0; CHUNK],
            at: 0,
            filled: 0,
            offset: 0,
            line: 1,
        };
        bytes.fill()?;
        let encoding = match bytes.head() {
            [0xFF, 0xFE, 0, 0, ..] => Some("UTF-32LE"),
            [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32BE"),
            [0xFF, 0xFE, ..] => Some("UTF-16LE"),
            [0xFE, 0xFF, ..] => Some("UTF-16BE"),
            [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some("UTF-16BE"),
            [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some("UTF-16LE"),
            _ => None,
        };
        if let Some(encoding) = encoding {
            return Err(ImportError::Encoding(encoding));
        }
        if bytes.head().starts_with(&[0xEF, 0xBB, 0xBF]) {
            bytes.at = 3;
            bytes.offset = 3;
        }
        Ok(bytes)
    }

    /// The bytes at hand; after `open`, up to 64 KiB of the file's beginning.
    pub(super) fn head(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    /// The next byte, not taken.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.fill()?;
        }
        Ok(self.head().first().copied())
    }

    /// The next byte.
    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.at += 1;
            self.offset += 1;
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }

    /// Fills the buffer as far as the source has bytes.
    fn fill(&mut self) -> io::Result<()> {
        self.at = 0;
        self.filled = 0;
        while self.filled < self.buffer.len() {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => break,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Bytes kept up to a limit and counted beyond it.
pub(super) struct Bounded {
    pub(super) kept: Vec<u8>,
    pub(super) count: usize,
    most: usize,
}

impl Bounded {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            kept: Vec::new(),
            count: 0,
            most,
        }
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.count += 1;
        if self.count <= self.most {
            self.kept.push(byte);
        }
    }

    pub(super) const fn too_long(&self) -> bool {
        self.count > self.most
    }
}
