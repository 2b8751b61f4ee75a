//! What is no engagement worth granting, and none worth a token; and who is there to be engaged.

use std::collections::BTreeSet;

use cofferdam_model::{Budget, EngagementId, Role, Timestamp};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_work::ops::{NewProject, WorkError};

use crate::world::World;

#[tokio::test]
async fn an_end_in_the_past_and_the_same_engagement_twice_are_refused() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let person = world.person(PrincipalKind::Person).await;
    let platform = &world.platform;
    let engage =
        async |until: Option<Timestamp>, budget: Option<Budget>| -> Result<EngagementId, WorkError> {
            let engaging = platform.engage(
                &world.operator,
                project,
                person,
                Role::Author,
                vec![],
                until,
                budget,
            );
            engaging.await
        };
    for past in [world.now(), world.now().plus_seconds(-1)] {
        let refused = engage(Some(past), None).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "/until: it lies in the past; leave it out for no end"
        );
    }
    let first = engage(None, None).await.unwrap();
    let Err(WorkError::Conflict(told)) = engage(None, None).await else {
        panic!("the same engagement was granted twice")
    };
    assert!(
        told.starts_with(&format!("{first} is the same engagement and active")),
        "{told}"
    );

    let until = Some(world.now().plus_seconds(60));
    engage(until, None).await.unwrap();
    let less = Budget {
        objects_per_day: 1,
        ..Budget::PERSON
    };
    engage(None, Some(less)).await.unwrap();
    assert!(engage(until, None).await.is_err());
    // What is over is no reason.
    world.wait(61);
    platform.end_engagement(&world.operator, first).await.unwrap();
    engage(None, None).await.unwrap();

    platform
        .appoint_steward(&world.operator, lab, person)
        .await
        .unwrap();
    let again = platform.appoint_steward(&world.operator, lab, person).await;
    assert!(matches!(again, Err(WorkError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn there_is_no_token_for_an_engagement_that_has_ended() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let person = world.person(PrincipalKind::Person).await;
    let platform = &world.platform;
    let mut engagements = Vec::new();
    let until = world.now().plus_seconds(60);
    for until in [None, Some(until)] {
        let engaging = platform.engage(
            &world.operator,
            project,
            person,
            Role::Author,
            vec![],
            until,
            None,
        );
        engagements.push(engaging.await.unwrap());
    }
    let token = async |engagement| platform.issue_token(&world.operator, engagement, "desk", 1).await;
    for engagement in &engagements {
        token(*engagement).await.unwrap();
    }
    world.wait(61);
    platform
        .end_engagement(&world.operator, engagements[0])
        .await
        .unwrap();
    for (engagement, at) in engagements.into_iter().zip([world.now(), until]) {
        let Err(WorkError::Conflict(told)) = token(engagement).await else {
            panic!("a token was issued that can do nothing")
        };
        let ended = format!("this engagement ended at {}, and a token", at.rfc3339());
        assert!(
            told.starts_with(&ended) && told.contains("engage them anew"),
            "{told}"
        );
    }
    // Somebody whose every engagement ended may still look at their hours.
    platform.invite(&world.operator, person, 60).await.unwrap();
}

/// Time stands still here: nothing but the moment tells people of one name apart.
#[tokio::test]
async fn people_of_one_name_are_enrolled_in_one_moment() {
    let world = World::new().await;
    let mut people = BTreeSet::new();
    for _ in 0..3 {
        for kind in [PrincipalKind::Person, PrincipalKind::Component] {
            people.insert(world.person(kind).await);
        }
    }
    assert_eq!(people.len(), 6);
    let found = world.platform.gate().examine().await.unwrap();
    assert!(found.findings.is_empty(), "{:?}", found.findings);
}

#[tokio::test]
async fn capitals_make_no_second_lab_and_no_second_project() {
    let world = World::new().await;
    let (one, two) = (world.lab("Aurelia").await, world.lab("Other").await);
    let again = world.platform.open_lab(&world.operator, "AURELIA").await;
    assert!(
        again
            .unwrap_err()
            .to_string()
            .contains("called `Aurelia` already")
    );
    world.project(one, "Pairs", 1).await;
    let project = |lab, name: &str| {
        let new = NewProject {
            lab,
            name: name.to_owned(),
            template: "chat".to_owned(),
            overlap: 1,
            lease_seconds: 3600,
        };
        world.platform.open_project(&world.operator, new)
    };
    assert!(
        project(one, "PAIRS")
            .await
            .unwrap_err()
            .to_string()
            .contains("called `Pairs` already")
    );
    project(two, "PAIRS").await.unwrap();
}
