//! A certificate signing request (PKCS#10, RFC 2986), as far as it is needed: a P-256 key, and proof that whoever sends
//! it holds the key's private half. Its subject and its attributes say nothing here: the lab gives the name.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm};

/// The longest request taken, in bytes.
const MAX_LEN: usize = 4096;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// `id-ecPublicKey` on `prime256v1`: the whole AlgorithmIdentifier.
const P256: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];
/// `ecdsa-with-SHA256`.
const ECDSA_SHA256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// An uncompressed point.
const POINT_LEN: usize = 65;

/// A node's public key, whose private half the node has shown to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeKey([u8; POINT_LEN]);

/// The bytes are not such a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no certificate signing request with a P-256 key, signed by that key with SHA-256")]
pub(crate) struct CsrError;

impl NodeKey {
    /// Reads a request and checks its signature.
    pub(crate) fn of_request(der: &[u8]) -> Result<Self, CsrError> {
        if der.len() > MAX_LEN {
            return Err(CsrError);
        }
        let (whole, rest) = take(der, SEQUENCE)?;
        nothing(rest)?;
        let (_, after_info) = take(whole, SEQUENCE)?;
        let info_with_head = whole.get(..whole.len() - after_info.len()).ok_or(CsrError)?;
        let (algorithm, rest) = take(after_info, SEQUENCE)?;
        let (signature, rest) = take(rest, BIT_STRING)?;
        nothing(rest)?;
        if algorithm != ECDSA_SHA256 {
            return Err(CsrError);
        }
        let (info, _) = take(info_with_head, SEQUENCE)?;
        let (version, rest) = take(info, INTEGER)?;
        let (_subject, rest) = take(rest, SEQUENCE)?;
        let (key, _attributes) = take(rest, SEQUENCE)?;
        let (algorithm, rest) = take(key, SEQUENCE)?;
        let (point, rest) = take(rest, BIT_STRING)?;
        nothing(rest)?;
        if version != [0] || algorithm != P256 {
            return Err(CsrError);
        }
        let point: [u8; POINT_LEN] = whole_bytes(point)?.try_into().map_err(|_| CsrError)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
            .verify(info_with_head, whole_bytes(signature)?)
            .map_err(|_| CsrError)?;
        Ok(Self(point))
    }
}

impl PublicKeyData for NodeKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// The content of the element that `bytes` begin with, which has this tag, and what follows it. Lengths are as DER has them:
/// the shortest form, and no longer than what is there.
fn take(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), CsrError> {
    let (&found, rest) = bytes.split_first().ok_or(CsrError)?;
    let (&first, rest) = rest.split_first().ok_or(CsrError)?;
    if found != tag {
        return Err(CsrError);
    }
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&len, rest) = rest
                .split_first()
                .filter(|(len, _)| **len > 0x7f)
                .ok_or(CsrError)?;
            (usize::from(len), rest)
        }
        0x82 => {
            let (len, rest) = rest.split_first_chunk::<2>().ok_or(CsrError)?;
            let len = usize::from(u16::from_be_bytes(*len));
            (Some(len).filter(|len| *len > 0xff).ok_or(CsrError)?, rest)
        }
        _ => return Err(CsrError),
    };
    rest.split_at_checked(len).ok_or(CsrError)
}

const fn nothing(rest: &[u8]) -> Result<(), CsrError> {
    if rest.is_empty() { Ok(()) } else { Err(CsrError) }
}

/// A bit string of whole bytes.
fn whole_bytes(bits: &[u8]) -> Result<&[u8], CsrError> {
    match bits.split_first() {
        Some((0, bytes)) => Ok(bytes),
        _ => Err(CsrError),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    #[test]
    fn a_request_reads_and_no_byte_of_it_can_be_changed() {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = CertificateParams::new(vec!["a-name".to_owned()]).unwrap();
        let der = params.serialize_request(&pair).unwrap().der().to_vec();
        assert_eq!(
            NodeKey::of_request(&der).unwrap().der_bytes(),
            pair.public_key_raw()
        );
        for at in 0..der.len() {
            for bit in [1, 0x80] {
                let mut changed = der.clone();
                changed[at] ^= bit;
                // The signature's own integers have a second form that says the same; everything else is bound.
                let same =
                    NodeKey::of_request(&changed).is_ok_and(|key| key.der_bytes() == pair.public_key_raw());
                assert!(!same, "{at}");
            }
            assert!(NodeKey::of_request(&der[..at]).is_err(), "{at}");
        }
        assert!(NodeKey::of_request(&[&der[..], &[0]].concat()).is_err());
        assert!(NodeKey::of_request(&vec![0x30; MAX_LEN + 1]).is_err());
    }

    #[test]
    fn another_kind_of_key_is_refused() {
        for kind in [&rcgen::PKCS_ED25519, &rcgen::PKCS_ECDSA_P384_SHA384] {
            let pair = KeyPair::generate_for(kind).unwrap();
            let params = CertificateParams::new(Vec::new()).unwrap();
            let der = params.serialize_request(&pair).unwrap().der().to_vec();
            assert_eq!(NodeKey::of_request(&der), Err(CsrError));
        }
    }
}
