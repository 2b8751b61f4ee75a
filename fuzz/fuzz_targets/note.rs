//! Signed notes, and what they carry: checkpoints, delivery manifests, proofs. And the keys that sign them.

#![no_main]

use cofferdam_fuzz::is_readable;
use cofferdam_ledger::checkpoint::{Checkpoint, MAX_EXTENSIONS};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::{CosigningKey, MAX_SIGNATURES, Note, SigningKey, VerifyingKey};
use cofferdam_ledger::proof::{MAX_EXTRA_BYTES, TlogProof};
use cofferdam_work::manifest::Manifest;
use libfuzzer_sys::fuzz_target;

/// The log's key of the seeds in the corpus.
fn known() -> SigningKey {
    SigningKey::from_seed("example.com/log", &[1; 32]).expect("a key")
}

fn note(bytes: &[u8]) {
    let read = match Note::parse(bytes) {
        Ok(read) => read,
        Err(error) => return is_readable(&error.to_string()),
    };
    assert_eq!(read.to_string().as_bytes(), bytes, "a note has one form");
    assert!((1..=MAX_SIGNATURES).contains(&read.signatures().len()));
    let theirs = signed_note::Note::from_bytes(bytes).expect("an independent reader takes it too");
    assert_eq!(theirs.text(), read.text().as_bytes());
    let key = known();
    match read.verify(std::slice::from_ref(key.verifying_key())) {
        Ok(_) => {
            let own = key.sign(read.text()).expect("a signature");
            let made = read.signatures().contains(&own);
            assert!(made, "a signature that the key did not make");
        }
        Err(error) => is_readable(&error.to_string()),
    }
    if let Ok(open) = Checkpoint::open(bytes, key.verifying_key(), &[]) {
        assert_eq!(open.checkpoint.origin(), key.verifying_key().name());
    }
    text(read.text());
}

fn text(text: &str) {
    match Checkpoint::parse_text(text) {
        Ok(checkpoint) => {
            assert_eq!(checkpoint.to_text(), text, "a checkpoint has one form");
            assert!(checkpoint.size() > 0 || checkpoint.root() == Hash::EMPTY);
            assert!(checkpoint.extensions().len() <= MAX_EXTENSIONS);
        }
        Err(error) => is_readable(&error.to_string()),
    }
    match Manifest::parse(text) {
        Ok(manifest) => {
            assert_eq!(manifest.to_string(), text, "a manifest has one form");
            assert!(
                Note::new(text.to_owned()).is_ok(),
                "a manifest that cannot be signed"
            );
        }
        Err(error) => is_readable(&error.to_string()),
    }
}

fn proof(bytes: &[u8]) {
    match TlogProof::parse(bytes) {
        Ok(proof) => {
            assert_eq!(proof.to_string().as_bytes(), bytes, "a proof has one form");
            assert!(proof.hashes.len() <= 64);
            assert!(
                proof
                    .extra
                    .as_ref()
                    .is_none_or(|extra| extra.len() <= MAX_EXTRA_BYTES)
            );
            let verified = proof.verify(Hash::leaf(b"entry"), known().verifying_key(), &[], 0);
            if let Ok(open) = verified {
                assert!(proof.index < open.checkpoint.size());
            }
        }
        Err(error) => is_readable(&error.to_string()),
    }
}

fn key(text: &str) {
    match text.parse::<VerifyingKey>() {
        Ok(key) => assert_eq!(key.to_string(), text, "a key has one form"),
        Err(error) => is_readable(&error.to_string()),
    }
    if let Ok(key) = text.parse::<SigningKey>() {
        assert_eq!(key.to_skey().as_deref(), Ok(text));
    }
    if let Ok(key) = text.parse::<CosigningKey>() {
        assert_eq!(key.to_skey().as_deref(), Ok(text));
    }
}

fuzz_target!(|data: &[u8]| {
    note(data);
    proof(data);
    if let Ok(all) = std::str::from_utf8(data) {
        text(all);
        key(all);
    }
});
