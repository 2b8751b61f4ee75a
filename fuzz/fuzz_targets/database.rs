//! Where the rows are: `sqlite`, or the address of a PostgreSQL server.

#![no_main]

use cofferdam_fuzz::is_readable;
use cofferdam_store::Database;
use libfuzzer_sys::fuzz_target;

/// Stands for a password wherever the corpus has one.
const PASSWORD: &str = "hunter2";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match text.parse::<Database>() {
        Ok(database) => {
            let shown = format!("{database:?}");
            assert!(
                !shown.contains("password: Some(\""),
                "it is shown with its password: {shown}"
            );
            assert!(
                !text.contains(char::is_control),
                "an address with control characters: {text:?}"
            );
            assert_eq!(matches!(database, Database::Sqlite), text == "sqlite");
        }
        Err(error) => {
            is_readable(&error);
            assert!(!error.contains(PASSWORD), "it tells a password: {error}");
        }
    }
});
