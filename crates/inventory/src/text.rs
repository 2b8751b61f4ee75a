//! Text of strangers, made fit to be kept and shown.

/// The longest piece of somebody else's text that a message quotes, in characters.
const MAX_QUOTE: usize = 120;

/// A stranger's text on one line, without what a terminal would obey, and not longer than a message should be.
pub(crate) fn short(text: &str) -> String {
    let mut out = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == MAX_QUOTE {
            out.push('…');
            break;
        }
        out.push(if is_unseen(c) { '\u{fffd}' } else { c });
    }
    out
}

/// Whether a character is obeyed rather than shown: control characters, and those that turn the writing round.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A number as a line of a file, from 1.
pub(crate) fn line(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1)
}
