//! Ids as the platform shows them: `lab_` or `prj_` and 26 digits, beside the protocol's 32 hexadecimal ones.

use std::collections::BTreeSet;

use cofferdam_seal::Id128;
use serde::{Deserialize, Deserializer};

use crate::fail::{Failure, Outcome};

/// Crockford's digits, base 32.
const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LEN: usize = 26;

/// Reads an id in either form. What stands before the digits must be `kind`.
fn read(text: &str, kind: &str) -> Option<Id128> {
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    let digits = text.strip_prefix(kind)?.strip_prefix('_')?;
    if digits.len() != LEN || digits.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value = 0_u128;
    for digit in digits.chars() {
        value = (value << 5) | DIGITS.find(digit)? as u128;
    }
    Some(Id128::new(value.to_be_bytes()))
}

/// The same of what somebody typed.
pub(crate) fn named(text: &str, kind: &str) -> Outcome<Id128> {
    read(text, kind).ok_or_else(|| Failure::usage(wrong(text, kind)))
}

/// Projects of a policy's: an id of another kind would select nothing, and nobody would see why.
pub(crate) fn projects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Id128>, D::Error> {
    all("prj", deserializer)
}

/// The same of compartments.
pub(crate) fn compartments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Id128>, D::Error> {
    all("lab", deserializer)
}

fn all<'de, D: Deserializer<'de>>(kind: &str, deserializer: D) -> Result<BTreeSet<Id128>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let ids = texts
        .iter()
        .map(|text| read(text, kind).ok_or_else(|| wrong(text, kind)));
    ids.collect::<Result<_, _>>().map_err(serde::de::Error::custom)
}

fn wrong(text: &str, kind: &str) -> String {
    format!(
        "`{text}`: an id is `{kind}_` and 26 digits, as the platform shows it, or 32 lower-case hexadecimal digits"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_the_same() {
        let id = Id128::new([
            0x01, 0xa2, 0x2b, 0xea, 0x0b, 0x33, 0x1c, 0xae, 0xe4, 0x41, 0x46, 0x75, 0x03, 0x4e, 0xd9, 0x62,
        ]);
        assert_eq!(read("01a22bea0b331caee4414675034ed962", "lab"), Some(id));
        assert_eq!(read("lab_01M8NYM2SK3JQE8GA6EM1MXPB2", "lab"), Some(id));
        for wrong in [
            "prj_01M8NYM2SK3JQE8GA6EM1MXPB2",
            "lab_01M8NYM2SK3JQE8GA6EM1MXPB",
            "lab_81M8NYM2SK3JQE8GA6EM1MXPB2",
            "lab_01M8NYM2SK3JQE8GA6EM1MXPBU",
            "lab_01m8nym2sk3jqe8ga6em1mxpb2",
            "01M8NYM2SK3JQE8GA6EM1MXPB2",
            "",
        ] {
            assert_eq!(read(wrong, "lab"), None, "{wrong}");
        }
    }
}
