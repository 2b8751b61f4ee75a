//! Letters: plain text by SMTP.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use cofferdam_model::Timestamp;
use cofferdam_store::outbox::{MessageRow, Outcome};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use reqwest::Url;

use crate::send::Went;
use crate::{Notifier, words};

pub(crate) type Server = AsyncSmtpTransport<Tokio1Executor>;

/// How long a server may take for one step, and for a letter in all.
const STEP: Duration = Duration::from_secs(15);
const WITHIN: Duration = Duration::from_secs(45);
/// RFC 5321 section 4.5.3.1.3, without the angle brackets.
const MOST_BYTES: usize = 254;

/// By which server letters go out, and from whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    url: String,
    from: Mailbox,
}

/// The URL may hold a password.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// A server: `smtps://host`, `smtp://host?tls=required` (STARTTLS), or `smtp://host` without TLS, where no password goes
    /// unencrypted to another machine. None where the URL is no such, or the sender no address.
    pub fn new(url: &str, from: &str) -> Option<Self> {
        is_server(url).then_some(())?;
        Some(Self {
            url: url.to_owned(),
            from: sender(from)?,
        })
    }

    /// The domain that it is sent from.
    fn domain(&self) -> &str {
        self.from.email.domain()
    }

    pub(crate) fn server(&self) -> Option<Server> {
        let built = Server::from_url(&self.url).map(|server| {
            let hello = ClientId::Domain(self.domain().to_owned());
            server.timeout(Some(STEP)).hello_name(hello).build()
        });
        if built.is_err() {
            // What failed may repeat the URL.
            tracing::error!(
                "letters cannot be sent: there is no client for `smtp_url`, or no root certificate for its TLS"
            );
        }
        built.ok()
    }
}

/// Whether a URL is that of a server for letters.
pub fn is_server(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let tls = match (url.scheme(), url.query()) {
        ("smtps", None) | ("smtp", Some("tls=required")) => true,
        ("smtp", None) => false,
        _ => return false,
    };
    let secret = !url.username().is_empty() || url.password().is_some();
    let rest = matches!(url.path(), "" | "/") && url.fragment().is_none();
    rest && (tls || here || !secret)
}

/// Whom letters come from, as in `Cofferdam <cofferdam@work.example>`.
pub fn sender(text: &str) -> Option<Mailbox> {
    let mailbox: Mailbox = text.parse().ok()?;
    check_address(mailbox.email.as_ref()).is_ok().then_some(mailbox)
}

/// An address that letters can be sent to.
///
/// # Errors
/// What is wrong with it.
pub fn check_address(text: &str) -> Result<(), String> {
    let wrong = "one address is needed, as in mira@work.example: letters, digits and .!#$%&'*+/=?^_`{|}~- before the @, \
                 and a domain behind it";
    let plain = text.is_ascii()
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.contains(['"', '<', '>', '[', ',']);
    let parsed = text.parse::<Address>();
    match parsed {
        Ok(address) if plain && address.domain().contains('.') && text.len() <= MOST_BYTES => Ok(()),
        _ => Err(wrong.to_owned()),
    }
}

fn letter(mail: &Mail, to: &str, public_url: &str, m: &MessageRow, now: Timestamp) -> Option<Message> {
    let words = words::of(&m.about, m.engagement, m.lab);
    let text = words::letter(&m.about, m.engagement, m.lab, public_url);
    let date = UNIX_EPOCH + Duration::from_micros(u64::try_from(now.as_micros()).ok()?);
    // RFC 3834: so that no absence is answered.
    let automatic = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    let mut letter = Message::builder()
        .from(mail.from.clone())
        .to(Mailbox::new(None, to.parse().ok()?))
        .subject(format!("Cofferdam: {}", words.subject))
        .date(date)
        .message_id(Some(format!("<{}@{}>", m.id, mail.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(text)
        .ok()?;
    letter.headers_mut().insert_raw(automatic);
    Some(letter)
}

impl Notifier {
    /// Sends one letter to an address that stands.
    pub(crate) async fn write_to(&self, message: &MessageRow, address: &str) -> Went {
        let options = &self.inner.options;
        let Some(mail) = &options.mail else {
            return Went::Later;
        };
        let Some(server) = self.inner.server.get_or_init(|| mail.server()) else {
            return Went::Tried(Outcome::Unreachable, None);
        };
        let now = self.gate().env().now();
        let Some(letter) = letter(mail, address, &options.public_url, message, now) else {
            return Went::Tried(Outcome::NotAllowed, None);
        };
        match tokio::time::timeout(WITHIN, server.send(letter)).await {
            Err(_) => Went::Tried(Outcome::Late, None),
            Ok(Ok(taken)) => Went::Tried(Outcome::Delivered, Some(u32::from(u16::from(taken.code())))),
            Ok(Err(error)) => match error.status() {
                Some(code) => Went::Tried(Outcome::Answered, Some(u32::from(u16::from(code)))),
                None if error.is_timeout() => Went::Tried(Outcome::Late, None),
                None => Went::Tried(Outcome::Unreachable, None),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_bare() {
        for good in ["mira@work.example", "m.o+x@a.b.example", "x_y'z@work-1.example"] {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        let long = format!("{}@work.example", "x".repeat(260));
        for bad in [
            "",
            "mira",
            "mira@",
            "@work.example",
            "mira@localhost",
            "Mira <mira@work.example>",
            "a@b.example, c@d.example",
            "mira@work.example\r\nBcc: x@y.example",
            "mira @work.example",
            "m\u{ef}ra@work.example",
            "\"m m\"@work.example",
            "mira@[127.0.0.1]",
            &long,
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_password_goes_unencrypted_to_another_machine() {
        for good in [
            "smtps://user:pw@mail.example",
            "smtp://mail.example?tls=required",
            "smtp://user:pw@mail.example:587?tls=required",
            "smtp://relay.internal:25",
            "smtp://user:pw@127.0.0.1:2525",
            "smtp://user:pw@[::1]",
        ] {
            assert!(is_server(good), "{good}");
        }
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://user:pw@mail.example",
            "smtp://mail.example?tls=opportunistic",
            "smtps://mail.example?tls=required",
            "smtp://mail.example/x",
            "smtp://",
        ] {
            assert!(!is_server(bad), "{bad}");
        }
        let mail = Mail::new("smtps://user:hunter2@mail.example", "Cofferdam <c@work.example>").unwrap();
        assert!(!format!("{mail:?}").contains("hunter2"));
        assert!(Mail::new("smtps://mail.example", "Cofferdam").is_none());
    }
}
