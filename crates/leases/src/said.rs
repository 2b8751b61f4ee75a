//! What a keyholder says in words: it comes from another's program, and goes into logs and answers.

use cofferdam_seal::keyholder::KeyholderError;
use cofferdam_seal::keyholder::wire::Status;

/// The most characters of it that are taken.
const MOST: usize = 300;

fn cut(text: &mut String) {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    *text = text.chars().take(MOST).map(plain).collect();
}

/// An error, as it is passed on.
pub(crate) fn heard(mut error: KeyholderError) -> KeyholderError {
    match &mut error {
        KeyholderError::Denied { reason: text }
        | KeyholderError::Unavailable { detail: text }
        | KeyholderError::Tampered { what: text }
        | KeyholderError::Diverged { why: text }
        | KeyholderError::Exposed { file: text, .. } => cut(text),
        KeyholderError::Shredded { .. } | KeyholderError::Unknown { .. } | KeyholderError::Behind { .. } => {}
    }
    error
}

/// The same of how it stands.
pub(crate) fn heard_status(mut status: Status) -> Status {
    cut(&mut status.version);
    cut(&mut status.node);
    status.halts.iter_mut().for_each(|halt| cut(&mut halt.reason));
    let diverged = status
        .ledgers
        .iter_mut()
        .filter_map(|ledger| ledger.diverged.as_mut());
    diverged.for_each(|diverged| cut(&mut diverged.why));
    status
}
