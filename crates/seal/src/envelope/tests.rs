//! Deliveries, against the age crate itself. The stock tool opens them in `tests/stock_age.rs`.

use std::io::{Read, Write};

use proptest::prelude::*;

use super::*;

/// Key pair of a published test of the age crate (str4d/rage, `age/src/native/x25519.rs`).
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

fn sealed(recipients: &[Recipient], data: &[u8]) -> Vec<u8> {
    let mut writer = encrypt(recipients, Vec::new()).unwrap();
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn opened(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut out = Vec::new();
    decrypt(std::slice::from_ref(identity), sealed)?.read_to_end(&mut out)?;
    Ok(out)
}

#[test]
fn each_recipient_opens_a_delivery_alone() {
    let identities = [(); 3].map(|()| Identity::generate());
    let recipients = identities.each_ref().map(Identity::to_recipient);
    let delivery = sealed(&recipients[..2], b"rows");
    assert_eq!(opened(&identities[0], &delivery).unwrap(), b"rows");
    assert_eq!(opened(&identities[1], &delivery).unwrap(), b"rows");
    assert!(matches!(
        opened(&identities[2], &delivery),
        Err(EnvelopeError::NoMatch)
    ));
    let mut out = Vec::new();
    decrypt(&identities, &delivery[..])
        .unwrap()
        .read_to_end(&mut out)
        .unwrap();
    assert_eq!(out, b"rows");
}

#[test]
fn the_frozen_delivery_opens_for_ever() {
    let delivery = include_bytes!("../../testdata/delivery_v1.age");
    assert_eq!(
        opened(&Identity::parse(SECRET).unwrap(), delivery).unwrap(),
        b"{\"row\":1}\n{\"row\":2}\n"
    );
}

#[test]
#[ignore = "writes the frozen file of a new format"]
fn write_frozen_delivery() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/delivery_v1.age");
    let delivery = sealed(
        &[Recipient::parse(PUBLIC).unwrap()],
        b"{\"row\":1}\n{\"row\":2}\n",
    );
    std::fs::write(path, delivery).unwrap();
}

#[test]
fn keys_read_as_they_are_written() {
    let identity = Identity::parse(&format!("  {SECRET}\n")).unwrap();
    assert_eq!(*identity.expose(), SECRET);
    assert_eq!(identity.to_recipient().to_string(), PUBLIC);
    assert_eq!(Recipient::parse(PUBLIC), Ok(identity.to_recipient()));
    let shown = format!("{identity:?}");
    assert!(shown.contains(PUBLIC) && !shown.contains("SECRET"), "{shown}");
}

#[test]
fn what_is_not_a_recipient_is_named() {
    let malformed = |text| matches!(Recipient::parse(text), Err(RecipientError::Malformed(_)));
    assert_eq!(Recipient::parse(SECRET), Err(RecipientError::SecretKey));
    assert_eq!(
        Recipient::parse(&SECRET.to_lowercase()),
        Err(RecipientError::SecretKey)
    );
    assert_eq!(
        Recipient::parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"),
        Err(RecipientError::Ssh)
    );
    assert_eq!(
        Recipient::parse("age1yubikey1qqqqqq"),
        Err(RecipientError::Unsupported)
    );
    assert!(malformed("") && malformed("age1") && malformed("someone@example.org"));
    assert!(malformed(&PUBLIC[..PUBLIC.len() - 1]));
    assert!(malformed(&PUBLIC.replace('7', "8")));
    assert!(matches!(Identity::parse(PUBLIC), Err(IdentityError::Recipient)));
    assert!(matches!(
        Identity::parse(&SECRET.replace('7', "8")),
        Err(IdentityError::Malformed(_))
    ));
    for error in [
        RecipientError::SecretKey,
        RecipientError::Ssh,
        RecipientError::Unsupported,
    ] {
        assert!(!error.to_string().contains("GQ9778"));
    }
}

/// Encodings of the points of small order of Curve25519: 0, 1, p - 1, p, p + 1 and the two of order 8. Encrypting
/// to one would give the file key to everyone.
const SMALL_ORDER: [&str; 7] = [
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
];

#[test]
fn a_recipient_that_protects_nothing_is_refused() {
    for text in SMALL_ORDER {
        assert_eq!(Recipient::parse(text), Err(RecipientError::SmallOrder), "{text}");
    }
}

#[test]
fn nobody_and_the_same_twice_are_refused() {
    let one = Recipient::parse(PUBLIC).unwrap();
    assert!(matches!(
        encrypt(&[], Vec::new()),
        Err(EnvelopeError::NoRecipient)
    ));
    assert!(matches!(
        encrypt(&[one.clone(), one], Vec::new()),
        Err(EnvelopeError::Twice(_))
    ));
}

#[test]
fn what_is_no_age_file_is_said_on_one_line() {
    let identity = Identity::generate();
    let delivery = sealed(&[identity.to_recipient()], b"rows");
    let text = b"age-encryption.org/v1\n-> X25519 a\nb\n--- c\n";
    for bytes in [
        &b""[..],
        b"rows",
        &delivery[..60],
        &text[..],
        b"age-encryption.org/v9\n",
    ] {
        let error = opened(&identity, bytes).unwrap_err();
        assert!(matches!(error, EnvelopeError::Malformed(_)), "{error:?}");
        assert!(!error.to_string().contains(char::is_control), "{error}");
    }
}

#[test]
fn an_unfinished_delivery_does_not_open_to_its_end() {
    let identity = Identity::generate();
    let mut file = Vec::new();
    let mut writer = encrypt(&[identity.to_recipient()], &mut file).unwrap();
    writer.write_all(&[1; 100_000]).unwrap();
    drop(writer);
    assert!(opened(&identity, &file).is_err());
}

#[test]
fn no_byte_of_a_small_delivery_can_be_changed_or_cut_off() {
    let identity = Identity::generate();
    let delivery = sealed(&[identity.to_recipient()], b"rows");
    for at in 0..delivery.len() {
        let mut changed = delivery.clone();
        changed[at] ^= 1;
        assert!(opened(&identity, &changed).is_err(), "byte {at}");
        assert!(opened(&identity, &delivery[..at]).is_err(), "first {at} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_was_written_is_read(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40_000), 0..5)) {
        let identity = Identity::generate();
        let mut writer = encrypt(&[identity.to_recipient()], Vec::new()).unwrap();
        for chunk in &chunks {
            writer.write_all(chunk).unwrap();
        }
        let file = writer.finish().unwrap();
        prop_assert!(opened(&identity, &file).unwrap() == chunks.concat());
    }
}
