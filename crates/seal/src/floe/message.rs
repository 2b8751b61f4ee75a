//! The state of one message: its keys, and the sealing and opening of one segment at a place.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::error::FloeError;
use super::parameters::{
    ENCODED_LEN, HEADER_LEN, HEADER_TAG_LEN, IV_LEN, KEY_LEN, LENGTH_LEN, NONCE_LEN, Parameters, TAG_LEN,
};
use super::sealer::Body;
use crate::kdf::{BLOCK_LEN, Expander};

/// `I2BE(0xFFFFFFFF, 4)`: the length that every segment but the last states.
pub(super) const INNER: [u8; LENGTH_LEN] = [0xFF; LENGTH_LEN];

/// A key for any number of messages; a random IV separates them.
pub struct Key(Expander);

impl Key {
    /// Takes 32 uniformly random or derived bytes.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_LEN]) -> Self {
        Self(Expander::new(bytes))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("floe::Key")
    }
}

/// `State` of the specification, with the AES key of the last segment touched.
pub(super) struct Message<'a> {
    parameters: Parameters,
    prefix: Prefix,
    associated: &'a [u8],
    message_key: Expander,
    key_number: u64,
    key: LessSafeKey,
}

/// `PARAM_ENCODE(params) || iv`, with which every derivation begins.
type Prefix = [u8; ENCODED_LEN + IV_LEN];

impl<'a> Message<'a> {
    /// `startEncryption`, given the IV.
    pub(super) fn start(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        iv: &[u8; IV_LEN],
    ) -> Result<(Self, [u8; HEADER_LEN]), FloeError> {
        let mut header = [0; HEADER_LEN];
        header[..ENCODED_LEN].copy_from_slice(&parameters.encode());
        header[ENCODED_LEN..ENCODED_LEN + IV_LEN].copy_from_slice(iv);
        let mut prefix = [0; ENCODED_LEN + IV_LEN];
        prefix.copy_from_slice(&header[..ENCODED_LEN + IV_LEN]);
        header[ENCODED_LEN + IV_LEN..].copy_from_slice(&header_tag(key, &prefix, associated));
        Ok((Self::with_prefix(parameters, key, associated, prefix)?, header))
    }

    /// `startDecryption`.
    pub(super) fn resume(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        header: &[u8; HEADER_LEN],
    ) -> Result<Self, FloeError> {
        if header[..ENCODED_LEN] != parameters.encode() {
            return Err(FloeError::Parameters);
        }
        let mut prefix = [0; ENCODED_LEN + IV_LEN];
        prefix.copy_from_slice(&header[..ENCODED_LEN + IV_LEN]);
        verify_slices_are_equal(
            &header_tag(key, &prefix, associated),
            &header[ENCODED_LEN + IV_LEN..],
        )
        .map_err(|_| FloeError::Header)?;
        Self::with_prefix(parameters, key, associated, prefix)
    }

    fn with_prefix(
        parameters: Parameters,
        key: &Key,
        associated: &'a [u8],
        prefix: Prefix,
    ) -> Result<Self, FloeError> {
        let message_key = key.0.expand::<BLOCK_LEN>(&[&prefix, b"MESSAGE_KEY:", associated]);
        let message_key = Expander::new(&*message_key);
        let key = segment_key(&message_key, &prefix, associated, 0)?;
        Ok(Self {
            parameters,
            prefix,
            associated,
            message_key,
            key_number: 0,
            key,
        })
    }

    pub(super) fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// `DERIVE_KEY`, remembered until a segment of another 2^20 is touched.
    fn key_for(&mut self, position: u64) -> Result<&LessSafeKey, FloeError> {
        let number = self.parameters.key_number(position);
        if number != self.key_number {
            self.key = segment_key(&self.message_key, &self.prefix, self.associated, number)?;
            self.key_number = number;
        }
        Ok(&self.key)
    }

    /// `encryptSegment`: makes `segment`, whose length decides how much plaintext it takes.
    pub(super) fn seal(
        &mut self,
        position: u64,
        last: bool,
        nonce: [u8; NONCE_LEN],
        segment: &mut [u8],
        plaintext: Body<'_>,
    ) -> Result<(), FloeError> {
        let wrong_length = FloeError::SegmentLength { position };
        let length = stated_length(self.parameters, segment.len(), last).ok_or(wrong_length)?;
        let key = self.key_for(position)?;
        let (head, rest) = segment.split_at_mut(LENGTH_LEN + NONCE_LEN);
        let (body, tag) = rest.split_at_mut(rest.len() - TAG_LEN);
        head[..LENGTH_LEN].copy_from_slice(&length);
        head[LENGTH_LEN..].copy_from_slice(&nonce);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let associated = Aad::from(segment_associated(position, last));
        match plaintext {
            Body::From(text) if text.len() != body.len() => return Err(wrong_length),
            Body::From(text) => key.seal_out_of_place_scatter(nonce, associated, text, body, &[], tag),
            Body::InPlace => key.seal_in_place_scatter(nonce, associated, body, &[], tag),
        }
        .map_err(|_| FloeError::Library)
    }

    /// `decryptSegment`: `out` is as long as the segment's plaintext, and zero after an error.
    pub(super) fn open(
        &mut self,
        position: u64,
        last: bool,
        segment: &[u8],
        out: &mut [u8],
    ) -> Result<(), FloeError> {
        let expected = stated_length(self.parameters, segment.len(), last);
        let (head, rest) = segment
            .split_at_checked(LENGTH_LEN + NONCE_LEN)
            .ok_or(FloeError::SegmentLength { position })?;
        let (length, nonce) = head.split_at(LENGTH_LEN);
        if expected.is_none_or(|expected| expected != length) {
            return Err(FloeError::SegmentLength { position });
        }
        let (body, tag) = rest.split_at(rest.len() - TAG_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| FloeError::Library)?;
        let associated = Aad::from(segment_associated(position, last));
        let opened = self
            .key_for(position)?
            .open_separate_gather(nonce, associated, body, tag, out);
        opened.map_err(|_| {
            out.fill(0);
            FloeError::Segment { position }
        })
    }
}

/// The length field of a segment of `len` bytes at such a place; `None` when no such segment may be that long.
fn stated_length(parameters: Parameters, len: usize, last: bool) -> Option<[u8; LENGTH_LEN]> {
    let longest = parameters.segment_len();
    if last {
        let fits = (super::SEGMENT_OVERHEAD..=longest).contains(&len);
        u32::try_from(len).ok().filter(|_| fits).map(u32::to_be_bytes)
    } else {
        (len == longest).then_some(INNER)
    }
}

/// `I2BE(position, 8) || aad_tail`.
fn segment_associated(position: u64, last: bool) -> [u8; 9] {
    let mut bytes = [u8::from(last); 9];
    bytes[..8].copy_from_slice(&position.to_be_bytes());
    bytes
}

fn header_tag(key: &Key, prefix: &Prefix, associated: &[u8]) -> [u8; HEADER_TAG_LEN] {
    *key.0.expand(&[prefix, b"HEADER_TAG:", associated])
}

fn segment_key(
    message_key: &Expander,
    prefix: &Prefix,
    associated: &[u8],
    number: u64,
) -> Result<LessSafeKey, FloeError> {
    let bytes = message_key.expand::<KEY_LEN>(&[prefix, b"DEK:", &number.to_be_bytes(), associated]);
    let key = UnboundKey::new(&AES_256_GCM, &*bytes).map_err(|_| FloeError::Library)?;
    Ok(LessSafeKey::new(key))
}
