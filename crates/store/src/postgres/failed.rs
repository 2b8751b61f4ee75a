//! What a failure of the server, or of its client, means here, and what to do about it.

use postgres::error::{DbError, SqlState};

use crate::error::StoreError;

impl From<postgres::Error> for StoreError {
    /// Says nothing of a row: what stands in it may be somebody's name.
    fn from(error: postgres::Error) -> Self {
        if let Some(told) = error.as_db_error() {
            return told.into();
        }
        let kind = error.to_string();
        let source = std::error::Error::source(&error);
        let why = source.map_or_else(|| kind.clone(), ToString::to_string);
        if why.contains(NO_WRITES) {
            Self::Forbidden(format!("{why}; {WRITES}"))
        } else if error.is_closed() || is_io(&error) {
            Self::Unreachable(why)
        } else if kind.starts_with("error performing TLS") {
            Self::Denied(format!("{why}; {NO_TLS}"))
        } else if kind.starts_with("authentication error") || why == "password missing" {
            Self::Denied(format!("{why}; {PASSWORD}"))
        } else {
            Self::Server(why)
        }
    }
}

fn is_io(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

impl From<&DbError> for StoreError {
    fn from(told: &DbError) -> Self {
        let code = told.code();
        let going = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
        match code {
            code if *code == SqlState::UNIQUE_VIOLATION => Self::Conflict(told.message().to_owned()),
            code if *code == SqlState::DISK_FULL => Self::DiskFull,
            code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
                Self::Forbidden(format!("{}; {WRITES}", told.message()))
            }
            code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                Self::Forbidden(format!("{}; {}", told.message(), privilege(told.message())))
            }
            code if *code == SqlState::LOCK_NOT_AVAILABLE => Self::Locked(told.message().to_owned()),
            code if [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN].contains(code) => {
                Self::Lacking(told.message().to_owned())
            }
            code if going.contains(code) => Self::Unreachable(told.message().to_owned()),
            _ => match remedy(code, told.message()) {
                Some(remedy) => Self::Denied(format!("{}; {remedy}", told.message())),
                None => Self::Server(format!("{} ({})", told.message(), code.code())),
            },
        }
    }
}

/// What the client says of a server that it was told to write to, and that takes no writes.
const NO_WRITES: &str = "does not allow writes";
/// What to do where nobody may write.
pub(super) const WRITES: &str = "let it take writes (it is a standby, or default_transaction_read_only is on), or name the \
     server that does";
const NO_TLS: &str = "this program does not speak TLS to it: leave sslmode out of the URL, and reach the server by a socket, \
     on a private network or through a tunnel";
const PASSWORD: &str = "write the role's password into the URL, as in postgres://user:password@host/name";

const SCHEMA: &str =
    "CREATE SCHEMA in that database, or GRANT USAGE, CREATE ON SCHEMA to the role, or mend its search_path";

/// The role may look into no schema: whether there are tables is not known.
pub(crate) fn no_schema() -> StoreError {
    StoreError::Denied(format!("the role may use no schema of its search_path; {SCHEMA}"))
}

/// What to create or to grant, and where.
fn remedy(code: &SqlState, message: &str) -> Option<&'static str> {
    Some(match code.code() {
        "3D000" => "make it with CREATE DATABASE on that server, or name another in the URL",
        "28000" if message.contains("does not exist") => {
            "make it with CREATE ROLE … LOGIN on that server, or name another in the URL"
        }
        "28000" => {
            "let the role in with the server's pg_hba.conf, over a socket or without TLS (`local` or `host`), and LOGIN"
        }
        "28P01" => PASSWORD,
        "3F000" => SCHEMA,
        _ => return None,
    })
}

/// The privilege that is missing where the server says that permission is denied.
fn privilege(message: &str) -> &'static str {
    if message.contains("for schema") {
        "GRANT USAGE, CREATE ON SCHEMA to the role, there"
    } else if message.contains("for database") {
        "GRANT CONNECT ON DATABASE to the role, there"
    } else if message.contains("for table") || message.contains("for relation") {
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA to the role, there; SELECT is enough to be copied from"
    } else {
        "GRANT it to the role, there, or use the role that owns the tables"
    }
}
