//! A platform whose clock the tests move, people at their desks, and those who receive what is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_incident::{Containment, Halted, IncidentError};
use cofferdam_model::work::Verdict;
use cofferdam_model::*;
use cofferdam_notify::{Hosts, Inbox, Mail, Notifier, Options as Told, words};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::Options;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_testbed::{Place, Raw};
use cofferdam_work::import::ImportOptions;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Opinion, Platform, halt_within};

/// Words that stand in every task, answer, reason and name.
pub(crate) const WORDS: &str = "quagga-lantern-vellum";
pub(crate) const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    place: Place,
    clock: Arc<Hand>,
    told: Told,
    pub(crate) platform: Platform,
    pub(crate) containment: Containment,
    pub(crate) notifier: Notifier,
    pub(crate) operator: Caller,
}

/// Somebody at a desk.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) caller: Caller,
    pub(crate) engagement: EngagementId,
}

impl Seat {
    pub(crate) fn person(&self) -> PrincipalId {
        self.caller.principal()
    }
}

/// A lab with a project, an author, a reviewer and a steward.
pub(crate) struct Lab {
    pub(crate) id: LabId,
    pub(crate) project: ProjectId,
    pub(crate) author: Seat,
    pub(crate) reviewer: Seat,
    pub(crate) steward: Seat,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Told::default()).await
    }

    /// With webhooks on this machine, and letters by a server there.
    pub(crate) async fn reaching(webhooks: &[String], smtp: Option<&str>) -> Self {
        let told = Told {
            public_url: "https://work.example".into(),
            webhook_hosts: Hosts::of(webhooks.iter().map(String::as_str)).unwrap(),
            mail: smtp.map(|server| {
                let url = format!("smtp://{server}");
                Mail::new(&url, "Cofferdam <cofferdam@work.example>").unwrap()
            }),
        };
        Self::with(told).await
    }

    async fn with(told: Told) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // 2026-03-24T10:00:00Z, a Tuesday.
        let clock = Arc::new(Hand(AtomicI64::new(1_774_346_400_000_000)));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        Secrets::create(folder.path(), &env).unwrap();
        let place = Place::fresh().unwrap();
        let gate = open(folder.path(), &place, &env).await;
        let founder = PrincipalRow {
            id: env.new_id().unwrap(),
            kind: PrincipalKind::Person,
            name: "Operator".into(),
            created: env.now(),
        };
        let id = gate.found(founder).await.unwrap();
        let kind = CredentialKind::Token;
        let issued = gate
            .issue_to_founder(id, kind, "first", 90 * 86_400)
            .await
            .unwrap();
        let operator = gate.authenticate(issued.secret.expose()).await.unwrap();
        let containment = Containment::new(gate.clone(), IncidentPolicies::default(), halting);
        let notifier = Notifier::new(gate.clone(), told.clone());
        // The first look begins at the ledgers' ends.
        notifier.pass().await.unwrap();
        Self {
            platform: Platform::new(gate, folder.path().to_owned()),
            containment,
            notifier,
            operator,
            clock,
            told,
            folder,
            place,
        }
    }

    /// The same after a restart; meanwhile its rows were edited.
    pub(crate) async fn restarted(self, edit: impl FnOnce(&Raw)) -> Self {
        let Self {
            folder,
            place,
            clock,
            told,
            platform,
            containment,
            notifier,
            operator,
        } = self;
        drop((platform, containment, notifier));
        edit(&Raw::open(&place, folder.path()).unwrap());
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        let gate = open(folder.path(), &place, &env).await;
        Self {
            containment: Containment::new(gate.clone(), IncidentPolicies::default(), halting),
            notifier: Notifier::new(gate.clone(), told.clone()),
            platform: Platform::new(gate, folder.path().to_owned()),
            operator,
            clock,
            told,
            folder,
            place,
        }
    }

    /// A notifier that knows nothing yet, as after a start.
    pub(crate) fn another_notifier(&self) -> Notifier {
        Notifier::new(self.gate().clone(), self.told.clone())
    }

    pub(crate) fn gate(&self) -> &Gate {
        self.platform.gate()
    }

    pub(crate) fn raw(&self) -> Raw {
        Raw::open(&self.place, self.folder.path()).unwrap()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub(crate) async fn lab(&self, name: &str) -> Lab {
        let name = format!("{WORDS} {name}");
        let id = self.platform.open_lab(&self.operator, &name).await.unwrap().id;
        let project = self.project(id).await;
        let steward = self.person().await;
        let engagement = self
            .platform
            .appoint_steward(&self.operator, id, steward)
            .await
            .unwrap();
        Lab {
            id,
            project,
            author: self.seat(project, Role::Author).await,
            reviewer: self.seat(project, Role::Reviewer).await,
            steward: self.at(engagement).await,
        }
    }

    pub(crate) async fn project(&self, lab: LabId) -> ProjectId {
        let new = NewProject {
            lab,
            name: WORDS.into(),
            template: "freeform".into(),
            overlap: 1,
            lease_seconds: 600,
        };
        let project = self.platform.open_project(&self.operator, new).await.unwrap().id;
        let lead = self.seat(project, Role::Lead).await;
        let file: String = (0..6)
            .map(|n| format!("{{\"body\":\"{WORDS} {n}\"}}\n"))
            .collect();
        let bringing = Bringing {
            reading: ImportOptions::default(),
            again: false,
        };
        let import = self
            .platform
            .import(&lead.caller, lead.engagement, None, file.into(), bringing);
        import.await.unwrap();
        project
    }

    pub(crate) async fn person(&self) -> PrincipalId {
        self.principal(PrincipalKind::Person).await
    }

    pub(crate) async fn principal(&self, kind: PrincipalKind) -> PrincipalId {
        let somebody = NewPrincipal {
            name: WORDS.to_owned(),
            kind,
            operator: false,
            another: true,
        };
        self.platform.enrol(&self.operator, somebody).await.unwrap().id
    }

    pub(crate) async fn seat(&self, project: ProjectId, role: Role) -> Seat {
        let person = self.person().await;
        let engaged = self
            .platform
            .engage(&self.operator, project, person, role, vec![], None, None);
        self.at(engaged.await.unwrap()).await
    }

    async fn at(&self, engagement: EngagementId) -> Seat {
        let issued = self
            .platform
            .issue_token(&self.operator, engagement, "desk", 90)
            .await
            .unwrap();
        let caller = self.gate().authenticate(issued.secret.expose()).await.unwrap();
        Seat { caller, engagement }
    }

    /// Hands an answer in, and has it come back.
    pub(crate) async fn answer_returned(&self, lab: &Lab) {
        let Lab { author, reviewer, .. } = lab;
        let held = self
            .platform
            .claim(&author.caller, author.engagement)
            .await
            .unwrap()
            .unwrap();
        let answer = serde_json::json!({ "text": WORDS });
        self.platform
            .submit(&author.caller, author.engagement, held.assignment, &answer, None)
            .await
            .unwrap();
        let found = self.platform.claim_review(&reviewer.caller, reviewer.engagement);
        let review = found.await.unwrap().unwrap().review;
        self.platform
            .judge(
                &reviewer.caller,
                reviewer.engagement,
                review,
                Opinion::new(Verdict::Return, Some(WORDS)),
            )
            .await
            .unwrap();
    }

    /// Hands an answer in, has it accepted, and offers it to the lab.
    pub(crate) async fn delivered(&self, lab: &Lab) -> DeliveryId {
        let Lab { author, steward, .. } = lab;
        let held = self
            .platform
            .claim(&author.caller, author.engagement)
            .await
            .unwrap()
            .unwrap();
        let answer = serde_json::json!({ "text": WORDS });
        self.platform
            .submit(&author.caller, author.engagement, held.assignment, &answer, None)
            .await
            .unwrap();
        self.platform
            .set_recipients(&steward.caller, steward.engagement, vec![RECIPIENT.into()])
            .await
            .unwrap();
        self.platform.deliver(lab.project, None).await.unwrap().id
    }

    /// Reads everything, newest first.
    pub(crate) async fn inbox(&self, caller: &Caller) -> Inbox {
        self.notifier
            .inbox(caller, i64::MAX.unsigned_abs(), 500)
            .await
            .unwrap()
    }

    /// The kinds of all that somebody was told, oldest first, whoever shows it to them.
    pub(crate) async fn told(&self, who: PrincipalId) -> Vec<&'static str> {
        let look = move |r: &mut cofferdam_store::Reader<'_>| {
            cofferdam_store::notice::page(r, who, None, i64::MAX.unsigned_abs(), 500)
        };
        let all = self.gate().store().read(look).await.unwrap();
        all.iter().rev().map(|(_, row)| row.about.name()).collect()
    }

    /// The kinds of what somebody was told, oldest first.
    pub(crate) async fn kinds(&self, caller: &Caller) -> Vec<&'static str> {
        let inbox = self.inbox(caller).await;
        inbox
            .notices
            .iter()
            .rev()
            .map(|(_, row)| row.about.name())
            .collect()
    }

    /// Every word that somebody is shown of their notices.
    pub(crate) async fn said(&self, caller: &Caller) -> String {
        let inbox = self.inbox(caller).await;
        let one = |(n, row): &(u64, cofferdam_store::notice::NoticeRow)| {
            let words = words::of(&row.about, row.engagement, row.lab);
            format!(
                "{n} {} {} {:?} {:?} {} {words:?}\n",
                row.id,
                row.about.id(),
                row.engagement,
                row.lab,
                row.about.name()
            )
        };
        inbox.notices.iter().map(one).collect()
    }
}

async fn open(folder: &std::path::Path, place: &Place, env: &Env) -> Gate {
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: Default::default(),
    };
    let keyholder = EmbeddedKeyholder::open(folder.join("keys"), Box::new(policy), Arc::new(SystemRandom));
    let gate = Gate::open(Setup {
        store: Options {
            folder: folder.to_owned(),
            database: place.database().parse().unwrap(),
            readers: 2,
        },
        secrets: Secrets::open(folder, "test.example").unwrap(),
        keyholder: Arc::new(keyholder.unwrap()),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: env.clone(),
        node: "node".into(),
    });
    gate.await.unwrap()
}

fn halting(
    scope: &mut cofferdam_custody::AdminScope<'_, '_>,
    on: Scope,
    reason: HaltReason,
) -> Result<cofferdam_custody::AdminDone<Halted>, cofferdam_custody::GateError<IncidentError>> {
    let done = halt_within(scope, on, reason)
        .map_err(|error| error.map(|error| IncidentError::Conflict(error.to_string())))?;
    Ok(cofferdam_custody::AdminDone {
        output: Halted {
            halt: done.output.halt,
            timers: done.output.timers,
            engagements: done.output.engagements,
        },
        facts: done.facts,
        consequences: done.consequences,
    })
}
