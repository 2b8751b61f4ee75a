//! Why somebody can do nothing: what the server's answer to "who am I" says of it.

use serde_json::Value;

use super::{Client, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::note;

/// What is said when there is nothing to list: why, where one's credential or engagements tell.
pub(crate) async fn nothing(client: &Client) -> Outcome {
    let me: Value = client.get("/me").await?;
    if let Some(over) = over(&me) {
        return Err(over);
    }
    let mut active = engagements(&me).filter(|e| e["state"] == "active");
    if me["operator"] == false && active.all(|e| e["role"] != "steward") {
        note("these are for operators and stewards; `cofferdam whoami` shows what you are engaged for");
    }
    Ok(())
}

/// That one's credential is halted, or one's engagements are over, if that is so.
pub(crate) fn over(me: &Value) -> Option<Failure> {
    if me["operator"] == true {
        return None;
    }
    if let Some(halted) = halted(me) {
        return Some(Failure::new(halted));
    }
    let ended = |e: &Value| e["state"] == "ended";
    if !engagements(me).all(ended) {
        return None;
    }
    let last = engagements(me).max_by_key(|e| text(e, "/ended"))?;
    Some(Failure::new(ended_line(last)))
}

/// When the engagement ended that an address names, or the only one that there is.
pub(crate) fn ended_at(me: &Value, address: &str) -> Option<String> {
    let all: Vec<&Value> = engagements(me).collect();
    let named = all.iter().find(|e| address.contains(&text(e, "/id")));
    let found = named.or(all.first().filter(|_| all.len() == 1))?;
    (found["state"] == "ended").then(|| ended_line(found))
}

/// That one's credential, or oneself, is halted, and whom to ask.
pub(crate) fn halted(me: &Value) -> Option<String> {
    let halt = Some(text(me, "/halted/halt")).filter(|halt| !halt.is_empty())?;
    let what = if text(me, "/halted/scope").starts_with("credential:") {
        format!("this credential ({}) is halted", text(me, "/credential"))
    } else {
        "you are halted".to_owned()
    };
    let until = match when(me, "/halted/until") {
        none if none.is_empty() => none,
        until => format!(" until {until}"),
    };
    let (since, sentence) = (when(me, "/halted/since"), text(me, "/halted/sentence"));
    Some(format!(
        "{what} since {since}{until}: {sentence} Ask an operator about {halt}"
    ))
}

fn engagements(me: &Value) -> impl Iterator<Item = &Value> {
    me["engagements"].as_array().into_iter().flatten()
}

fn ended_line(engagement: &Value) -> String {
    let place = match text(engagement, "/project/name") {
        none if none.is_empty() => text(engagement, "/lab/name"),
        project => project,
    };
    let [role, ended] = [text(engagement, "/role"), when(engagement, "/ended")];
    format!("your engagement as {role} in {place} ended at {ended}; ask your operator for a new one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn engagement(id: &str, ended: Option<&str>) -> Value {
        let state = if ended.is_some() { "ended" } else { "active" };
        json!({ "id": id, "role": "author", "lab": { "name": "Wenham" }, "project": { "name": "Pairs" },
                "state": state, "ended": ended })
    }

    #[test]
    fn what_is_over_is_said_only_when_nothing_goes_on() {
        let (ended, other) = (
            engagement("eng_1", Some("2026-03-24T10:39:00Z")),
            engagement("eng_2", None),
        );
        let me = |all: &[&Value]| json!({ "operator": false, "halted": null, "engagements": all });
        let line = "your engagement as author in Pairs ended at 2026-03-24 10:39:00Z; ask your operator for a new one";
        assert_eq!(over(&me(&[&ended])).unwrap().to_string(), line);
        assert!(over(&me(&[&ended, &other])).is_none() && over(&me(&[])).is_none());
        let both = me(&[&ended, &other]);
        assert_eq!(
            ended_at(&both, "/engagements/eng_1/imports").as_deref(),
            Some(line)
        );
        assert_eq!(ended_at(&both, "/engagements/eng_2/imports"), None);
        assert_eq!(ended_at(&both, "/labs"), None);
    }
}
