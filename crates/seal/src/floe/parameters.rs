//! The one parameter of FLOE that may vary: how long a segment is.

/// Bytes in a FLOE key (section 'Key Generation').
pub const KEY_LEN: usize = 32;
/// Bytes in the header: encoded parameters, IV and tag.
pub const HEADER_LEN: usize = ENCODED_LEN + IV_LEN + HEADER_TAG_LEN;
/// Bytes by which a segment is longer than its plaintext: length, nonce and tag.
pub const SEGMENT_OVERHEAD: usize = LENGTH_LEN + NONCE_LEN + TAG_LEN;
/// The most segments in one ciphertext (`AEAD_MAX_SEGMENTS`).
pub const MAX_SEGMENTS: u64 = 1 << 40;

pub(super) const ENCODED_LEN: usize = 10;
pub(super) const IV_LEN: usize = 32;
pub(super) const HEADER_TAG_LEN: usize = 32;
pub(super) const LENGTH_LEN: usize = 4;
pub(super) const NONCE_LEN: usize = 12;
pub(crate) const TAG_LEN: usize = 16;

/// `AEAD_ROTATION_MASK`: 2^20 segments share one AES key.
const ROTATION_BITS: u32 = 20;

/// How a ciphertext is cut into segments. Sealing and opening must use the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    segment_len: u32,
    rotation_bits: u32,
}

impl Parameters {
    /// Segments of 4 KiB (`GCM256_IV256_4K` of the reference implementations).
    pub const SEGMENT_4_KIB: Self = Self {
        segment_len: 4 << 10,
        rotation_bits: ROTATION_BITS,
    };
    /// Segments of 64 KiB: what this crate seals objects with.
    pub const SEGMENT_64_KIB: Self = Self {
        segment_len: 64 << 10,
        rotation_bits: ROTATION_BITS,
    };
    /// Segments of 1 MiB (`GCM256_IV256_1M` of the reference implementations).
    pub const SEGMENT_1_MIB: Self = Self {
        segment_len: 1 << 20,
        rotation_bits: ROTATION_BITS,
    };

    /// Segments of `segment_len` bytes, with their overhead of [`SEGMENT_OVERHEAD`] bytes.
    ///
    /// `None` when no plaintext would fit, or when the length is the value that marks inner segments.
    #[must_use]
    pub const fn new(segment_len: u32) -> Option<Self> {
        if segment_len as usize <= SEGMENT_OVERHEAD || segment_len == u32::MAX {
            return None;
        }
        Some(Self {
            segment_len,
            rotation_bits: ROTATION_BITS,
        })
    }

    /// The same, with a new AES key every `2^rotation_bits` segments: known answers rotate early.
    #[cfg(test)]
    pub(super) const fn rotating_every(self, rotation_bits: u32) -> Self {
        Self {
            rotation_bits,
            ..self
        }
    }

    /// Bytes in every segment but the last.
    #[must_use]
    pub const fn segment_len(self) -> usize {
        self.segment_len as usize
    }

    /// Bytes of plaintext in every segment but the last.
    #[must_use]
    pub const fn plaintext_per_segment(self) -> usize {
        self.segment_len() - SEGMENT_OVERHEAD
    }

    /// Bytes of ciphertext, header included, that [`seal`](super::seal) makes of `plaintext_len` bytes.
    ///
    /// `None` past [`MAX_SEGMENTS`].
    #[must_use]
    pub fn sealed_len(self, plaintext_len: u64) -> Option<u64> {
        super::Layout::for_plaintext(self, plaintext_len)
            .ok()
            .map(super::Layout::sealed_len)
    }

    /// `PARAM_ENCODE`.
    pub(super) const fn encode(self) -> [u8; ENCODED_LEN] {
        let [a, b, c, d] = self.segment_len.to_be_bytes();
        [0, 0, a, b, c, d, 0, 0, 0, IV_LEN as u8]
    }

    /// `MASK(position, AEAD_ROTATION_MASK)`: segments that share an AES key share this number.
    pub(super) const fn key_number(self, position: u64) -> u64 {
        position >> self.rotation_bits << self.rotation_bits
    }
}
