//! Incidents come back as they went in, also where something of them is not known.

use std::collections::BTreeSet;

use cofferdam_model::{Checked, IncidentDecision, IncidentId, IncidentState, IncidentSubject, Window};
use cofferdam_store::incident::{
    self, ClaimRow, ConcernedRow, Decided, Grounds, IncidentRow, MoveRow, SubjectRow, subject_parts,
};

use crate::support::*;

fn row(n: u64) -> IncidentRow {
    IncidentRow {
        id: id(n),
        title: format!("Incident {n}"),
        reason: "Ärger".into(),
        for_labs: Some("for labs".to_owned()),
        record: (n == 2).then(|| "MAL-2026-2144".into()),
        records: if n == 2 {
            vec![[1; 32], [2; 32]]
        } else {
            Vec::new()
        },
        by: id(9),
        opened: at(-(n as i64)),
    }
}

fn subject(incident: u64, subject: IncidentSubject, grounds: Grounds) -> SubjectRow {
    SubjectRow {
        incident: id(incident),
        subject,
        grounds,
        added: at(1),
        rebuilt: None,
        seal: [1; 32],
    }
}

pub(crate) async fn what_was_opened_and_whom_it_is_about(backend: &impl Backend) {
    let store = backend.open();
    let component = subject(1, IncidentSubject::Component(id(1)), Grounds::Affected);
    let all = [
        component,
        subject(1, IncidentSubject::Person(id(1)), Grounds::Unknown),
        subject(1, IncidentSubject::Credential(id(1)), Grounds::Named),
        subject(1, IncidentSubject::Platform, Grounds::Named),
        subject(2, IncidentSubject::Component(id(1)), Grounds::Named),
    ];
    write(&store, move |tx| {
        incident::insert(tx, &row(1))?;
        incident::insert(tx, &row(2))?;
        all.iter().try_for_each(|row| incident::put_subject(tx, row))
    })
    .await;
    conflict(&store, |tx| incident::insert(tx, &row(1))).await;
    let found = read(&store, |r| {
        Ok((
            incident::all(r)?,
            incident::get(r, id(2))?,
            incident::get(r, id(3))?,
        ))
    });
    assert_eq!(found.await, (vec![row(2), row(1)], Some(row(2)), None));
    let rebuilt = SubjectRow {
        rebuilt: Some(at(5)),
        seal: [2; 32],
        ..component
    };
    write(&store, move |tx| incident::put_subject(tx, &rebuilt)).await;
    let found = read(&store, |r| {
        Ok((incident::subjects_of(r, id(1))?, incident::subjects(r)?.len()))
    });
    assert_eq!(found.await, (vec![rebuilt, all[1], all[2], all[3]], 5));
    let kinds: Vec<i64> = all
        .iter()
        .take(4)
        .map(|row| subject_parts(&row.subject).0)
        .collect();
    assert_eq!(kinds, [0, 1, 2, 3]);
}

pub(crate) async fn what_sources_say_and_where_it_stands(backend: &impl Backend) {
    let store = backend.open();
    let claim = |n: u64, window| ClaimRow {
        incident: id(1),
        n,
        source: format!("source {n}"),
        window,
        by: id(9),
        taken: at(n as i64),
        seal: [n as u8; 32],
    };
    let claims = [
        claim(1, Window::since(at(3))),
        claim(2, Window::new(at(1), Some(at(2))).unwrap()),
    ];
    let step = |n: u64, state| MoveRow {
        incident: id(1),
        n,
        state,
        reason: format!("reason {n}"),
        for_labs: (n == 1).then(|| "for labs".to_owned()),
        by: id(9),
        at: at(n as i64),
        seal: [n as u8; 32],
    };
    let steps = [
        step(1, IncidentState::Contained),
        step(2, IncidentState::Assessed),
        step(3, IncidentState::Closed),
        step(4, IncidentState::Open),
    ];
    let (written, moved) = (claims.clone(), steps.clone());
    write(&store, move |tx| {
        written
            .iter()
            .rev()
            .try_for_each(|row| incident::insert_claim(tx, row))?;
        moved
            .iter()
            .rev()
            .try_for_each(|row| incident::insert_move(tx, row))
    })
    .await;
    let found = read(&store, |r| {
        let none: IncidentId = id(2);
        assert!(incident::claims_of(r, none)?.is_empty() && incident::moves_of(r, none)?.is_empty());
        let of = (incident::claims_of(r, id(1))?, incident::moves_of(r, id(1))?);
        assert_eq!(of, (incident::claims(r)?, incident::moves(r)?));
        Ok(of)
    });
    assert_eq!(found.await, (claims.to_vec(), steps.to_vec()));
    let (again, once_more) = (claims[0].clone(), steps[0].clone());
    conflict(&store, move |tx| incident::insert_claim(tx, &again)).await;
    conflict(&store, move |tx| incident::insert_move(tx, &once_more)).await;
}

pub(crate) async fn whom_it_concerns_and_what_they_decide(backend: &impl Backend) {
    let store = backend.open();
    let concerned = |incident: u64, lab: u64| ConcernedRow {
        incident: id(incident),
        lab: id(lab),
        own: id(100 * incident + lab),
        told: at(incident as i64),
        decided: None,
        seal: [lab as u8; 32],
    };
    write(&store, move |tx| {
        [(1, 1), (1, 2), (2, 1)]
            .iter()
            .try_for_each(|(incident, lab)| incident::put_concerned(tx, &concerned(*incident, *lab)))
    })
    .await;
    // Two incidents of one lab are never called the same.
    let twin = ConcernedRow {
        own: id(101),
        ..concerned(3, 1)
    };
    conflict(&store, move |tx| incident::put_concerned(tx, &twin)).await;
    for decision in IncidentDecision::ALL {
        let conditions = match decision {
            IncidentDecision::Halt => Checked::ALL.into(),
            IncidentDecision::Review => [Checked::FalseAlarm].into(),
            IncidentDecision::Continue => BTreeSet::new(),
        };
        let decided = ConcernedRow {
            decided: Some(Decided {
                decision,
                conditions,
                at: at(7),
            }),
            ..concerned(1, 2)
        };
        let put = decided.clone();
        write(&store, move |tx| incident::put_concerned(tx, &put)).await;
        let found = read(&store, |r| incident::concerned_by(r, id(1))).await;
        assert_eq!(found, [concerned(1, 1), decided]);
    }
    let found = read(&store, |r| {
        Ok((incident::of_lab(r, id(1))?, incident::concerned(r)?.len()))
    });
    assert_eq!(found.await, (vec![concerned(1, 1), concerned(2, 1)], 3));
    let own = read(&store, |r| {
        Ok((
            incident::own(r, id(1), id(201))?,
            incident::own(r, id(2), id(201))?,
        ))
    });
    assert_eq!(own.await, (Some(concerned(2, 1)), None));
}
