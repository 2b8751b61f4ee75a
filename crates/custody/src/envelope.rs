//! Delivery envelopes: rows on their way to a lab's age recipients, which the ledger names.

use std::io::{self, Write};

use cofferdam_seal::envelope::{self, Recipient};

/// Encrypts what is written to it.
pub struct Envelope<W: Write>(envelope::Writer<W>);

impl<W: Write> Envelope<W> {
    /// An age file to these recipients.
    ///
    /// # Errors
    /// Which recipient is none, or why the header could not be written.
    pub fn to(recipients: &[String], out: W) -> Result<Self, String> {
        let parse = |text: &String| Recipient::parse(text).map_err(|e| format!("recipient {text}: {e}"));
        let recipients = recipients.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        envelope::encrypt(&recipients, out)
            .map(Self)
            .map_err(|e| e.to_string())
    }

    /// Ends the file: without this it does not open.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Envelope<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a text is an age recipient.
///
/// # Errors
/// Why it is not.
pub fn check_recipient(text: &str) -> Result<(), String> {
    Recipient::parse(text).map(|_| ()).map_err(|e| e.to_string())
}
