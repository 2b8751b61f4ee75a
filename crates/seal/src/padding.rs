//! Padmé: padding that hides a length at a cost of at most 12 %.
//!
//! Source: Nikitin, Barman, Lueks, Underwood, Hubaux, Ford, 'Reducing Metadata Leakage from Encrypted Files
//! and Communication with PURBs' (PETS 2019), section 4. A length of L bits may have only its log2(L) highest
//! bits set, so that O(log log L) bits of it are seen; rounding up costs 11.2 % at worst, less as lengths grow.
//!
//! Padded content is: the true length in bytes (8, little-endian), the data, zeros.

use std::ops::Range;

/// Bytes of the true length, which precedes the data.
pub const PREFIX_LEN: usize = 8;

/// Padmé itself: the least permitted length that is at least `len`. `None` past `u64`.
#[must_use]
pub fn padme(len: u64) -> Option<u64> {
    if len < 2 {
        return Some(len);
    }
    let exponent = len.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1_u64 << (exponent - kept_bits)) - 1;
    Some(len.checked_add(mask)? & !mask)
}

/// Length of the padded content that holds `data_len` bytes of data, its prefix included.
///
/// `None` when it does not fit `u64`.
#[must_use]
pub fn padded_len(data_len: u64) -> Option<u64> {
    padme(data_len.checked_add(PREFIX_LEN as u64)?)
}

/// The content does not hold what its prefix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the padded content is malformed: its length does not follow from the length that it states")]
pub struct PaddingError;

/// Where the data lies in padded content of `padded` bytes that begins with `prefix`.
///
/// # Errors
/// [`PaddingError`] unless `padded` is the very length that this much data is padded to.
pub fn data_range(prefix: [u8; PREFIX_LEN], padded: u64) -> Result<Range<u64>, PaddingError> {
    let data_len = u64::from_le_bytes(prefix);
    if padded_len(data_len) == Some(padded) {
        let start = PREFIX_LEN as u64;
        Ok(start..start + data_len)
    } else {
        Err(PaddingError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn permitted_lengths_are_those_of_the_paper() {
        let known = [
            (0, 0),
            (1, 1),
            (2, 2),
            (7, 7),
            (8, 8),
            (9, 10),
            (17, 18),
            (33, 36),
            (100, 104),
        ];
        for (len, padded) in known {
            assert_eq!(padme(len), Some(padded), "{len}");
        }
        assert_eq!(padme(1_000_000), Some(1_015_808));
    }

    #[test]
    fn overhead_is_at_most_12_percent_for_every_small_length() {
        for len in 1..200_000_u64 {
            let padded = padme(len).unwrap();
            assert!(
                padded >= len && (padded - len) * 100 <= 12 * len,
                "{len} -> {padded}"
            );
        }
    }

    #[test]
    fn no_length_overflows() {
        assert_eq!(padme(u64::MAX), None);
        assert_eq!(padded_len(u64::MAX), None);
        assert_eq!(data_range([0xFF; 8], 16), Err(PaddingError));
    }

    proptest! {
        #[test]
        fn overhead_is_bounded_and_padding_is_stable(len in 1..u64::MAX / 2) {
            let padded = padme(len).unwrap();
            prop_assert!(padded >= len);
            prop_assert!(u128::from(padded - len) * 100 <= 12 * u128::from(len));
            prop_assert_eq!(padme(padded), Some(padded));
        }

        #[test]
        fn longer_data_is_never_padded_to_less(len in 0..1_u64 << 40, more in 0..1_u64 << 20) {
            prop_assert!(padded_len(len) <= padded_len(len + more));
        }

        #[test]
        fn only_the_canonical_length_is_accepted(len in 0..1_u64 << 40, other: u64) {
            let padded = padded_len(len).unwrap();
            prop_assert_eq!(data_range(len.to_le_bytes(), padded), Ok(8..8 + len));
            prop_assume!(other != padded);
            prop_assert_eq!(data_range(len.to_le_bytes(), other), Err(PaddingError));
        }
    }
}
