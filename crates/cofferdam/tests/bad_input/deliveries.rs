//! Deliveries opened with what does not fit them: nothing is given out, and no file is left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{self, arg, run};

const OTHER_IDENTITY: &str = "it was encrypted to other recipients; give their identity file";
const A_RECIPIENT: &str =
    "this is a recipient, which only encrypts: give the line that begins with AGE-SECRET-KEY-1";
const NO_IDENTITY: &str = " holds no identity: a line that begins with AGE-SECRET-KEY-1 is needed";
const MISTYPED: &str =
    "not an age identity: invalid Bech32 encoding; give the line that begins with AGE-SECRET-KEY-1";
const PROTECTED: &str = " is itself encrypted, with a passphrase or to another identity, and nothing asks for that \
                         here; decrypt it first: age --decrypt --output IDENTITY ";
const NO_AGE_FILE: &str =
    "not an age file, or changed: Header is invalid; name the delivery's own file, or fetch it again";
const NO_HEADER: &str =
    "not an age file, or changed: Incomplete header; name the delivery's own file, or fetch it again";
const CHANGED: &str = " does not open to its end (decryption error); fetch it again";
const NOT_SIGNED: &str = "the text or the signature was altered; do not believe it, fetch it again";
const NOT_THE_MANIFESTS: &str =
    " is not the delivery that its manifest describes; do not use it, fetch both again";
const NOT_RECORDED: &str = " is not recorded in the ledger in ";
const STRANGER: &str = "no signature is of a key that is trusted here (";

/// A demonstration with two labs, and a folder for what is altered.
struct Delivered {
    folder: tempfile::TempDir,
    report: Value,
}

impl Delivered {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = arg(&folder.path().join("data"));
        let report = support::json(&["demo", "--once", "--data", &data]);
        Self { folder, report }
    }

    fn path(&self, delivery: usize, member: &str) -> String {
        self.report["deliveries"][delivery][member]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The delivery's lab's exported ledger.
    fn ledger(&self) -> String {
        let lab = self.report["deliveries"][0]["lab"].as_str().unwrap();
        self.report["ledger_export"][lab].as_str().unwrap().to_owned()
    }

    fn beside(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        arg(&path)
    }

    /// The whole of standard error is `said`; no row came out, and no file was made.
    fn refused(&self, args: &[&str], said: &str) {
        let out = self.folder.path().join("rows.jsonl");
        let shown = arg(&out);
        let ran = run(&[&["open"], args, &["--out", &shown]].concat());
        assert_eq!(ran.stderr, format!("cofferdam: {said}\n"), "{args:?}");
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{args:?}");
        assert!(
            !out.exists() && !out.with_extension("part").exists(),
            "{args:?} left a file"
        );
    }
}

#[test]
fn a_delivery_does_not_open_with_the_wrong_identity() {
    let at = Delivered::new();
    let (file, own, other) = (
        at.path(0, "path"),
        at.path(0, "identity_path"),
        at.path(1, "identity_path"),
    );
    at.refused(&[&file, "-i", &other], &format!("{file}: {OTHER_IDENTITY}"));
    let identity = fs::read_to_string(&own).unwrap();
    let recipient = identity
        .lines()
        .next()
        .unwrap()
        .trim_start_matches("# public key: ");
    let public = at.beside("public.txt", recipient.as_bytes());
    at.refused(&[&file, "-i", &public], &format!("{public}: {A_RECIPIENT}"));
    let empty = at.beside("empty.txt", b"# nothing here\n");
    at.refused(&[&file, "-i", &empty], &format!("{empty}{NO_IDENTITY}"));
    let mistyped = at.beside(
        "mistyped.txt",
        identity
            .replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q")
            .as_bytes(),
    );
    at.refused(&[&file, "-i", &mistyped], &format!("{mistyped}: {MISTYPED}"));
    at.refused(&[&own, "-i", &own], &format!("{own}: {NO_AGE_FILE}"));
}

/// Encrypts an identity file with the stock tool, to another identity, as `age -p` does with a passphrase.
fn encrypted(identity: &str, to: &Path, armor: bool) {
    let recipient = fs::read_to_string(identity).unwrap();
    let recipient = recipient
        .lines()
        .next()
        .unwrap()
        .trim_start_matches("# public key: ")
        .to_owned();
    let mut age = Command::new("age");
    // It takes options before the file only.
    age.args(if armor { &["--armor"][..] } else { &[] });
    age.args(["--recipient", &recipient, "--output"])
        .arg(to)
        .arg(identity)
        .stdin(Stdio::null());
    assert!(age.status().unwrap().success());
}

/// Nothing here asks for a passphrase: whoever protects an identity with one is told what to do first.
#[test]
fn an_identity_that_is_protected_is_told_from_one_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let own = arg(&folder.path().join("identity.txt"));
    support::json(&["identity", "new", &own]);
    for armor in [false, true] {
        let protected: PathBuf = folder.path().join(format!("protected-{armor}"));
        encrypted(&own, &protected, armor);
        let protected = arg(&protected);
        let ran = run(&["open", &own, "--identity", &protected]);
        assert_eq!(
            ran.stderr,
            format!("cofferdam: {protected}{PROTECTED}{protected}\n")
        );
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    }
}

#[test]
fn a_delivery_that_was_changed_gives_nothing_out() {
    let at = Delivered::new();
    let (file, own) = (at.path(0, "path"), at.path(0, "identity_path"));
    let whole = fs::read(&file).unwrap();
    let cut = at.beside("cut.age", &whole[..whole.len() - 9]);
    at.refused(&[&cut, "-i", &own], &format!("{cut}{CHANGED}"));
    let mut changed = whole.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let changed = at.beside("changed.age", &changed);
    at.refused(&[&changed, "-i", &own], &format!("{changed}{CHANGED}"));
    let header = at.beside("header.age", &whole[..60]);
    at.refused(&[&header, "-i", &own], &format!("{header}: {NO_HEADER}"));
}

#[test]
fn a_manifest_that_was_changed_vouches_for_nothing() {
    let at = Delivered::new();
    let (file, own, manifest) = (
        at.path(0, "path"),
        at.path(0, "identity_path"),
        at.path(0, "manifest_path"),
    );
    let ledger = at.ledger();
    let text = fs::read_to_string(&manifest).unwrap();
    let rows = text.lines().find(|line| line.starts_with("rows ")).unwrap();
    let count: u64 = rows["rows ".len()..].parse().unwrap();
    let more = at.beside(
        "more",
        text.replace(rows, &format!("rows {}", count + 1)).as_bytes(),
    );

    let open = |manifest: &str, rest: &[&str], said: &str| {
        at.refused(
            &[&[file.as_str(), "-i", &own, "--manifest", manifest], rest].concat(),
            said,
        );
    };
    let differs = format!(
        "{file}{NOT_THE_MANIFESTS}\n  rows: the manifest says {}, the file has {count}",
        count + 1
    );
    open(&more, &[], &differs);
    let recorded = format!(
        "{more}{NOT_RECORDED}{ledger}; do not believe it, or export the ledger anew if it is the older"
    );
    open(&more, &["--ledger", &ledger], &recorded);

    // With the key from where one trusts it, no altered word of it is read.
    let signer = signer_of(&text);
    let key = vkey(&at, &signer);
    let id = key.split('+').nth(1).unwrap();
    let forged = format!("{more}: the signature of {signer}+{id} does not verify: {NOT_SIGNED}");
    open(&more, &["--vkey", &key], &forged);
    let foreign = at.path(1, "manifest_path");
    let names = fs::read_to_string(&foreign).unwrap();
    let other = signer_of(&names);
    let found = vkey(&at, &other);
    let other = format!("{other}+{}", found.split('+').nth(1).unwrap());
    open(
        &foreign,
        &["--vkey", &key],
        &format!(
            "{foreign}: {STRANGER}{signer}+{id}); the note has signatures of: {other}; give the key of the lab's deliveries, whose name ends in /deliveries"
        ),
    );

    let cut = at.beside("cut", &text.as_bytes()[..text.len() / 2]);
    open(
        &cut,
        &[],
        &format!(
            "{cut} is no manifest of a delivery: this is not a signed note: no blank line parts text and signatures; fetch it again with its delivery"
        ),
    );
    let title = at.beside("title", text.replace("/v1\n", "/v2\n").as_bytes());
    open(
        &title,
        &[],
        &format!(
            "{title} is no manifest of a delivery: the manifest does not start with the line `cofferdam.delivery/v1`; fetch it again with its delivery"
        ),
    );
}

/// Whose signature a note ends with.
fn signer_of(note: &str) -> String {
    let (_, line) = note.rsplit_once('—').unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

/// The key of a lab's deliveries, by the platform's own secret: the demonstration's server runs no more.
fn vkey(at: &Delivered, name: &str) -> String {
    let folder = at.folder.path().join("data");
    let origin = name.split('/').next().unwrap();
    let compartment = name.split('/').nth(1).unwrap().parse().unwrap();
    let secrets = cofferdam_custody::Secrets::open(&folder, origin).unwrap();
    secrets
        .manifest_key(compartment)
        .unwrap()
        .verifying_key()
        .to_string()
}
