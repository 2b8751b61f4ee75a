//! Sealing a stream, segment by segment.

use super::error::FloeError;
use super::message::{Key, Message};
use super::parameters::{HEADER_LEN, IV_LEN, MAX_SEGMENTS, NONCE_LEN, Parameters, SEGMENT_OVERHEAD};
use crate::random::Random;

/// Seals one plaintext as a stream: [`header`](Self::header) first, then any number of whole segments, then
/// the last.
///
/// A stream without [`seal_last`](Self::seal_last) never opens to its end.
pub struct Sealer<'a> {
    message: Message<'a>,
    header: [u8; HEADER_LEN],
    random: &'a dyn Random,
    first_nonce: [u8; NONCE_LEN],
    position: u64,
}

/// Where a segment's plaintext is.
pub(crate) enum Body<'p> {
    /// Here, and as long as the segment's.
    From(&'p [u8]),
    /// In the segment's own place already.
    InPlace,
}

impl<'a> Sealer<'a> {
    /// Starts a message under a fresh IV. `associated` must be given again, byte for byte, to open it.
    ///
    /// # Errors
    /// [`FloeError::Random`] when `random` fails.
    pub fn new(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        random: &'a dyn Random,
    ) -> Result<Self, FloeError> {
        // One request for the IV and the first nonce: most messages are a single segment.
        let mut fresh = [0; IV_LEN + NONCE_LEN];
        random.fill(&mut fresh)?;
        let mut iv = [0; IV_LEN];
        let mut first_nonce = [0; NONCE_LEN];
        iv.copy_from_slice(&fresh[..IV_LEN]);
        first_nonce.copy_from_slice(&fresh[IV_LEN..]);
        let (message, header) = Message::start(parameters, key, associated, &iv)?;
        Ok(Self {
            message,
            header,
            random,
            first_nonce,
            position: 0,
        })
    }

    /// The header, which precedes all segments.
    #[must_use]
    pub const fn header(&self) -> &[u8; HEADER_LEN] {
        &self.header
    }

    /// Appends the next segment, not the last, to `out`. `plaintext` is exactly
    /// [`Parameters::plaintext_per_segment`] bytes long.
    ///
    /// # Errors
    /// [`FloeError::SegmentLength`] for another length, [`FloeError::TooLong`] past 2^40 segments,
    /// [`FloeError::Random`] when the source fails. `out` is then as it was.
    pub fn seal_segment(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), FloeError> {
        self.append(plaintext, out, false)
    }

    /// Appends the last segment to `out`. `plaintext` may be empty, and is at most
    /// [`Parameters::plaintext_per_segment`] bytes long.
    ///
    /// # Errors
    /// As [`seal_segment`](Self::seal_segment).
    pub fn seal_last(mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), FloeError> {
        self.append(plaintext, out, true)
    }

    fn append(&mut self, plaintext: &[u8], out: &mut Vec<u8>, last: bool) -> Result<(), FloeError> {
        if plaintext.len() > self.message.parameters().plaintext_per_segment() {
            return Err(FloeError::SegmentLength {
                position: self.position,
            });
        }
        let start = out.len();
        out.resize(start + plaintext.len() + SEGMENT_OVERHEAD, 0);
        let sealed = self.seal_into(&mut out[start..], Body::From(plaintext), last);
        if sealed.is_err() {
            out.truncate(start);
        }
        sealed
    }

    /// Makes the next segment in `segment`, which has the segment's whole length.
    pub(crate) fn seal_into(
        &mut self,
        segment: &mut [u8],
        plaintext: Body<'_>,
        last: bool,
    ) -> Result<(), FloeError> {
        if self.position >= MAX_SEGMENTS || (!last && self.position == MAX_SEGMENTS - 1) {
            return Err(FloeError::TooLong);
        }
        let mut nonce = self.first_nonce;
        if self.position > 0 {
            self.random.fill(&mut nonce)?;
        }
        self.message
            .seal(self.position, last, nonce, segment, plaintext)?;
        self.position += 1;
        Ok(())
    }
}

impl std::fmt::Debug for Sealer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
