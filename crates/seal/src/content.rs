//! Padded content inside a FLOE ciphertext: what objects and drafts have in common.

use std::ops::{Deref, Range};

use zeroize::Zeroize;

use crate::floe::{self, Body, FloeError, Layout, Parameters, RandomAccess, Sealer};
use crate::padding::{PREFIX_LEN, PaddingError, data_range, padded_len};
use crate::random::Random;

/// Segments of sealed objects and drafts: a read of some bytes opens no more than three times 64 KiB.
pub(crate) const PARAMETERS: Parameters = Parameters::SEGMENT_64_KIB;

/// Data that was opened: its bytes, without the padding around them. Wiped on drop.
pub struct Opened {
    content: Vec<u8>,
    data: Range<usize>,
}

impl Opened {
    /// Gives the bytes away; wiping them is then the caller's.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<u8> {
        let mut content = std::mem::take(&mut self.content);
        content.truncate(self.data.end);
        content.drain(..self.data.start);
        content
    }
}

impl Deref for Opened {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.content.get(self.data.clone()).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Opened {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.content.as_mut_slice().zeroize();
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} bytes)", self.data.len())
    }
}

/// Bytes that sealing `data_len` bytes gives, without what precedes the FLOE header.
pub(crate) fn sealed_len(data_len: u64) -> Option<u64> {
    PARAMETERS.sealed_len(padded_len(data_len)?)
}

/// Pads and seals `data`. The result begins with `before`, which FLOE neither encrypts nor authenticates.
pub(crate) fn seal(
    before: &[u8],
    key: &floe::Key,
    associated: &[u8],
    data: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, FloeError> {
    let padded = padded_len(data.len() as u64).ok_or(FloeError::TooLong)?;
    let layout = Layout::for_plaintext(PARAMETERS, padded)?;
    let mut sealer = Sealer::new(PARAMETERS, key, associated, random)?;
    let mut out = vec![0; before.len() + layout.sealed_size()?];
    let (start, body) = out.split_at_mut(before.len() + floe::HEADER_LEN);
    let (before_place, header_place) = start.split_at_mut(before.len());
    before_place.copy_from_slice(before);
    header_place.copy_from_slice(sealer.header());
    let last = layout.segments() - 1;
    let mut content_start = 0;
    for (position, segment) in (0..).zip(body.chunks_mut(PARAMETERS.segment_len())) {
        let content = content_start..content_start + segment.len() - floe::SEGMENT_OVERHEAD;
        content_start = content.end;
        let text = place_content(data, content, segment);
        sealer.seal_into(segment, text, position == last)?;
    }
    Ok(out)
}

/// Finds bytes `range` of the padded content for a `segment` of zeros: in `data` where they lie there
/// unbroken, else put together in the segment itself.
fn place_content<'d>(data: &'d [u8], range: Range<usize>, segment: &mut [u8]) -> Body<'d> {
    let inside = |at: usize| at.checked_sub(PREFIX_LEN);
    if let (Some(start), Some(end)) = (inside(range.start), inside(range.end))
        && let Some(text) = data.get(start..end)
    {
        return Body::From(text);
    }
    let start = floe::SEGMENT_OVERHEAD - floe::TAG_LEN;
    let body = &mut segment[start..start + range.len()];
    let (prefix, rest) = match range.start {
        0 => body.split_at_mut(PREFIX_LEN),
        _ => body.split_at_mut(0),
    };
    prefix.copy_from_slice(&(data.len() as u64).to_le_bytes()[..prefix.len()]);
    let from = range.start.saturating_sub(PREFIX_LEN).min(data.len());
    let len = rest.len().min(data.len() - from);
    rest[..len].copy_from_slice(&data[from..from + len]);
    Body::InPlace
}

/// Why padded content did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContentError {
    #[error(transparent)]
    Floe(#[from] FloeError),
    #[error(transparent)]
    Padding(#[from] PaddingError),
}

/// Opens what [`seal`] made, given the bytes after `before`.
pub(crate) fn open(key: &floe::Key, associated: &[u8], sealed: &[u8]) -> Result<Opened, ContentError> {
    let content = floe::open(PARAMETERS, key, associated, sealed)?;
    let prefix = *content.first_chunk().ok_or(PaddingError)?;
    let data = data_range(prefix, content.len() as u64)?;
    // The range lies within `content`, so its ends fit.
    let data = data.start as usize..data.end as usize;
    Ok(Opened { content, data })
}

/// Opens bytes `offset .. offset + len` of the data; reads the first and the last segment besides.
pub(crate) fn open_range(
    key: &floe::Key,
    associated: &[u8],
    sealed: &[u8],
    offset: u64,
    len: usize,
) -> Result<Opened, ContentError> {
    let (mut access, body) = RandomAccess::over(PARAMETERS, key, associated, sealed)?;
    let start = access
        .open_range(body, 0, PREFIX_LEN)
        .map_err(|error| match error {
            FloeError::Range { .. } => ContentError::Padding(PaddingError),
            other => ContentError::Floe(other),
        })?;
    let prefix = *start.first_chunk().ok_or(PaddingError)?;
    let data = data_range(prefix, access.layout().plaintext_len())?;
    let data_len = data.end - data.start;
    offset
        .checked_add(len as u64)
        .filter(|end| *end <= data_len)
        .ok_or(FloeError::Range {
            plaintext_len: data_len,
        })?;
    let content = access.open_range(body, data.start + offset, len)?;
    Ok(Opened {
        data: 0..content.len(),
        content,
    })
}
