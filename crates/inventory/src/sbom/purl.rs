//! Package URLs: <https://github.com/package-url/purl-spec>, as far as they name a package of an ecosystem.

use crate::package::{Ecosystem, SourcePackage};

/// The longest that is read, in bytes.
const MAX_LENGTH: usize = 4_096;

/// What a package URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    /// By its type, and by its namespace and the qualifier `distro` for Linux distributions.
    pub ecosystem: Ecosystem,
    /// As the ecosystem writes it: `@scope/name`, `group:artifact`, a module path.
    pub name: String,
    /// Where it has one.
    pub version: Option<String>,
    /// By the qualifier `upstream`, of packages for Debian and Ubuntu.
    pub source: Option<SourcePackage>,
}

impl Purl {
    /// Reads `pkg:type/namespace/name@version?qualifiers#subpath`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split('#').next()?;
        let (path, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, path) = path.split_once('/')?;
        // A version never holds `/`, and the `@` of a scope is `%40` where it is written by the rule.
        let (path, version) = match path.rsplit_once('@') {
            Some((path, version)) if !path.is_empty() && !path.ends_with('/') && !version.contains('/') => {
                (path, Some(decoded(version)?))
            }
            _ => (path, None),
        };
        let parts = path.split('/').filter(|part| !part.is_empty());
        let mut parts = parts.map(decoded).collect::<Option<Vec<_>>>()?;
        let name = parts.pop()?;
        let namespace = parts.join("/");
        let version = version.filter(|version| !version.is_empty());
        let distro = qualifier(qualifiers, "distro");
        let source =
            qualifier(qualifiers, "upstream").and_then(|upstream| upstream_of(&upstream, version.as_deref()));
        let kind = kind.to_ascii_lowercase();
        let (ecosystem, name) = resolved(&kind, &namespace, name, distro.as_deref());
        let source = source.filter(|_| kind == "deb");
        Some(Self {
            ecosystem,
            name,
            version,
            source,
        })
    }
}

/// The ecosystem of a type, and the name as that ecosystem writes it.
fn resolved(kind: &str, namespace: &str, name: String, distro: Option<&str>) -> (Ecosystem, String) {
    let joined = |by: &str| match namespace {
        "" => name.clone(),
        namespace => format!("{namespace}{by}{name}"),
    };
    let other = |known: &str| Ecosystem::Other(known.to_owned());
    match kind {
        "pypi" => (Ecosystem::PyPi, name),
        "npm" => (Ecosystem::Npm, joined("/")),
        "cargo" => (Ecosystem::CratesIo, name),
        "golang" => (Ecosystem::Go, joined("/")),
        "deb" if namespace == "debian" => (Ecosystem::Debian(release(distro, "debian-")), name),
        // Which releases are for long, a package URL does not tell, so the release is not known.
        "deb" if namespace == "ubuntu" => (Ecosystem::Ubuntu(None), name),
        "maven" => (other("Maven"), joined(":")),
        "nuget" => (other("NuGet"), name),
        "gem" => (other("RubyGems"), name),
        "composer" => (other("Packagist"), joined("/")),
        "hex" => (other("Hex"), name),
        "pub" => (other("Pub"), name),
        "cran" => (other("CRAN"), name),
        "hackage" => (other("Hackage"), name),
        "swift" => (other("SwiftURL"), joined("/")),
        "apk" if namespace == "alpine" => match release(distro, "alpine-") {
            Some(release) => {
                let branch = release.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
                (
                    Ecosystem::Other(format!("Alpine:v{}", branch.trim_start_matches('v'))),
                    name,
                )
            }
            None => (other("Alpine"), name),
        },
        kind => (Ecosystem::Other(format!("pkg:{kind}")), joined("/")),
    }
}

/// `12` of `debian-12`, or of `debian-12.5`.
fn release(distro: Option<&str>, prefix: &str) -> Option<String> {
    let release = distro?.strip_prefix(prefix)?;
    let release = if prefix == "debian-" {
        release.split('.').next()?
    } else {
        release
    };
    (!release.is_empty()).then(|| release.to_owned())
}

/// `openssl@3.0.11-1`, or `openssl` in the version of the package itself.
fn upstream_of(upstream: &str, version: Option<&str>) -> Option<SourcePackage> {
    let (name, version) = match upstream.split_once('@') {
        Some((name, version)) => (name, version),
        None => (upstream, version?),
    };
    (!name.is_empty() && !version.is_empty()).then(|| SourcePackage {
        name: name.to_owned(),
        version: version.to_owned(),
    })
}

fn qualifier(qualifiers: &str, key: &str) -> Option<String> {
    let mut pairs = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(own, _)| *own == key)
        .and_then(|(_, value)| decoded(value))
}

/// Undoes percent-encoding; nothing, where the result is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let url = Purl::parse(text).unwrap();
        let source = url.source.map(|s| format!(" of {} {}", s.name, s.version));
        format!(
            "{} {} {}{}",
            url.ecosystem,
            url.name,
            url.version.as_deref().unwrap_or("-"),
            source.unwrap_or_default()
        )
    }

    #[test]
    fn the_types_that_we_meet() {
        let all = [
            ("pkg:pypi/litellm@1.82.8", "PyPI litellm 1.82.8"),
            (
                "pkg:npm/%40angular/animation@12.3.1",
                "npm @angular/animation 12.3.1",
            ),
            (
                "pkg:npm/@angular/animation@12.3.1",
                "npm @angular/animation 12.3.1",
            ),
            ("pkg:npm/@angular/animation", "npm @angular/animation -"),
            ("pkg:cargo/rand@0.7.2", "crates.io rand 0.7.2"),
            (
                "pkg:golang/golang.org/x/net@v0.17.0#http2",
                "Go golang.org/x/net v0.17.0",
            ),
            (
                "pkg:maven/org.apache/batik@1.9?type=jar",
                "Maven org.apache:batik 1.9",
            ),
            (
                "pkg:deb/debian/libssl3@3.0.11-1%2Bb1?arch=amd64&upstream=openssl%403.0.11-1&distro=debian-12",
                "Debian:12 libssl3 3.0.11-1+b1 of openssl 3.0.11-1",
            ),
            (
                "pkg:deb/debian/curl@7.88.1?distro=debian-12.5",
                "Debian:12 curl 7.88.1",
            ),
            (
                "pkg:apk/alpine/curl@7.83.0-r0?distro=alpine-3.16.1",
                "Alpine:v3.16 curl 7.83.0-r0",
            ),
            ("pkg:rpm/fedora/curl@7.50.3-1", "pkg:rpm fedora/curl 7.50.3-1"),
        ];
        for (text, expected) in all {
            assert_eq!(told(text), expected, "{text}");
        }
        for text in [
            "",
            "pkg:",
            "pkg:pypi",
            "pkg:pypi/",
            "pypi/x@1",
            "pkg:pypi/%zz@1",
            "pkg:pypi/%ff@1",
            "pkg:pypi/x@%",
        ] {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }
}
