//! age: recipients that a steward gives, identities in a file, deliveries that somebody sends.

#![no_main]

use std::io::Read;

use cofferdam_fuzz::is_readable;
use cofferdam_seal::envelope::{Identity, Recipient, decrypt, encrypt};
use libfuzzer_sys::fuzz_target;

/// Key pair of a published test of the age crate; the deliveries of the corpus are to it.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

fn keys(text: &str) {
    match Recipient::parse(text) {
        Ok(recipient) => {
            let printed = recipient.to_string();
            assert_eq!(
                printed.to_lowercase(),
                text.trim().to_lowercase(),
                "a recipient has one form"
            );
            assert_eq!(Recipient::parse(&printed).as_ref(), Ok(&recipient));
            let writer = encrypt(&[recipient], Vec::new()).expect("whoever is taken is encrypted to");
            writer.finish().expect("in memory");
        }
        Err(error) => {
            is_readable(&error.to_string());
            assert!(
                !error.to_string().to_uppercase().contains("AGE-SECRET-KEY-1GQ"),
                "it tells a secret"
            );
        }
    }
    match Identity::parse(text) {
        Ok(identity) => {
            assert_eq!(identity.expose().to_lowercase(), text.trim().to_lowercase());
            assert!(Recipient::parse(&identity.to_recipient().to_string()).is_ok());
        }
        Err(error) => is_readable(&error.to_string()),
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        keys(text);
    }
    let identity = Identity::parse(SECRET).expect("an identity");
    match decrypt(&[identity], data) {
        Ok(reader) => {
            let mut out = Vec::new();
            // The file is in memory, and what it opens to is shorter.
            let _ = reader.take(data.len() as u64 + 1).read_to_end(&mut out);
            assert!(out.len() < data.len());
        }
        Err(error) => is_readable(&error.to_string()),
    }
});
