//! Objects: round trips, bindings, and frozen files.

use proptest::prelude::*;

use super::*;
use crate::key::SecretBytes;
use crate::testing::Counting;
use crate::{Id128, SystemRandom};

fn epoch_key() -> EpochKey {
    EpochKey::new(&SecretBytes::copy_of(&[0x24; 32]))
}

fn binding() -> Binding {
    Binding {
        compartment: Id128::new([1; 16]),
        project: Id128::new([2; 16]),
        object: Id128::new([3; 16]),
        kind: 0x0405,
        version: 0x0607_0809,
        epoch: Id128::new([10; 16]),
    }
}

/// Data that has no two equal stretches where a mistake of an offset could hide.
fn data(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index * 31 + index / 251) as u8).collect()
}

/// The frozen objects: their file, their data.
fn frozen() -> [(&'static str, Vec<u8>, &'static [u8]); 3] {
    [
        (
            "object_v1_empty.bin",
            data(0),
            include_bytes!("../../testdata/object_v1_empty.bin"),
        ),
        (
            "object_v1_small.bin",
            data(100),
            include_bytes!("../../testdata/object_v1_small.bin"),
        ),
        (
            "object_v1_two_segments.bin",
            data(65_600),
            include_bytes!("../../testdata/object_v1_two_segments.bin"),
        ),
    ]
}

#[test]
fn frozen_files_open_for_ever() {
    for (file, data, sealed) in frozen() {
        assert_eq!(&*open(&epoch_key(), &binding(), sealed).unwrap(), data, "{file}");
        let tail = open_range(
            &epoch_key(),
            &binding(),
            sealed,
            data.len() as u64 / 2,
            data.len() / 2,
        )
        .unwrap();
        assert_eq!(&*tail, &data[data.len() / 2..][..data.len() / 2], "{file}");
    }
}

#[test]
fn format_1_is_sealed_to_the_same_bytes_for_ever() {
    for (file, data, sealed) in frozen() {
        let now = seal(&epoch_key(), &binding(), &data, &Counting::from(0)).unwrap();
        assert!(now.as_bytes() == sealed, "{file}");
    }
}

/// Run once per format, by hand; a frozen file is never written again.
#[test]
#[ignore = "writes the frozen files of a new format"]
fn write_frozen_files() {
    for (file, data, _) in frozen() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("testdata")
            .join(file);
        let sealed = seal(&epoch_key(), &binding(), &data, &Counting::from(0)).unwrap();
        std::fs::write(path, sealed.into_bytes()).unwrap();
    }
}

#[test]
fn the_binding_is_encoded_as_documented() {
    let expected = [
        &[1][..],
        &[1; 16],
        &[2; 16],
        &[3; 16],
        &[4, 5],
        &[6, 7, 8, 9],
        &[10; 16],
    ]
    .concat();
    assert_eq!(binding().encode().to_vec(), expected);
}

#[test]
fn an_object_opens_in_no_other_place() {
    let sealed = seal(&epoch_key(), &binding(), b"text", &SystemRandom).unwrap();
    let other = Id128::new([0xFF; 16]);
    let elsewhere = [
        Binding {
            compartment: other,
            ..binding()
        },
        Binding {
            project: other,
            ..binding()
        },
        Binding {
            object: other,
            ..binding()
        },
        Binding { kind: 1, ..binding() },
        Binding {
            version: 1,
            ..binding()
        },
        Binding {
            epoch: other,
            ..binding()
        },
    ];
    for place in elsewhere {
        let refused = open(&epoch_key(), &place, sealed.as_bytes()).err();
        assert_eq!(
            refused,
            Some(ObjectError::Sealing(FloeError::Header)),
            "{place:?}"
        );
    }
    let other_key = EpochKey::new(&SecretBytes::copy_of(&[0x25; 32]));
    assert!(open(&other_key, &binding(), sealed.as_bytes()).is_err());
    assert_eq!(
        &*open(&epoch_key(), &binding(), sealed.as_bytes()).unwrap(),
        b"text"
    );
}

#[test]
fn no_byte_of_a_small_object_can_be_changed() {
    let sealed = seal(&epoch_key(), &binding(), &data(40), &SystemRandom)
        .unwrap()
        .into_bytes();
    for at in 0..sealed.len() {
        for change in 1..=255 {
            let mut changed = sealed.clone();
            changed[at] ^= change;
            assert!(
                open(&epoch_key(), &binding(), &changed).is_err(),
                "byte {at} ^ {change}"
            );
        }
    }
}

#[test]
fn the_format_is_checked_first() {
    assert_eq!(
        SealedObject::from_bytes(vec![]),
        Err(ObjectError::Format { found: None })
    );
    assert_eq!(
        SealedObject::from_bytes(vec![2, 3]),
        Err(ObjectError::Format { found: Some(2) })
    );
    let refused = open(&epoch_key(), &binding(), &[0; 200]).err();
    assert_eq!(refused, Some(ObjectError::Format { found: Some(0) }));
    assert_eq!(refused.unwrap().to_string(), "unknown format of sealed object: 0");
}

#[test]
fn content_without_canonical_padding_is_refused() {
    let key = ObjectKey::derive(&epoch_key(), &binding());
    let unpadded = [&100_u64.to_le_bytes()[..], &[1; 100]].concat();
    for content in [&unpadded[..], &[1; 3], &[]] {
        let sealed = floe::seal(
            content::PARAMETERS,
            &key.0,
            &binding().encode(),
            content,
            &SystemRandom,
        );
        let sealed = [&[FORMAT][..], &sealed.unwrap()].concat();
        let refused = Some(ObjectError::Padding(PaddingError));
        assert_eq!(open(&epoch_key(), &binding(), &sealed).err(), refused);
        assert_eq!(open_range(&epoch_key(), &binding(), &sealed, 0, 0).err(), refused);
    }
}

#[test]
fn lengths_around_the_ends_of_segments_round_trip() {
    // 64 KiB less the segment's overhead and the prefix: there the data's last segment begins.
    let edge = (64 << 10) - 32 - 8;
    for len in [
        0,
        1,
        edge - 1,
        edge,
        edge + 1,
        edge + 8,
        2 * edge,
        2 * edge + 7,
        3 * edge + 9,
        300_000,
    ] {
        let data = data(len);
        let sealed = seal(&epoch_key(), &binding(), &data, &SystemRandom).unwrap();
        assert_eq!(
            sealed.as_bytes().len() as u64,
            sealed_len(len as u64).unwrap(),
            "{len}"
        );
        let opened = open(&epoch_key(), &binding(), sealed.as_bytes()).unwrap();
        assert!(*opened == *data, "{len}");
        assert!(opened.into_vec() == data, "{len}");
    }
}

#[test]
fn equal_data_seals_to_different_bytes_of_few_lengths() {
    let seal = |len| {
        seal(&epoch_key(), &binding(), &data(len), &SystemRandom)
            .unwrap()
            .into_bytes()
    };
    assert_ne!(seal(1000), seal(1000));
    let lengths: std::collections::BTreeSet<_> = (1000..2000).map(|len| seal(len).len()).collect();
    assert!(lengths.len() <= 33, "{}", lengths.len());
}

#[test]
fn debug_shows_neither_key_nor_data() {
    let sealed = seal(&epoch_key(), &binding(), b"secret text", &SystemRandom).unwrap();
    let opened = open(&epoch_key(), &binding(), sealed.as_bytes()).unwrap();
    assert_eq!(format!("{opened:?}"), "Opened(11 bytes)");
    assert_eq!(
        format!("{:?}", ObjectKey::derive(&epoch_key(), &binding())),
        "ObjectKey"
    );
    assert_eq!(format!("{:?}", epoch_key()), "EpochKey");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ranges_are_parts_of_the_data(len in 0_usize..400_000, a: prop::sample::Index, b: prop::sample::Index) {
        let (a, b) = (a.index(len + 1), b.index(len + 1));
        let (start, end) = (a.min(b), a.max(b));
        let data = data(len);
        let sealed = seal(&epoch_key(), &binding(), &data, &SystemRandom).unwrap();
        let range = open_range(&epoch_key(), &binding(), sealed.as_bytes(), start as u64, end - start).unwrap();
        prop_assert!(*range == data[start..end]);
        let beyond = open_range(&epoch_key(), &binding(), sealed.as_bytes(), start as u64, len - start + 1);
        let expected = FloeError::Range { plaintext_len: len as u64 };
        prop_assert_eq!(beyond.err(), Some(ObjectError::Sealing(expected)));
    }

    #[test]
    fn a_changed_object_never_opens(len in 0_usize..200_000, at: prop::sample::Index, change in 1_u8..) {
        let mut sealed = seal(&epoch_key(), &binding(), &data(len), &SystemRandom).unwrap().into_bytes();
        let at = at.index(sealed.len());
        sealed[at] ^= change;
        prop_assert!(open(&epoch_key(), &binding(), &sealed).is_err());
    }
}
