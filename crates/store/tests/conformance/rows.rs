//! Every module's rows come back as they went in, and are unique where they must be.

use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::work::{Assignment, Delivery, ReturnCause, Submission, Verdict};
use cofferdam_model::{Compartment, CredentialKind, ObjectRef, Timestamp};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::delivery::{DeliveryRow, ItemRow};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::epoch::EpochRow;
use cofferdam_store::lab::LabRow;
use cofferdam_store::object::SealedRow;
use cofferdam_store::passkey::PasskeyRow;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::project::ProjectRow;
use cofferdam_store::remark::{self, RemarkRow};
use cofferdam_store::review::ReviewRow;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::{AssignmentRow, DraftRow, TaskRow};
use cofferdam_store::timer::TimerRow;
use cofferdam_store::{
    StoreError, Tx, credential, delivery, engagement, epoch, lab, object, passkey, principal, project,
    review, submission, task, timer,
};

use crate::support::*;

pub(crate) fn lab(n: u64) -> LabRow {
    LabRow {
        id: id(n),
        name: format!("Lab {n}"),
        created: at(n as i64),
    }
}

pub(crate) fn project(n: u64, lab: u64) -> ProjectRow {
    ProjectRow {
        id: id(n),
        lab: id(lab),
        name: format!("Project {n}"),
        template_kind: "chat".into(),
        template: id(n),
        overlap: 2,
        lease_seconds: 600,
        guideline: None,
        guideline_version: 0,
        created: at(0),
    }
}

pub(crate) fn task(n: u64, project: u64, slots: u32) -> TaskRow {
    TaskRow {
        id: id(n),
        project: id(project),
        seq: n,
        slots,
        external: Some([n as u8; 32]),
        input: id(n),
    }
}

pub(crate) fn hold(n: u64, task: &TaskRow, principal: u64, until: Timestamp) -> AssignmentRow {
    AssignmentRow {
        id: id(n),
        task: task.id,
        project: task.project,
        seq: task.seq,
        principal: id(principal),
        engagement: id(principal),
        state: Assignment::Claimed { until },
        until,
        claimed: at(n as i64),
    }
}

pub(crate) fn submission(n: u64, hold: &AssignmentRow) -> SubmissionRow {
    SubmissionRow {
        id: id(n),
        assignment: hold.id,
        task: hold.task,
        project: hold.project,
        engagement: hold.engagement,
        principal: hold.principal,
        version: 1,
        state: Submission::Submitted,
        answer: id(n),
        received: at(n as i64),
        seal: [n as u8; 32],
    }
}

pub(crate) async fn labs_and_projects(backend: &impl Backend) {
    let store = backend.open();
    let (first, second) = (lab(1), lab(2));
    let of_first = ProjectRow {
        guideline: Some(id(9)),
        guideline_version: 3,
        ..project(1, 1)
    };
    let (f, s, p) = (first.clone(), second.clone(), of_first.clone());
    write(&store, move |tx| {
        lab::insert(tx, &f)?;
        lab::insert(tx, &s)?;
        project::insert(tx, &p)
    })
    .await;
    let found = read(&store, |r| {
        Ok((lab::all(r)?, lab::get(r, id(2))?, lab::get(r, id(3))?))
    });
    assert_eq!(found.await, (vec![first, second.clone()], Some(second), None));
    let named = read(&store, |r| {
        let one = project::get(r, id(1))?;
        Ok((one, project::of_lab(r, id(1))?, project::of_lab(r, id(2))?))
    });
    assert_eq!(named.await, (Some(of_first.clone()), vec![of_first], vec![]));
    conflict(&store, |tx| lab::insert(tx, &LabRow { id: id(3), ..lab(1) })).await;
    conflict(&store, |tx| {
        lab::insert(
            tx,
            &LabRow {
                name: "x".into(),
                ..lab(1)
            },
        )
    })
    .await;
    conflict(&store, |tx| {
        project::insert(
            tx,
            &ProjectRow {
                id: id(2),
                ..project(1, 1)
            },
        )
    })
    .await;
    // The same name in another lab is another project.
    write(&store, |tx| {
        project::insert(
            tx,
            &ProjectRow {
                id: id(2),
                ..project(1, 2)
            },
        )?;
        project::set_guideline(tx, id(2), id(7), 1)
    })
    .await;
    let changed = read(&store, |r| project::get(r, id(2))).await.unwrap();
    assert_eq!((changed.guideline, changed.guideline_version), (Some(id(7)), 1));
}

pub(crate) async fn places_in_the_queue(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| {
        lab::insert(tx, &lab(1))?;
        project::insert(tx, &project(1, 1))?;
        project::insert(tx, &project(2, 1))
    })
    .await;
    let places = write(&store, |tx| {
        Ok((
            project::reserve_places(tx, id(1), 3)?,
            project::reserve_places(tx, id(1), 2)?,
            project::reserve_places(tx, id(2), 1)?,
        ))
    });
    assert_eq!(places.await, (0, 3, 0));
    let nowhere = store.write(|tx| project::reserve_places(tx, id(9), 1)).await;
    assert!(matches!(nowhere, Err(StoreError::Corrupt { .. })));
}

pub(crate) async fn a_missing_row_that_another_needs_is_no_conflict(backend: &impl Backend) {
    let store = backend.open();
    let answer = store.write(|tx| project::insert(tx, &project(1, 1))).await;
    assert!(
        matches!(answer, Err(StoreError::Database(_) | StoreError::Server(_))),
        "{answer:?}"
    );
}

pub(crate) async fn principals_and_pseudonyms(backend: &impl Backend) {
    let store = backend.open();
    let row = |n, kind, name: &str| PrincipalRow {
        id: id(n),
        kind,
        name: name.into(),
        created: at(n as i64),
    };
    let people = [
        row(3, PrincipalKind::Person, "Ann"),
        row(2, PrincipalKind::Component, "Bot"),
        row(1, PrincipalKind::Person, "Bot"),
        row(4, PrincipalKind::Job, "agreement"),
        row(5, PrincipalKind::Person, "agreement"),
    ];
    let all = people.clone();
    write(&store, move |tx| {
        all.iter().try_for_each(|p| principal::insert(tx, p))
    })
    .await;
    let first = (String::new(), id(0));
    let page = read(&store, move |r| principal::page(r, &first, 2)).await;
    assert_eq!(page, [people[0].clone(), people[2].clone()]);
    let after = (page[1].name.clone(), page[1].id);
    let rest = read(&store, move |r| principal::page(r, &after, 9)).await;
    assert_eq!(rest, [people[1].clone(), people[4].clone()]);
    let job = read(&store, |r| {
        Ok((principal::job(r, "agreement")?, principal::job(r, "Ann")?))
    })
    .await;
    assert_eq!(job, (Some(people[3].clone()), None));
    let named = read(&store, |r| {
        Ok([
            principal::by_name(r, "Bot")?,
            principal::by_name(r, "agreement")?,
            principal::by_name(r, "bot")?,
        ])
    });
    assert_eq!(
        named.await,
        [Some(people[2].clone()), Some(people[4].clone()), None]
    );
    let got = read(&store, |r| {
        Ok((principal::get(r, id(1))?, principal::get(r, id(9))?))
    })
    .await;
    assert_eq!(got, (Some(people[2].clone()), None));
    conflict(&store, move |tx| {
        principal::insert(tx, &row(1, PrincipalKind::Person, "x"))
    })
    .await;

    write(&store, |tx| principal::insert_pseudonym(tx, id(1), id(1), id(50))).await;
    let found = read(&store, |r| {
        Ok((
            principal::pseudonym(r, id(1), id(1))?,
            principal::pseudonym(r, id(2), id(1))?,
        ))
    });
    assert_eq!(found.await, (Some(id(50)), None));
    conflict(&store, |tx| principal::insert_pseudonym(tx, id(1), id(1), id(51))).await;
    conflict(&store, |tx| principal::insert_pseudonym(tx, id(2), id(1), id(50))).await;
}

pub(crate) async fn credentials(backend: &impl Backend) {
    let store = backend.open();
    let row = |n: u64, kind| CredentialRow {
        id: id(n),
        secret: [n as u8; 32],
        kind,
        principal: id(1 + n % 2),
        bound_to: (n == 2).then(|| id(7)),
        label: format!("label {n}"),
        created: at(-(n as i64)),
        expires: at(100),
        n,
    };
    let rows = [
        row(1, CredentialKind::Session),
        row(2, CredentialKind::Token),
        row(3, CredentialKind::Link),
    ];
    let all = rows.clone();
    write(&store, move |tx| {
        all.iter().try_for_each(|c| credential::insert(tx, c))
    })
    .await;
    let found = read(&store, |r| {
        Ok((
            credential::by_secret(r, &[2; 32])?,
            credential::by_secret(r, &[9; 32])?,
            credential::get(r, id(3))?,
            credential::of_principal(r, id(2))?,
            credential::all(r)?,
        ))
    });
    let [first, second, third] = rows.clone();
    let own = vec![third.clone(), first.clone()];
    let whole = vec![third.clone(), second.clone(), first];
    assert_eq!(found.await, (Some(second), None, Some(third), own, whole));
    let twin = CredentialRow {
        id: id(4),
        ..rows[0].clone()
    };
    conflict(&store, move |tx| credential::insert(tx, &twin)).await;
}

pub(crate) async fn holders_and_epochs(backend: &impl Backend) {
    let store = backend.open();
    let holder = |n: u64| HolderRow {
        engagement: id(n),
        lab: id(1),
        principal: id(n % 2),
        salt: [n as u8; 32],
    };
    let epoch = |n: u64, compartment| EpochRow {
        id: id(n),
        compartment,
        project: id(1),
        wrapped: vec![n as u8; 60],
        opened: at(n as i64 % 2),
        rotation: 0,
        seal: [n as u8; 32],
    };
    write(&store, move |tx| {
        (1..4).try_for_each(|n| engagement::insert(tx, &holder(n)))?;
        epoch::insert(tx, &epoch(1, Compartment::Lab(id(1))))?;
        epoch::insert(tx, &epoch(2, Compartment::Installation))?;
        epoch::insert(tx, &epoch(3, Compartment::Lab(id(1))))
    })
    .await;
    let held = read(&store, |r| {
        Ok((
            engagement::get(r, id(2))?,
            engagement::of_principal(r, id(1))?,
            engagement::all(r)?.len(),
        ))
    });
    assert_eq!(held.await, (Some(holder(2)), vec![holder(1), holder(3)], 3));
    let epochs = read(&store, |r| {
        Ok((
            epoch::get(r, id(2))?,
            epoch::youngest(r, id(1))?,
            epoch::youngest(r, id(2))?,
            epoch::all(r)?.len(),
        ))
    });
    let (second, third) = (
        epoch(2, Compartment::Installation),
        epoch(3, Compartment::Lab(id(1))),
    );
    assert_eq!(epochs.await, (Some(second), Some(third), None, 3));
    conflict(&store, move |tx| engagement::insert(tx, &holder(1))).await;
    conflict(&store, move |tx| {
        epoch::insert(tx, &epoch(1, Compartment::Installation))
    })
    .await;
}

fn epoch_row(n: u64, rotation: u64) -> EpochRow {
    EpochRow {
        id: id(n),
        compartment: Compartment::Lab(id(1)),
        project: id(2),
        wrapped: vec![n as u8; 60],
        opened: at(1),
        rotation,
        seal: [n as u8; 32],
    }
}

pub(crate) async fn rotation(backend: &impl Backend) {
    let store = backend.open();
    let sealed = |n: u64, epoch: u64| SealedRow {
        object: ObjectRef {
            object: id(n),
            version: 1,
            bytes: n,
        },
        compartment: Compartment::Lab(id(1)),
        project: id(2),
        kind: 1,
        epoch: id(epoch),
        sealed: vec![epoch as u8; 10],
        seal: [epoch as u8; 32],
    };
    let nobody_opens = store
        .write(move |tx: &mut Tx<'_>| object::insert(tx, &sealed(1, 3)))
        .await;
    assert!(matches!(nobody_opens, Err(StoreError::Corrupt { .. })));
    write(&store, move |tx| {
        epoch::insert(tx, &epoch_row(3, 0))?;
        epoch::insert(tx, &epoch_row(4, 7))?;
        (1..4).try_for_each(|n| object::insert(tx, &sealed(n, 3)))?;
        object::insert(tx, &sealed(4, 4))
    })
    .await;
    let older = async |project, rotation| {
        let all = read(&store, move |r| {
            Ok((
                epoch::older(r, id(project), rotation)?,
                object::count_older(r, id(project), rotation)?,
            ))
        });
        let (epochs, objects) = all.await;
        (epochs.iter().map(|epoch| epoch.id).collect::<Vec<_>>(), objects)
    };
    assert_eq!(older(2, 7).await, (vec![id(3)], 3));
    assert_eq!(older(2, 8).await, (vec![id(3), id(4)], 4));
    assert_eq!((older(2, 0).await, older(9, 8).await), ((vec![], 0), (vec![], 0)));
    let page = read(&store, |r| object::under(r, id(3), (id(1), 1), 1)).await;
    assert_eq!(page, [sealed(2, 3)]);
    let resealed =
        async |old: SealedRow, new: SealedRow| write(&store, move |tx| object::reseal(tx, &old, &new)).await;
    assert!(resealed(sealed(1, 3), sealed(1, 4)).await);
    assert!(
        !resealed(sealed(1, 3), sealed(1, 4)).await,
        "it is another already"
    );
    assert!(!resealed(sealed(9, 3), sealed(9, 4)).await, "it is gone");
    assert!(
        !write(&store, |tx| epoch::remove(tx, id(3))).await,
        "something is left under it"
    );
    for n in 2..4 {
        assert!(resealed(sealed(n, 3), sealed(n, 4)).await);
    }
    assert!(write(&store, |tx| epoch::remove(tx, id(3))).await);
    assert!(!write(&store, |tx| epoch::remove(tx, id(3))).await);
    let all = read(&store, |r| object::page(r, (id(0), 0), 9)).await;
    assert_eq!(all, (1..5).map(|n| sealed(n, 4)).collect::<Vec<_>>());
}

pub(crate) async fn passkeys(backend: &impl Backend) {
    let store = backend.open();
    let row = |n: u64| PasskeyRow {
        credential: id(n),
        handle: vec![n as u8; 1_023],
        key: vec![n as u8; 77],
    };
    write(&store, move |tx| {
        (1..3).try_for_each(|n| passkey::insert(tx, &row(n)))
    })
    .await;
    let same = move |n| PasskeyRow {
        handle: row(1).handle,
        ..row(n)
    };
    conflict(&store, move |tx| passkey::insert(tx, &same(9))).await;
    let found = read(&store, move |r| {
        Ok((
            passkey::of(r, id(2))?,
            passkey::by_handle(r, &row(1).handle)?,
            passkey::by_handle(r, b"")?,
        ))
    });
    assert_eq!(found.await, (Some(row(2)), Some(row(1)), None));
    assert_eq!(read(&store, passkey::all).await, [row(1), row(2)]);
    let use_up =
        async |n: u8, until: i64| write(&store, move |tx| passkey::use_up(tx, &[n; 16], at(until))).await;
    assert!(use_up(1, 10).await && use_up(2, 20).await && !use_up(1, 30).await);
    assert_eq!(write(&store, |tx| passkey::forget(tx, at(10))).await, 1);
    assert!(use_up(1, 30).await && !use_up(2, 30).await);
}

pub(crate) async fn objects_and_sets(backend: &impl Backend) {
    let store = backend.open();
    let sealed = |n: u64, version| SealedRow {
        object: ObjectRef {
            object: id(n),
            version,
            bytes: n,
        },
        compartment: Compartment::Lab(id(1)),
        project: id(2),
        kind: u16::MAX,
        epoch: id(3),
        sealed: vec![n as u8; 100_000],
        seal: [version as u8; 32],
    };
    write(&store, |tx| epoch::insert(tx, &epoch_row(3, 0))).await;
    write(&store, move |tx| {
        [(1, 1), (1, 2), (1, 3), (2, 1)]
            .iter()
            .try_for_each(|(n, version)| object::insert(tx, &sealed(*n, *version)))
    })
    .await;
    let found = read(&store, |r| {
        Ok((object::get(r, id(1), 2)?, object::get(r, id(1), 4)?))
    })
    .await;
    assert_eq!(found, (Some(sealed(1, 2)), None));
    let named = read(&store, |r| {
        Ok((object::reference(r, id(2), 1)?, object::reference(r, id(2), 2)?))
    })
    .await;
    assert_eq!(named, (Some(sealed(2, 1).object), None));
    conflict(&store, move |tx| object::insert(tx, &sealed(1, 1))).await;
    let mut paged = Vec::new();
    let mut after = (id(0), 0);
    loop {
        let page = read(&store, move |r| object::page(r, after, 3)).await;
        let Some(last) = page.last() else { break };
        after = (last.object.object, last.object.version);
        paged.extend(
            page.into_iter()
                .map(|row| (row.object.object, row.object.version)),
        );
    }
    assert_eq!(paged, [(id(1), 1), (id(1), 2), (id(1), 3), (id(2), 1)]);
    write(&store, |tx| object::forget_before(tx, id(1), 3)).await;
    let left = read(&store, move |r| object::page(r, (id(0), 0), 9)).await;
    assert_eq!(left, [sealed(1, 3), sealed(2, 1)]);
    assert!(
        !format!("{:?}", left[0]).contains("sealed: ["),
        "no ciphertext is printed"
    );
    for list in [&b"first"[..], b"second"] {
        write(&store, move |tx| object::insert_set(tx, &[5; 32], list)).await;
    }
    let set = read(&store, |r| {
        Ok((object::set(r, &[5; 32])?, object::set(r, &[6; 32])?))
    })
    .await;
    assert_eq!(set, (Some(b"first".to_vec()), None), "a hash has one list");
}

pub(crate) async fn tasks(backend: &impl Backend) {
    let store = backend.open();
    let first = task(1, 1, 2);
    let second = TaskRow {
        external: None,
        ..task(2, 1, 0)
    };
    write(&store, move |tx| {
        task::insert(tx, &second)?;
        task::insert(tx, &first)
    })
    .await;
    let found = read(&store, |r| {
        let all = task::of_project(r, id(1))?;
        Ok((task::get(r, id(1))?, task::get(r, id(9))?, all))
    });
    assert_eq!(found.await, (Some(first), None, vec![first, second]));
    let known = read(&store, |r| {
        let here = task::has_external(r, id(1), &[1; 32])?;
        Ok((here, task::has_external(r, id(2), &[1; 32])?))
    });
    assert_eq!(known.await, (true, false));
    let same_external = TaskRow {
        external: first.external,
        ..task(3, 1, 1)
    };
    let same_place = TaskRow {
        seq: 1,
        external: None,
        ..task(3, 1, 1)
    };
    for twin in [same_external, same_place] {
        conflict(&store, move |tx| task::insert(tx, &twin)).await;
    }
    let without = TaskRow {
        external: None,
        ..task(3, 1, 1)
    };
    write(&store, move |tx| task::insert(tx, &without)).await;
}

pub(crate) async fn assignments(backend: &impl Backend) {
    let store = backend.open();
    let (first, second) = (task(1, 1, 2), task(2, 1, 0));
    let held = hold(1, &first, 1, at(60));
    let skipped = ReturnCause::Skipped;
    let given = AssignmentRow {
        state: Assignment::Returned { cause: skipped },
        ..hold(2, &second, 1, at(60))
    };
    write(&store, move |tx| {
        task::insert_assignment(tx, &held)?;
        task::insert_assignment(tx, &given)
    })
    .await;
    let holds = read(&store, |r| {
        let all = task::assignments_of(r, id(1), None, 9)?;
        let held = task::held(r, id(1), id(1))?;
        Ok((task::assignment(r, id(2))?, held, all))
    });
    assert_eq!(holds.await, (Some(given), vec![held], vec![given, held]));
    let other = AssignmentRow {
        engagement: id(7),
        ..hold(4, &task(3, 1, 1), 2, at(30))
    };
    write(&store, move |tx| task::insert_assignment(tx, &other)).await;
    let all = read(&store, |r| {
        Ok((task::held(r, id(1), id(2))?, task::all_held(r, id(1))?))
    });
    assert_eq!(all.await, (vec![other], vec![other, held]));
    write(&store, move |tx| task::take_back(tx, &other)).await;
    assert_eq!(read(&store, |r| task::all_held(r, id(1))).await, [held]);
    let newest = read(&store, |r| task::assignments_of(r, id(1), None, 1)).await;
    assert_eq!(newest, [given]);
    let before = |last: AssignmentRow| {
        read(&store, move |r| {
            task::assignments_of(r, id(1), Some((last.claimed, last.id)), 9)
        })
    };
    assert_eq!((before(given).await, before(held).await), (vec![held], vec![]));
    let again = hold(3, &first, 1, at(99));
    conflict(&store, move |tx| task::insert_assignment(tx, &again)).await;
}

pub(crate) async fn slots_and_drafts(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| task::insert(tx, &task(1, 1, 2))).await;
    let slots = write(&store, |tx| {
        let taken = (
            task::take_slot(tx, id(1))?,
            task::take_slot(tx, id(1))?,
            task::take_slot(tx, id(1))?,
        );
        task::free_slot(tx, id(1))?;
        Ok((taken, task::take_slot(tx, id(1))?))
    });
    assert_eq!(slots.await, ((true, true, false), true));
    let draft = |version| DraftRow {
        assignment: id(1),
        object: id(8),
        version,
        saved: at(i64::from(version)),
    };
    write(&store, move |tx| task::set_draft(tx, &draft(1))).await;
    write(&store, move |tx| task::set_draft(tx, &draft(2))).await;
    let kept = read(&store, |r| Ok((task::draft(r, id(1))?, task::draft(r, id(2))?))).await;
    assert_eq!(kept, (Some(draft(2)), None));
    write(&store, |tx| {
        task::drop_draft(tx, id(1))?;
        task::drop_draft(tx, id(1))
    })
    .await;
    assert_eq!(read(&store, |r| task::draft(r, id(1))).await, None);
}

pub(crate) async fn submissions(backend: &impl Backend) {
    let store = backend.open();
    let held = hold(1, &task(1, 1, 1), 1, at(60));
    let first = submission(1, &held);
    write(&store, move |tx| {
        lab::insert(tx, &lab(1))?;
        project::insert(tx, &project(1, 1))?;
        task::insert(tx, &task(1, 1, 1))?;
        task::insert_assignment(tx, &held)?;
        submission::insert(tx, &first)
    })
    .await;
    conflict(&store, move |tx| {
        submission::insert(tx, &SubmissionRow { id: id(2), ..first })
    })
    .await;
    let found = read(&store, |r| {
        let one = (submission::get(r, id(1))?, submission::of_assignment(r, id(1))?);
        Ok((
            one,
            submission::rework(r, id(1), id(1))?,
            submission::of_project(r, id(1))?,
        ))
    });
    let (one, rework, all) = found.await;
    assert_eq!((one, rework), ((Some(first), Some(first)), vec![]));
    assert_eq!(all, [first]);
    let returned = SubmissionRow {
        state: Submission::Returned,
        version: 2,
        engagement: id(6),
        received: at(9),
        seal: [9; 32],
        ..first
    };
    write(&store, move |tx| submission::update(tx, &returned)).await;
    let rework = read(&store, |r| {
        let own = submission::rework(r, id(1), id(1))?;
        Ok((own, submission::rework(r, id(1), id(2))?))
    })
    .await;
    assert_eq!(rework, (vec![returned], vec![]));
    let rejected = SubmissionRow {
        state: Submission::Rejected,
        ..returned
    };
    write(&store, move |tx| submission::update(tx, &rejected)).await;
    assert_eq!(
        read(&store, |r| submission::of_project(r, id(1))).await,
        [rejected]
    );
}

pub(crate) async fn reviews(backend: &impl Backend) {
    let store = backend.open();
    let review = ReviewRow {
        id: id(1),
        submission: id(1),
        version: 1,
        engagement: id(5),
        until: at(60),
        verdict: None,
        comment: None,
        amended: None,
        given: None,
    };
    let given = submission(1, &hold(1, &task(1, 1, 1), 1, at(60)));
    write(&store, move |tx| {
        submission::insert(tx, &given)?;
        review::claim(tx, &review)
    })
    .await;
    let open = read(&store, |r| {
        Ok((
            review::open_of(r, id(5), at(59))?,
            review::open_of(r, id(5), at(60))?,
            review::open_of(r, id(6), at(0))?,
        ))
    });
    assert_eq!(open.await, (Some(review), None, None));
    // What went back to its author is not to be judged, nor is another version under the same review.
    for (state, version) in [(Submission::Returned, 1), (Submission::Submitted, 2)] {
        let changed = SubmissionRow {
            state,
            version,
            ..given
        };
        write(&store, move |tx| submission::update(tx, &changed)).await;
        assert_eq!(read(&store, |r| review::open_of(r, id(5), at(59))).await, None);
    }
    assert_eq!(read(&store, |r| review::of_version(r, id(1), 1)).await, None);
    let verdicts = [Verdict::Accept, Verdict::Return, Verdict::Reject];
    for verdict in verdicts {
        let said = review::Given {
            verdict,
            comment: Some(id(4)),
            amended: (verdict == Verdict::Accept).then(|| id(5)),
            at: at(61),
        };
        write(&store, move |tx| review::give(tx, id(1), &said)).await;
        let given = read(&store, |r| review::of_version(r, id(1), 1)).await.unwrap();
        assert_eq!((given.verdict, given.comment), (Some(verdict), Some(id(4))));
        assert_eq!((given.amended, given.given), (said.amended, Some(at(61))));
        assert_eq!(read(&store, |r| review::get(r, id(1))).await, Some(given));
    }
    write(&store, |tx| review::withdraw(tx, id(1), at(90))).await;
    assert_eq!(read(&store, |r| review::of_version(r, id(1), 1)).await, None);
    let open = ReviewRow {
        until: at(90),
        ..review
    };
    assert_eq!(read(&store, |r| review::get(r, id(1))).await, Some(open));
}

pub(crate) async fn remarks(backend: &impl Backend) {
    let store = backend.open();
    let row = |n: u64, question: Option<u64>, project: u64, said: i64| RemarkRow {
        id: id(n),
        question: question.map(id),
        project: id(project),
        task: n.is_multiple_of(2).then(|| id(40 + n)),
        broken: n == 2,
        engagement: id(60 + n),
        words: id(80 + n),
        said: at(said),
    };
    let questions = [row(1, None, 1, 10), row(2, None, 1, 10), row(3, None, 1, 20)];
    let said = [
        row(11, Some(2), 1, 30),
        row(10, Some(2), 1, 30),
        row(12, Some(2), 1, 5),
    ];
    let elsewhere = row(9, None, 2, 15);
    write(&store, move |tx| {
        let mut all = questions.iter().chain(&said).chain([&elsewhere]);
        all.try_for_each(|row| remark::insert(tx, row))
    })
    .await;
    let page = |after: (i64, u64), limit: u32| {
        let found = read(&store, move |r| {
            remark::questions(r, id(1), (at(after.0), id(after.1)), limit)
        });
        async move { found.await.into_iter().map(|row| row.id).collect::<Vec<_>>() }
    };
    assert_eq!(page((1_000_000, 99), 2).await, [id(3), id(2)]);
    assert_eq!(page((10, 2), 2).await, [id(1)]);
    assert_eq!(page((10, 1), 2).await, []);
    let thread = read(&store, |r| remark::said_to(r, id(2))).await;
    assert_eq!(thread, [said[2], said[1], said[0]], "the oldest first");
    assert_eq!(read(&store, |r| remark::get(r, id(2))).await, Some(questions[1]));
    assert_eq!(read(&store, |r| remark::get(r, id(7))).await, None);
    assert_eq!(read(&store, remark::all).await.len(), 7);
}

fn item(n: u64) -> ItemRow {
    ItemRow {
        delivery: id(1),
        row: n,
        task: id(n),
        answers: (1..n).map(|of| (id(of), n as u32)).collect(),
        returned: None,
        reason: None,
        seal: [n as u8; 32],
    }
}

pub(crate) async fn deliveries(backend: &impl Backend) {
    let store = backend.open();
    let row = |n: u64| DeliveryRow {
        id: id(n),
        lab: id(1),
        project: id(1),
        format: "openai-chat".into(),
        state: Delivery::Offered,
        rows: 3,
        left_out: 1,
        bytes: 1 << 40,
        sha256: [n as u8; 32],
        manifest: "a signed note\n".into(),
        created: at(n as i64),
        decided: None,
        seal: [n as u8; 32],
    };
    write(&store, move |tx| {
        delivery::insert(tx, &row(1), &[1, 2, 3].map(item))?;
        delivery::insert(tx, &row(2), &[])
    })
    .await;
    let found = read(&store, |r| {
        Ok((
            delivery::get(r, id(1))?,
            delivery::get(r, id(9))?,
            delivery::of_lab(r, id(1))?,
        ))
    });
    assert_eq!(found.await, (Some(row(1)), None, vec![row(2), row(1)]));
    let sent_back = write(&store, |tx| {
        Ok([
            delivery::return_row(tx, id(1), 3, None, at(5))?,
            delivery::return_row(tx, id(1), 1, Some(id(8)), at(5))?,
            delivery::return_row(tx, id(1), 3, None, at(6))?,
            delivery::return_row(tx, id(1), 4, None, at(5))?,
            delivery::return_row(tx, id(1), 0, None, at(5))?,
        ])
    });
    let [third, first] = [(3, None), (1, Some(id(8)))].map(|(n, reason)| ItemRow {
        returned: Some(at(5)),
        reason,
        ..item(n)
    });
    assert_eq!(
        sent_back.await,
        [Some(third.clone()), Some(first.clone()), None, None, None]
    );
    let items = read(&store, delivery::items).await;
    assert_eq!(items, [first, item(2), third]);
    let decided = DeliveryRow {
        state: Delivery::RowsReturned,
        decided: Some(at(7)),
        seal: [9; 32],
        ..row(1)
    };
    let kept = decided.clone();
    write(&store, move |tx| delivery::decide(tx, &kept)).await;
    let after = read(&store, |r| {
        Ok((delivery::get(r, id(1))?, delivery::returned_rows(r, id(1))?))
    })
    .await;
    assert_eq!(after, (Some(decided), vec![1, 3]));
    conflict(&store, move |tx| delivery::insert(tx, &row(1), &[])).await;
}

pub(crate) async fn timers(backend: &impl Backend) {
    let store = backend.open();
    let row = |n: u64, engagement: u64, state| TimerRow {
        id: id(n),
        lab: id(1),
        project: id(1),
        engagement: id(engagement),
        principal: id(1),
        state,
        seal: [n as u8; 32],
    };
    let started = Timer::start(at(0), Some(at(900)));
    let running = row(1, 1, started);
    write(&store, move |tx| {
        timer::insert(tx, &running)?;
        timer::insert(tx, &row(2, 2, started))
    })
    .await;
    conflict(&store, move |tx| timer::insert(tx, &row(3, 1, started))).await;
    let beaten = started.beat(at(50)).unwrap();
    write(&store, move |tx| timer::update(tx, &row(1, 1, beaten))).await;
    let found = read(&store, |r| {
        Ok((timer::running_of(r, id(1))?, timer::running(r)?.len()))
    })
    .await;
    assert_eq!(found, (Some(row(1, 1, beaten)), 2));
    let causes = [
        StopCause::Stopped,
        StopCause::HeartbeatsCeased,
        StopCause::Halted,
        StopCause::EngagementEnded,
    ];
    for (i, cause) in (0..).zip(causes) {
        let (from, to) = (at(100 * i), at(100 * i + 40));
        let until = (i > 0).then_some(to);
        let next = row(10 + i as u64, 5, Timer::start(from, until));
        let stopped = Timer::Stopped {
            from,
            to,
            cause,
            beat: at(100 * i + 30),
            until,
        };
        let whole = row(20 + i as u64, 6, stopped);
        write(&store, move |tx| {
            timer::insert(tx, &next)?;
            timer::update(tx, &row(10 + i as u64, 5, stopped))?;
            timer::insert(tx, &whole)
        })
        .await;
        let all = read(&store, move |r| timer::of_engagement(r, id(5), from)).await;
        assert_eq!(all, [row(10 + i as u64, 5, stopped)]);
        let all = read(&store, move |r| timer::of_engagement(r, id(6), from)).await;
        assert_eq!(all, [whole]);
    }
    let all = read(&store, |r| timer::of_engagement(r, id(5), at(100))).await;
    assert_eq!(all.len(), 3);
    assert_eq!(read(&store, |r| timer::running_of(r, id(5))).await, None);
}

pub(crate) async fn counts(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| {
        lab::insert(tx, &lab(1))?;
        project::insert(tx, &project(1, 1))?;
        let first = project::reserve_places(tx, id(1), 3)?;
        assert_eq!(first, 0);
        for (n, slots) in [(1, 0), (2, 1), (3, 2)] {
            task::insert(tx, &task(n, 1, slots))?;
        }
        let states = [
            Submission::Submitted,
            Submission::Accepted,
            Submission::Returned,
            Submission::Rejected,
            Submission::Submitted,
            Submission::Lapsed,
        ];
        for (n, state) in (1..).zip(states) {
            let of = task(1 + n / 3, 1, 1);
            let held = hold(n, &of, n, at(0));
            submission::insert(
                tx,
                &SubmissionRow {
                    state,
                    ..submission(n, &held)
                },
            )?;
        }
        let timer = |n, state| TimerRow {
            id: id(n),
            lab: id(1),
            project: id(1),
            engagement: id(n),
            principal: id(1),
            state,
            seal: [1; 32],
        };
        for n in 1..3 {
            timer::insert(tx, &timer(n, Timer::start(at(0), None)))?;
        }
        let stopped = Timer::Stopped {
            from: at(0),
            to: at(90),
            cause: StopCause::Stopped,
            beat: at(60),
            until: None,
        };
        timer::update(tx, &timer(1, stopped))
    })
    .await;
    let counts = read(&store, |r| project::counts(r, &project(1, 1))).await;
    let expected = project::Counts {
        tasks: 3,
        open: 2,
        done: 1,
        submitted: 2,
        accepted: 1,
        returned: 1,
        rejected: 1,
        lapsed: 1,
        seconds_worked: 90,
    };
    assert_eq!(counts, expected);
}

pub(crate) async fn a_row_that_does_not_read_is_named_or_left_out(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| {
        lab::insert(tx, &lab(1))?;
        tx.execute(
            "INSERT INTO lab (id, name, created) VALUES ($1, $2, $3)",
            cofferdam_store::params![vec![1_u8, 2, 3], "Lab 2", 5_i64],
        )?;
        lab::insert(tx, &lab(3))
    })
    .await;
    let named = "the row 010203: its column id is empty or of the wrong type";
    match store.read(lab::all).await {
        Err(StoreError::Corrupt {
            table: "lab",
            problem,
        }) => assert_eq!(problem, named),
        other => panic!("{other:?}"),
    }
    let (kept, left_out) = read(&store, |reader| {
        reader.leave_out_unreadable();
        let kept = lab::all(reader)?;
        Ok((kept, reader.left_out()))
    })
    .await;
    assert_eq!(kept, [lab(1), lab(3)]);
    match left_out.as_slice() {
        [
            StoreError::Corrupt {
                table: "lab",
                problem,
            },
        ] => assert_eq!(problem, named),
        other => panic!("{other:?}"),
    }
}

/// Nobody may ask for a table for a long time.
pub(crate) async fn what_the_schema_lacks_is_named(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| lab::insert(tx, &lab(1))).await;
    assert_eq!(read(&store, |r| r.lacking()).await, []);
    for spoil in [
        "ALTER TABLE idempotency RENAME TO elsewhere",
        "ALTER TABLE advisory RENAME COLUMN taken TO had",
        "DROP TABLE copying",
    ] {
        write(&store, move |tx| tx.execute(spoil, &[])).await;
    }
    let (lacking, labs) = read(&store, |r| Ok((r.lacking()?, lab::all(r)?))).await;
    let tables: Vec<&str> = lacking.iter().map(|(table, _)| *table).collect();
    assert_eq!(tables, ["advisory", "idempotency", "copying"], "{lacking:?}");
    assert!(lacking[0].1.contains("taken"), "{lacking:?}");
    assert_eq!(labs, [lab(1)], "what is there reads on");
    write(&store, |tx| {
        tx.execute("ALTER TABLE elsewhere RENAME TO idempotency", &[])
    })
    .await;
    assert_eq!(read(&store, |r| r.lacking()).await.len(), 2);
}
