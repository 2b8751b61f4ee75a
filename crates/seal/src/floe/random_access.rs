//! Opening segments in any order, of a ciphertext whose length is known.

use super::error::FloeError;
use super::layout::Layout;
use super::message::{Key, Message};
use super::parameters::{HEADER_LEN, Parameters, SEGMENT_OVERHEAD};

/// Opens single segments of one ciphertext, which need not be in memory as a whole.
///
/// The ciphertext's length decides which segment is the last. A reader who must know that it was neither
/// cut off nor extended opens the last segment once, as [`open_range`](super::open_range) does.
pub struct RandomAccess<'a> {
    message: Message<'a>,
    layout: Layout,
    end_checked: bool,
}

impl<'a> RandomAccess<'a> {
    /// Starts on the header of a ciphertext of `sealed_len` bytes, header included.
    ///
    /// # Errors
    /// [`FloeError::Parameters`] or [`FloeError::Header`] when it is not a header for these parameters, this
    /// key and this associated data; [`FloeError::Truncated`] or [`FloeError::TooLong`] when no ciphertext is
    /// that long.
    pub fn new(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        header: &[u8; HEADER_LEN],
        sealed_len: u64,
    ) -> Result<Self, FloeError> {
        let layout = Layout::for_sealed(parameters, sealed_len)?;
        let message = Message::resume(parameters, key, associated, header)?;
        Ok(Self {
            message,
            layout,
            end_checked: false,
        })
    }

    /// Starts on a ciphertext in memory; gives its segments too.
    pub(crate) fn over<'s>(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        sealed: &'s [u8],
    ) -> Result<(Self, &'s [u8]), FloeError> {
        let (header, body) = sealed.split_first_chunk().ok_or(FloeError::Truncated)?;
        Ok((
            Self::new(parameters, key, associated, header, sealed.len() as u64)?,
            body,
        ))
    }

    /// Where the segments lie.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Opens the segment at `position`, the bytes [`Layout::segment_bytes`] of the ciphertext, into `out`.
    ///
    /// `out` is [`SEGMENT_OVERHEAD`] bytes shorter than `segment`.
    ///
    /// # Errors
    /// [`FloeError::SegmentLength`] when `segment` or `out` is not as long as the layout says,
    /// [`FloeError::Segment`] when it is not authentic; `out` is then zero.
    pub fn open_segment(&mut self, position: u64, segment: &[u8], out: &mut [u8]) -> Result<(), FloeError> {
        let place = self.layout.segment_bytes(position);
        let fits =
            segment.len() as u64 == place.end - place.start && segment.len() == out.len() + SEGMENT_OVERHEAD;
        if !fits {
            return Err(FloeError::SegmentLength { position });
        }
        let last = position + 1 == self.layout.segments();
        self.message.open(position, last, segment, out)?;
        self.end_checked |= last;
        Ok(())
    }

    /// Opens a range of the plaintext, given all segments. The last one is always read, once.
    pub(crate) fn open_range(&mut self, body: &[u8], offset: u64, len: usize) -> Result<Vec<u8>, FloeError> {
        let wanted = self.layout.segments_of(offset, len as u64)?;
        let per_segment = self.layout.parameters().plaintext_per_segment();
        let mut scratch = vec![0; per_segment.min(self.layout.plaintext_size()?)];
        let last = self.layout.segments() - 1;
        if !self.end_checked && !wanted.contains(&last) {
            self.open_from(body, last, &mut scratch)?;
        }
        let mut out = Vec::with_capacity(len);
        for position in wanted {
            let text = self.open_from(body, position, &mut scratch)?;
            let start = position * per_segment as u64;
            let skip = offset.saturating_sub(start) as usize;
            let take = (len - out.len()).min(text.len() - skip);
            out.extend_from_slice(&text[skip..skip + take]);
        }
        Ok(out)
    }

    fn open_from<'o>(
        &mut self,
        body: &[u8],
        position: u64,
        scratch: &'o mut [u8],
    ) -> Result<&'o [u8], FloeError> {
        let segment_len = self.layout.parameters().segment_len();
        let segment = usize::try_from(position)
            .ok()
            .and_then(|index| body.chunks(segment_len).nth(index));
        let segment = segment.ok_or(FloeError::Truncated)?;
        let len = segment
            .len()
            .checked_sub(SEGMENT_OVERHEAD)
            .ok_or(FloeError::Truncated)?;
        let out = scratch
            .get_mut(..len)
            .ok_or(FloeError::SegmentLength { position })?;
        self.open_segment(position, segment, out)?;
        Ok(out)
    }
}

impl std::fmt::Debug for RandomAccess<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RandomAccess")
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}
