//! `.pth` files: which of their lines Python executes at every start (the `site` module of its library,
//! <https://docs.python.org/3/library/site.html>).

/// How many lines of a `.pth` file are executed: those that begin with `import`, followed by a space or a tab.
///
/// Lines end where any version of Python ends them, so that none which one of them executes is missed. Bytes that are
/// no UTF-8 do not hide what stands on other lines.
#[must_use]
pub fn executed_lines(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    u64::try_from(lines(&text).filter(|line| is_executed(line)).count()).unwrap_or(u64::MAX)
}

/// How many lines of a module are neither empty nor a comment: they are executed where it is imported at every start.
#[must_use]
pub(super) fn lines_of_code(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let code = lines(&text)
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    u64::try_from(code.count()).unwrap_or(u64::MAX)
}

/// The folders that a `.pth` file adds to those from which modules are imported, as it writes them.
#[must_use]
pub(super) fn folders(bytes: &[u8]) -> Vec<String> {
    let text = text(bytes);
    let told = lines(&text).filter(|line| !is_executed(line) && !line.starts_with('#'));
    let told = told.map(str::trim_end).filter(|line| !line.trim().is_empty());
    told.map(str::to_owned).collect()
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    })
}

fn is_executed(line: &str) -> bool {
    line.starts_with("import ") || line.starts_with("import\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_site_module_has_it() {
        let none: [&[u8]; 6] = [
            b"",
            b"/opt/lib\n",
            b"# import os\n",
            b" import os\n",
            b"importlib\n",
            b"import\n",
        ];
        for text in none {
            assert_eq!(executed_lines(text), 0, "{text:?}");
        }
        let some: [&[u8]; 6] = [
            b"import os",
            b"/opt\r\nimport os; os.x()\r\n",
            b"\xef\xbb\xbfimport\tos",
            b"a\x0cimport os",
            b"\xff\xfe\nimport os",
            b"a\rimport os",
        ];
        for text in some {
            assert_eq!(executed_lines(text), 1, "{text:?}");
        }
        let told = b"# no\nimport os\n\n../lib \r\n/opt/lib\n";
        assert_eq!(folders(told), ["../lib", "/opt/lib"]);
    }
}
