//! The model's words as the OpenAPI document shows them. Used for the document only; a test holds them against the
//! model, which knows nothing of documents.

use utoipa::ToSchema;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(serde::Serialize, ToSchema)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(test, derive(serde::Deserialize))]
        #[cfg_attr(not(test), expect(dead_code, reason = "shown in the document, never built"))]
        pub(crate) enum $name { $($variant),* }
    )*};
}

names! {
    /// In what capacity a principal is engaged.
    Role { Author, Reviewer, Lead, Steward, Integration }
    /// What an integration is for.
    Purpose { Import, Agreement, Delivery, Export }
    /// Why something was halted.
    HaltReason { Incident, Component, LabRequest, Credential, Budget, Maintenance, Drill }
    /// What was checked before a halt was ended.
    Checked { HostRebuilt, CredentialsRotated, InventoryClean, ReportRead, LabAgrees, FalseAlarm }
    /// A reviewer's verdict.
    Verdict { Accept, Return, Reject }
    /// Who sent a submission back.
    SentBackBy { Reviewer, Lab }
    /// What stopped a timer.
    StopCause { Stopped, HeartbeatsCeased, Halted, EngagementEnded, Walled }
    /// Where an incident stands.
    IncidentState { Open, Contained, Assessed, Closed }
    /// What a lab does about an incident.
    IncidentDecision { Continue, Review, Halt }
}

#[cfg(test)]
mod tests {
    fn same<Shown, Model>(shown: &[&str])
    where
        Shown: serde::de::DeserializeOwned,
        Model: serde::de::DeserializeOwned + serde::Serialize,
    {
        for name in shown {
            let json = format!("\"{name}\"");
            serde_json::from_str::<Shown>(&json).unwrap();
            let known: Model = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&known).unwrap(), json);
        }
    }

    #[test]
    fn the_document_uses_the_models_words() {
        let roles = ["author", "reviewer", "lead", "steward", "integration"];
        same::<super::Role, cofferdam_model::Role>(&roles);
        for role in roles {
            let known: cofferdam_model::Role = serde_json::from_str(&format!("\"{role}\"")).unwrap();
            assert_eq!(known.name(), role);
        }
        same::<super::Purpose, cofferdam_model::Purpose>(&["import", "agreement", "delivery", "export"]);
        let reasons = cofferdam_model::HaltReason::ALL.map(cofferdam_model::HaltReason::name);
        same::<super::HaltReason, cofferdam_model::HaltReason>(&reasons);
        let checks = cofferdam_model::Checked::ALL.map(cofferdam_model::Checked::name);
        same::<super::Checked, cofferdam_model::Checked>(&checks);
        for reason in cofferdam_model::HaltReason::ALL {
            assert_eq!(
                serde_json::to_string(&reason).unwrap(),
                format!("\"{}\"", reason.name())
            );
        }
        same::<super::Verdict, cofferdam_model::work::Verdict>(&["accept", "return", "reject"]);
        same::<super::SentBackBy, cofferdam_work::ops::SentBackBy>(&["reviewer", "lab"]);
        let causes = [
            "stopped",
            "heartbeats-ceased",
            "halted",
            "engagement-ended",
            "walled",
        ];
        let states = cofferdam_model::IncidentState::ALL.map(cofferdam_model::IncidentState::name);
        same::<super::IncidentState, cofferdam_model::IncidentState>(&states);
        let decisions = cofferdam_model::IncidentDecision::ALL.map(cofferdam_model::IncidentDecision::name);
        same::<super::IncidentDecision, cofferdam_model::IncidentDecision>(&decisions);
        same::<super::StopCause, cofferdam_model::timer::StopCause>(&causes);
    }
}
