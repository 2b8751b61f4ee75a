//! Drafts: sealed without a secret, opened with one.

use proptest::prelude::*;

use super::*;
use crate::testing::Counting;
use crate::{Id128, SystemRandom};

fn private(seed: u8) -> IngestPrivateKey {
    IngestPrivateKey::new(&SecretBytes::copy_of(&[seed; 32])).unwrap()
}

fn binding() -> Binding {
    Binding {
        compartment: Id128::new([1; 16]),
        project: Id128::new([2; 16]),
        object: Id128::new([3; 16]),
        kind: 4,
        version: 5,
        epoch: Id128::new([6; 16]),
    }
}

const FROZEN: &[u8] = include_bytes!("../../testdata/draft_v1.bin");
const FROZEN_TEXT: &[u8] = b"a draft that was typed while no lease could be had";

#[test]
fn the_frozen_file_opens_for_ever_and_is_sealed_alike() {
    assert_eq!(&*open(&private(0x51), &binding(), FROZEN).unwrap(), FROZEN_TEXT);
    let now = seal(
        &private(0x51).public(),
        &binding(),
        FROZEN_TEXT,
        &Counting::from(7),
    )
    .unwrap();
    assert!(now.as_bytes() == FROZEN);
}

#[test]
#[ignore = "writes the frozen file of a new format"]
fn write_frozen_file() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/draft_v1.bin");
    let sealed = seal(
        &private(0x51).public(),
        &binding(),
        FROZEN_TEXT,
        &Counting::from(7),
    )
    .unwrap();
    std::fs::write(path, sealed.into_bytes()).unwrap();
}

/// RFC 7748, section 6.1: Alice's private and public key.
#[test]
fn the_public_half_is_that_of_x25519() {
    let unhex = |text| crate::testing::unhex(text).try_into().unwrap();
    let secret: [u8; 32] = unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    let public: [u8; 32] = unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    let private = IngestPrivateKey::new(&SecretBytes::copy_of(&secret)).unwrap();
    assert_eq!(private.public().as_bytes(), &public);
}

#[test]
fn only_the_private_half_opens_and_only_in_its_place() {
    let sealed = seal(&private(1).public(), &binding(), b"draft", &SystemRandom).unwrap();
    assert_eq!(
        &*open(&private(1), &binding(), sealed.as_bytes()).unwrap(),
        b"draft"
    );
    assert!(open(&private(2), &binding(), sealed.as_bytes()).is_err());
    let elsewhere = Binding {
        project: Id128::new([9; 16]),
        ..binding()
    };
    assert!(open(&private(1), &elsewhere, sealed.as_bytes()).is_err());
}

#[test]
fn no_byte_can_be_changed_or_cut_off() {
    let sealed = seal(&private(1).public(), &binding(), b"draft", &SystemRandom)
        .unwrap()
        .into_bytes();
    // The highest bit of an X25519 public key is ignored by agreement (RFC 7748, section 5), but not by us.
    for at in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(open(&private(1), &binding(), &changed).is_err(), "bit {at}");
    }
    for len in 0..sealed.len() {
        assert!(open(&private(1), &binding(), &sealed[..len]).is_err(), "{len}");
    }
}

#[test]
fn keys_of_small_order_are_refused() {
    for key in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let public = IngestPublicKey::from_bytes(key);
        assert_eq!(
            seal(&public, &binding(), b"", &SystemRandom).err(),
            Some(IngestError::Key)
        );
    }
}

#[test]
fn the_public_half_is_base64_and_the_private_half_is_never_shown() {
    let json = serde_json::to_string(&private(1).public()).unwrap();
    assert_eq!(json.len(), 46);
    assert_eq!(
        serde_json::from_str::<IngestPublicKey>(&json).unwrap(),
        private(1).public()
    );
    assert!(serde_json::from_str::<IngestPublicKey>("\"AAAA\"").is_err());
    assert_eq!(format!("{:?}", private(1)), "IngestPrivateKey");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_sealed_opens(secret: [u8; 32], data: Vec<u8>) {
        let private = IngestPrivateKey::new(&SecretBytes::copy_of(&secret)).unwrap();
        let sealed = seal(&private.public(), &binding(), &data, &SystemRandom).unwrap();
        prop_assert_eq!(&*open(&private, &binding(), sealed.as_bytes()).unwrap(), &data[..]);
    }
}
