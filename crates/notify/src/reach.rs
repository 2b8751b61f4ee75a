//! Which addresses webhooks may be at: such as anybody could reach, so that nobody sends this server into its own network.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

/// Hosts that are reached all the same, and without TLS too: `host`, for every port, or `host:port`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<String>);

impl Hosts {
    /// Those of a list; none where one of them is no host.
    pub fn of<'t>(list: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let read = |text: &str| {
            let url = Url::parse(&format!("http://{text}/")).ok()?;
            let host = url.host_str()?.to_owned();
            let bare = url.path() == "/" && url.username().is_empty() && url.password().is_none();
            let port = text
                .rsplit_once(':')
                .filter(|(host, _)| !host.ends_with(':') && balanced(host));
            let kept = match port {
                Some((_, port)) => format!("{host}:{}", port.parse::<u16>().ok()?),
                None => host,
            };
            (bare && url.query().is_none() && url.fragment().is_none()).then_some(kept)
        };
        list.into_iter().map(read).collect::<Option<_>>().map(Self)
    }

    /// As they were written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a URL's host is one of them.
    pub fn has(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        self.0.contains(host) || self.0.contains(&format!("{host}:{port}"))
    }
}

/// Whether a host's brackets are closed: the colon behind it then begins a port.
fn balanced(host: &str) -> bool {
    host.starts_with('[') == host.ends_with(']') && (host.starts_with('[') || !host.contains(':'))
}

/// Whether an address is one that anybody could reach: none of IANA's special-purpose registries, and none that leads to one.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let s = v6.segments();
    let last = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // NAT64 (RFC 6052), and 6to4 (RFC 3056): whoever translates them goes to the address within.
    if s[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(last(s[6], s[7]));
    }
    if s[0] == 0x2002 {
        return is_public_v4(last(s[1], s[2]));
    }
    // Global unicast is 2000::/3; of that not what is for protocols (2001::/23), for documents, or for tests.
    s[0] & 0xe000 == 0x2000
        && !(s[0] == 0x2001 && s[1] < 0x200)
        && !(s[0] == 0x2001 && s[1] == 0xdb8)
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

/// Why a webhook cannot be at that URL.
pub(crate) fn check(text: &str, hosts: &Hosts) -> Result<Url, String> {
    if text.len() > 2_000 {
        return Err("it is longer than 2000 bytes".to_owned());
    }
    let url = Url::parse(text).map_err(|wrong| {
        format!("it is no URL ({wrong}); write it as in https://hooks.lab.example/cofferdam")
    })?;
    let known = hosts.has(&url);
    match url.scheme() {
        "https" => {}
        "http" if known => {}
        _ => {
            return Err(
                "https:// is needed; without TLS only a host can be reached that the key `webhook_hosts` names".to_owned(),
            );
        }
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(
            "it holds a user, a password or a part behind `#`: leave them out; messages are signed"
                .to_owned(),
        );
    }
    if !known && (is_local_name(&url) || literal(&url).is_some_and(|address| !is_public(address))) {
        return Err(
            "its address is one of this machine's or of a private network's; an operator can allow it in the key `webhook_hosts`"
                .to_owned(),
        );
    }
    Ok(url)
}

/// Whether a URL names this machine: `localhost` and every name under it, as RFC 6761 has it.
fn is_local_name(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

/// The address that a URL names without a name.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    bare(url.host_str()?).parse().ok()
}

/// A host as it is resolved, and as certificates are for it: an IPv6 address without its brackets.
pub(crate) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Where a URL that was checked leads: what is public of it, unless its host is named. What is looked at here is what is connected to.
pub(crate) async fn addresses(url: &Url, hosts: &Hosts) -> io::Result<Vec<SocketAddr>> {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Ok(Vec::new());
    };
    let named = hosts.has(url);
    let found = tokio::net::lookup_host((bare(host), port)).await?;
    Ok(found.filter(|address| named || is_public(address.ip())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_not_everybody_reaches_is_not_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn urls_are_https_and_of_everybody_but_for_hosts_that_are_named() {
        let hosts = Hosts::of(["127.0.0.1:9000", "hooks.internal", "[::1]:9000"]).unwrap();
        for good in [
            "https://lab.example/x?y=z",
            "https://notlocalhost/",
            "https://1.1.1.1/",
            "http://127.0.0.1:9000/a",
            "http://hooks.internal:81/",
            "https://hooks.internal/",
            "http://[::1]:9000/",
        ] {
            assert!(check(good, &hosts).is_ok(), "{good}: {:?}", check(good, &hosts));
        }
        for bad in [
            "",
            "lab.example",
            "http://lab.example/",
            "https://127.0.0.1/",
            "https://127.0.0.1:9001/",
            "https://[::1]/",
            "https://2130706433/",
            "https://localhost/x",
            "https://LOCALHOST./x",
            "https://hooks.localhost:8443/",
            "https://0x7f.1/",
            "https://user@lab.example/",
            "https://:pw@lab.example/",
            "https://lab.example/#x",
            "ftp://lab.example/",
            "file:///etc/passwd",
            "https://[::ffff:10.0.0.1]/",
        ] {
            assert!(check(bad, &hosts).is_err(), "{bad}");
        }
        assert!(check(&format!("https://lab.example/{}", "x".repeat(2_000)), &hosts).is_err());
    }

    #[tokio::test]
    async fn what_a_name_leads_to_is_left_out_unless_it_is_public_or_named() {
        let url = Url::parse("https://localhost:9/").unwrap();
        assert_eq!(addresses(&url, &Hosts::default()).await.unwrap(), []);
        let named = Hosts::of(["localhost"]).unwrap();
        let found = addresses(&url, &named).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|one| one.ip().is_loopback() && one.port() == 9));
        for (text, ip) in [
            ("https://[::1]/", "[::1]:443"),
            ("https://127.0.0.1/", "127.0.0.1:443"),
        ] {
            let url = Url::parse(text).unwrap();
            let named = Hosts::of([url.host_str().unwrap()]).unwrap();
            assert_eq!(addresses(&url, &named).await.unwrap(), [ip.parse().unwrap()]);
            assert_eq!(addresses(&url, &Hosts::default()).await.unwrap(), []);
        }
    }

    #[test]
    fn a_list_of_hosts_is_read_or_refused() {
        assert_eq!(Hosts::of([]), Some(Hosts::default()));
        for bad in ["", "a b", "http://x", "x/y", "x:99999", "u@x", "x?y", "x:y"] {
            assert_eq!(Hosts::of([bad]), None, "{bad}");
        }
        let hosts = Hosts::of(["Hooks.Internal:80"]).unwrap();
        assert_eq!(hosts.iter().collect::<Vec<_>>(), ["hooks.internal:80"]);
        assert!(hosts.has(&Url::parse("http://hooks.internal/").unwrap()));
    }
}
