//! Who is refused, why, and where that is recorded.

use cofferdam_custody::{AdminDone, AdminScope, Done, GateError, Scope};
use cofferdam_model::Scope as On;
use cofferdam_model::*;

use crate::support::*;

fn refused(entry: &Entry) -> (Actor, Act, Refusal, Option<ProjectId>) {
    match &entry.fact {
        Fact::Refused { act, why, project } => (entry.by, *act, *why, *project),
        other => panic!("not a refusal: {other:?}"),
    }
}

#[tokio::test]
async fn without_an_engagement_nothing_is_done_and_no_id_is_recorded() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let other = world.author(&lab).await;
    let (before, of_lab) = (
        world.entries(Compartment::Installation).await.len(),
        world.entries(lab.ledger()).await.len(),
    );
    let made_up = world.env().new_id().unwrap();
    for engagement in [made_up, other.id] {
        let answer = world
            .gate()
            .transact(&own.caller, engagement, reading(lab.project, vec![]))
            .await;
        assert_eq!(refusal(answer), Refusal::NotEngaged);
        let last = refused(&world.last(Compartment::Installation).await);
        assert!(matches!(last.0, Actor::Stranger { .. }), "{last:?}");
        assert_eq!(
            (last.1, last.2, last.3),
            (Act::ReadTask, Refusal::NotEngaged, None)
        );
    }
    assert_eq!(world.entries(Compartment::Installation).await.len(), before + 2);
    assert_eq!(world.entries(lab.ledger()).await.len(), of_lab);
}

#[tokio::test]
async fn a_refusal_of_the_holder_is_on_the_labs_ledger() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let answer = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::Export))
        .await;
    assert_eq!(refusal(answer), Refusal::NotInRole);
    let (by, act, why, _) = refused(&world.last(lab.ledger()).await);
    assert_eq!((act, why), (Act::Export, Refusal::NotInRole));
    assert!(matches!(by, Actor::Engaged { engagement, .. } if engagement == own.id));
}

#[tokio::test]
async fn another_labs_project_is_out_of_reach_and_is_not_named() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let second = world.project(lab.id, "second").await;
    let own = world.author(&lab).await;
    for (project, named) in [(second, Some(second)), (other.project, None)] {
        let command = Do {
            act: Act::ReadTask,
            project: Some(project),
            run: |_: &mut Scope<'_, '_>| Ok(Done::quiet(())),
        };
        let answer = world.gate().transact(&own.caller, own.id, command).await;
        assert_eq!(refusal(answer), Refusal::OutOfReach);
        let (_, _, _, project) = refused(&world.last(lab.ledger()).await);
        assert_eq!(project, named);
    }
}

#[tokio::test]
async fn an_engagement_for_a_whole_lab_reaches_what_that_labs_ledger_opened_and_no_more() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let principal = world.person().await;
    let caller = world.caller(principal).await;
    let terms = Terms {
        role: Role::Steward,
        from: world.now(),
        until: None,
        budget: Budget::JOB,
    };
    let id = world.engage(lab.id, Reach::Lab, principal, terms).await;
    let ask = |project| {
        world
            .gate()
            .allows(&caller, id, Act::DecideDelivery, Some(project))
    };
    assert!(ask(lab.project).await.unwrap().is_ok());
    assert_eq!(
        ask(other.project).await.unwrap().unwrap_err(),
        Refusal::OutOfReach
    );
    let nowhere = world.env().new_id().unwrap();
    assert_eq!(ask(nowhere).await.unwrap().unwrap_err(), Refusal::OutOfReach);
    assert_eq!(world.gate().lab_of(other.project).await.unwrap(), Some(other.id));
    assert_eq!(world.gate().lab_of(nowhere).await.unwrap(), None);
    assert!(!world.gate().is_of(other.project, lab.id).await.unwrap());
}

#[tokio::test]
async fn before_its_beginning_and_after_its_end_an_engagement_grants_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let principal = world.person().await;
    let caller = world.caller(principal).await;
    let now = world.now();
    let terms = Terms {
        role: Role::Author,
        from: now.plus_seconds(60),
        until: Some(now.plus_seconds(120)),
        budget: Budget::PERSON,
    };
    let reach = Reach::Project(lab.project);
    let timed = world.engage(lab.id, reach, principal, terms).await;
    let ask = |id| world.gate().transact(&caller, id, nothing(Act::ReadTask));
    assert_eq!(refusal(ask(timed).await), Refusal::NotBegun);
    world.clock.forward(60);
    assert!(ask(timed).await.is_ok());
    world.clock.forward(60);
    assert_eq!(refusal(ask(timed).await), Refusal::Ended);

    let own = world.author(&lab).await;
    let ask = || world.gate().transact(&own.caller, own.id, nothing(Act::ReadTask));
    assert!(ask().await.is_ok());
    let ended = Fact::EngagementEnded { engagement: own.id };
    world.record(lab.ledger(), ended).await;
    assert_eq!(refusal(ask().await), Refusal::Ended);
}

#[tokio::test]
async fn a_halt_on_any_enclosing_scope_stops_work_until_it_is_resumed() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let everywhere = Compartment::Installation;
    let scopes = [
        (everywhere, On::Installation),
        (lab.ledger(), On::Lab(lab.id)),
        (lab.ledger(), On::Project(lab.project)),
        (lab.ledger(), On::Engagement(own.id)),
        (everywhere, On::Person(own.principal)),
        (everywhere, On::Component(own.principal)),
        (everywhere, On::Credential(own.caller.credential())),
    ];
    let ask = |act| world.gate().transact(&own.caller, own.id, nothing(act));
    for (ledger, scope) in scopes {
        let halt = world.halt(ledger, scope).await;
        let answer = refusal(ask(Act::ReadTask).await);
        assert!(
            matches!(answer, Refusal::Halted { halt: h, .. } if h == Some(halt)),
            "{scope}"
        );
        // What would be the same in another lab's ledger stands in neither.
        let named = ledger == lab.ledger() || scope == On::Installation;
        assert_eq!(
            refused(&world.last(lab.ledger()).await).2,
            answer.recorded(|_| named)
        );
        assert!(named || answer.recorded(|_| named) != answer);
        assert!(ask(Act::SaveDraft).await.is_ok(), "a halt takes no words away");
        world.resume(ledger, halt).await;
        assert!(ask(Act::ReadTask).await.is_ok(), "{scope}");
    }
    let elsewhere = world.author(&lab).await;
    world.halt(everywhere, On::Person(elsewhere.principal)).await;
    assert!(ask(Act::ReadTask).await.is_ok());
}

#[tokio::test]
async fn an_act_that_outlives_halts_releases_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let project = lab.project;
    let command = Do {
        act: Act::SaveDraft,
        project: None,
        run: move |_: &mut Scope<'_, '_>| Ok(Done::one((), Fact::ObjectsReleased { project, objects })),
    };
    let before = world.entries(lab.ledger()).await.len();
    integrity(world.gate().transact(&own.caller, own.id, command).await);
    assert_eq!(world.entries(lab.ledger()).await.len(), before);
}

#[tokio::test]
async fn a_credential_for_one_engagement_is_good_for_no_other() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let terms = Terms {
        role: Role::Author,
        from: world.now(),
        until: None,
        budget: Budget::PERSON,
    };
    let second = world
        .engage(lab.id, Reach::Project(lab.project), own.principal, terms)
        .await;
    let issued = world
        .gate()
        .issue(
            &world.operator,
            CredentialKind::Token,
            own.principal,
            Some(second),
            "bound",
            60,
        )
        .await
        .unwrap();
    let bound = world.gate().authenticate(issued.secret.expose()).await.unwrap();
    let ask = |id| world.gate().transact(&bound, id, nothing(Act::ReadTask));
    assert_eq!(refusal(ask(own.id).await), Refusal::NotEngaged);
    assert!(ask(second).await.is_ok());
}

#[tokio::test]
async fn only_operators_administer_and_they_read_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let nothing_done = || AdminDone {
        output: (),
        facts: vec![],
        consequences: vec![],
    };
    let answer = world
        .gate()
        .administer(
            &own.caller,
            Admin(move |_: &mut AdminScope<'_, '_>| Ok(nothing_done())),
        )
        .await;
    assert_eq!(refusal(answer), Refusal::NotInRole);
    let answer = world
        .gate()
        .transact(&world.operator, own.id, nothing(Act::ReadTask))
        .await;
    assert_eq!(refusal(answer), Refusal::NotEngaged);
    let issue = world
        .gate()
        .issue(&own.caller, CredentialKind::Token, own.principal, None, "x", 60);
    assert_eq!(refusal(issue.await), Refusal::NotInRole);
    world
        .halt(Compartment::Installation, On::Person(world.operator.principal()))
        .await;
    let answer = world
        .gate()
        .administer(
            &world.operator,
            Admin(move |_: &mut AdminScope<'_, '_>| Ok(nothing_done())),
        )
        .await;
    assert!(matches!(refusal(answer), Refusal::Halted { .. }));
    assert!(!world.gate().is_operator(&world.operator));
}

/// It stops and tells, as the platform; what would let somebody do more is undone with all that came with it.
#[tokio::test]
async fn what_the_platform_does_by_itself_lets_nobody_do_more() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let (ledger, id) = (Compartment::Installation, world.env().new_id().unwrap());
    let recorded = |facts: Vec<(Compartment, Fact)>| {
        Admin(move |_: &mut AdminScope<'_, '_>| {
            Ok(AdminDone {
                output: (),
                facts,
                consequences: vec![],
            })
        })
    };
    let halted = Fact::Halted {
        halt: id,
        scope: On::Engagement(own.id),
        reason: HaltReason::Incident,
        until: None,
    };
    let before = world.entries(ledger).await.len();
    for more in [
        Fact::OperatorGranted {
            principal: own.principal,
        },
        Fact::Resumed {
            halt: id,
            checked: Default::default(),
        },
    ] {
        let facts = vec![(Compartment::Lab(lab.id), halted.clone()), (ledger, more)];
        let done = world.gate().by_itself("containment", recorded(facts)).await;
        assert!(matches!(done, Err(GateError::Integrity(_))), "{done:?}");
    }
    assert_eq!(world.entries(ledger).await.len(), before);
    let open = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::ReadTask))
        .await;
    assert!(open.is_ok(), "it was halted");
    let facts = vec![(Compartment::Lab(lab.id), halted)];
    world
        .gate()
        .by_itself("containment", recorded(facts))
        .await
        .unwrap();
    let refused = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::ReadTask))
        .await;
    assert!(matches!(refusal(refused), Refusal::Halted { .. }));
    let last = world.entries(Compartment::Lab(lab.id)).await;
    let halts = last
        .iter()
        .find(|entry| matches!(entry.fact, Fact::Halted { .. }));
    assert_eq!(halts.unwrap().by, Actor::Platform);
}

#[tokio::test]
async fn an_installation_is_founded_once() {
    let world = World::new().await;
    let founder = cofferdam_store::principal::PrincipalRow {
        id: world.env().new_id().unwrap(),
        kind: cofferdam_store::principal::PrincipalKind::Person,
        name: "Second".into(),
        created: world.now(),
    };
    let answer = world.gate().found(founder).await;
    assert!(matches!(answer, Err(GateError::Command(_))));
    world.person().await;
    let answer = world
        .gate()
        .issue_to_founder(world.operator.principal(), CredentialKind::Token, "again", 60)
        .await;
    assert!(matches!(answer, Err(GateError::Command(_))));
    assert!(world.gate().is_founded());
}
