//! What operators write about an incident.

use cofferdam_custody::AdminScope;
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_store::{lab, project};

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

/// What the labs concerned are told, where they are told why.
pub(super) fn for_labs(given: Option<&str>) -> Result<Option<String>, IncidentError> {
    given.map(|given| text("/for_labs", given, REASON)).transpose()
}

/// Refuses words for labs that name a lab, a project, somebody, or any id of this installation: each lab concerned reads them.
pub(super) fn name_nobody(scope: &mut AdminScope<'_, '_>, words: Option<&str>) -> Result<(), IncidentError> {
    // What the platform says by itself is of public records.
    let Some(words) = words.filter(|_| scope.credential.is_some()) else {
        return Ok(());
    };
    let reader = scope.tx.reader();
    let labs = lab::all(reader)?.into_iter().map(|row| row.name);
    let projects = project::all(reader)?.into_iter().map(|row| row.name);
    let people = principal::all(reader)?
        .into_iter()
        .filter(|row| row.kind != PrincipalKind::Job);
    let people = people.map(|row| row.name);
    let mut names = labs.chain(projects).chain(people);
    match names.find(|name| has(words, name)).or_else(|| id_in(words)) {
        None => Ok(()),
        Some(name) => {
            let told = format!("it names {name:?}, and every lab concerned reads it; leave that out");
            Err(IncidentError::invalid("/for_labs", told))
        }
    }
}

/// Whether a text has these words as words, in whatever letters.
fn has(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.to_lowercase());
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut found = text.match_indices(&words);
    !words.is_empty()
        && found.any(|(at, is)| {
            !inner(text[..at].chars().next_back()) && !inner(text[at + is.len()..].chars().next())
        })
}

/// The first word of a text that has the form of an id: a short prefix, and 26 characters.
fn id_in(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is = |word: &&str| {
        word.split_once('_').is_some_and(|(prefix, rest)| {
            (2..=4).contains(&prefix.len())
                && rest.len() == 26
                && rest.chars().all(|c| c.is_ascii_alphanumeric())
        })
    };
    words.find(is).map(str::to_owned)
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
        assert!(has("At Wenham, since March", "wenham") && has("WENHAM", "Wenham"));
        assert!(!has("Wenhamshire", "Wenham") && !has("a text", "") && has("the big lab's", "Big Lab"));
        let id = "lab_01040G2081040G2081040G2081";
        assert_eq!(id_in(&format!("see ({id}).")).as_deref(), Some(id));
        assert_eq!(id_in("GHSA-5mg7-485q-xm76 of litellm_init.pth"), None);
        assert_eq!(line("/title", "a b", 3).unwrap(), "a b");
        assert!(line("/title", "a\nb", 3).is_err());
    }
}
