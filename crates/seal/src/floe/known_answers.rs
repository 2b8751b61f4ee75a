//! The known answers of FLOE's authors, and of the layout by hand.

use super::*;
use crate::testing::{Counting, unhex};

const ASSOCIATED: &[u8] = b"This is AAD";

struct Answer {
    name: &'static str,
    parameters: Parameters,
    plaintext: Vec<u8>,
    sealed: Vec<u8>,
}

fn answers() -> Vec<Answer> {
    let lines = include_str!("../../testdata/floe_known_answers.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let answer = |line: &'static str| {
        let fields: Vec<_> = line.split(' ').collect();
        let parameters = Parameters::new(fields[1].parse().unwrap()).unwrap();
        Answer {
            name: fields[0],
            parameters: parameters.rotating_every(fields[2].parse().unwrap()),
            plaintext: unhex(fields[3]),
            sealed: unhex(fields[4]),
        }
    };
    lines.map(answer).collect()
}

#[test]
fn all_of_them_open() {
    let key = Key::new(&[0; KEY_LEN]);
    let answers = answers();
    assert_eq!(answers.len(), 14);
    for Answer {
        name,
        parameters,
        plaintext,
        sealed,
    } in answers
    {
        let opened = open(parameters, &key, ASSOCIATED, &sealed);
        assert_eq!(opened.as_ref(), Ok(&plaintext), "{name}");
    }
}

#[test]
fn all_of_them_open_as_streams_and_in_ranges() {
    let key = Key::new(&[0; KEY_LEN]);
    for Answer {
        name,
        parameters,
        plaintext,
        sealed,
    } in answers()
    {
        let (header, body) = sealed.split_first_chunk().unwrap();
        let mut opener = Opener::new(parameters, &key, ASSOCIATED, header).unwrap();
        let mut out = Vec::new();
        for segment in body.chunks(parameters.segment_len()) {
            opener.open_segment(segment, &mut out).unwrap();
        }
        opener.finish().unwrap();
        assert_eq!(out, plaintext, "{name}");
        let end = plaintext.len() - 3;
        let range = open_range(parameters, &key, ASSOCIATED, &sealed, 2, end - 2).unwrap();
        assert_eq!(range, plaintext[2..end], "{name}");
    }
}

/// Sealing is randomised, so it is checked by opening the answers' IV and nonces again: the ciphertext that
/// those give must be the very answer.
#[test]
fn the_same_random_bytes_seal_to_the_same_ciphertext() {
    struct Replay(std::sync::Mutex<Vec<u8>>);
    impl Random for Replay {
        fn fill(&self, out: &mut [u8]) -> Result<(), crate::RandomError> {
            let mut rest = self.0.lock().unwrap();
            let bytes: Vec<_> = rest.drain(..out.len()).collect();
            out.copy_from_slice(&bytes);
            Ok(())
        }
    }
    let key = Key::new(&[0; KEY_LEN]);
    let mut compared = 0;
    for Answer {
        name,
        parameters,
        plaintext,
        sealed,
    } in answers()
    {
        let mut random = sealed[10..42].to_vec();
        for segment in sealed[HEADER_LEN..].chunks(parameters.segment_len()) {
            random.extend_from_slice(&segment[4..16]);
        }
        let ours = seal(parameters, &key, ASSOCIATED, &plaintext, &Replay(random.into())).unwrap();
        // Those who end on an empty segment where a full one would do seal differently, and rightly so.
        if ours.len() == sealed.len() {
            assert!(ours == sealed, "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "{compared}");
}

#[test]
fn the_parts_lie_where_the_table_says() {
    let parameters = Parameters::new(40).unwrap();
    let key = Key::new(&[9; KEY_LEN]);
    let sealed = seal(parameters, &key, b"", &[7; 10], &Counting::from(1)).unwrap();
    assert_eq!(sealed[..10], [0, 0, 0, 0, 0, 40, 0, 0, 0, 32]);
    assert_eq!(sealed[10..42], (1..=32).collect::<Vec<u8>>());
    assert_eq!(sealed.len(), HEADER_LEN + 40 + 34);
    assert_eq!(sealed[HEADER_LEN..][..4], [0xFF; 4]);
    assert_eq!(sealed[HEADER_LEN..][4..16], (33..=44).collect::<Vec<u8>>());
    assert_eq!(sealed[HEADER_LEN + 40..][..4], [0, 0, 0, 34]);
    assert_eq!(sealed[HEADER_LEN + 40..][4..16], (45..=56).collect::<Vec<u8>>());
}
