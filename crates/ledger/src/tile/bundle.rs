//! Entry bundles: each entry behind its length, in two bytes, big-endian.

use crate::canonical::MAX_ENTRY_BYTES;

/// A bundle that cannot be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry longer than a length of two bytes can say.
    #[error("{len} bytes, but an entry has at most {MAX_ENTRY_BYTES}")]
    TooLong {
        /// The length found, in bytes.
        len: usize,
    },
    /// The bytes end within an entry or its length.
    #[error("the bundle ends within its entry {entry} (counted from 0)")]
    Truncated {
        /// Which, counted from 0 within the bundle.
        entry: usize,
    },
}

/// Appends `entry` to a bundle.
///
/// # Errors
/// [`BundleError::TooLong`].
pub fn append_entry(entry: &[u8], bundle: &mut Vec<u8>) -> Result<(), BundleError> {
    let len = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong { len: entry.len() })?;
    bundle.extend_from_slice(&len.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle, in order. After an error there are no more.
pub fn split_bundle(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8], BundleError>> {
    let mut rest = bundle;
    let mut next = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = next;
        next += 1;
        match split_first(rest) {
            Some((first, after)) => {
                rest = after;
                Some(Ok(first))
            }
            None => {
                rest = &[];
                Some(Err(BundleError::Truncated { entry }))
            }
        }
    })
}

fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back() {
        let longest = vec![7; MAX_ENTRY_BYTES];
        let entries: [&[u8]; 4] = [b"", b"a", &longest, b"bc"];
        let mut bundle = Vec::new();
        for entry in entries {
            append_entry(entry, &mut bundle).unwrap();
        }
        assert_eq!(
            split_bundle(&bundle).collect::<Result<Vec<_>, _>>(),
            Ok(entries.to_vec())
        );
        assert_eq!(&bundle[..5], b"\0\0\0\x01a");
    }

    #[test]
    fn what_is_too_long_or_cut_off_is_refused() {
        assert_eq!(
            append_entry(&vec![0; 65_536], &mut Vec::new()),
            Err(BundleError::TooLong { len: 65_536 })
        );
        for cut in [b"\0".as_slice(), b"\0\x02a"] {
            let mut bundle = b"\0\x01a".to_vec();
            bundle.extend_from_slice(cut);
            let read: Vec<_> = split_bundle(&bundle).collect();
            assert_eq!(
                read,
                [Ok(b"a".as_slice()), Err(BundleError::Truncated { entry: 1 })]
            );
        }
    }
}
