//! What comes as a credential: tokens, sessions, login links.

#![no_main]

use cofferdam_custody::{AuthError, Secret};
use cofferdam_fuzz::is_readable;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match text.parse::<Secret>() {
        Ok(secret) => {
            assert_eq!(secret.expose(), text, "a credential has one form");
            assert_eq!(text.len(), 62);
            assert!(["cfs_", "cft_", "cfl_"].iter().any(|kind| text.starts_with(kind)));
            assert!(
                !format!("{secret:?}").contains(&text[4..12]),
                "it is shown by accident"
            );
            // Each of the six last characters is decided by those before it.
            for at in 56..62 {
                let mut other = text.as_bytes().to_vec();
                other[at] = if other[at] == b'7' { b'8' } else { b'7' };
                let other = String::from_utf8(other).expect("ASCII");
                assert!(other.parse::<Secret>().is_err(), "another check is taken");
            }
        }
        Err(error) => {
            assert!(matches!(error, AuthError::Malformed));
            is_readable(&error.to_string());
        }
    }
});
