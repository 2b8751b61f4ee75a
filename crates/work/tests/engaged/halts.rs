//! The list of halts.

use cofferdam_model::{Compartment, HaltReason, Scope};
use cofferdam_store::{StoreError, Tx, params};

use crate::house::House;

#[tokio::test]
async fn a_ledger_that_was_edited_hides_no_halt_of_another() {
    let house = House::new().await;
    let (platform, operator) = (&house.platform, &house.operator);
    let other = platform.open_lab(operator, "Other").await.unwrap().id;
    for scope in [Scope::Lab(house.lab), Scope::Lab(other), Scope::Installation] {
        platform
            .halt(operator, None, scope, HaltReason::Drill, None)
            .await
            .unwrap();
    }
    let all = vec![Compartment::Installation, house.lab.into(), other.into()];
    let open = async |scope: Scope| {
        let (views, unread) = platform.halts_in(all.clone()).await.unwrap();
        assert!(unread.is_empty() || unread == [other], "{unread:?}");
        views.iter().any(|v| v.halt.scope == scope && v.resumed.is_none())
    };
    for scope in [Scope::Installation, Scope::Lab(house.lab), Scope::Lab(other)] {
        assert!(open(scope).await, "{scope:?}");
    }
    let compartment = Compartment::Lab(other).to_bytes();
    let edit = move |tx: &mut Tx<'_>| -> Result<u64, StoreError> {
        tx.execute(
            "UPDATE ledger SET t = t + 1 WHERE compartment = $1 AND authorising = 2",
            params![compartment],
        )
    };
    assert_eq!(platform.gate().store().write(edit).await.unwrap(), 1);
    assert!(open(Scope::Installation).await && open(Scope::Lab(house.lab)).await);
    assert!(
        !open(Scope::Lab(other)).await,
        "a ledger that does not check was believed"
    );
    let (_, unread) = platform.halts_in(all.clone()).await.unwrap();
    assert_eq!(unread, [other], "nobody is told that some are not listed");
}

#[tokio::test]
async fn whose_halt_it_is_ends_it() {
    let house = House::new().await;
    let (platform, operator) = (&house.platform, &house.operator);
    let (steward, seat) = house.steward().await;
    let on = Scope::Lab(house.lab);
    let own = platform
        .halt(&steward, Some(seat), on, HaltReason::LabRequest, None)
        .await
        .unwrap();
    let by_operator = platform
        .resume(operator, None, own.halt.id, Default::default())
        .await;
    assert!(by_operator.unwrap_err().to_string().contains("ask its steward"));
    platform
        .resume(&steward, Some(seat), own.halt.id, Default::default())
        .await
        .unwrap();
    let theirs = platform
        .halt(operator, None, on, HaltReason::Incident, None)
        .await
        .unwrap();
    let by_steward = platform
        .resume(&steward, Some(seat), theirs.halt.id, Default::default())
        .await;
    assert!(
        by_steward
            .unwrap_err()
            .to_string()
            .contains("an operator of the platform")
    );
    platform
        .resume(operator, None, theirs.halt.id, Default::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_steward_foresees_what_a_halt_stops_within_their_lab_alone() {
    let house = House::new().await;
    let (platform, operator) = (&house.platform, &house.operator);
    let other = platform.open_lab(operator, "Other").await.unwrap().id;
    let (steward, seat) = house.steward().await;
    let seen = platform
        .foresee_halt(&steward, Some(seat), Scope::Lab(house.lab))
        .await
        .unwrap();
    assert!(seen.engagements.iter().any(|each| each.engagement == seat));
    for scope in [
        Scope::Lab(other),
        Scope::Installation,
        Scope::Person(steward.principal()),
    ] {
        assert!(platform.may_halt(&steward, scope).await.is_err(), "{scope}");
        let refused = platform.foresee_halt(&steward, Some(seat), scope).await;
        assert!(refused.is_err(), "{scope}");
    }
}
