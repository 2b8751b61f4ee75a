//! HKDF-Expand with SHA-384 (RFC 5869, section 2.3), for outputs of one block.

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// Bytes in one block of output: the longest that [`Expander::expand`] gives.
pub(crate) const BLOCK_LEN: usize = 48;

/// A pseudorandom key, ready to be expanded any number of times.
///
/// It holds the state of HMAC after its two padded keys, so that deriving once more costs no key set-up.
/// The cryptographic library wipes that state on drop.
pub(crate) struct Expander(hmac::Key);

impl Expander {
    pub(crate) fn new(pseudorandom_key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA384, pseudorandom_key))
    }

    /// The first `N` bytes of T(1) = HMAC(PRK, info || 0x01), where `info` is the concatenation of `parts`.
    ///
    /// Callers keep `parts` unambiguous: fixed lengths, and at most the last one of varying length.
    pub(crate) fn expand<const N: usize>(&self, parts: &[&[u8]]) -> Zeroizing<[u8; N]> {
        const { assert!(N <= BLOCK_LEN, "one block of HMAC-SHA-384 is 48 bytes") };
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        context.update(&[1]);
        let block = context.sign();
        let mut out = Zeroizing::new([0; N]);
        out.iter_mut()
            .zip(block.as_ref())
            .for_each(|(to, from)| *to = *from);
        out
    }
}

/// HKDF-Extract with SHA-384 (RFC 5869, section 2.2), for secrets that are not uniformly random.
pub(crate) fn extract(salt: &[u8], secret: &[u8]) -> Expander {
    let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA384, salt), secret);
    Expander::new(key.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;
    use proptest::prelude::*;

    struct Len(usize);

    impl hkdf::KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }

    proptest! {
        /// The library's own HKDF is the oracle of ours.
        #[test]
        fn agrees_with_the_library(salt: [u8; 32], secret: Vec<u8>, a: Vec<u8>, b: Vec<u8>) {
            let mut expected = [0; 48];
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA384, &salt).extract(&secret);
            prk.expand(&[&a, &b], Len(48)).unwrap().fill(&mut expected).unwrap();
            prop_assert_eq!(*extract(&salt, &secret).expand::<48>(&[&a, &b]), expected);
        }

        #[test]
        fn expands_a_bare_key_like_the_library(key: [u8; 32], info: Vec<u8>) {
            let mut expected = [0; 32];
            let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA384, &key);
            prk.expand(&[&info], Len(32)).unwrap().fill(&mut expected).unwrap();
            prop_assert_eq!(*Expander::new(&key).expand::<32>(&[&info]), expected);
        }
    }
}
