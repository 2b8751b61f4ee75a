//! A delivery opens with the stock `age` tool, as a lab opens it, and what it seals opens here.

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use cofferdam_seal::envelope::{Identity, decrypt, encrypt};

/// Runs `age` with `input`; never skips: without the tool, the promise to labs is untested.
#[expect(clippy::panic, reason = "a test helper fails as its tests do")]
fn age(arguments: &[&str], input: &[u8]) -> Output {
    let child = Command::new("age")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        panic!("cannot run `age`, the tool that labs open deliveries with: install the Debian package `age`")
    };
    let (mut stdin, input) = (child.stdin.take(), input.to_vec());
    let writer = std::thread::spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(&input)));
    let output = child.wait_with_output();
    drop(writer.join());
    match output {
        Ok(output) if output.status.success() => output,
        other => panic!("`age {}` failed: {other:?}", arguments.join(" ")),
    }
}

/// More than two of age's chunks of 64 KiB.
fn rows() -> Vec<u8> {
    (0..20_000)
        .flat_map(|row| format!("{{\"row\":{row}}}\n").into_bytes())
        .collect()
}

#[test]
fn the_stock_tool_opens_a_delivery() {
    let identities = [Identity::generate(), Identity::generate()];
    let recipients = identities.each_ref().map(Identity::to_recipient);
    let mut writer = encrypt(&recipients, Vec::new()).unwrap();
    writer.write_all(&rows()).unwrap();
    let delivery = writer.finish().unwrap();
    for identity in identities {
        let mut key_file = tempfile::NamedTempFile::new().unwrap();
        writeln!(key_file, "{}", *identity.expose()).unwrap();
        let opened = age(
            &["--decrypt", "--identity", key_file.path().to_str().unwrap()],
            &delivery,
        );
        assert!(opened.stdout == rows());
    }
}

#[test]
fn what_the_stock_tool_seals_opens_here() {
    let identity = Identity::generate();
    let sealed = age(&["--recipient", &identity.to_recipient().to_string()], &rows());
    let mut opened = Vec::new();
    decrypt(&[identity], &sealed.stdout[..])
        .unwrap()
        .read_to_end(&mut opened)
        .unwrap();
    assert!(opened == rows());
}
