//! `.pth` files: which of their lines Python executes at every start (the `site` module of its library,
//! <https://docs.python.org/3/library/site.html>).

/// How many lines of a `.pth` file are executed: those that begin with `import`, followed by a space or a tab.
///
/// Lines end where any version of Python ends them, so that none which one of them executes is missed. Bytes that are
/// no UTF-8 do not hide what stands on other lines.
#[must_use]
pub fn executed_lines(bytes: &[u8]) -> u64 {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let lines = text.split(|c| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    });
    let executed = lines.filter(|line| line.starts_with("import ") || line.starts_with("import\t"));
    u64::try_from(executed.count()).unwrap_or(u64::MAX)
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
    }
}
