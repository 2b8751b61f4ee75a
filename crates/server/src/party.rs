//! Whose pages passkeys are for: the host of the address under which people reach this, by its name.

use std::net::IpAddr;

use cofferdam_custody::RelyingParty;
use url::{Host, Url};

use crate::problem::Problem;

/// The host that passkeys are for, and the origin that its pages have. An address on this machine alone is reached as
/// `localhost`: no passkey is for a number.
pub(crate) fn party(public_url: &str) -> Result<RelyingParty, Problem> {
    let nameless = || {
        Problem::conflict(
            "passkeys are for a host's name, and over HTTPS: set `public_url` to one, or open this at `localhost`",
        )
    };
    let url = Url::parse(public_url).map_err(|_| nameless())?;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let local = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
    let id = match url.host() {
        Some(Host::Domain(name)) if url.scheme() == "https" || name == "localhost" => name.to_owned(),
        Some(Host::Ipv4(ip)) if local(ip.into()) => "localhost".to_owned(),
        Some(Host::Ipv6(ip)) if local(ip.into()) => "localhost".to_owned(),
        _ => return Err(nameless()),
    };
    let origin = format!("{}://{id}{port}", url.scheme());
    Ok(RelyingParty { id, origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names() {
        let of = |url| party(url).ok().map(|party| (party.id, party.origin));
        let pair = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(
            of("https://Work.example"),
            pair("work.example", "https://work.example")
        );
        assert_eq!(
            of("https://work.example:443"),
            pair("work.example", "https://work.example")
        );
        assert_eq!(
            of("https://work.example:8443"),
            pair("work.example", "https://work.example:8443")
        );
        for local in [
            "http://127.0.0.1:8417",
            "http://localhost:8417",
            "http://[::1]:8417",
        ] {
            assert_eq!(of(local), pair("localhost", "http://localhost:8417"), "{local}");
        }
        for nameless in [
            "http://work.example",
            "https://192.0.2.1",
            "https://[2001:db8::1]",
            "nothing",
        ] {
            assert_eq!(of(nameless), None, "{nameless}");
        }
    }
}
