//! `cofferdam open`

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_seal::envelope;
use cofferdam_work::manifest::RowsDigest;
use serde_json::json;

use super::identity;
use crate::fail::{Failure, Outcome};
use crate::files::OnFile as _;
use crate::opening::{self, Signed};
use crate::out::{Out, note};
use crate::part::Part;
use crate::table::counted;

/// Open a delivery with the lab's identity, and check it against its manifest
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The delivery: an age file
    file: PathBuf,
    /// The lab's identity file: `cofferdam identity new` or `age-keygen` made it
    #[arg(long, short, value_name = "FILE")]
    identity: PathBuf,
    /// The delivery's signed manifest: nothing is given out unless the file is what it says
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The key that must have signed the manifest
    #[arg(long, value_name = "KEY", value_parser = super::verify::key, requires = "manifest")]
    vkey: Option<VerifyingKey>,
    /// The lab's exported ledger: it is verified, and must record the manifest
    #[arg(long, value_name = "DIR", requires = "manifest")]
    ledger: Option<PathBuf>,
    /// A new file for the rows [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Open {
    pub(crate) fn run(self, out: Out) -> Outcome {
        let identities = identity::read(&self.identity)?;
        let signed = self
            .manifest
            .as_deref()
            .map(|file| opening::manifest(file, self.vkey.as_ref()))
            .transpose()?;
        if let (Some(manifest), Some(ledger)) = (&self.manifest, &self.ledger) {
            opening::recorded(manifest, ledger)?;
        }
        if let Some(signed) = &signed {
            self.check(&identities, signed)?;
        }
        let digest = match &self.out {
            Some(file) => self.write(&identities, file)?,
            None if out.json => opening::rows(&self.file, &identities, |_| Ok(()))?,
            None => opening::rows(&self.file, &identities, |row| out.bytes(row))?,
        };
        if out.json {
            return out.json(&json!({
                "file": self.file,
                "rows": digest.rows,
                "bytes": digest.bytes,
                "sha256": digest.sha256.to_string(),
                "format": signed.as_ref().map(|s| s.manifest.format.name()),
                "as_the_manifest_says": signed.as_ref().map(|_| true),
                "in_the_ledger": self.ledger.as_ref().map(|_| true),
                "vouched": signed.as_ref().map(|s| s.by.is_some()),
                "signed_by": signed.as_ref().and_then(|s| s.by.clone()),
                "out": self.out,
            }));
        }
        let checked = match (&signed, &self.ledger) {
            (None, _) => "not held against a manifest",
            (Some(_), Some(_)) => "as the manifest says, which the ledger records",
            (Some(Signed { by: Some(_), .. }), None) => "as the signed manifest says",
            (Some(_), None) => "as the manifest says, of which nobody vouches here (--ledger, --vkey)",
        };
        let [rows, bytes] = [counted(digest.rows, "row"), counted(digest.bytes, "byte")];
        note(format!("{rows}, {bytes}: {checked}"));
        Ok(())
    }

    fn check(&self, identities: &[envelope::Identity], signed: &Signed) -> Outcome {
        let digest = opening::rows(&self.file, identities, |_| Ok(()))?;
        let differing = opening::differences(&signed.manifest, &digest, opening::hash(&self.file)?);
        if differing.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{} is not the delivery that its manifest describes; do not use it, fetch both again",
            self.file.display()
        );
        Err(Failure::new(text).with(differing))
    }

    /// All rows, or no file.
    fn write(&self, identities: &[envelope::Identity], file: &Path) -> Outcome<RowsDigest> {
        let mut part = Part::of(file)?;
        let mut target = BufWriter::new(part.file());
        let digest = opening::rows(&self.file, identities, |row| target.write_all(row).writing(file))?;
        target.flush().writing(file)?;
        drop(target);
        part.keep()?;
        Ok(digest)
    }
}
