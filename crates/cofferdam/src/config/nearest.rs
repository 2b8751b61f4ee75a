//! Which of the known names was most likely meant.

/// The name that a mistyped one is nearest to, if it is near enough to be a slip.
pub(crate) fn nearest<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = known.map(|name| (distance(given, name), name)).min()?;
    (near.0 <= 1 + given.chars().count() / 4).then_some(near.1)
}

/// Levenshtein's distance: how many characters to put in, take out or replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = before[j] + usize::from(from != *to);
            row.push(replaced.min(before[j + 1] + 1).min(row[j] + 1));
        }
        before = row;
    }
    before.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["listen", "origin", "log_format"];
        assert_eq!(nearest("lisen", known.into_iter()), Some("listen"));
        assert_eq!(nearest("logformat", known.into_iter()), Some("log_format"));
        assert_eq!(nearest("database", known.into_iter()), None);
        assert_eq!(
            (distance("", "abc"), distance("abc", "abd"), distance("abc", "")),
            (3, 1, 3)
        );
    }
}
