//! Nodes of the platform: their names, their codes, and the chain of one-use tokens by which a clone is found out.
//!
//! Token number i of an enrolment is `cft1_` and base64url, without padding, of i (8 bytes, big-endian) and
//! HMAC-SHA-256 over the enrolment's id and i, with a key that derives from the root key. So no token is stored, here or in
//! the log, and each can be given again.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::Token;

use crate::entry::Used;
use crate::hex;
use crate::root::Root;
use crate::state::{Answered, Code, Node, State};

const LABEL: &[u8] = b"cofferdam/keyholder/tokens/v1";
const PREFIX: &str = "cft1_";
const INDEX_LEN: usize = 8;
const MAC_LEN: usize = 32;

/// How often a code may be tried in vain.
pub(crate) const MAX_FAILURES: u32 = 5;

/// How often a node may call in a row with a token that it cannot have.
pub(crate) const MAX_STRANGE: u32 = 10;

/// Makes and reads tokens.
pub(crate) struct Chain(hmac::Key);

impl Chain {
    /// The chain of this keyholder.
    pub(crate) fn of(root: &Root) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, root.derive(LABEL).expose()))
    }

    fn mac(&self, enrolment: Id128, index: u64) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(enrolment.as_bytes());
        context.update(&index.to_be_bytes());
        context.sign()
    }

    /// Token number `index` of an enrolment.
    pub(crate) fn token(&self, enrolment: Id128, index: u64) -> Token {
        let mut bytes = zeroize::Zeroizing::new([0; INDEX_LEN + MAC_LEN]);
        bytes[..INDEX_LEN].copy_from_slice(&index.to_be_bytes());
        bytes[INDEX_LEN..].copy_from_slice(self.mac(enrolment, index).as_ref());
        let body = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
        Token::new(format!("{PREFIX}{}", &*body))
    }

    /// Which token of the enrolment this is; none when it is none of it.
    fn index(&self, enrolment: Id128, token: &Token) -> Option<u64> {
        let body = token.expose().strip_prefix(PREFIX)?;
        let bytes = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(body).ok()?);
        let (index, mac) = bytes.split_first_chunk::<INDEX_LEN>()?;
        let index = u64::from_be_bytes(*index);
        hex::same(mac, self.mac(enrolment, index).as_ref()).then_some(index)
    }

    /// What a call's token says of it. `body` is the call's hash.
    pub(crate) fn place(&self, node: &Node, token: &Token, request: Id128, body: &str) -> Place {
        let Some(index) = self.index(node.enrolment, token) else {
            return Place::Strange;
        };
        let used = Used {
            request,
            token: index,
            body: body.to_owned(),
        };
        match &node.last {
            _ if index == node.next => Place::Next(used),
            _ if index > node.next => Place::Ahead,
            Some((last, answer)) if *last == used => Place::Again(Box::new(answer.clone())),
            _ => Place::Twice,
        }
    }
}

/// A call's place in its node's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the next.
    Next(Used),
    /// It is the last one once more, whose answer was lost.
    Again(Box<Answered>),
    /// Its token was used already, for something else.
    Twice,
    /// Its token was given out by a later state of this keyholder than this one.
    Ahead,
    /// Its token is none of this enrolment's.
    Strange,
}

/// Whether a name is one that a node may have.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=64).contains(&name.len()) && name.bytes().all(known)
}

/// The name of the node that a certificate is of, while both are good.
pub(crate) fn of_certificate<'s>(
    state: &'s State,
    sha256: &str,
    now: i64,
) -> Option<(&'s str, &'s Node, i64)> {
    state.nodes.iter().find_map(|(name, node)| {
        let found = node.certificates.iter().find(|(known, _)| known == sha256)?;
        (node.revoked.is_none() && now < found.1).then_some((name.as_str(), node, found.1))
    })
}

/// Whether a code's secret is this one.
pub(crate) fn opens(code: &Code, secret: &Token) -> bool {
    let decoded = STANDARD.decode(secret.expose()).map(zeroize::Zeroizing::new);
    decoded.is_ok_and(|bytes| hex::same(hex::sha256_text(&bytes).as_bytes(), code.secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Issued;

    fn chain() -> Chain {
        Chain(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]))
    }

    fn node(next: u64, last: Option<Used>) -> Node {
        let issued = Issued {
            sha256: String::new(),
            der: String::new(),
            expires: 0,
        };
        Node {
            enrolment: Id128::new([1; 16]),
            since: 0,
            next,
            strange: 0,
            last: last.map(|used| (used, Answered::Destroyed)),
            seen: 0,
            certificates: Vec::new(),
            enrolled_by: (String::new(), issued),
            revoked: None,
        }
    }

    #[test]
    fn a_token_is_used_once_and_a_lost_answer_is_given_again() {
        let chain = chain();
        let (own, id) = (node(3, None), Id128::new([9; 16]));
        let token = |index| chain.token(own.enrolment, index);
        let Place::Next(used) = chain.place(&own, &token(3), id, "body") else {
            panic!("it is the next");
        };
        assert_eq!(chain.place(&own, &token(2), id, "body"), Place::Twice);
        assert_eq!(chain.place(&own, &token(4), id, "body"), Place::Ahead);
        let after = node(4, Some(used));
        assert_eq!(
            chain.place(&after, &token(3), id, "body"),
            Place::Again(Box::new(Answered::Destroyed))
        );
        assert_eq!(chain.place(&after, &token(3), id, "other"), Place::Twice);
        let other = Id128::new([8; 16]);
        assert_eq!(chain.place(&after, &token(3), other, "body"), Place::Twice);
        assert_eq!(chain.place(&after, &token(2), id, "body"), Place::Twice);
        let strange = chain.token(other, 4);
        assert_eq!(chain.place(&after, &strange, id, "body"), Place::Strange);
        for text in ["", "cft1_", "cft1_AAAA", "x"] {
            let bad = Token::new(text.into());
            assert_eq!(chain.place(&after, &bad, id, "body"), Place::Strange);
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        for good in ["node-1", "a", "N.x_9"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a b", "ä", "a\n", "a/b", &"a".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
