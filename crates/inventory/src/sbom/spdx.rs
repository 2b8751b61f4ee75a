//! SPDX in JSON, 2.2 and 2.3: <https://spdx.github.io/spdx-spec/v2.3/>.

use serde_json::{Map, Value};

use super::{Part, list, text};
use crate::digest::Sha256;
use crate::gap::Reason;
use crate::reading::Reading;

/// Reads the packages of a document.
pub(super) fn read(document: &Map<String, Value>) -> Reading {
    let mut reading = Reading::default();
    let version = document
        .get("spdxVersion")
        .and_then(Value::as_str)
        .unwrap_or("no version");
    if !matches!(version, "SPDX-2.2" | "SPDX-2.3") {
        reading.gap(Reason::unsupported(version));
    }
    if document
        .get("packages")
        .is_some_and(|packages| !packages.is_array())
    {
        reading.gap(Reason::malformed(None, "`packages` is no list"));
    }
    let described = subjects(document);
    for package in list(document.get("packages")) {
        let part = part(package);
        // What the document is about is often a folder or an image, and no package.
        let is_subject = text(package, "SPDXID").is_some_and(|id| described.contains(&id));
        if part.purl.is_some() || !is_subject {
            part.take(&mut reading);
        }
    }
    reading
}

/// The ids of what the document describes.
fn subjects(document: &Map<String, Value>) -> Vec<&str> {
    let described = list(document.get("documentDescribes")).filter_map(Value::as_str);
    let related = list(document.get("relationships"))
        .filter(|related| text(related, "relationshipType") == Some("DESCRIBES"))
        .filter_map(|related| text(related, "relatedSpdxElement"));
    // Few, or it is no description; what is beyond has to have a package URL.
    described.chain(related).take(16).collect()
}

fn part(package: &Value) -> Part<'_> {
    let mut refs = list(package.get("externalRefs"));
    let purl = refs.find(|reference| text(reference, "referenceType") == Some("purl"));
    let sums = list(package.get("checksums")).filter(|sum| text(sum, "algorithm") == Some("SHA256"));
    Part {
        called: text(package, "name").unwrap_or("a package without a name"),
        purl: purl.and_then(|reference| text(reference, "referenceLocator")),
        version: text(package, "versionInfo"),
        archives: sums
            .filter_map(|sum| Sha256::parse(text(sum, "checksumValue")?))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::gap::Reason;
    use crate::sbom::{Bill, read};

    #[test]
    fn packages_by_purl() {
        let text = r#"{"spdxVersion": "SPDX-2.3", "documentDescribes": ["SPDXRef-root"], "packages": [
            {"SPDXID": "SPDXRef-root", "name": "image"},
            {"SPDXID": "SPDXRef-1", "name": "litellm", "versionInfo": "1.82.8", "externalRefs": [
                {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a"},
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                 "referenceLocator": "pkg:pypi/litellm@1.82.8"}],
             "checksums": [{"algorithm": "SHA256",
                "checksumValue": "d2a0d5f564628773b6af7b9c11f6b86531a875bd2d186d7081ab62748a800ebb"}]},
            {"SPDXID": "SPDXRef-2", "name": "nameless", "versionInfo": "1"}]}"#;
        let (bill, reading) = read(text).unwrap();
        assert_eq!(bill, Bill::Spdx);
        assert_eq!(reading.found.len(), 1);
        assert_eq!(reading.found[0].archives.len(), 1);
        assert!(matches!(&reading.gaps[..], [Reason::Unresolved { .. }]));
        let (_, newer) = read(&text.replace("SPDX-2.3", "SPDX-3.0")).unwrap();
        assert_eq!(newer.gaps.len(), 2);
        assert!(matches!(read("{}"), Err(Reason::UnsupportedFormat { .. })));
        assert!(matches!(
            read("{\n[").err(),
            Some(Reason::Malformed { line: Some(2), .. })
        ));
    }
}
