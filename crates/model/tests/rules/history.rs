//! Random valid histories of a lab's ledger: every step follows from those before it.

use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::*;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::arbitrary::*;

/// A thing that may happen next. Indices choose among what exists; a step with nothing to choose from is skipped.
#[derive(Debug, Clone)]
enum Step {
    OpenProject,
    CloseProject(Index),
    Grant(Index, Engagement),
    End(Index),
    SetBudget(Index, Budget),
    Halt(Scope, HaltReason, Option<i64>),
    Resume(Index),
    SetRecipients(u8),
    Revoke(CredentialId),
    Work(u8),
}

fn any_step() -> BoxedStrategy<Step> {
    let pick = any::<Index>;
    prop_oneof![
        2 => Just(Step::OpenProject),
        1 => pick().prop_map(Step::CloseProject),
        4 => (pick(), any_engagement()).prop_map(|(i, e)| Step::Grant(i, e)),
        2 => pick().prop_map(Step::End),
        2 => (pick(), any_budget()).prop_map(|(i, b)| Step::SetBudget(i, b)),
        3 => (any_scope(), any_reason(), proptest::option::of(1i64..40))
            .prop_map(|(scope, reason, lasts)| Step::Halt(scope, reason, lasts)),
        3 => pick().prop_map(Step::Resume),
        1 => (0u8..4).prop_map(Step::SetRecipients),
        1 => any_id().prop_map(Step::Revoke),
        2 => any::<u8>().prop_map(Step::Work),
    ]
    .boxed()
}

/// What exists so far, kept apart from the fold that is tested.
#[derive(Default)]
struct Exists {
    projects: u8,
    engagements: u8,
    halts: u8,
    open: Vec<HaltId>,
}

impl Exists {
    fn happen(&mut self, step: Step, t: Timestamp) -> Option<Fact> {
        let one_of = |pick: Index, count: u8| (count > 0).then(|| 1 + pick.index(usize::from(count)) as u8);
        Some(match step {
            Step::OpenProject => {
                self.projects += 1;
                Fact::ProjectOpened {
                    project: id(self.projects),
                    template: ObjectRef {
                        bytes: 9,
                        object: id(1),
                        version: 1,
                    },
                }
            }
            Step::CloseProject(pick) => Fact::ProjectClosed {
                project: id(one_of(pick, self.projects)?),
            },
            Step::Grant(pick, e) => {
                let reach = match e.reach {
                    Reach::Lab => Reach::Lab,
                    Reach::Project(_) => Reach::Project(id(one_of(pick, self.projects)?)),
                };
                self.engagements += 1;
                granted_fact(id(self.engagements), &Engagement { reach, ..e })
            }
            Step::End(pick) => Fact::EngagementEnded {
                engagement: id(one_of(pick, self.engagements)?),
            },
            Step::SetBudget(pick, budget) => Fact::BudgetSet {
                engagement: id(one_of(pick, self.engagements)?),
                budget,
            },
            Step::Halt(scope, reason, lasts) => {
                self.halts += 1;
                self.open.push(id(self.halts));
                Fact::Halted {
                    halt: id(self.halts),
                    scope,
                    reason,
                    until: lasts.map(|s| t.plus_seconds(s)),
                }
            }
            Step::Resume(pick) => {
                let place = (!self.open.is_empty()).then(|| pick.index(self.open.len()))?;
                Fact::Resumed {
                    halt: self.open.remove(place),
                    checked: Default::default(),
                }
            }
            Step::SetRecipients(n) => Fact::RecipientsSet {
                recipients: (0..n).map(|i| format!("age1{i}")).collect(),
            },
            Step::Revoke(credential) => Fact::CredentialRevoked { credential },
            Step::Work(n) => Fact::TimerStarted { timer: id(n) },
        })
    }
}

pub(crate) fn granted_fact(engagement: EngagementId, e: &Engagement) -> Fact {
    Fact::EngagementGranted {
        engagement,
        pseudonym: e.pseudonym,
        holder: HolderCommitment([7; 32]),
        reach: e.reach,
        role: e.role,
        purposes: e.purposes.clone(),
        from: e.from,
        until: e.until,
        budget: e.budget,
    }
}

/// The lab whose history is told.
pub(crate) fn lab() -> LabId {
    id(1)
}

pub(crate) fn entry(n: u64, t: Timestamp, fact: Fact) -> Entry {
    Entry {
        by: Actor::Platform,
        clock: None,
        fact,
        n,
        t,
        v: Entry::VERSION,
    }
}

/// A valid history of [`lab`]'s ledger, from its first entry.
pub(crate) fn any_history() -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec((any_step(), 0i64..3), 0..40).prop_map(|steps| {
        let mut exists = Exists::default();
        let mut t = at(0);
        let mut entries = vec![entry(0, t, Fact::LabOpened { lab: lab() })];
        for (step, seconds) in steps {
            t = t.plus_seconds(seconds);
            if let Some(fact) = exists.happen(step, t) {
                entries.push(entry(entries.len() as u64, t, fact));
            }
        }
        entries
    })
}

/// The same entries with `facts` put in before the places given, and all numbered anew.
pub(crate) fn with_inserted(history: &[Entry], facts: &[(usize, Fact)]) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    let put = |out: &mut Vec<Entry>, t, fact| {
        let n = out.len() as u64;
        out.push(entry(n, t, fact));
    };
    for (place, old) in history.iter().enumerate() {
        put(&mut out, old.t, old.fact.clone());
        for (_, fact) in facts.iter().filter(|(after, _)| *after == place) {
            put(&mut out, old.t, fact.clone());
        }
    }
    out
}
