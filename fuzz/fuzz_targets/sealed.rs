//! Sealed objects and drafts as somebody may have put them where ours were, and the keyholder's messages.

#![no_main]

use std::sync::Mutex;

use cofferdam_fuzz::{Numbers, choice};
use cofferdam_seal::floe::{Layout, Parameters};
use cofferdam_seal::ingest::{self, IngestPrivateKey};
use cofferdam_seal::key::{EpochKey, SecretBytes, WrappedKey};
use cofferdam_seal::keyholder::{Destroy, LeaseRequest, Mint, MintedIngestKey};
use cofferdam_seal::object::{self, Binding, SealedObject};
use cofferdam_seal::padding::{data_range, padded_len};
use cofferdam_seal::{Id128, Random, RandomError};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A counter that passes for randomness, so that one input is always one object.
struct Counting(Mutex<u8>);

impl Random for Counting {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        let mut next = self.0.lock().map_err(|_| RandomError)?;
        for byte in out {
            *byte = *next;
            *next = next.wrapping_add(1);
        }
        Ok(())
    }
}

fn epoch() -> EpochKey {
    EpochKey::new(&SecretBytes::copy_of(&[7; 32]))
}

fn binding() -> Binding {
    let id = |byte| Id128::new([byte; 16]);
    Binding {
        compartment: id(1),
        project: id(2),
        object: id(3),
        kind: 4,
        version: 5,
        epoch: id(6),
    }
}

/// Bytes of any making: they open only if they are what we seal.
fn opened(sealed: &[u8]) {
    let (epoch, binding) = (epoch(), binding());
    let known = SealedObject::from_bytes(sealed.to_vec()).is_ok();
    let Ok(data) = object::open(&epoch, &binding, sealed) else {
        return;
    };
    assert!(known);
    assert_eq!(object::sealed_len(data.len() as u64), Some(sealed.len() as u64));
    for (offset, len) in [(0, data.len()), (data.len() / 2, data.len() / 3), (data.len(), 0)] {
        let part = object::open_range(&epoch, &binding, sealed, offset as u64, len).expect("a part opens");
        assert_eq!(&part[..], &data[offset..offset + len]);
    }
    assert!(object::open_range(&epoch, &binding, sealed, 1, data.len()).is_err());
    let elsewhere = Binding {
        version: 6,
        ..binding
    };
    assert!(
        object::open(&epoch, &elsewhere, sealed).is_err(),
        "it opens elsewhere"
    );
}

/// Our own object with one byte changed, cut off, or made longer: it does not open.
fn changed(mut numbers: Numbers<'_>) {
    let (how, at, by) = (numbers.byte(), numbers.number(2) as usize, numbers.byte());
    let data = numbers.0;
    let sealed = object::seal(&epoch(), &binding(), data, &Counting(Mutex::new(how))).expect("it is sealed");
    opened(sealed.as_bytes());
    let mut bytes = sealed.into_bytes();
    let at = at % bytes.len();
    match how % 3 {
        0 if by != 0 => bytes[at] ^= by,
        1 => bytes.truncate(at),
        _ => bytes.insert(at, by),
    }
    assert!(
        object::open(&epoch(), &binding(), &bytes).is_err(),
        "a changed object opens"
    );
    let part = object::open_range(&epoch(), &binding(), &bytes, 0, data.len());
    assert!(
        part.is_err() || part.is_ok_and(|part| &part[..] == data),
        "a changed object opens to something else"
    );
}

fn draft(sealed: &[u8]) {
    let key = IngestPrivateKey::new(&SecretBytes::copy_of(&[9; 32])).expect("a key");
    if let Ok(data) = ingest::open(&key, &binding(), sealed) {
        assert!(sealed.len() > data.len());
    }
}

/// Lengths of any size: the segments of a layout are the whole of it, in order.
fn layout(mut numbers: Numbers<'_>) {
    let (len, prefix) = (numbers.number(8), numbers.number(8));
    for parameters in [
        Parameters::SEGMENT_4_KIB,
        Parameters::SEGMENT_64_KIB,
        Parameters::SEGMENT_1_MIB,
    ] {
        let Ok(layout) = Layout::for_sealed(parameters, len) else {
            continue;
        };
        assert_eq!(layout.sealed_len(), len);
        assert_eq!(layout.segment_bytes(layout.segments() - 1).end, len);
        assert!(layout.segment_bytes(layout.segments()).is_empty());
        let wanted = layout.segments_of(prefix, len);
        assert!(wanted.is_err() || wanted.is_ok_and(|found| found.end <= layout.segments()));
    }
    if let Ok(range) = data_range(prefix.to_le_bytes(), len) {
        assert!(range.end <= len && padded_len(range.end - range.start) == Some(len));
    }
}

fn message<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(data) {
        let written = serde_json::to_vec(&read).expect("it is written");
        assert_eq!(serde_json::from_slice::<T>(&written).expect("it is read"), read);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((how, rest)) = choice(data) else { return };
    match how % 5 {
        0 => opened(rest),
        1 => changed(Numbers(rest)),
        2 => draft(rest),
        3 => layout(Numbers(rest)),
        _ => {
            message::<Mint>(rest);
            message::<LeaseRequest>(rest);
            message::<Destroy>(rest);
            message::<WrappedKey>(rest);
            message::<MintedIngestKey>(rest);
        }
    }
});
