//! Every kind of edit is named by the check of the whole, and by the patrol of a running node.

use crate::world::{Busy, bytes};

/// Makes each edit on its own, in the middle of a lab's work; `$1` is the lab, `$2` its project.
async fn each_is_named(edits: &[(&'static str, &str)]) {
    for (sql, named) in edits {
        let busy = Busy::new().await;
        let all = [bytes(busy.lab.id), bytes(busy.lab.project)];
        let used = (1..=2).filter(|n| sql.contains(&format!("${n}"))).count();
        busy.world.edit(sql, all[..used].to_vec()).await;
        for found in [busy.world.findings().await, busy.world.inspected().await] {
            assert!(found.iter().any(|f| f.contains(named)), "{sql}: {found:#?}");
        }
    }
}

#[tokio::test]
async fn labs_projects_and_people() {
    each_is_named(&[
        ("UPDATE lab SET name = 'Another'", "the row of lab lab_"),
        ("UPDATE lab SET created = created - 1", "the row of lab lab_"),
        (
            "INSERT INTO lab (id, name, created) SELECT template, 'New', 0 FROM project",
            "the row of lab lab_",
        ),
        (
            "UPDATE principal SET name = 'Mallory'",
            "the row of principal pri_",
        ),
        (
            "UPDATE principal SET kind = 1 WHERE kind = 0",
            "the row of principal pri_",
        ),
        ("UPDATE principal SET created = 0", "the row of principal pri_"),
        (
            "DELETE FROM principal WHERE name = 'Somebody'",
            "the row of principal pri_",
        ),
        (
            "INSERT INTO principal (id, kind, name, created) SELECT template, 0, 'New', 0 FROM project",
            "the row of principal pri_",
        ),
        ("DELETE FROM pseudonym", "the row of pseudonym p_"),
        (
            "UPDATE pseudonym SET pseudonym = principal",
            "the row of pseudonym p_",
        ),
        (
            "UPDATE credential SET label = 'harmless'",
            "the row of credential crd_",
        ),
        ("UPDATE project SET name = 'Another'", "the row of project prj_"),
        ("UPDATE project SET overlap = 3", "the row of project prj_"),
        ("UPDATE project SET lease_seconds = 1", "the row of project prj_"),
        (
            "UPDATE project SET template_kind = 'chat'",
            "the row of project prj_",
        ),
        (
            "UPDATE project SET created = created + 1",
            "the row of project prj_",
        ),
        (
            "UPDATE project SET next_seq = next_seq + 1",
            "the row of project prj_",
        ),
    ])
    .await;
}

#[tokio::test]
async fn tasks_and_holds() {
    each_is_named(&[
        ("DELETE FROM task WHERE seq = 3", "the row of the task that asks object obj_"),
        ("DELETE FROM task WHERE seq = 0", "the row of the task that asks object obj_"),
        (
            "INSERT INTO task (id, project, seq, slots, input) SELECT template, id, 99, 1, template FROM project",
            "the row of task tsk_",
        ),
        (
            "UPDATE task SET input = (SELECT t.input FROM task t WHERE t.project = task.project AND t.seq = 2)
             WHERE seq = 3",
            "the row of task tsk_",
        ),
        ("UPDATE task SET seq = 77 WHERE seq = 3", "the row of task tsk_"),
        ("UPDATE task SET slots = slots + 1 WHERE seq = 0", "the row of task tsk_"),
        ("UPDATE task SET slots = 0 WHERE seq = 3", "the row of task tsk_"),
        ("UPDATE task SET external = NULL", "the row of task tsk_"),
        ("UPDATE assignment SET state = 2 WHERE state = 1", "the row of hold asg_"),
        ("UPDATE assignment SET state = 3 WHERE state = 0", "the row of hold asg_"),
        ("UPDATE assignment SET seq = seq + 50", "the row of hold asg_"),
        ("UPDATE assignment SET claimed = 0", "the row of hold asg_"),
        ("DELETE FROM assignment WHERE state = 0", "the row of hold asg_"),
        ("UPDATE draft SET version = version + 1", "the row of draft asg_"),
        ("UPDATE draft SET object = assignment", "the row of draft asg_"),
        ("UPDATE epoch SET opened = 0", "epoch epo_"),
    ])
    .await;
}

#[tokio::test]
async fn answers_reviews_and_hours() {
    each_is_named(&[
        (
            "UPDATE submission SET state = 1 WHERE state = 3",
            "the row of submission sub_",
        ),
        (
            "UPDATE submission SET state = 3 WHERE state = 0",
            "the row of submission sub_",
        ),
        (
            "UPDATE submission SET version = 1 WHERE version = 2",
            "the row of submission sub_",
        ),
        ("UPDATE submission SET received = 0", "the row of submission sub_"),
        (
            "UPDATE submission SET principal = engagement",
            "the row of submission sub_",
        ),
        (
            "DELETE FROM submission WHERE state = 0",
            "the row of submission sub_",
        ),
        (
            "UPDATE review SET verdict = 0 WHERE verdict = 2",
            "the row of review rev_",
        ),
        (
            "UPDATE review SET version = 7 WHERE verdict = 0",
            "the row of review rev_",
        ),
        (
            "UPDATE review SET version = 7 WHERE verdict IS NULL",
            "the row of review rev_",
        ),
        (
            "UPDATE review SET verdict = 0 WHERE verdict IS NULL",
            "the row of review rev_",
        ),
        (
            "UPDATE review SET comment = NULL WHERE verdict = 2",
            "the row of review rev_",
        ),
        ("DELETE FROM review WHERE verdict = 2", "the row of review rev_"),
        (
            "UPDATE timer SET beat = beat + 3600000000 WHERE ended IS NULL",
            "the row of timer tmr_",
        ),
        (
            "UPDATE timer SET started = 0 WHERE ended IS NULL",
            "the row of timer tmr_",
        ),
        (
            "UPDATE timer SET ended = NULL WHERE ended IS NOT NULL",
            "the row of timer tmr_",
        ),
        (
            "UPDATE timer SET beat = beat - 1 WHERE ended IS NOT NULL",
            "the row of timer tmr_",
        ),
        (
            "UPDATE timer SET until = started WHERE ended IS NULL",
            "the row of timer tmr_",
        ),
        (
            "UPDATE timer SET until = ended WHERE ended IS NOT NULL",
            "the row of timer tmr_",
        ),
        ("DELETE FROM timer", "the row of timer tmr_"),
    ])
    .await;
}

#[tokio::test]
async fn deliveries_and_their_rows() {
    each_is_named(&[
        ("UPDATE delivery SET left_out = 9", "the row of delivery dlv_"),
        ("UPDATE delivery SET bytes = bytes + 1", "the row of delivery dlv_"),
        ("UPDATE delivery SET created = 0", "the row of delivery dlv_"),
        ("UPDATE delivery SET state = 1 WHERE state = 0", "the row of delivery dlv_"),
        ("UPDATE delivery SET decided = NULL", "the row of delivery dlv_"),
        ("DELETE FROM delivery_row", "the rows of delivery dlv_"),
        ("UPDATE delivery_row SET row = row + 1", "the row of delivery row 2 of dlv_"),
        (
            "UPDATE delivery_row SET task = (SELECT id FROM task WHERE seq = 3)",
            "the row of delivery row 1 of dlv_",
        ),
        (
            "UPDATE delivery_row SET returned = NULL, reason = NULL",
            "the rows of delivery dlv_",
        ),
        ("UPDATE delivery_row SET returned = NULL", "the row of delivery row 1 of dlv_"),
        (
            "INSERT INTO delivery_row (delivery, row, task, answers, seal) SELECT delivery, row + 7, task, answers, seal FROM delivery_row",
            "the row of delivery row 8 of dlv_",
        ),
    ])
    .await;
}

#[tokio::test]
async fn under_what_an_entry_is_found() {
    for sql in [
        "UPDATE ledger SET about = NULL WHERE about IS NOT NULL",
        "UPDATE ledger SET about = substr(compartment, 1, 16) WHERE n = 1",
        "UPDATE ledger SET engagement = NULL WHERE engagement IS NOT NULL",
        "UPDATE ledger SET engagement = compartment WHERE n = 1",
    ] {
        let busy = Busy::new().await;
        busy.world.edit(sql, Vec::new()).await;
        let found = busy.world.findings().await;
        assert!(
            found.iter().any(|f| f.contains("of the ledger of lab_")),
            "{sql}: {found:#?}"
        );
    }
}
