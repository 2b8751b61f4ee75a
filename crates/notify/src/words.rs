//! What a notice says: a pure function of its kind and ids.

use cofferdam_model::{About, EngagementId, LabId};

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In a few words, without an id.
    pub subject: &'static str,
    /// In a sentence or two, without an id.
    pub sentence: &'static str,
    /// Where more is to be read, by whoever may: a path of our own pages.
    pub path: String,
}

/// The words of a notice. `lab` is there for those who speak for it, and for operators, who have no engagement.
pub fn of(about: &About, engagement: Option<EngagementId>, lab: Option<LabId>) -> Words {
    let (subject, sentence) = sentences(about);
    let path = match (engagement, lab) {
        (_, Some(lab)) if engagement.is_some() => format!("/lab/{lab}"),
        (Some(_), _) => "/".to_owned(),
        (None, _) => match about {
            About::Halted(_) | About::Resumed(_) if lab.is_none() => "/".to_owned(),
            _ => "/console".to_owned(),
        },
    };
    Words {
        subject,
        sentence,
        path,
    }
}

const fn sentences(about: &About) -> (&'static str, &'static str) {
    match about {
        About::Halted(_) => (
            "Work is halted",
            "A halt concerns you: it stops work until it is ended. Sign in to read what is halted, and why.",
        ),
        About::Resumed(_) => ("A halt has ended", "A halt that concerned you has ended."),
        About::IncidentOpened(_) => (
            "An incident was opened",
            "An incident concerns you. Sign in to read where it stands; its exposure report can be had there.",
        ),
        About::IncidentMoved(_) => (
            "An incident has moved on",
            "An incident that concerns you stands elsewhere now. Sign in to read where; its exposure report can be had there.",
        ),
        About::DeliveryOffered(_) => (
            "A delivery is offered",
            "A delivery waits for you to accept it, or to send rows back.",
        ),
        About::DeliveryAccepted(_) => ("A delivery was accepted", "The lab accepted a delivery."),
        About::DeliveryReturned(_) => (
            "Rows of a delivery came back",
            "The lab sent rows of a delivery back.",
        ),
        About::EngagementBegun(_) => ("You are engaged", "There is a new engagement for you."),
        About::EngagementEnded(_) => (
            "An engagement has ended",
            "An engagement of yours has ended. Hours worked until then stand.",
        ),
        About::AnswerReturned(_) => (
            "An answer is back with you",
            "An answer of yours came back to be worked on again.",
        ),
        About::QuestionAnswered(_) => (
            "A question was answered",
            "Somebody answered a question of yours. Sign in to read it.",
        ),
        About::KeyholderSet(_) => (
            "Who holds the lab's keys has changed",
            "The lab's keys are held by a keyholder of its own from now on. If your lab did not ask for that, stop its work and ask who did.",
        ),
        About::Test(_) => ("A test", "Somebody tries whether this webhook is reached."),
    }
}

/// A letter's text: the sentence, the ids, and a link.
pub fn letter(
    about: &About,
    engagement: Option<EngagementId>,
    lab: Option<LabId>,
    public_url: &str,
) -> String {
    let words = of(about, engagement, lab);
    let mut text = format!("{}\n\n", words.sentence);
    text.push_str(&format!("{}: {}\n", about.of(), about.id()));
    if let Some(own) = engagement.filter(|own| about.id() != own.to_string()) {
        text.push_str(&format!("engagement: {own}\n"));
    }
    if let Some(lab) = lab {
        text.push_str(&format!("lab: {lab}\n"));
    }
    text.push_str(&format!("\n{public_url}{}\n\n", words.path));
    text.push_str(
        "This letter says no more than that. Nobody will ask you for a password or a login link by e-mail.\n",
    );
    text
}

/// A webhook's event: RFC 8259, of ids and a time.
pub fn event(about: &About, lab: Option<LabId>, at: cofferdam_model::Timestamp) -> String {
    let mut data = serde_json::Map::new();
    data.insert(about.of().to_owned(), about.id().into());
    if let Some(lab) = lab {
        data.insert("lab".to_owned(), lab.to_string().into());
    }
    serde_json::json!({ "type": about.name(), "timestamp": at.rfc3339(), "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_model::{Id, Timestamp};

    #[test]
    fn words_hold_ids_and_nothing_else() {
        let lab = LabId::from_bytes([1; 16]);
        let own = EngagementId::from_bytes([2; 16]);
        for code in 0..11 {
            let about = About::from_parts(code, [9; 16]).unwrap();
            let words = of(&about, Some(own), Some(lab));
            assert!(!words.subject.contains('_') && !words.sentence.contains('_'));
            assert_eq!(words.path, format!("/lab/{lab}"));
            let letter = letter(&about, Some(own), None, "https://work.example");
            assert!(
                letter.contains(&about.id()) && letter.contains("https://work.example/\n"),
                "{letter}"
            );
            assert!(!letter.contains(&lab.to_string()));
        }
    }

    #[test]
    fn an_event_is_its_type_its_time_and_ids() {
        let about = About::from_parts(0, [9; 16]).unwrap();
        let lab = LabId::from_bytes([1; 16]);
        let said = event(&about, Some(lab), Timestamp::from_micros(0));
        assert_eq!(
            said,
            format!(
                r#"{{"data":{{"halt":"{}","lab":"{lab}"}},"timestamp":"1970-01-01T00:00:00.000000Z","type":"halted"}}"#,
                about.id()
            )
        );
    }
}
