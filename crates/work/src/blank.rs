//! Texts of which nothing can be seen.

use unicode_general_category::{GeneralCategory, get_general_category};

/// Letters and symbols that are drawn as nothing: Hangul fillers, and the Braille pattern without dots.
const DRAWN_AS_NOTHING: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Whether nothing of a text can be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    let unseen = |c: char| {
        let kind = get_general_category(c);
        let nothing = matches!(
            kind,
            GeneralCategory::Format
                | GeneralCategory::NonspacingMark
                | GeneralCategory::Control
                | GeneralCategory::Unassigned
        );
        c.is_whitespace() || nothing || DRAWN_AS_NOTHING.contains(&c)
    };
    text.chars().all(unseen)
}
