use super::*;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;

/// The example of c2sp.org/signed-note, "Example".
const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// A log and its checkpoint from the tests of github.com/transparency-dev/witness.
const MONKEYS_KEY: &str = "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT";
const MONKEYS_CHECKPOINT: &str = "monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n\u{2014} monkeys \
    202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=\n";

/// A witness's key and a cosignature from the tests of github.com/transparency-dev/formats.
const WITNESS_KEY: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
const COSIGNATURE: &str = "\u{2014} w \
    ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==";

#[test]
fn the_published_note_verifies() {
    let key: VerifyingKey = SPEC_KEY.parse().unwrap();
    let note = Note::parse(SPEC_NOTE.as_bytes()).unwrap();
    assert_eq!(
        note.verify(std::slice::from_ref(&key)).unwrap(),
        [Verified {
            key: &key,
            timestamp: None
        }]
    );
    assert_eq!(note.to_string(), SPEC_NOTE);
    assert_eq!(key.to_string(), SPEC_KEY);
}

#[test]
fn the_published_checkpoint_verifies() {
    let key: VerifyingKey = MONKEYS_KEY.parse().unwrap();
    let open = Checkpoint::open(MONKEYS_CHECKPOINT.as_bytes(), &key, &[]).unwrap();
    assert_eq!((open.checkpoint.origin(), open.checkpoint.size()), ("monkeys", 5));
    let altered = MONKEYS_CHECKPOINT.replacen("\n5\n", "\n6\n", 1);
    let error = Checkpoint::open(altered.as_bytes(), &key, &[]).unwrap_err();
    assert!(
        matches!(error, CheckpointError::Note(NoteError::Forged { .. })),
        "{error}"
    );
}

#[test]
fn published_witness_keys_and_cosignatures_are_read() {
    let key: VerifyingKey = WITNESS_KEY.parse().unwrap();
    assert_eq!(
        (key.kind(), key.to_string().as_str()),
        (SignatureType::CosignatureV1, WITNESS_KEY)
    );
    let signature = Signature::parse(COSIGNATURE).unwrap();
    assert_eq!(
        TimestampedSignature::from_bytes(signature.bytes())
            .unwrap()
            .timestamp(),
        1_727_964_367
    );
    assert_eq!(signature.to_string(), COSIGNATURE);
    // The same bytes without a time are an Ed25519 signature, not a cosignature.
    assert_eq!(TimestampedSignature::from_bytes(&[0; 64]), None);
    assert_eq!(TimestampedSignature::from_bytes(&[0xff; 72]), None);
}

/// RFC 8032 section 7.1, test 1: the public key of a seed.
#[test]
fn a_seed_has_the_public_key_of_rfc_8032() {
    let bytes = |hex: &str| -> [u8; 32] {
        std::array::from_fn(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap())
    };
    let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let key = SigningKey::from_seed("example.com/log", &seed).unwrap();
    assert_eq!(*key.verifying_key().public(), public);
}

#[test]
fn private_keys_come_back_from_their_text_and_do_not_show_in_debug() {
    let key = SigningKey::generate("example.com/log").unwrap();
    let skey = key.to_skey().unwrap();
    let again: SigningKey = skey.parse().unwrap();
    assert_eq!(again.verifying_key(), key.verifying_key());
    assert_eq!(again.sign("a\n").unwrap(), key.sign("a\n").unwrap());
    // In base64 a `+` may stand as well.
    let secret = skey.splitn(5, '+').nth(4).unwrap();
    assert!(secret.len() > 40);
    assert!(!format!("{key:?}").contains(secret));
    assert!(skey.parse::<CosigningKey>().is_err());

    let cosigner = CosigningKey::generate("example.com/w").unwrap();
    let again: CosigningKey = cosigner.to_skey().unwrap().parse().unwrap();
    assert_eq!(again.verifying_key(), cosigner.verifying_key());
}

#[test]
fn keys_have_one_form() {
    for bad in [
        "",
        "a",
        "a+b",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "rekor.sigstore.dev+12345678+AwEB",
    ] {
        assert!(bad.parse::<VerifyingKey>().is_err(), "{bad}");
    }
    for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{1}", &"a".repeat(256)] {
        assert_eq!(
            SigningKey::generate(name).unwrap_err(),
            KeyError::Name(name.chars().take(100).collect())
        );
    }
}

#[test]
fn several_keys_sign_and_unknown_ones_are_ignored() {
    let [a, b, c] = ["a", "b", "c"].map(|name| SigningKey::generate(name).unwrap());
    let mut note = Note::new("text\n\nmore\n".to_owned()).unwrap();
    for key in [&a, &b, &b] {
        note.add(key.sign(note.text()).unwrap()).unwrap();
    }
    assert_eq!(note.signatures().len(), 2);
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read, note);
    let keys = [c.verifying_key().clone(), b.verifying_key().clone()];
    assert_eq!(
        read.verify(&keys)
            .unwrap()
            .iter()
            .map(|v| v.key.name())
            .collect::<Vec<_>>(),
        ["b"]
    );
    assert!(matches!(read.verify(&keys[..1]), Err(NoteError::Unknown { .. })));
    assert!(matches!(read.verify(&[]), Err(NoteError::Unknown { .. })));
}

#[test]
fn one_forged_signature_of_a_known_key_spoils_the_note() {
    let [a, b] = ["a", "b"].map(|name| SigningKey::generate(name).unwrap());
    let mut note = Note::new("text\n".to_owned()).unwrap();
    note.add(a.sign("text\n").unwrap()).unwrap();
    note.add(b.sign("other\n").unwrap()).unwrap();
    let keys = [a.verifying_key().clone(), b.verifying_key().clone()];
    let forged = NoteError::Forged {
        name: "b".to_owned(),
        id: b.verifying_key().id(),
    };
    assert_eq!(note.verify(&keys), Err(forged));
    assert!(note.verify(&keys[..1]).is_ok());
}

#[test]
fn notes_out_of_form_are_refused() {
    let line = SPEC_NOTE.split_once("\n\n").unwrap().1;
    for bad in [
        String::new(),
        "\n".to_owned(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        "\n\n\n".to_owned(),
        format!("text\n{line}"),
        format!("text\n\n{}", line.trim_end()),
        format!("text\n\n{line}\n"),
        format!("text\n\n{line}trailing\n"),
        format!("te\u{1}xt\n\n{line}"),
        format!("text\r\n\n{line}"),
        format!("text\n\n{}", line.replacen('\u{2014}', "-", 1)),
        format!("text\n\n{}", line.replacen("example", "exa mple", 1)),
        "text\n\n\u{2014} a AAAA\n".to_owned(),
        "text\n\n\u{2014} a AAAAAA==\n".to_owned(),
        format!("text\n\n{}", line.repeat(MAX_SIGNATURES + 1)),
        "a".repeat(MAX_NOTE_BYTES + 1),
    ] {
        assert!(
            Note::parse(bad.as_bytes()).is_err(),
            "{:?}",
            &bad[..bad.len().min(80)]
        );
    }
    assert!(Note::parse(b"\xff\n\n").is_err());
    assert!(Note::parse(format!("text\n\n{}", line.repeat(MAX_SIGNATURES)).as_bytes()).is_ok());
}

#[test]
fn checkpoints_have_one_form() {
    let root = Hash([7; 32]).to_base64();
    let good = format!("example.com/log\n12\n{root}\nextension one\ntwo\n");
    let checkpoint = Checkpoint::parse_text(&good).unwrap();
    assert_eq!(checkpoint.extensions(), ["extension one", "two"]);
    assert_eq!(checkpoint.to_text(), good);
    for bad in [
        String::new(),
        format!("\n12\n{root}\n"),
        format!("o\n012\n{root}\n"),
        format!("o\n+12\n{root}\n"),
        format!("o\n\n{root}\n"),
        format!("o\n18446744073709551616\n{root}\n"),
        format!("o\n12\n{root}"),
        format!("o\n12\n{root}\n\n"),
        format!("o\n12\n{root}\n\nx\n"),
        format!("o\n12\n{}\n", root.trim_end_matches('=')),
        "o\n12\nAAAA\n".to_owned(),
        format!("o\n0\n{root}\n"),
        format!("o\n12\n{root}\n{}", "x\n".repeat(17)),
    ] {
        assert!(Checkpoint::parse_text(&bad).is_err(), "{bad:?}");
    }
    assert!(Checkpoint::parse_text(&format!("o\n0\n{}\n", Hash::EMPTY.to_base64())).is_ok());
}

#[test]
fn a_log_signs_its_own_checkpoints_only() {
    let [log, other] =
        ["example.com/log", "example.com/other"].map(|name| SigningKey::generate(name).unwrap());
    let checkpoint = Checkpoint::new("example.com/log", 3, Hash([1; 32])).unwrap();
    assert!(matches!(
        checkpoint.sign(&other),
        Err(CheckpointError::Origin { .. })
    ));
    let signed = checkpoint.sign(&log).unwrap().to_string();
    assert_eq!(
        Checkpoint::open(signed.as_bytes(), log.verifying_key(), &[])
            .unwrap()
            .checkpoint,
        checkpoint
    );
    assert!(Checkpoint::open(signed.as_bytes(), other.verifying_key(), &[]).is_err());
    let same_name = SigningKey::generate("example.com/log").unwrap();
    assert!(Checkpoint::open(signed.as_bytes(), same_name.verifying_key(), &[]).is_err());
}

#[test]
fn witnesses_cosign_at_a_time() {
    let log = SigningKey::generate("example.com/log").unwrap();
    let witness = CosigningKey::generate("example.com/w").unwrap();
    let keys = [witness.verifying_key().clone()];
    let checkpoint = Checkpoint::new("example.com/log", 3, Hash([1; 32])).unwrap();
    let signed = checkpoint.sign(&log).unwrap().to_string();
    let mut open = Checkpoint::open(signed.as_bytes(), log.verifying_key(), &keys).unwrap();
    assert_eq!(open.witnesses, []);
    open.cosign(&witness, 1_679_315_147).unwrap();
    let cosigned = open.note.to_string();
    let open = Checkpoint::open(cosigned.as_bytes(), log.verifying_key(), &keys).unwrap();
    assert_eq!(
        open.witnesses,
        [Verified {
            key: &keys[0],
            timestamp: Some(1_679_315_147)
        }]
    );
    // A cosignature over another text, or of another time, is a forgery.
    let mut other = Checkpoint::new("example.com/log", 4, Hash([1; 32]))
        .unwrap()
        .sign(&log)
        .unwrap();
    other.add(open.note.signatures()[1].clone()).unwrap();
    assert!(Checkpoint::open(other.to_string().as_bytes(), log.verifying_key(), &keys).is_err());
    assert!(witness.cosign("a\n", 1 << 63).is_err());
}

/// What a stranger sends may be as long as a note; what is said of it is not.
#[test]
fn a_refusal_repeats_little_of_what_it_refuses() {
    let long = "\u{1b}".repeat(60_000);
    let key = format!("{long}+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    assert!(key.parse::<VerifyingKey>().unwrap_err().to_string().len() < 1_000);
    assert!(
        long.parse::<crate::tile::TileCoord>()
            .unwrap_err()
            .to_string()
            .len()
            < 1_000
    );
    assert!(
        long.parse::<crate::tile::BundleCoord>()
            .unwrap_err()
            .to_string()
            .len()
            < 1_000
    );
    let mut note = Note::new("text\n".into()).unwrap();
    for n in 0..MAX_SIGNATURES {
        let key = SigningKey::from_seed(&format!("{}{n}", "x".repeat(200)), &[1; 32]).unwrap();
        note.add(key.sign(note.text()).unwrap()).unwrap();
    }
    let said = note.verify(&[]).unwrap_err().to_string();
    assert!(said.len() < 2_500 && said.ends_with(" and 56 more"), "{said}");
}
