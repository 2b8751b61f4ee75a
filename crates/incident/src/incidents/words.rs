//! What operators write about an incident.

use crate::IncidentError;

/// The most bytes of a title.
pub(super) const TITLE: usize = 200;
/// The most bytes of a reason.
pub(super) const REASON: usize = 2_000;
/// The most bytes of a source.
pub(super) const SOURCE: usize = 500;

/// A text that is not empty, not longer than `most`, and has no control character but line feeds.
pub(super) fn text(field: &str, text: &str, most: usize) -> Result<String, IncidentError> {
    let text = text.trim();
    let odd = |c: char| c.is_control() && c != '\n';
    if text.is_empty() || text.len() > most || text.chars().any(odd) {
        let reason = format!("1 to {most} bytes of text without control characters are needed");
        return Err(IncidentError::invalid(field, reason));
    }
    Ok(text.to_owned())
}

/// The same in one line.
pub(super) fn line(field: &str, given: &str, most: usize) -> Result<String, IncidentError> {
    let line = text(field, given, most)?;
    match line.contains('\n') {
        true => Err(IncidentError::invalid(field, "one line is needed")),
        false => Ok(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(text("/reason", " a\nb ", 3).unwrap(), "a\nb");
        for wrong in ["", "  ", "abcd", "a\u{7}"] {
            assert!(text("/reason", wrong, 3).is_err(), "{wrong:?}");
        }
        assert_eq!(line("/title", "a b", 3).unwrap(), "a b");
        assert!(line("/title", "a\nb", 3).is_err());
    }
}
