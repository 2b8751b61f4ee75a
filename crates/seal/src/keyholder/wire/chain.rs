//! A node's side of the token chain, without any I/O: what it must have on its disk before it sends, and after it is answered.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Token;

/// Where a node is in its chain. Write it to the node's disk, as JSON, outside the data folder, after each change and *before* anything is
/// sent: a call that was sent, and is not here after a crash, cannot be sent again as it was, and anything else under its token
/// counts as a clone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeChain {
    token: Token,
    pending: Option<Pending>,
}

/// A call that was begun and not answered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    path: String,
    #[serde(serialize_with = "wiped::write", deserialize_with = "wiped::read")]
    body: Zeroizing<String>,
}

/// Text that is wiped, as text.
mod wiped {
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn write<S: Serializer>(text: &Zeroizing<String>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(from).map(Zeroizing::new)
    }
}

/// A call is under way already: send that one again until it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a call to the keyholder is under way: it is sent again, as it is, until it is answered")]
pub struct Busy;

impl NodeChain {
    /// At the beginning, with the token of the enrolment.
    #[must_use]
    pub const fn new(first: Token) -> Self {
        Self {
            token: first,
            pending: None,
        }
    }

    /// What the next call carries.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// The path and the body of the call that is under way: what is sent, and sent again where no answer came.
    #[must_use]
    pub fn pending(&self) -> Option<(&str, &str)> {
        self.pending
            .as_ref()
            .map(|pending| (pending.path.as_str(), pending.body.as_str()))
    }

    /// Takes up a call, whose `body` is a [`Call`](super::Call) with [`token`](Self::token) as JSON.
    ///
    /// # Errors
    /// [`Busy`] while another is under way.
    pub fn begin(&mut self, path: &str, body: String) -> Result<(), Busy> {
        if self.pending.is_some() {
            return Err(Busy);
        }
        self.pending = Some(Pending {
            path: path.to_owned(),
            body: Zeroizing::new(body),
        });
        Ok(())
    }

    /// The call was answered, with [`Reply::token`](super::Reply::token). Without one the call took no token, and the last is good still.
    pub fn answered(&mut self, next: Option<Token>) {
        self.pending = None;
        if let Some(next) = next {
            self.token = next;
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({}, {} bytes)", self.path, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_at_a_time_and_the_same_after_a_crash() {
        let mut chain = NodeChain::new(Token::new("cft1_a".into()));
        chain.begin("/v1/mint", "{\"token\":\"cft1_a\"}".into()).unwrap();
        assert_eq!(chain.begin("/v1/lease", String::new()), Err(Busy));
        let disk = serde_json::to_string(&chain).unwrap();
        let shown = format!("{chain:?}");
        assert!(!shown.contains("cft1_a") && shown.contains("/v1/mint"), "{shown}");
        let mut after: NodeChain = serde_json::from_str(&disk).unwrap();
        assert_eq!(after.pending(), Some(("/v1/mint", "{\"token\":\"cft1_a\"}")));
        after.answered(Some(Token::new("cft1_b".into())));
        assert_eq!((after.pending(), after.token().expose()), (None, "cft1_b"));
        after.begin("/v1/lease", String::new()).unwrap();
        after.answered(None);
        assert_eq!(after.token().expose(), "cft1_b", "a call that took no token");
    }
}
