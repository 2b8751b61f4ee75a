//! Ids, scopes, times and names of closed lists, as text and in JSON.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use cofferdam_fuzz::{Numbers, is_readable};
use cofferdam_model::*;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::LeaseReason;
use cofferdam_work::formats::DeliveryFormat;
use cofferdam_work::import::parse_pair;
use cofferdam_work::manifest;
use cofferdam_work::template::TemplateKind;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What reads is written as it was read.
fn one_form<T: FromStr + Display>(text: &str)
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(read) => assert_eq!(read.to_string(), text),
        Err(error) => is_readable(&error.to_string()),
    }
}

fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) {
    if let Ok(read) = serde_json::from_str::<T>(text) {
        let written = serde_json::to_string(&read).expect("it is written");
        assert_eq!(serde_json::from_str::<T>(&written).expect("it is read"), read);
    }
}

fn id<I: Id + Serialize + DeserializeOwned + Debug>(text: &str) {
    one_form::<I>(text);
    if let Ok(id) = text.parse::<I>() {
        assert_eq!(I::from_bytes(*id.as_bytes()), id);
        assert_ne!(id.as_bytes(), &[0; 16], "the id that names nothing");
        json::<I>(&format!("\"{text}\""));
    }
}

fn times(text: &str, micros: i64) {
    if let Some(time) = Timestamp::parse_rfc3339(text) {
        assert_eq!(Timestamp::parse_rfc3339(&time.rfc3339()), Some(time));
        let (shown, given) = (time.rfc3339(), text.split('.').next().unwrap_or_default());
        // Years may come short, as in 987-01-01; what is shown has four digits.
        assert!(shown.ends_with('Z') && shown.len() == 27, "{shown} of {given}");
    }
    let time = Timestamp::from_micros(micros);
    let shown = time.rfc3339();
    if (-62_135_596_800_000_000..253_402_300_800_000_000).contains(&micros) {
        assert_eq!(Timestamp::parse_rfc3339(&shown), Some(time), "{shown}");
    }
    let _ = (
        time.hour(),
        time.plus_seconds(micros),
        time.micros_since(Timestamp::from_micros(!micros)),
    );
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    id::<LabId>(text);
    id::<ProjectId>(text);
    id::<PrincipalId>(text);
    id::<EngagementId>(text);
    id::<Pseudonym>(text);
    id::<CredentialId>(text);
    id::<CredentialTag>(text);
    id::<TaskId>(text);
    one_form::<Compartment>(text);
    one_form::<Scope>(text);
    one_form::<Id128>(text);
    one_form::<LeaseReason>(text);
    one_form::<TemplateKind>(text);
    one_form::<DeliveryFormat>(text);
    json::<Scope>(text);
    json::<Compartment>(text);
    json::<HaltReason>(text);
    json::<Role>(text);
    json::<Reach>(text);
    json::<Purpose>(text);
    json::<Budget>(text);
    json::<Act>(text);
    json::<Refusal>(text);
    if let Ok(id) = manifest::Id::new(text) {
        assert_eq!(id.as_str(), text);
        assert!(id.as_str().len() <= 64 && id.as_str().is_ascii());
    }
    if let Ok((field, column)) = parse_pair(text) {
        assert_eq!(format!("{field}={column}"), text);
    }
    times(text, Numbers(data).number(8) as i64);
});
