//! `cofferdam identity`, and reading identity files.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_seal::envelope;
use serde_json::json;

use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::install::private_file;
use crate::out::Out;

/// What an age file begins with, and one in ASCII armor.
const ENCRYPTED: [&[u8]; 2] = [b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----"];

/// age identities, for opening deliveries
#[derive(Debug, Args)]
pub(crate) struct Identity {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an identity and print its recipient; `age-keygen` does the same
    New {
        /// A file that does not exist yet: keep it where the platform cannot read it
        file: PathBuf,
    },
}

impl Identity {
    pub(crate) fn run(self, out: Out) -> Outcome {
        let Verb::New { file } = self.verb;
        let recipient = new(&file)?;
        out.answer(&json!({ "file": file, "recipient": recipient }), |_| {
            recipient.clone()
        })
    }
}

/// Makes an identity in a new file, in the form of `age-keygen`; its recipient.
pub(crate) fn new(file: &Path) -> Outcome<String> {
    if file.exists() {
        return Err(Failure::new(format!(
            "{} exists already; name a new file",
            file.display()
        )));
    }
    let identity = envelope::Identity::generate();
    let recipient = identity.to_recipient().to_string();
    let content = format!("# public key: {recipient}\n{}\n", identity.expose().as_str());
    private_file(file, content.as_bytes())?;
    Ok(recipient)
}

/// The identities in a file, one a line, beside comments.
pub(crate) fn read(file: &Path) -> Outcome<Vec<envelope::Identity>> {
    let bytes = files::bytes(file)?;
    if ENCRYPTED.iter().any(|start| bytes.starts_with(start)) {
        return Err(Failure::new(format!(
            "{0} is itself encrypted, with a passphrase or to another identity, and nothing asks for that here; decrypt \
             it first: age --decrypt --output IDENTITY {0}",
            file.display()
        )));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| files::unread(file, &std::io::ErrorKind::InvalidData.into()))?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identities: Vec<_> = lines
        .map(envelope::Identity::parse)
        .collect::<Result<_, _>>()
        .to(file.display())?;
    if identities.is_empty() {
        let text = format!(
            "{} holds no identity: a line that begins with AGE-SECRET-KEY-1 is needed",
            file.display()
        );
        return Err(Failure::new(text));
    }
    Ok(identities)
}
