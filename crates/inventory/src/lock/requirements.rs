//! `requirements.txt`: <https://pip.pypa.io/en/stable/reference/requirements-file-format/>.
//!
//! Only an exact pin (`==1.2.3`, `===1.2.3`) says which version is meant. Everything else is recorded with what stands
//! there instead, as an unknown version.

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::package::{Ecosystem, Standing, Version};
use crate::reading::{Draft, Reading};
use crate::text::line;

/// The longest line, continuations joined, in bytes.
const MAX_LINE: usize = 64 << 10;

/// Another file that is read in its place (`-r`), or that bounds its versions (`-c`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The path as it stands there, relative to the file's folder.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
}

/// Reads the requirements of a Python project, and which other files belong to them.
#[must_use]
pub fn read(text: &str) -> (Reading, Vec<Include>) {
    let mut reading = Reading::default();
    let mut includes = Vec::new();
    for (line, content) in joined(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        if content.len() > MAX_LINE {
            reading.gap(Reason::malformed(Some(line), "a line that is too long"));
            continue;
        }
        let content = uncommented(&content).trim();
        match option(content) {
            _ if content.is_empty() => {}
            Kind::Include(path) => includes.push(Include {
                path: path.to_owned(),
                line,
            }),
            Kind::Editable(what) => requirement(what, true, line, &mut reading),
            Kind::Other => {}
            Kind::None => requirement(content, false, line, &mut reading),
        }
    }
    (reading, includes)
}

/// Lines with their numbers, after those that end in `\` were joined to what follows.
fn joined(text: &str) -> Vec<(u64, String)> {
    let mut out: Vec<(u64, String)> = Vec::new();
    let mut goes_on = false;
    for (index, content) in text.lines().enumerate() {
        let (content, more) = match content.strip_suffix('\\') {
            Some(content) => (content, true),
            None => (content, false),
        };
        match out.last_mut() {
            Some((_, open)) if goes_on => open.push_str(content),
            _ => out.push((line(index), content.to_owned())),
        }
        goes_on = more;
    }
    out
}

/// A line up to its comment: `#` at its beginning or after white space.
fn uncommented(line: &str) -> &str {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line.get(..at).unwrap_or(line);
        }
        before = c;
    }
    line
}

enum Kind<'t> {
    Include(&'t str),
    Editable(&'t str),
    /// Where to look for packages and the like: it names none.
    Other,
    /// No option: a requirement.
    None,
}

fn option(line: &str) -> Kind<'_> {
    const INCLUDES: [&str; 4] = ["--requirement", "--constraint", "-r", "-c"];
    const EDITABLE: [&str; 2] = ["--editable", "-e"];
    if !line.starts_with('-') {
        return Kind::None;
    }
    let value = |names: &[&str]| {
        let rest = names.iter().find_map(|name| {
            let rest = line.strip_prefix(name)?;
            let long = name.starts_with("--");
            (!long || rest.starts_with(['=', ' ', '\t'])).then_some(rest)
        });
        rest.map(|rest| rest.trim_start_matches(['=', ' ', '\t']).trim())
    };
    match (value(&INCLUDES), value(&EDITABLE)) {
        (Some(path), _) => Kind::Include(path),
        (None, Some(what)) => Kind::Editable(what),
        (None, None) => Kind::Other,
    }
}

fn requirement(content: &str, editable: bool, line: u64, reading: &mut Reading) {
    let (spec, archives) = hashes(content);
    // What comes after `;` says on which machines it is wanted; it is recorded for all.
    let address = is_address(spec) || editable;
    let bare = if address {
        spec
    } else {
        spec.split(';').next().unwrap_or_default().trim()
    };
    let named = if address { addressed(spec) } else { by_name(bare) };
    match named {
        Some((name, version)) => {
            let draft = Draft::new(Ecosystem::PyPi, &name, version, Standing::Declared);
            reading.take(draft.archives(archives).at(line));
        }
        None => {
            let why = format!("`{bare}` is taken from somewhere that does not tell its name and version");
            reading.gap(Reason::unresolved(Some(line), &why));
        }
    }
}

/// What stands before the options of a line, and the SHA-256 among them.
fn hashes(content: &str) -> (&str, Vec<Sha256>) {
    let options = content.find(" --").map_or(content.len(), |at| at);
    let spec = content.get(..options).unwrap_or(content).trim();
    let rest = content.get(options..).unwrap_or_default();
    let mut found: Vec<_> = rest
        .split_ascii_whitespace()
        .filter_map(|word| Sha256::parse_tagged(word.strip_prefix("--hash=").unwrap_or(word)))
        .collect();
    let fragment = spec.split_once("#sha256=").map(|(_, rest)| rest);
    found.extend(fragment.and_then(|text| Sha256::parse(text.get(..64)?)));
    (spec, found)
}

/// Whether a requirement is a path or an address rather than a name.
fn is_address(spec: &str) -> bool {
    let first = spec
        .split(['@', ';', ' ', '[', '=', '<', '>', '~', '!'])
        .next()
        .unwrap_or_default();
    spec.contains("://") && !spec.contains('@')
        || first.contains(['/', '\\', ':'])
        || spec.starts_with('.')
        || std::path::Path::new(first)
            .extension()
            .is_some_and(|ext| ext == "whl")
}

/// `name[extras] ==1.2.3`, or `name @ address`.
fn by_name(spec: &str) -> Option<(String, Version)> {
    let end = spec
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(spec.len());
    let (name, rest) = (spec.get(..end)?, spec.get(end..)?.trim());
    if name.is_empty() {
        return None;
    }
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim(),
        None => rest,
    };
    let rest = rest
        .strip_prefix('(')
        .and_then(|r| r.strip_suffix(')'))
        .unwrap_or(rest);
    if let Some(address) = rest.strip_prefix('@') {
        let version = match addressed(address.trim()) {
            Some((_, version)) => version,
            None => Version::Unknown(rest.to_owned()),
        };
        return Some((name.to_owned(), version));
    }
    if !rest.is_empty() && !rest.starts_with(['=', '<', '>', '~', '!']) {
        return None;
    }
    Some((name.to_owned(), pinned(rest)))
}

/// The version that a list of conditions leaves, where one of them is exact.
fn pinned(conditions: &str) -> Version {
    let exact = conditions.split(',').find_map(|condition| {
        let version = condition.trim().strip_prefix("==")?;
        let version = version.strip_prefix('=').unwrap_or(version).trim();
        (!version.is_empty() && !version.contains('*')).then(|| version.to_owned())
    });
    match exact {
        Some(version) => Version::Known(version),
        None if conditions.is_empty() => Version::Unknown("any version".to_owned()),
        None => Version::Unknown(conditions.to_owned()),
    }
}

/// Name and version out of the last part of an address: a wheel's name, or `#egg=name`.
fn addressed(address: &str) -> Option<(String, Version)> {
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    let file = path.split(['?', ';', ' ']).next()?.rsplit(['/', '\\']).next()?;
    if let Some(found) = archive(file) {
        return Some(found);
    }
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="))?;
    let name = egg.split(['[', '=']).next()?;
    Some((name.to_owned(), Version::Unknown(path.to_owned())))
}

/// Name and version of a wheel (`name-1.2.3-py3-none-any.whl`) or a source archive (`name-1.2.3.tar.gz`).
fn archive(file: &str) -> Option<(String, Version)> {
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        return Some((name.to_owned(), Version::Known(version.to_owned())));
    }
    let stem = file
        .strip_suffix(".tar.gz")
        .or_else(|| file.strip_suffix(".zip"))?;
    let (name, version) = stem.rsplit_once('-')?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit());
    is_version.then(|| (name.to_owned(), Version::Known(version.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let all = read(text).0.found;
        all.iter()
            .map(|f| format!("{} {}", f.package.name, f.package.version))
            .collect()
    }

    #[test]
    fn pins_and_what_is_not_one() {
        let text = "# comment\nLiteLLM==1.82.8  # why\nA_b[x,y] == 1.0 ; python_version > '3'\nfree\nrange>=1,<2\n\
                    wild==1.*\nexact===1.0+local\nboth>=1,==1.4\nold (==2.0)\n";
        let expected = [
            "litellm 1.82.8",
            "a-b 1.0",
            "free unknown version (any version)",
            "range unknown version (>=1,<2)",
            "wild unknown version (==1.*)",
            "exact 1.0+local",
            "both 1.4",
            "old 2.0",
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn hashes_and_continuations() {
        let hash = "d2a0d5f564628773b6af7b9c11f6b86531a875bd2d186d7081ab62748a800ebb";
        let text =
            format!("litellm==1.82.8 \\\n    --hash=sha256:{hash} \\\n    --hash=sha512:00\nnext==1\n");
        let (reading, _) = read(&text);
        assert_eq!(reading.found[0].archives, [Sha256::parse(hash).unwrap()]);
        assert_eq!(told(&text), ["litellm 1.82.8", "next 1"]);
    }

    #[test]
    fn other_files_and_addresses() {
        let text = "-r base.txt\n--requirement=more.txt\n-c limits.txt\n--index-url https://e.example/simple\n\
                    -e ./own\n-e git+https://e.example/x.git#egg=named\n./wheels/w-1.0-py3-none-any.whl\n\
                    direct @ https://e.example/direct-2.0.tar.gz\n-rnear.txt\nhttps://e.example/a/u-3.0-py3-none-any.whl\n${NAME}==1\n";
        let (reading, includes) = read(text);
        let paths: Vec<_> = includes.iter().map(|i| (i.path.as_str(), i.line)).collect();
        assert_eq!(
            paths,
            [
                ("base.txt", 1),
                ("more.txt", 2),
                ("limits.txt", 3),
                ("near.txt", 9)
            ]
        );
        let named = "named unknown version (git+https://e.example/x.git)";
        assert_eq!(told(text), [named, "w 1.0", "direct 2.0", "u 3.0"]);
        let lines = reading.gaps.iter().map(|gap| match gap {
            Reason::Unresolved { line, .. } => *line,
            _ => None,
        });
        assert_eq!(lines.collect::<Vec<_>>(), [Some(5), Some(11)]);
    }
}
