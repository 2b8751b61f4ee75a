//! CycloneDX in JSON, 1.4 to 1.6: <https://cyclonedx.org/docs/1.6/json/>.

use serde_json::{Map, Value};

use super::{Part, list, text};
use crate::digest::Sha256;
use crate::gap::Reason;
use crate::reading::Reading;

/// Reads what a bill lists, components within components too.
pub(super) fn read(document: &Map<String, Value>) -> Reading {
    let mut reading = Reading::default();
    let version = document
        .get("specVersion")
        .and_then(Value::as_str)
        .unwrap_or("no version");
    if document.get("bomFormat").and_then(Value::as_str) != Some("CycloneDX")
        || !matches!(version, "1.4" | "1.5" | "1.6")
    {
        reading.gap(Reason::unsupported(&format!("CycloneDX {version}")));
    }
    // The subject of the bill is there as well; but often it is only a folder's name.
    let subject = document
        .get("metadata")
        .and_then(|metadata| metadata.get("component"));
    let mut open: Vec<&Value> = Vec::new();
    if let Some(subject) = subject {
        let within = list(subject.get("components"));
        open.extend(within);
        if text(subject, "purl").is_some() {
            part(subject).take(&mut reading);
        }
    }
    match document.get("components") {
        None | Some(Value::Array(_)) => open.extend(list(document.get("components"))),
        Some(_) => reading.gap(Reason::malformed(None, "`components` is no list")),
    }
    // Whoever made it may say that it is not all of it.
    let mut compositions = list(document.get("compositions")).filter_map(|told| text(told, "aggregate"));
    if let Some(told) = compositions.find(|told| told.starts_with("incomplete") || *told == "unknown") {
        reading.gap(Reason::unresolved(
            None,
            &format!("the bill says of itself that it is {told}"),
        ));
    }
    open.reverse();
    while let Some(component) = open.pop() {
        // A file of a component is none that an ecosystem names.
        let is_package = !matches!(
            text(component, "type"),
            Some("file" | "data" | "cryptographic-asset")
        );
        if is_package || text(component, "purl").is_some() {
            part(component).take(&mut reading);
        }
        open.extend(list(component.get("components")));
    }
    reading
}

fn part(component: &Value) -> Part<'_> {
    let hashes = list(component.get("hashes")).filter(|hash| text(hash, "alg") == Some("SHA-256"));
    Part {
        called: text(component, "name").unwrap_or("a component without a name"),
        purl: text(component, "purl"),
        version: text(component, "version"),
        archives: hashes
            .filter_map(|hash| Sha256::parse(text(hash, "content")?))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::gap::Reason;
    use crate::package::Version;
    use crate::sbom::{Bill, read};

    #[test]
    fn components_and_what_has_no_purl() {
        let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
            "metadata": {"component": {"type": "application", "name": "own"}},
            "components": [
                {"type": "library", "name": "litellm", "version": "1.82.8", "purl": "pkg:pypi/litellm@1.82.8",
                 "components": [{"type": "library", "name": "b", "version": "2", "purl": "pkg:npm/b"}]},
                {"type": "library", "name": "vendored", "version": "1"},
                {"type": "file", "name": "README"}]}"#;
        let (bill, reading) = read(text).unwrap();
        assert_eq!(bill, Bill::CycloneDx);
        assert_eq!(reading.found.len(), 2);
        assert_eq!(reading.found[1].package.version, Version::Known("2".into()));
        assert!(matches!(&reading.gaps[..], [Reason::Unresolved { .. }]));
        let (_, older) = read(&text.replace("1.6", "1.1")).unwrap();
        assert_eq!((older.found.len(), older.gaps.len()), (2, 2));
    }
}
