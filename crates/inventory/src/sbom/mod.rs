//! Bills of materials that other tools wrote, read by package URL.

pub mod cyclonedx;
pub mod purl;
pub mod spdx;

use serde_json::{Map, Value};

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::package::{Ecosystem, Standing, Version};
use crate::reading::{Draft, Reading};

/// Which of the two formats a JSON document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bill {
    /// CycloneDX.
    CycloneDx,
    /// SPDX.
    Spdx,
}

/// Reads a bill of either format.
pub fn read(text: &str) -> Result<(Bill, Reading), Reason> {
    let document = object(text)?;
    if document.contains_key("bomFormat") {
        return Ok((Bill::CycloneDx, cyclonedx::read(&document)));
    }
    if document.contains_key("spdxVersion") {
        return Ok((Bill::Spdx, spdx::read(&document)));
    }
    Err(Reason::unsupported(
        "a JSON document that is neither CycloneDX nor SPDX 2",
    ))
}

/// A JSON object, or the line that is none. The parser bounds how deep it is.
pub(crate) fn object(text: &str) -> Result<Map<String, Value>, Reason> {
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| {
        let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
        Reason::malformed(line, &error.to_string())
    })
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn list<'v>(value: Option<&'v Value>) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Types of package URLs that say where code lies.
const ADDRESSES: [&str; 5] = [
    "pkg:generic",
    "pkg:github",
    "pkg:gitlab",
    "pkg:bitbucket",
    "pkg:gitea",
];

/// What a bill says of one part, for both formats.
struct Part<'t> {
    /// How a gap calls it.
    called: &'t str,
    purl: Option<&'t str>,
    /// The version beside the package URL, which may have none.
    version: Option<&'t str>,
    archives: Vec<Sha256>,
}

impl Part<'_> {
    fn take(self, reading: &mut Reading) {
        let Some(url) = self.purl.and_then(purl::Purl::parse) else {
            let why = format!("{}: no package URL that can be read", self.called);
            return reading.gap(Reason::unresolved(None, &why));
        };
        // An address names code, and no package that a record would name: what it is is unknown.
        if matches!(&url.ecosystem, Ecosystem::Other(kind) if ADDRESSES.contains(&kind.as_str())) {
            let why = format!("{}: an address and no package of an ecosystem", self.called);
            return reading.gap(Reason::unresolved(None, &why));
        }
        if matches!(url.ecosystem, Ecosystem::Debian(_) | Ecosystem::Ubuntu(_)) && url.source.is_none() {
            let gap = Reason::NoSourceNames {
                family: url.ecosystem.family().to_owned(),
            };
            // Once is enough: they are many.
            if !reading.gaps.contains(&gap) {
                reading.gap(gap);
            }
        }
        if let Some((url, beside)) = url.version.as_deref().zip(self.version)
            && url != beside
        {
            let why = format!(
                "{}: the package URL says {url}, and the version beside it {beside}",
                self.called
            );
            reading.gap(Reason::malformed(None, &why));
        }
        let version = url.version.or_else(|| self.version.map(str::to_owned));
        let version = match version {
            Some(version) => Version::Known(version),
            None => Version::Unknown("the bill names no version".to_owned()),
        };
        let draft = Draft {
            source: url.source,
            ..Draft::new(url.ecosystem, &url.name, version, Standing::Reported)
        };
        reading.take(draft.archives(self.archives));
    }
}
