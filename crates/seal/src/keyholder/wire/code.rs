//! The one-time code by which a node is enrolled, as a person carries it from one machine to another.
//!
//! `cfk1_` and base64url, without padding, of: the code's id (4 bytes), its secret (16), the SHA-256 of the keyholder's
//! authority (32), the address (`host:port`, UTF-8), and the first 4 bytes of the SHA-256 of all that.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::{Zeroize, Zeroizing};

use super::Token;

const PREFIX: &str = "cfk1_";
const ID_LEN: usize = 4;
const SECRET_LEN: usize = 16;
const HASH_LEN: usize = 32;
const SUM_LEN: usize = 4;
const MAX_ADDRESS_LEN: usize = 255;

/// What a code says. It is a secret until it was used.
pub struct EnrolmentCode {
    /// Which code: not secret.
    pub id: [u8; ID_LEN],
    /// What only its holder knows.
    secret: [u8; SECRET_LEN],
    /// The SHA-256 of the authority's certificate (DER). A server that does not show it is another one.
    pub authority: [u8; HASH_LEN],
    /// Where the keyholder listens, `host:port`.
    pub address: String,
}

/// The text is not such a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a whole enrolment code: it begins with cfk1_ and is one word; copy it again, from its beginning to its end"
)]
pub struct CodeError;

impl EnrolmentCode {
    /// A code with a secret that was just drawn.
    #[must_use]
    pub const fn new(
        id: [u8; ID_LEN],
        secret: [u8; SECRET_LEN],
        authority: [u8; HASH_LEN],
        address: String,
    ) -> Self {
        Self {
            id,
            secret,
            authority,
            address,
        }
    }

    /// The id as [`Enrol::code`](super::Enrol::code) has it.
    #[must_use]
    pub fn id_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }

    /// The secret as [`Enrol::secret`](super::Enrol::secret) has it.
    #[must_use]
    pub fn secret_text(&self) -> Token {
        Token::new(STANDARD.encode(self.secret))
    }

    /// The code as text. Show it to whoever asked for it, once.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            ID_LEN + SECRET_LEN + HASH_LEN + SUM_LEN + self.address.len(),
        ));
        bytes.extend(self.id);
        bytes.extend(self.secret);
        bytes.extend(self.authority);
        bytes.extend(self.address.as_bytes());
        let sum = digest(&SHA256, &bytes);
        bytes.extend(&sum.as_ref()[..SUM_LEN]);
        let body = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes));
        Zeroizing::new(format!("{PREFIX}{}", &*body))
    }
}

impl FromStr for EnrolmentCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let body = text.trim().strip_prefix(PREFIX).ok_or(CodeError)?;
        if body.len() > 2 * (ID_LEN + SECRET_LEN + HASH_LEN + MAX_ADDRESS_LEN) {
            return Err(CodeError);
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).map_err(|_| CodeError)?);
        let (bytes, sum) = bytes.split_last_chunk::<SUM_LEN>().ok_or(CodeError)?;
        if digest(&SHA256, bytes).as_ref()[..SUM_LEN] != *sum {
            return Err(CodeError);
        }
        let (id, rest) = bytes.split_first_chunk::<ID_LEN>().ok_or(CodeError)?;
        let (secret, rest) = rest.split_first_chunk::<SECRET_LEN>().ok_or(CodeError)?;
        let (authority, address) = rest.split_first_chunk::<HASH_LEN>().ok_or(CodeError)?;
        let address = std::str::from_utf8(address).map_err(|_| CodeError)?;
        if address.is_empty() || address.len() > MAX_ADDRESS_LEN {
            return Err(CodeError);
        }
        Ok(Self::new(*id, *secret, *authority, address.to_owned()))
    }
}

impl Drop for EnrolmentCode {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrolmentCode({}, {})", self.id_text(), self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that `docs/keyholder-protocol.md` gives.
    const TEXT: &str = "cfk1_AAECAwQEBAQEBAQEBAQEBAQEBAQFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBWtoLmV4YW1wbGU6NzQ0M5CmauM";

    fn code() -> EnrolmentCode {
        EnrolmentCode::new([0, 1, 2, 3], [4; 16], [5; 32], "kh.example:7443".into())
    }

    #[test]
    fn a_code_reads_as_it_is_written_and_shows_no_secret() {
        let text = code().to_text();
        assert_eq!(&*text, TEXT);
        let read: EnrolmentCode = format!(" {}\n", &*text).parse().unwrap();
        assert_eq!(read.id_text(), "00010203");
        assert_eq!(read.secret_text().expose(), code().secret_text().expose());
        assert_eq!((read.authority, &*read.address), ([5; 32], "kh.example:7443"));
        let shown = format!("{read:?} {:?}", read.secret_text());
        assert_eq!(shown, "EnrolmentCode(00010203, kh.example:7443) Token");
    }

    #[test]
    fn no_character_of_a_code_can_be_changed_or_left_out() {
        for at in 0..TEXT.len() {
            let other = if &TEXT[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{other}{}", &TEXT[..at], &TEXT[at + 1..]);
            assert!(changed.parse::<EnrolmentCode>().is_err(), "{at}");
            assert!(TEXT[..at].parse::<EnrolmentCode>().is_err(), "{at}");
        }
        assert!("cfk1_".parse::<EnrolmentCode>().is_err());
        assert!("".parse::<EnrolmentCode>().is_err());
    }
}
