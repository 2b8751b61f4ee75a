//! The configuration: TOML, and variables of the environment over it.

#![no_main]

// The binary has no library: its modules are read here as they are.
#[path = "../../crates/cofferdam/src/config/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the binary uses the rest")]
mod config;
#[path = "../../crates/cofferdam/src/fail.rs"]
#[expect(dead_code, reason = "the binary uses the rest")]
mod fail;
#[path = "../../crates/cofferdam/src/files.rs"]
#[expect(dead_code, reason = "the binary uses the rest")]
mod files;

use cofferdam_fuzz::is_readable;
use config::Config;
use fail::Failure;
use libfuzzer_sys::fuzz_target;

/// Stands for a password wherever the corpus has one.
const PASSWORD: &str = "hunter2";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // A line feed and an equals sign after NUL: variables, one a line.
    let (file, variables) = text.split_once('\0').unwrap_or((text, ""));
    // No variable of the environment holds NUL.
    if variables.contains('\0') {
        return;
    }
    let pairs = variables.lines().filter_map(|line| line.split_once('='));
    let variables: Vec<_> = pairs
        .map(|(name, value)| (name.to_owned(), Some(value.to_owned())))
        .collect();
    match Config::read(file, "x.toml", &variables) {
        Ok(config) => {
            let again = |text: &str| Config::read(text, "x.toml", &[]).expect("what is written is read");
            assert_eq!(again(&config.to_file()), config);
            assert_eq!(again(&config.to_short_file()), config);
            assert!((1..=64).contains(&config.readers) && (1..=720).contains(&config.session_hours));
            assert!((5..=3_600).contains(&config.lease_seconds));
            let _ = config.settings(config.listen);
            assert!(config.local_url().starts_with("http://"));
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            let told = Failure::new(problems[0].clone())
                .with(problems[1..].to_vec())
                .to_string();
            told.lines().for_each(is_readable);
            let secret =
                |line: &&str| line.starts_with("database = ") || line.starts_with("COFFERDAM_DATABASE=");
            let elsewhere = text.split(['\n', '\0']).filter(|line| line.contains(PASSWORD));
            assert!(
                !told.contains(PASSWORD) || elsewhere.clone().any(|line| !secret(&line)),
                "it tells a password: {told}"
            );
        }
    }
});
