//! `RECORD`: which files a wheel installed, with their hashes
//! (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file>).

use std::path::Path;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::files::Files;
use super::walk::Scan;
use crate::gap::Reason;
use crate::inventory::{RecordCheck, Recorded};

/// How many files that differ or are gone are named.
const MAX_NAMED: usize = 32;
/// How many files of one package are looked at; the largest packages have some ten thousand.
pub(super) const MAX_ROWS: usize = 200_000;

/// One file, as `RECORD` has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Relative to the folder that the package is installed in.
    pub(super) path: String,
    /// `sha256=` and the hash in URL-safe Base64; empty for what is made on the machine.
    hash: String,
}

/// Reads the rows of the file.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Reason> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map(csv::Position::line);
            Reason::malformed(line, &error.to_string())
        })?;
        let cell = |index: usize| record.get(index).unwrap_or_default().to_owned();
        rows.push(Row {
            path: cell(0),
            hash: cell(1),
        });
    }
    Ok(rows)
}

/// Holds a file against its row, as far as the limits of the scan go.
pub(super) fn held(scan: &mut Scan<'_>, files: &Files, path: Option<&Path>, row: &Row) -> Recorded {
    let expected = expected(&row.hash);
    let (Some(path), Some((algorithm, expected))) = (path, expected) else {
        return Recorded::Unchecked;
    };
    let is_startup = path.extension().is_some_and(|ext| ext == "pth");
    let limit = if is_startup {
        scan.limits.file_bytes
    } else {
        scan.limits.record_file_bytes
    };
    let size = match files.size(path) {
        Ok(Some(size)) => size,
        Ok(None) => return Recorded::Differing,
        Err(Reason::Missing) => return Recorded::Missing,
        Err(_) => return Recorded::Unchecked,
    };
    if size > limit || (size > scan.record_left && !is_startup) {
        return Recorded::Unchecked;
    }
    scan.record_left = scan.record_left.saturating_sub(size);
    match files.bytes(path, limit) {
        Ok(bytes) if digest::digest(algorithm, &bytes).as_ref() == expected => Recorded::Matching,
        Ok(_) => Recorded::Differing,
        Err(_) => Recorded::Unchecked,
    }
}

/// The algorithm and the hash of a row. Some tools that build packages write it in hexadecimal digits, against the
/// specification; to call their files changed would be wrong.
fn expected(written: &str) -> Option<(&'static digest::Algorithm, Vec<u8>)> {
    let (name, hash) = written.split_once('=')?;
    let algorithm = match name {
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        _ => return None,
    };
    let base64 = URL_SAFE_NO_PAD.decode(hash.trim_end_matches('=')).ok();
    let read = base64
        .filter(|bytes| bytes.len() == algorithm.output_len())
        .or_else(|| hex(hash));
    read.filter(|bytes| bytes.len() == algorithm.output_len())
        .map(|bytes| (algorithm, bytes))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}

/// Adds one file to a package's check.
pub(super) fn count(check: &mut RecordCheck, row: &Row, state: Recorded) {
    let counter = match state {
        Recorded::Matching => &mut check.matching,
        Recorded::Differing => &mut check.differing,
        Recorded::Missing => &mut check.missing,
        Recorded::Unchecked => &mut check.unchecked,
    };
    *counter += 1;
    let is_wrong = matches!(state, Recorded::Differing | Recorded::Missing);
    if is_wrong && check.named.len() < MAX_NAMED {
        check.named.push(crate::text::short(&row.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_csv() {
        let text = "litellm/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\"a,b\",,\nx\n";
        let rows = rows(text).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[1].path.as_str(), rows[1].hash.as_str()), ("a,b", ""));
        assert_eq!(rows[2].path, "x");
    }

    #[test]
    fn hashes_in_either_form() {
        let empty = digest::digest(&digest::SHA256, b"").as_ref().to_vec();
        let forms = [
            "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
            "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ];
        for form in forms {
            assert_eq!(
                expected(form).map(|(_, hash)| hash).as_ref(),
                Some(&empty),
                "{form}"
            );
        }
        for form in [
            "",
            "sha256=",
            "sha256=47DE",
            "md5=d41d8cd98f00b204e9800998ecf8427e",
            "sha512=47DE",
            "sha256=é",
        ] {
            assert!(expected(form).is_none(), "{form}");
        }
    }
}
