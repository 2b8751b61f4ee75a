//! Writing and reading of a delivery, as a stream.

use std::collections::HashSet;
use std::io::{self, BufRead, Read, Write};

use age::stream::{StreamReader, StreamWriter};

use super::{Identity, Recipient};

/// A delivery could not be begun, or does not open.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// There is nobody to encrypt to.
    #[error("a delivery needs at least one recipient")]
    NoRecipient,
    /// One recipient was named twice: most likely one of them was meant to be another.
    #[error("recipient {0} is named twice")]
    Twice(Recipient),
    /// None of the identities is one that the delivery was encrypted to.
    #[error("none of the identities opens this delivery")]
    NoMatch,
    /// The file is not an age file, or its header was changed.
    #[error("not an age file, or changed: {0}")]
    Malformed(String),
    /// The file below failed.
    #[error("cannot read or write the delivery: {0}")]
    Io(#[from] io::Error),
}

/// Encrypts what is written to it. [`finish`](Self::finish) it: dropped before, it leaves a file that does not
/// open to its end.
#[must_use = "a delivery that is not finished does not open"]
pub struct Writer<W: Write>(StreamWriter<W>);

/// Begins a delivery to all `recipients`, each of whom can open it alone, and writes its header to `out`.
///
/// # Errors
/// [`EnvelopeError::NoRecipient`], [`EnvelopeError::Twice`], or [`EnvelopeError::Io`] from `out`.
pub fn encrypt<W: Write>(recipients: &[Recipient], out: W) -> Result<Writer<W>, EnvelopeError> {
    let mut seen = HashSet::new();
    if let Some(again) = recipients.iter().find(|recipient| !seen.insert(*recipient)) {
        return Err(EnvelopeError::Twice(again.clone()));
    }
    let recipients = recipients
        .iter()
        .map(|recipient| &recipient.0 as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| match error {
        age::EncryptError::MissingRecipients => EnvelopeError::NoRecipient,
        age::EncryptError::Io(error) => EnvelopeError::Io(error),
        other => EnvelopeError::Malformed(other.to_string()),
    })?;
    Ok(Writer(encryptor.wrap_output(out)?))
}

impl<W: Write> Writer<W> {
    /// Ends the delivery and gives `out` back, flushed but not synced.
    ///
    /// # Errors
    /// What `out` reports.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.0.finish()?;
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Decrypts what is read from it. Its end is authentic only when `read` has returned 0.
pub struct Reader<R: Read>(StreamReader<R>);

/// Opens a delivery with whichever of `identities` fits.
///
/// # Errors
/// [`EnvelopeError::NoMatch`], [`EnvelopeError::Malformed`], or [`EnvelopeError::Io`] from `input`.
pub fn decrypt<R: BufRead>(identities: &[Identity], input: R) -> Result<Reader<R>, EnvelopeError> {
    let decryptor = age::Decryptor::new_buffered(input).map_err(not_opened)?;
    let identities = identities
        .iter()
        .map(|identity| &identity.0 as &dyn age::Identity);
    decryptor.decrypt(identities).map(Reader).map_err(not_opened)
}

fn not_opened(error: age::DecryptError) -> EnvelopeError {
    match error {
        age::DecryptError::NoMatchingKeys => EnvelopeError::NoMatch,
        age::DecryptError::Io(error) if error.raw_os_error().is_some() => EnvelopeError::Io(error),
        // What the age crate found in the bytes, not what the file below did; it writes for people, over several lines.
        other => EnvelopeError::Malformed(other.to_string().replace('\n', " ")),
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<W: Write> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("envelope::Writer")
    }
}

impl<R: Read> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("envelope::Reader")
    }
}
