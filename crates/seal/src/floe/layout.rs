//! Where the segments of a ciphertext lie. Arithmetic only.

use std::ops::Range;

use super::error::FloeError;
use super::parameters::{HEADER_LEN, MAX_SEGMENTS, Parameters, SEGMENT_OVERHEAD};

/// The lengths of one ciphertext and its plaintext, and the places of its segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    parameters: Parameters,
    segments: u64,
    plaintext_len: u64,
}

impl Layout {
    /// The layout that sealing `plaintext_len` bytes gives: no more segments than needed, at least one.
    ///
    /// # Errors
    /// [`FloeError::TooLong`] past [`MAX_SEGMENTS`].
    pub fn for_plaintext(parameters: Parameters, plaintext_len: u64) -> Result<Self, FloeError> {
        let segments = plaintext_len
            .div_ceil(parameters.plaintext_per_segment() as u64)
            .max(1);
        Self {
            parameters,
            segments,
            plaintext_len,
        }
        .checked()
    }

    /// The layout of a ciphertext of `sealed_len` bytes, header included.
    ///
    /// The last segment may be empty even when others precede it: some implementations seal so.
    ///
    /// # Errors
    /// [`FloeError::Truncated`] when no ciphertext has that length, [`FloeError::TooLong`] past
    /// [`MAX_SEGMENTS`].
    pub fn for_sealed(parameters: Parameters, sealed_len: u64) -> Result<Self, FloeError> {
        let body = sealed_len
            .checked_sub(HEADER_LEN as u64)
            .ok_or(FloeError::Truncated)?;
        let segment = parameters.segment_len() as u64;
        let segments = body.div_ceil(segment);
        let last = body.saturating_sub(segments.saturating_sub(1) * segment);
        if last < SEGMENT_OVERHEAD as u64 {
            return Err(FloeError::Truncated);
        }
        Self {
            parameters,
            segments,
            plaintext_len: body - segments * SEGMENT_OVERHEAD as u64,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, FloeError> {
        if self.segments > MAX_SEGMENTS {
            Err(FloeError::TooLong)
        } else {
            Ok(self)
        }
    }

    /// How many segments there are; at least one.
    #[must_use]
    pub const fn segments(self) -> u64 {
        self.segments
    }

    /// Bytes of plaintext.
    #[must_use]
    pub const fn plaintext_len(self) -> u64 {
        self.plaintext_len
    }

    /// Bytes of ciphertext, header included.
    #[must_use]
    pub const fn sealed_len(self) -> u64 {
        HEADER_LEN as u64 + self.plaintext_len + self.segments * SEGMENT_OVERHEAD as u64
    }

    /// Bytes of the ciphertext that hold segment `position`; empty past the last.
    #[must_use]
    pub fn segment_bytes(self, position: u64) -> Range<u64> {
        let place = |index: u64| {
            let start = index.saturating_mul(self.parameters.segment_len() as u64);
            start.saturating_add(HEADER_LEN as u64).min(self.sealed_len())
        };
        place(position)..place(position.saturating_add(1))
    }

    /// The segments that hold bytes `offset .. offset + len` of the plaintext; empty when `len` is 0.
    ///
    /// # Errors
    /// [`FloeError::Range`] when the plaintext ends before.
    pub fn segments_of(self, offset: u64, len: u64) -> Result<Range<u64>, FloeError> {
        let out_of_range = FloeError::Range {
            plaintext_len: self.plaintext_len,
        };
        let end = offset
            .checked_add(len)
            .filter(|end| *end <= self.plaintext_len)
            .ok_or(out_of_range)?;
        if len == 0 {
            return Ok(0..0);
        }
        let per_segment = self.parameters.plaintext_per_segment() as u64;
        Ok(offset / per_segment..end.div_ceil(per_segment))
    }

    pub(crate) const fn parameters(self) -> Parameters {
        self.parameters
    }

    pub(crate) fn sealed_size(self) -> Result<usize, FloeError> {
        usize::try_from(self.sealed_len()).map_err(|_| FloeError::TooLong)
    }

    pub(crate) fn plaintext_size(self) -> Result<usize, FloeError> {
        usize::try_from(self.plaintext_len).map_err(|_| FloeError::TooLong)
    }
}
