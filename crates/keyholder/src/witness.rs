//! The witness of the lab's ledgers: which checkpoint may follow which. Nothing here reads a clock or writes.
//!
//! Formats and rules: <https://c2sp.org/tlog-witness>, <https://c2sp.org/tlog-cosignature>. Beyond those, a checkpoint that
//! contradicts the one that was persisted stops the compartment's leases, until the lab decides.

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::{CosigningKey, Note, NoteError, VerifyingKey};
use cofferdam_ledger::tree::verify_consistency;
use cofferdam_seal::keyholder::wire::MAX_PROOF_HASHES;

use crate::clock::SECOND;
use crate::state::Ledger;

/// The longest signed checkpoint taken, in bytes: a few lines, and a few signatures.
const MAX_CHECKPOINT: usize = 16 * 1024;

/// A checkpoint that its ledger signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) checkpoint: Checkpoint,
    /// The note, with the ledger's own signatures alone.
    pub(crate) note: Note,
}

/// A checkpoint that is not to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadCheckpoint {
    /// Not the form of one.
    #[error("it is no signed checkpoint")]
    Form,
    /// Of another ledger.
    #[error("it is of a ledger that is not known here")]
    Origin,
    /// Not signed by its ledger.
    #[error("it is not signed by its ledger's key")]
    Signature,
    /// Zero entries, and a root.
    #[error("an empty ledger has another root")]
    Empty,
}

/// What a checkpoint is beside the one that was persisted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The same.
    Same,
    /// It extends it.
    Extends,
    /// It is not shown to, and may do so: of this size the proof must begin.
    Behind(u64),
    /// It cannot, or was not shown to by a proof that should.
    Contradicts(&'static str),
}

/// The name of the ledger that a signed checkpoint says it is of.
pub(crate) fn origin_of(text: &[u8]) -> Result<String, BadCheckpoint> {
    let note = parse(text)?;
    let origin = note.text().split('\n').next().unwrap_or_default();
    Ok(origin.to_owned())
}

fn parse(text: &[u8]) -> Result<Note, BadCheckpoint> {
    if text.len() > MAX_CHECKPOINT {
        return Err(BadCheckpoint::Form);
    }
    Note::parse(text).map_err(|_| BadCheckpoint::Form)
}

/// Reads a checkpoint that the ledger with this key signed.
pub(crate) fn read(vkey: &str, text: &[u8]) -> Result<Brought, BadCheckpoint> {
    let key: VerifyingKey = vkey.parse().map_err(|_| BadCheckpoint::Origin)?;
    let note = parse(text)?;
    let lines: Vec<&str> = note.text().split('\n').collect();
    if lines.first() != Some(&key.name()) {
        return Err(BadCheckpoint::Origin);
    }
    match note.verify(std::slice::from_ref(&key)) {
        Ok(_) => {}
        Err(NoteError::Format(_) | NoteError::SignatureLine { .. }) => return Err(BadCheckpoint::Form),
        Err(_) => return Err(BadCheckpoint::Signature),
    }
    if lines.get(1) == Some(&"0") && lines.get(2) != Some(&Hash::EMPTY.to_base64().as_str()) {
        return Err(BadCheckpoint::Empty);
    }
    let checkpoint = Checkpoint::parse_text(note.text()).map_err(|_| BadCheckpoint::Form)?;
    let mut own = Note::new(note.text().to_owned()).map_err(|_| BadCheckpoint::Form)?;
    let signatures = note.signatures().iter().filter(|signature| key.claims(signature));
    for signature in signatures {
        own.add(signature.clone()).map_err(|_| BadCheckpoint::Form)?;
    }
    Ok(Brought {
        checkpoint,
        note: own,
    })
}

/// Judges a checkpoint. `proof` is the size that it leads from, and its hashes.
pub(crate) fn judge(
    known: &Ledger,
    brought: &Checkpoint,
    proof: Option<(u64, &[Hash])>,
    now: i64,
    max_lag: i64,
) -> Judgement {
    if known.note.is_some() && brought.size() == known.size {
        return if brought.root() == known.root {
            Judgement::Same
        } else {
            Judgement::Contradicts("two trees of one size have different roots: the ledger was forked")
        };
    }
    if brought.size() < known.size {
        // Where several nodes share a ledger, one may name what another has just passed.
        return if brought.size() < known.size_at(now.saturating_sub(max_lag)) {
            Judgement::Contradicts(
                "it is smaller than one that was seen long before: the ledger was rolled back",
            )
        } else {
            Judgement::Behind(known.size)
        };
    }
    let hashes = match proof {
        Some((old, hashes)) if old == known.size => hashes,
        None if known.size == 0 => &[],
        _ => return Judgement::Behind(known.size),
    };
    match verify_consistency(known.size, known.root, brought.size(), brought.root(), hashes) {
        Ok(()) => Judgement::Extends,
        // The empty tree contradicts nothing: only the proof is wrong.
        Err(_) if known.size == 0 => Judgement::Behind(0),
        Err(_) => Judgement::Contradicts(
            "its proof does not lead from the one that was seen: the ledger was forked",
        ),
    }
}

/// The note with our cosignature, and that line alone.
pub(crate) fn cosign(key: &CosigningKey, mut note: Note, now: i64) -> Option<(String, String)> {
    let seconds = u64::try_from(now.div_euclid(SECOND)).ok()?;
    let signature = key.cosign(note.text(), seconds).ok()?;
    let line = signature.to_string();
    note.add(signature).ok()?;
    Some((note.to_string(), line))
}

/// The body of an add-checkpoint request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AddCheckpoint<'b> {
    pub(crate) old: u64,
    pub(crate) hashes: Vec<Hash>,
    pub(crate) checkpoint: &'b [u8],
}

impl<'b> AddCheckpoint<'b> {
    /// Reads a body; `None` when it has not the form.
    pub(crate) fn parse(body: &'b [u8]) -> Option<Self> {
        let split = body.windows(2).position(|pair| pair == b"\n\n")?;
        let head = std::str::from_utf8(body.get(..split)?).ok()?;
        let mut lines = head.split('\n');
        let old = lines.next()?.strip_prefix("old ")?;
        let plain = old.bytes().all(|b| b.is_ascii_digit()) && (old == "0" || !old.starts_with('0'));
        let old = old.parse().ok().filter(|_| plain)?;
        let hashes: Vec<Hash> = lines
            .take(MAX_PROOF_HASHES + 1)
            .map(Hash::from_base64)
            .collect::<Result<_, _>>()
            .ok()?;
        (hashes.len() <= MAX_PROOF_HASHES).then_some(Self {
            old,
            hashes,
            checkpoint: body.get(split + 2..)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use cofferdam_ledger::note::SigningKey;

    use super::*;

    /// The example of c2sp.org/tlog-witness; its hashes and its signature are as they stand there.
    const EXAMPLE: &str = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    fn note(size: u64, root: Hash) -> Vec<u8> {
        let key = SigningKey::from_seed("lab.example/ledger", &[7; 32]).unwrap();
        let checkpoint = Checkpoint::new("lab.example/ledger", size, root).unwrap();
        checkpoint.sign(&key).unwrap().to_string().into_bytes()
    }

    fn vkey() -> String {
        let key = SigningKey::from_seed("lab.example/ledger", &[7; 32]).unwrap();
        key.verifying_key().to_string()
    }

    fn ledger(size: u64, root: Hash, recent: &[(i64, u64)]) -> Ledger {
        Ledger {
            vkey: vkey(),
            size,
            root,
            note: (size > 0).then(|| String::from("note")),
            recent: recent.iter().copied().collect::<VecDeque<_>>(),
            diverged: None,
        }
    }

    #[test]
    fn the_request_of_the_specification_reads() {
        let read = AddCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!((read.old, read.hashes.len()), (20_852_014, 4));
        assert_eq!(origin_of(read.checkpoint).unwrap(), "example.com/behind-the-sofa");
        let none = AddCheckpoint::parse(b"old 0\n\nrest").unwrap();
        assert_eq!(
            (none.old, none.hashes.len(), none.checkpoint),
            (0, 0, &b"rest"[..])
        );
        for bad in [
            "old 01\n\nx",
            "old -1\n\nx",
            "old\n\nx",
            "new 1\n\nx",
            "old 1\nAA==\n\nx",
            "old 1\nx",
            "",
            "old 1\r\n\nx",
        ] {
            assert_eq!(AddCheckpoint::parse(bad.as_bytes()), None, "{bad:?}");
        }
        let many = |n: usize| format!("old 1\n{}\n\nx", vec![Hash::EMPTY.to_base64(); n].join("\n"));
        assert!(AddCheckpoint::parse(many(63).as_bytes()).is_some());
        assert!(AddCheckpoint::parse(many(64).as_bytes()).is_none());
    }

    #[test]
    fn only_what_the_ledger_signed_is_looked_at() {
        let good = note(3, Hash([3; 32]));
        assert_eq!(read(&vkey(), &good).unwrap().checkpoint.size(), 3);
        let other = SigningKey::from_seed("lab.example/ledger", &[8; 32]).unwrap();
        let forged = Checkpoint::new("lab.example/ledger", 3, Hash([3; 32])).unwrap();
        let forged = forged.sign(&other).unwrap().to_string();
        assert_eq!(read(&vkey(), forged.as_bytes()), Err(BadCheckpoint::Signature));
        let bent = String::from_utf8(good.clone()).unwrap().replace("\n3\n", "\n4\n");
        assert_eq!(read(&vkey(), bent.as_bytes()), Err(BadCheckpoint::Signature));
        let elsewhere = String::from_utf8(good)
            .unwrap()
            .replace("lab.example", "lob.example");
        assert_eq!(read(&vkey(), elsewhere.as_bytes()), Err(BadCheckpoint::Origin));
        assert_eq!(read(&vkey(), b"nothing"), Err(BadCheckpoint::Form));
        let key = SigningKey::from_seed("lab.example/ledger", &[7; 32]).unwrap();
        let text = format!("lab.example/ledger\n0\n{}\n", Hash([1; 32]).to_base64());
        let mut empty = Note::new(text).unwrap();
        empty.add(key.sign(empty.text()).unwrap()).unwrap();
        assert_eq!(
            read(&vkey(), empty.to_string().as_bytes()),
            Err(BadCheckpoint::Empty)
        );
    }

    #[test]
    fn a_checkpoint_is_judged_by_the_one_that_was_seen() {
        let (one, two) = (Hash::leaf(b"1"), Hash::leaf(b"2"));
        let tree = Hash::node(&one, &two);
        let at = |size, root| Checkpoint::new("lab.example/ledger", size, root).unwrap();
        let judged = |known: &Ledger, brought: &Checkpoint, proof: Option<(u64, &[Hash])>| {
            judge(known, brought, proof, 1_000, 100)
        };
        let new = ledger(0, Hash::EMPTY, &[]);
        assert_eq!(judged(&new, &at(2, tree), None), Judgement::Extends);
        assert_eq!(judged(&new, &at(0, Hash::EMPTY), None), Judgement::Extends);
        assert_eq!(
            judged(&new, &at(2, tree), Some((0, &[one]))),
            Judgement::Behind(0)
        );
        assert_eq!(
            judged(&new, &at(2, tree), Some((1, &[two]))),
            Judgement::Behind(0)
        );
        let known = ledger(1, one, &[(950, 1)]);
        assert_eq!(judged(&known, &at(1, one), None), Judgement::Same);
        assert_eq!(
            judged(&known, &at(2, tree), Some((1, &[two]))),
            Judgement::Extends
        );
        assert_eq!(judged(&known, &at(2, tree), None), Judgement::Behind(1));
        assert_eq!(judged(&known, &at(2, tree), Some((0, &[]))), Judgement::Behind(1));
        assert!(matches!(
            judged(&known, &at(1, two), None),
            Judgement::Contradicts(_)
        ));
        assert!(matches!(
            judged(&known, &at(2, tree), Some((1, &[one]))),
            Judgement::Contradicts(_)
        ));
        assert!(matches!(
            judged(&known, &at(2, tree), Some((1, &[]))),
            Judgement::Contradicts(_)
        ));
    }

    #[test]
    fn a_node_may_lag_for_a_while_and_a_ledger_may_not_go_back() {
        let known = ledger(9, Hash([9; 32]), &[(100, 3), (800, 5), (950, 9)]);
        let smaller = |size| Checkpoint::new("lab.example/ledger", size, Hash([1; 32])).unwrap();
        let judged = |size, now| judge(&known, &smaller(size), None, now, 100);
        assert_eq!(judged(5, 1_000), Judgement::Behind(9));
        assert!(matches!(judged(4, 1_000), Judgement::Contradicts(_)));
        assert!(matches!(judged(8, 1_050), Judgement::Contradicts(_)));
        assert_eq!(judged(8, 1_049), Judgement::Behind(9));
    }

    #[test]
    fn a_cosignature_verifies_as_the_specification_says() {
        let key = CosigningKey::from_seed("keyholder.example", &[9; 32]).unwrap();
        let brought = read(&vkey(), &note(3, Hash([3; 32]))).unwrap();
        let (cosigned, line) = cosign(&key, brought.note, 1_790_000_000_999_999).unwrap();
        assert!(cosigned.ends_with(&format!("{line}\n")), "{cosigned}");
        let log: VerifyingKey = vkey().parse().unwrap();
        let witnesses = [key.verifying_key().clone()];
        let open = Checkpoint::open(cosigned.as_bytes(), &log, &witnesses).unwrap();
        assert_eq!(open.witnesses[0].timestamp, Some(1_790_000_000));
    }
}
