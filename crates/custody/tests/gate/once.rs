//! A request that carries a key is done once, whatever became of its answer.

use cofferdam_custody::{Again, Asked, Command, Done, GateError, Scope, once};
use cofferdam_model::{Act, Budget, Fact, Role, TimerId};

use crate::support::*;

/// Starts a timer; answers which.
struct Start;

impl Command for Start {
    type Output = TimerId;
    type Error = No;
    const AGAIN: Option<Again<TimerId>> = Some(Again::json("start"));

    fn act(&self) -> Act {
        Act::TrackTime
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<TimerId>, GateError<No>> {
        let timer = scope.env.new_id()?;
        Ok(Done::one(timer, Fact::TimerStarted { timer }))
    }
}

fn asked(request: u8, body: u8) -> Asked {
    Asked {
        request: [request; 32],
        body: [body; 32],
    }
}

#[tokio::test]
async fn a_repeated_request_is_done_once_and_answered_alike() {
    let world = World::new().await;
    let lab = world.lab("Own").await;
    let author = world.author(&lab).await;
    let start = || world.gate().transact(&author.caller, author.id, Start);
    let first = once(asked(1, 1), start()).await.unwrap();
    assert!(first.receipt.is_some());
    let size = world.entries(lab.ledger()).await.len();
    let again = once(asked(1, 1), start()).await.unwrap();
    assert_eq!(again.output, first.output);
    assert!(again.receipt.is_none());
    assert_eq!(world.entries(lab.ledger()).await.len(), size);

    // Another key, and no key at all, are other requests.
    assert_ne!(once(asked(2, 1), start()).await.unwrap().output, first.output);
    assert_ne!(start().await.unwrap().output, first.output);
    // The same key for something else is answered by nobody.
    assert!(once(asked(1, 9), start()).await.is_err());
    assert_eq!(world.entries(lab.ledger()).await.len(), size + 2);
}

#[tokio::test]
async fn what_was_undone_is_not_kept_and_who_is_halted_gets_no_earlier_answer() {
    let world = World::new().await;
    let lab = world.lab("Own").await;
    let reviewer = world.engaged(&lab, Role::Steward, Budget::PERSON).await;
    let author = world.author(&lab).await;
    let start = async |who: &Engaged| world.gate().transact(&who.caller, who.id, Start).await;
    refusal(once(asked(1, 1), start(&reviewer)).await);
    let first = once(asked(1, 1), start(&author)).await.unwrap();
    let halt = world
        .halt(lab.ledger(), cofferdam_model::Scope::Lab(lab.id))
        .await;
    refusal(once(asked(1, 1), start(&author)).await);
    world.resume(lab.ledger(), halt).await;
    assert_eq!(
        once(asked(1, 1), start(&author)).await.unwrap().output,
        first.output
    );
}
