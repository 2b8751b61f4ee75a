//! Opening a stream, segment by segment.

use super::error::FloeError;
use super::message::{INNER, Key, Message};
use super::parameters::{HEADER_LEN, LENGTH_LEN, MAX_SEGMENTS, Parameters, SEGMENT_OVERHEAD};

/// Opens one ciphertext as a stream, in order.
pub struct Opener<'a> {
    message: Message<'a>,
    position: u64,
    closed: bool,
}

impl<'a> Opener<'a> {
    /// Starts on a ciphertext's header.
    ///
    /// # Errors
    /// [`FloeError::Parameters`] or [`FloeError::Header`] when it is not a header for these parameters, this
    /// key and this associated data.
    pub fn new(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        header: &[u8; HEADER_LEN],
    ) -> Result<Self, FloeError> {
        let message = Message::resume(parameters, key, associated, header)?;
        Ok(Self {
            message,
            position: 0,
            closed: false,
        })
    }

    /// Opens the next segment and appends its plaintext to `out`. `true`: it was the last.
    ///
    /// `segment` is [`Parameters::segment_len`] bytes long, or what is left of the stream when that is less.
    ///
    /// # Errors
    /// [`FloeError`] when it is not the next segment; `out` is then as it was.
    pub fn open_segment(&mut self, segment: &[u8], out: &mut Vec<u8>) -> Result<bool, FloeError> {
        let position = self.position;
        if self.closed {
            return Err(FloeError::AfterLast);
        }
        let last = segment
            .get(..LENGTH_LEN)
            .ok_or(FloeError::SegmentLength { position })?
            != INNER;
        if position >= MAX_SEGMENTS || (!last && position == MAX_SEGMENTS - 1) {
            return Err(FloeError::TooLong);
        }
        if segment.len() > self.message.parameters().segment_len() {
            return Err(FloeError::SegmentLength { position });
        }
        let plaintext_len = segment
            .len()
            .checked_sub(SEGMENT_OVERHEAD)
            .ok_or(FloeError::SegmentLength { position })?;
        let start = out.len();
        out.resize(start + plaintext_len, 0);
        if let Err(error) = self.message.open(position, last, segment, &mut out[start..]) {
            out.truncate(start);
            return Err(error);
        }
        self.position += 1;
        self.closed = last;
        Ok(last)
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// [`FloeError::Truncated`] when the last segment has not been opened.
    pub fn finish(self) -> Result<(), FloeError> {
        if self.closed {
            Ok(())
        } else {
            Err(FloeError::Truncated)
        }
    }
}

impl std::fmt::Debug for Opener<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener")
            .field("position", &self.position)
            .field("closed", &self.closed)
            .finish()
    }
}
