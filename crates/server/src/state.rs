//! What handlers work with.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cofferdam_custody::Gate;
use cofferdam_incident::Containment;
use cofferdam_model::IncidentPolicies;
use cofferdam_notify::{Hosts, Mail, Notifier, Options};
use cofferdam_work::ops::Platform;

use crate::app::Looked;
use crate::idempotency::InFlight;
use crate::oidc::{Oidc, Provider};
use crate::room::Room;

/// How the server presents itself.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach it, without a trailing slash.
    pub public_url: String,
    /// Whether cookies are for HTTPS alone.
    pub secure_cookies: bool,
    /// How long a login lasts.
    pub session_hours: i64,
    /// Requests per second of one credential (or, without one, one address); 0: no limit.
    pub requests_per_second: u32,
    /// Addresses of the reverse proxies that are believed whom they ask for.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether `/metrics` answers.
    pub metrics: bool,
    /// How long a request may take until its answer begins.
    pub deadline: Duration,
    /// The same where it grows with a project: an import, an export, a delivery.
    pub long_deadline: Duration,
    /// What is halted as soon as an incident is opened.
    pub incident_policies: IncidentPolicies,
    /// Hosts that webhooks may be at though nobody else may reach them, or without TLS.
    pub webhook_hosts: Hosts,
    /// By which server letters go out; none: there are none.
    pub mail: Option<Mail>,
    /// The provider by which people sign in; none: there is none.
    pub oidc: Option<Oidc>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8417".into(),
            secure_cookies: false,
            session_hours: 12,
            requests_per_second: 200,
            trusted_proxies: Vec::new(),
            metrics: true,
            deadline: Duration::from_secs(60),
            long_deadline: Duration::from_secs(15 * 60),
            incident_policies: IncidentPolicies::default(),
            webhook_hosts: Hosts::default(),
            mail: None,
            oidc: None,
        }
    }
}

/// What tells people and labs what happened, over this gate.
pub fn notifier(gate: &Gate, settings: &Settings) -> Notifier {
    let options = Options {
        public_url: settings.public_url.clone(),
        webhook_hosts: settings.webhook_hosts.clone(),
        mail: settings.mail.clone(),
    };
    Notifier::new(gate.clone(), options)
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) platform: Platform,
    pub(crate) containment: Containment,
    pub(crate) notifier: Notifier,
    pub(crate) settings: Arc<Settings>,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) in_flight: InFlight,
    pub(crate) room: Room,
    /// Why it was not ready when last asked, in a word.
    pub(crate) unready: Arc<Mutex<Option<&'static str>>>,
    /// Whether it was ready when that was last looked at.
    pub(crate) readiness: Arc<tokio::sync::Mutex<Option<Looked>>>,
}

impl AppState {
    pub(crate) fn gate(&self) -> &Gate {
        self.platform.gate()
    }
}
