//! Letters: plain text by SMTP.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use cofferdam_model::Timestamp;
use cofferdam_store::outbox::{MessageRow, Outcome};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, transport::smtp};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use url::Url;

use crate::reach::bare;
use crate::send::Went;
use crate::wire::{MOST_OF_TLS, Trust, Wire};
use crate::{Notifier, words};

/// How long a server may take to be connected to, for a letter in all, and to say goodbye.
const CONNECT: Duration = Duration::from_secs(15);
const WITHIN: Duration = Duration::from_secs(45);
const GOODBYE: Duration = Duration::from_secs(2);
/// Bytes that are read of a conversation. `lettre` reads all of an answer again after each of its lines, so that it is few.
const MOST: usize = 8 * 1_024;
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
        let server = Server::of(&self.url, self.domain());
        if server.is_none() {
            // Why may repeat the URL.
            tracing::error!(
                "letters cannot be sent: `smtp_url` is none, or its user or password is no UTF-8"
            );
        }
        server
    }
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    Never,
    /// After it was asked for (RFC 3207).
    Asked,
    AtOnce,
}

/// A server for letters, as its URL has it.
pub(crate) struct Server {
    host: String,
    port: u16,
    tls: Begins,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// Why a letter was not taken.
enum Refused {
    /// The server answered that.
    With(u16),
    Late,
    Unreachable,
}

impl From<smtp::Error> for Refused {
    fn from(error: smtp::Error) -> Self {
        // What a server says may repeat the address.
        match error.status() {
            Some(code) => Self::With(code.into()),
            None if error.is_timeout() => Self::Late,
            None => Self::Unreachable,
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        tracing::debug!(%error, "no server for letters was reached");
        Self::Unreachable
    }
}

impl From<tokio::time::error::Elapsed> for Refused {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::Late
    }
}

impl Server {
    fn of(url: &str, domain: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let (tls, port) = match (url.scheme(), url.query()) {
            ("smtps", _) => (Begins::AtOnce, smtp::SUBMISSIONS_PORT),
            (_, Some(_)) => (Begins::Asked, smtp::SUBMISSION_PORT),
            (_, None) => (Begins::Never, smtp::SMTP_PORT),
        };
        let read = |text| {
            let read = percent_encoding::percent_decode_str(text).decode_utf8();
            read.ok().map(std::borrow::Cow::into_owned)
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(read(url.username())?, read(password)?)),
            None => None,
        };
        Some(Self {
            host: bare(url.host_str()?).to_owned(),
            port: url.port().unwrap_or(port),
            tls,
            credentials,
            hello: ClientId::Domain(domain.to_owned()),
        })
    }

    async fn wire(&self, trust: &Trust) -> Result<Wire, Refused> {
        let most = match self.tls {
            Begins::Never => MOST,
            Begins::Asked | Begins::AtOnce => MOST_OF_TLS,
        };
        let connect = async {
            let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await?;
            Wire::to(found.collect(), most).await
        };
        let mut wire = tokio::time::timeout(CONNECT, connect).await??;
        if self.tls == Begins::Never {
            return Ok(wire);
        }
        let tls = trust.smtp().ok_or(Refused::Unreachable)?;
        if self.tls == Begins::AtOnce {
            return Ok(wire.within_tls(tls, &self.host, MOST).await?);
        }
        ask_for_tls(&mut wire, &self.hello).await?;
        let wire = wire.within_tls(tls, &self.host, MOST).await?;
        // Which the server said before TLS, and says no more.
        Ok(wire.beginning_with(b"220 TLS\r\n"))
    }

    /// Hands a letter over; the code with which it was taken.
    async fn take(&self, letter: &Message, trust: &Trust) -> Result<u16, Refused> {
        let wire = Box::new(self.wire(trust).await?);
        let mut connection = AsyncSmtpConnection::connect_with_transport(wire, &self.hello).await?;
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        let taken = connection.send(letter.envelope(), &letter.formatted()).await?;
        // It is theirs now, however they say goodbye.
        let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
        Ok(taken.code().into())
    }
}

/// Goes up to where TLS begins. Nothing that was said before is known after.
async fn ask_for_tls(wire: &mut Wire, hello: &ClientId) -> Result<(), Refused> {
    let mut wire = BufReader::new(wire);
    answer(&mut wire, 220).await?;
    for (command, code) in [
        (format!("EHLO {hello}\r\n"), 250),
        ("STARTTLS\r\n".to_owned(), 220),
    ] {
        wire.write_all(command.as_bytes()).await?;
        wire.flush().await?;
        answer(&mut wire, code).await?;
    }
    match wire.buffer() {
        [] => Ok(()),
        // Somebody put it there who could not speak within TLS.
        _ => Err(Refused::Unreachable),
    }
}

/// Reads an answer (RFC 5321 section 4.2), which is to have that code.
async fn answer(wire: &mut BufReader<&mut Wire>, wanted: u16) -> Result<(), Refused> {
    loop {
        let mut line = Vec::new();
        wire.read_until(b'\n', &mut line).await?;
        let code = line.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code: u16 = code
            .and_then(|code| code.parse().ok())
            .ok_or(Refused::Unreachable)?;
        if line.get(3) != Some(&b'-') {
            return match code == wanted {
                true => Ok(()),
                false => Err(Refused::With(code)),
            };
        }
    }
}

/// Whether a URL is that of a server for letters.
pub fn is_server(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return false;
    };
    let bare = bare(host);
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
        match tokio::time::timeout(WITHIN, server.take(&letter, &self.inner.trust)).await {
            Ok(Ok(code)) => Went::Tried(Outcome::Delivered, Some(code.into())),
            Ok(Err(Refused::With(code))) => Went::Tried(Outcome::Answered, Some(code.into())),
            Ok(Err(Refused::Unreachable)) => Went::Tried(Outcome::Unreachable, None),
            Err(_) | Ok(Err(Refused::Late)) => Went::Tried(Outcome::Late, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::vouched;

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

    #[test]
    fn a_server_is_as_its_url_has_it() {
        for (url, host, port, tls) in [
            ("smtps://mail.example", "mail.example", 465, Begins::AtOnce),
            ("smtps://mail.example:1465/", "mail.example", 1465, Begins::AtOnce),
            (
                "smtp://mail.example?tls=required",
                "mail.example",
                587,
                Begins::Asked,
            ),
            ("smtp://relay.internal", "relay.internal", 25, Begins::Never),
            ("smtp://[::1]:2525", "::1", 2525, Begins::Never),
        ] {
            let server = Server::of(url, "work.example").unwrap();
            assert_eq!(
                (server.host.as_str(), server.port, server.tls),
                (host, port, tls),
                "{url}"
            );
            assert!(server.credentials.is_none());
        }
        let server = Server::of("smtps://u%40x:p%2Fw@mail.example", "work.example").unwrap();
        let known = Credentials::new("u@x".to_owned(), "p/w".to_owned());
        assert!(server.credentials == Some(known));
        assert!(Server::of("smtps://u:%FF@mail.example", "work.example").is_none());
    }

    /// A server that speaks TLS at once or when it is asked, and puts something between; every line that it was told, and how.
    async fn served(begins: Begins, between: &'static str) -> (Server, tokio::task::JoinHandle<Vec<String>>) {
        let (listener, address) = vouched::listener().await;
        let serve = async move {
            let mut said = Vec::new();
            let (mut stream, _) = listener.accept().await.unwrap();
            if begins == Begins::Asked {
                stream.write_all(b"220-mail\r\n220 ready\r\n").await.unwrap();
                let mut lines = BufReader::new(&mut stream);
                for answer in ["250-mail\r\n250 STARTTLS\r\n", "220 go on\r\n"] {
                    let mut line = String::new();
                    lines.read_line(&mut line).await.unwrap();
                    said.push(format!("open {}", line.trim()));
                    let answer = match line.starts_with("STARTTLS") {
                        true => format!("{answer}{between}"),
                        false => answer.to_owned(),
                    };
                    lines.write_all(answer.as_bytes()).await.unwrap();
                }
            }
            let Ok(mut stream) = vouched::acceptor().accept(stream).await else {
                return said;
            };
            if begins == Begins::AtOnce {
                stream.write_all(b"220 ready\r\n").await.unwrap();
            }
            let mut lines = BufReader::new(&mut stream);
            let (mut line, mut letter) = (String::new(), false);
            while lines.read_line(&mut line).await.unwrap_or(0) > 0 {
                let answer = match line.get(..4).unwrap_or_default() {
                    _ if letter && line.trim() != "." => "",
                    "EHLO" => "250-mail\r\n250 AUTH PLAIN\r\n",
                    "AUTH" => "235 welcome\r\n",
                    "DATA" => "354 go on\r\n",
                    "QUIT" => "221 bye\r\n",
                    _ => "250 ok\r\n",
                };
                letter = answer.starts_with("354") || (letter && answer.is_empty());
                if !answer.is_empty() {
                    said.push(line.trim().to_owned());
                }
                line.clear();
                lines.write_all(answer.as_bytes()).await.unwrap();
                lines.flush().await.unwrap();
            }
            said
        };
        let url = match begins {
            Begins::AtOnce => format!("smtps://u%40x:p%2Fw@localhost:{}", address.port()),
            _ => format!("smtp://u%40x:p%2Fw@localhost:{}?tls=required", address.port()),
        };
        assert!(is_server(&url));
        (Server::of(&url, "work.example").unwrap(), tokio::spawn(serve))
    }

    fn note() -> Message {
        let [from, to] = ["c@work.example", "mira@lab.example"].map(|one| one.parse().unwrap());
        Message::builder().from(from).to(to).body("x".to_owned()).unwrap()
    }

    #[tokio::test]
    async fn a_password_and_a_letter_go_within_tls() {
        for begins in [Begins::AtOnce, Begins::Asked] {
            let (server, said) = served(begins, "").await;
            let taken = server.take(&note(), &vouched::trust()).await;
            assert!(matches!(taken, Ok(250)));
            let said = said.await.unwrap();
            let (open, within): (Vec<_>, Vec<_>) = said.iter().partition(|line| line.starts_with("open "));
            match begins {
                Begins::Asked => assert_eq!(open, ["open EHLO work.example", "open STARTTLS"]),
                _ => assert!(open.is_empty()),
            }
            let verbs: Vec<_> = within.iter().map(|line| &line[..line.len().min(4)]).collect();
            assert_eq!(verbs, ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", ".", "QUIT"]);
            use base64::Engine as _;
            let plain = base64::engine::general_purpose::STANDARD.encode("\0u@x\0p/w");
            assert_eq!(*within[1], format!("AUTH PLAIN {plain}"));
        }
    }

    #[tokio::test]
    async fn what_was_put_before_tls_is_not_taken_for_what_is_within() {
        let (server, said) = served(Begins::Asked, "250 injected\r\n").await;
        let taken = server.take(&note(), &vouched::trust()).await;
        assert!(matches!(taken, Err(Refused::Unreachable)));
        assert_eq!(said.await.unwrap().len(), 2);
    }
}
