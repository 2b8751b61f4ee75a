//! Windows: the claims of one event, and how long a subject was exposed.

use cofferdam_model::window::{exposed, narrowest, widest};
use cofferdam_model::{Claim, Timestamp, Window};

fn t(clock: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("2026-03-24T{clock}:00Z")).unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(t(from), Some(t(to))).unwrap()
}

fn claim(source: &str, window: Window) -> Claim {
    Claim {
        source: source.to_owned(),
        window,
    }
}

/// When the two releases could be had, by those who say so.
fn claims() -> Vec<Claim> {
    vec![
        claim("the project: about 40 minutes", window("10:39", "11:19")),
        claim("others: quarantined at 11:25", window("10:39", "11:25")),
        claim("another: a wheel seen at 11:58", window("10:52", "11:58")),
        claim("the registry, earliest", window("10:39", "13:11")),
        claim("the registry, latest", window("10:39", "13:24")),
        claim("the project: check from 10:39 to 16:00", window("10:39", "16:00")),
    ]
}

#[test]
fn the_narrowest_is_what_all_say_and_the_widest_what_any_says() {
    let mut claims = claims();
    assert_eq!(narrowest(&claims), Some(window("10:52", "11:19")));
    assert_eq!(widest(&claims), Some(window("10:39", "16:00")));
    claims.reverse();
    assert_eq!(narrowest(&claims), Some(window("10:52", "11:19")));
    claims.push(claim("no end is named", Window::since(t("11:00"))));
    assert_eq!(narrowest(&claims), Some(window("11:00", "11:19")));
    assert_eq!(widest(&claims), Some(Window::since(t("10:39"))));
    // One who says that it began only after the others say that it had ended leaves nothing that all agree on.
    claims.push(claim("wrong", window("11:19", "12:00")));
    assert_eq!(narrowest(&claims), None);
    assert_eq!((narrowest(&[]), widest(&[])), (None, None));
}

#[test]
fn an_exposure_ends_when_all_is_revoked_and_rebuilt() {
    let first = t("10:39");
    let both = [Some(t("12:00")), Some(t("11:00"))];
    assert_eq!(exposed(first, both, Some(t("11:30"))), window("10:39", "12:00"));
    assert_eq!(exposed(first, both, Some(t("14:00"))), window("10:39", "14:00"));
    assert_eq!(
        exposed(first, [Some(t("12:00")), None], Some(t("14:00"))),
        Window::since(first)
    );
    assert_eq!(exposed(first, both, None), Window::since(first));
    assert_eq!(exposed(first, [], Some(t("14:00"))), window("10:39", "14:00"));
    // Rebuilt before it ran is not rebuilt of it.
    assert_eq!(exposed(first, both, Some(t("10:39"))), Window::since(first));
}

#[test]
fn an_empty_window_is_refused_and_says_why() {
    let error = Window::new(t("11:00"), Some(t("11:00"))).unwrap_err().to_string();
    assert!(
        error.contains("2026-03-24T11:00:00.000000Z is empty: give an end"),
        "{error}"
    );
    assert!(serde_json::from_str::<Window>(r#"{"from": 2, "to": 1}"#).is_err());
    let open = Window::since(Timestamp::from_micros(2));
    assert_eq!(serde_json::to_string(&open).unwrap(), r#"{"from":2,"to":null}"#);
    assert_eq!(
        serde_json::from_str::<Window>(r#"{"from":2,"to":null}"#).unwrap(),
        open
    );
}
