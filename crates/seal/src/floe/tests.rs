//! What opens, and what must not.

use proptest::prelude::*;

use super::*;
use crate::testing::{Broken, Counting};
use crate::{RandomError, SystemRandom};

/// Eight bytes of plaintext per segment, so that little text makes many segments.
fn small() -> Parameters {
    Parameters::new(40).unwrap()
}

fn key() -> Key {
    Key::new(&[0x42; KEY_LEN])
}

fn sealed_small(plaintext: &[u8]) -> Vec<u8> {
    seal(small(), &key(), b"place", plaintext, &SystemRandom).unwrap()
}

fn open_small(sealed: &[u8]) -> Result<Vec<u8>, FloeError> {
    open(small(), &key(), b"place", sealed)
}

#[test]
fn no_bit_can_be_changed() {
    let sealed = sealed_small(b"four segments of eight bytes!");
    for at in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(open_small(&changed).is_err(), "bit {at}");
    }
}

#[test]
fn no_byte_can_be_cut_off_or_added() {
    let sealed = sealed_small(b"four segments of eight bytes!");
    for len in 0..sealed.len() {
        assert!(open_small(&sealed[..len]).is_err(), "{len}");
    }
    for more in 1..100 {
        let longer = [&sealed[..], &vec![0; more]].concat();
        assert!(open_small(&longer).is_err(), "{more}");
    }
    let twice = [&sealed[..], &sealed[HEADER_LEN..]].concat();
    assert!(open_small(&twice).is_err());
}

#[test]
fn segments_cannot_be_moved_left_out_or_taken_from_another_message() {
    let sealed = sealed_small(&[1; 32]);
    let other = sealed_small(&[1; 32]);
    let place = |index: usize| HEADER_LEN + 40 * index..HEADER_LEN + 40 * (index + 1);
    for (a, b) in [(0, 1), (1, 2), (0, 3), (2, 3)] {
        let mut swapped = sealed.clone();
        swapped[place(a)].copy_from_slice(&sealed[place(b)]);
        swapped[place(b)].copy_from_slice(&sealed[place(a)]);
        assert!(open_small(&swapped).is_err(), "{a} and {b}");
    }
    for index in 0..4 {
        let mut without = sealed.clone();
        without.drain(place(index));
        assert!(open_small(&without).is_err(), "without {index}");
        let mut mixed = sealed.clone();
        mixed[place(index)].copy_from_slice(&other[place(index)]);
        assert_eq!(
            open_small(&mixed),
            Err(FloeError::Segment {
                position: index as u64
            })
        );
    }
}

#[test]
fn the_errors_name_the_rule_that_was_broken() {
    let sealed = sealed_small(&[1; 20]);
    assert_eq!(
        open(small(), &key(), b"elsewhere", &sealed),
        Err(FloeError::Header)
    );
    assert_eq!(
        open(small(), &Key::new(&[1; KEY_LEN]), b"place", &sealed),
        Err(FloeError::Header)
    );
    let larger = Parameters::new(41).unwrap();
    assert_eq!(
        open(larger, &key(), b"place", &sealed),
        Err(FloeError::Parameters)
    );
    assert_eq!(open_small(&sealed[..HEADER_LEN]), Err(FloeError::Truncated));
    assert_eq!(open_small(&sealed[..10]), Err(FloeError::Truncated));
    let cut = &sealed[..HEADER_LEN + 40];
    assert_eq!(open_small(cut), Err(FloeError::SegmentLength { position: 0 }));
    let out_of_range = open_range(small(), &key(), b"place", &sealed, 1, 20);
    assert_eq!(out_of_range, Err(FloeError::Range { plaintext_len: 20 }));
    let overflow = open_range(small(), &key(), b"place", &sealed, u64::MAX, 1);
    assert_eq!(overflow, Err(FloeError::Range { plaintext_len: 20 }));
}

#[test]
fn a_range_notices_a_lost_end_wherever_it_lies() {
    let sealed = sealed_small(&[5; 80]);
    for segments in 1..10 {
        let cut = &sealed[..HEADER_LEN + 40 * segments];
        assert!(
            open_range(small(), &key(), b"place", cut, 0, 4).is_err(),
            "{segments}"
        );
        assert!(
            open_range(small(), &key(), b"place", cut, 0, 0).is_err(),
            "{segments}"
        );
    }
    assert_eq!(
        open_range(small(), &key(), b"place", &sealed, 0, 4),
        Ok(vec![5; 4])
    );
}

#[test]
fn a_stream_keeps_its_order_and_its_end() {
    let sealed = sealed_small(&[5; 20]);
    let (header, body) = sealed.split_first_chunk().unwrap();
    let segments: Vec<_> = body.chunks(40).collect();
    let mut opener = Opener::new(small(), &key(), b"place", header).unwrap();
    let mut out = vec![0xEE];
    assert_eq!(
        opener.open_segment(segments[1], &mut out),
        Err(FloeError::Segment { position: 0 })
    );
    assert_eq!(
        opener.open_segment(&[], &mut out),
        Err(FloeError::SegmentLength { position: 0 })
    );
    assert_eq!(
        opener.open_segment(body, &mut out),
        Err(FloeError::SegmentLength { position: 0 })
    );
    assert_eq!(out, [0xEE], "a refused segment leaves no trace");
    assert_eq!(opener.open_segment(segments[0], &mut out), Ok(false));
    assert_eq!(opener.open_segment(segments[1], &mut out), Ok(false));
    assert_eq!(opener.open_segment(segments[2], &mut out), Ok(true));
    assert_eq!(
        opener.open_segment(segments[2], &mut out),
        Err(FloeError::AfterLast)
    );
    assert_eq!(opener.finish(), Ok(()));
    let unfinished = Opener::new(small(), &key(), b"place", header).unwrap();
    assert_eq!(unfinished.finish(), Err(FloeError::Truncated));
}

#[test]
fn a_sealer_takes_only_whole_segments_before_the_last() {
    let key = key();
    let random = Counting::from(0);
    let mut sealer = Sealer::new(small(), &key, b"", &random).unwrap();
    let mut out = sealer.header().to_vec();
    for len in [0, 7, 9] {
        let refused = sealer.seal_segment(&vec![1; len], &mut out);
        assert_eq!(refused, Err(FloeError::SegmentLength { position: 0 }), "{len}");
    }
    sealer.seal_segment(&[1; 8], &mut out).unwrap();
    sealer.seal_last(&[], &mut out).unwrap();
    assert_eq!(open(small(), &key, b"", &out), Ok(vec![1; 8]));
    let sealer = Sealer::new(small(), &key, b"", &random).unwrap();
    assert_eq!(
        sealer.seal_last(&[1; 9], &mut out),
        Err(FloeError::SegmentLength { position: 0 })
    );
}

#[test]
fn nothing_is_sealed_without_randomness() {
    let refused = seal(small(), &key(), b"", b"text", &Broken);
    assert_eq!(refused, Err(FloeError::Random(RandomError)));
}

#[test]
fn parameters_have_limits() {
    for len in [0, 32, u32::MAX] {
        assert_eq!(Parameters::new(len), None, "{len}");
    }
    let least = Parameters::new(33).unwrap();
    assert_eq!(least.plaintext_per_segment(), 1);
    assert_eq!(
        least.sealed_len(MAX_SEGMENTS),
        Some(HEADER_LEN as u64 + MAX_SEGMENTS * 33)
    );
    assert_eq!(least.sealed_len(MAX_SEGMENTS + 1), None);
    assert!(Layout::for_sealed(least, u64::MAX).is_err());
    assert!(Layout::for_plaintext(least, u64::MAX).is_err());
}

#[test]
fn debug_shows_no_key() {
    let key = Key::new(&[0xA7; KEY_LEN]);
    let sealer = Sealer::new(small(), &key, b"", &SystemRandom).unwrap();
    for shown in [format!("{key:?}"), format!("{sealer:?}")] {
        assert!(!shown.contains("167") && !shown.contains("a7"), "{shown}");
    }
}

proptest! {
    #[test]
    fn whatever_was_sealed_opens(
        text: Vec<u8>, aad: Vec<u8>, bytes: [u8; 32], segment in 33_u32..200, rotation in 0_u32..4,
    ) {
        let parameters = Parameters::new(segment).unwrap().rotating_every(rotation);
        let key = Key::new(&bytes);
        let sealed = seal(parameters, &key, &aad, &text, &SystemRandom).unwrap();
        prop_assert_eq!(sealed.len() as u64, parameters.sealed_len(text.len() as u64).unwrap());
        prop_assert_eq!(open(parameters, &key, &aad, &sealed), Ok(text));
    }

    #[test]
    fn a_stream_is_the_same_ciphertext(text: Vec<u8>, seed: u8) {
        let (key, parameters) = (key(), small());
        let random = Counting::from(seed);
        let mut sealer = Sealer::new(parameters, &key, b"a", &random).unwrap();
        let mut out = sealer.header().to_vec();
        let mut parts = text.chunks(8).peekable();
        loop {
            let part = parts.next().unwrap_or_default();
            if parts.peek().is_none() {
                sealer.seal_last(part, &mut out).unwrap();
                break;
            }
            sealer.seal_segment(part, &mut out).unwrap();
        }
        prop_assert_eq!(out, seal(parameters, &key, b"a", &text, &Counting::from(seed)).unwrap());
    }

    #[test]
    fn every_range_is_that_part_of_the_text(text: Vec<u8>, a: prop::sample::Index, b: prop::sample::Index) {
        let (a, b) = (a.index(text.len() + 1), b.index(text.len() + 1));
        let (start, end) = (a.min(b), a.max(b));
        let sealed = sealed_small(&text);
        let range = open_range(small(), &key(), b"place", &sealed, start as u64, end - start);
        prop_assert_eq!(range, Ok(text[start..end].to_vec()));
    }

    #[test]
    fn a_changed_ciphertext_never_opens(text: Vec<u8>, at: prop::sample::Index, change in 1_u8..) {
        let mut sealed = sealed_small(&text);
        let at = at.index(sealed.len());
        sealed[at] ^= change;
        prop_assert!(open_small(&sealed).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_panic(bytes: Vec<u8>, header: bool) {
        let mut sealed = sealed_small(b"");
        if header { sealed.truncate(HEADER_LEN) } else { sealed.clear() }
        sealed.extend_from_slice(&bytes);
        prop_assert!(open_small(&sealed).is_err());
        prop_assert!(open_range(small(), &key(), b"place", &sealed, 0, 0).is_err());
    }

    #[test]
    fn layouts_from_either_side_agree(len in 0..1_u64 << 45, segment in 33_u32..1 << 20) {
        let parameters = Parameters::new(segment).unwrap();
        let Ok(layout) = Layout::for_plaintext(parameters, len) else {
            prop_assert!(len.div_ceil(u64::from(segment) - 32) > MAX_SEGMENTS);
            return Ok(());
        };
        prop_assert_eq!(Layout::for_sealed(parameters, layout.sealed_len()), Ok(layout));
        let last = layout.segment_bytes(layout.segments() - 1);
        prop_assert_eq!(last.end, layout.sealed_len());
        prop_assert!(last.end - last.start <= u64::from(segment));
        prop_assert!(layout.segment_bytes(layout.segments()).is_empty());
        prop_assert_eq!(layout.segment_bytes(0).start, HEADER_LEN as u64);
    }
}
