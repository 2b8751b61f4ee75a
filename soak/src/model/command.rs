//! What a script is made of: small plain commands. Their operands are small numbers, taken modulo what there is when
//! the command is done, so that whatever is left of a script is a script.

use proptest::prelude::*;
use proptest::sample::select;
use serde::{Deserialize, Serialize};

/// One step of a script. `by` and `with` choose a credential: mostly one that fits, sometimes anybody's.
#[expect(
    missing_docs,
    reason = "operands are numbers that choose among what there is; the variants say what is done"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    Engage {
        by: u16,
        project: u8,
        person: u8,
        role: u8,
        until: u8,
        budget: u8,
    },
    Appoint {
        by: u16,
        lab: u8,
        person: u8,
    },
    End {
        by: u16,
        engagement: u16,
    },
    Halt {
        by: u16,
        on: u8,
        which: u16,
        until: u8,
    },
    Resume {
        by: u16,
        halt: u8,
    },
    Import {
        with: u16,
        engagement: u16,
        project: u8,
        rows: u8,
        what: u8,
    },
    Claim {
        with: u16,
        engagement: u16,
    },
    Reopen {
        with: u16,
        hold: u16,
        under: u8,
    },
    Draft {
        with: u16,
        hold: u16,
        under: u8,
    },
    Submit {
        with: u16,
        hold: u16,
        under: u8,
        choice: u8,
    },
    Skip {
        with: u16,
        hold: u16,
        under: u8,
    },
    ClaimReview {
        with: u16,
        engagement: u16,
    },
    Verdict {
        with: u16,
        review: u16,
        under: u8,
        verdict: u8,
    },
    Withdraw {
        with: u16,
        review: u16,
        under: u8,
    },
    Timer {
        with: u16,
        engagement: u16,
        step: u8,
    },
    Hours {
        with: u16,
        engagement: u16,
    },
    Assignments {
        with: u16,
        engagement: u16,
    },
    ReadGuideline {
        with: u16,
        engagement: u16,
        project: u8,
    },
    WriteGuideline {
        with: u16,
        engagement: u16,
        project: u8,
    },
    Export {
        with: u16,
        engagement: u16,
        project: u8,
        stop: u8,
    },
    Deliver {
        by: u16,
        project: u8,
    },
    Accept {
        by: u16,
        delivery: u8,
    },
    ReturnRows {
        by: u16,
        delivery: u8,
        row: u8,
        rows: u8,
    },
    Reasons {
        by: u16,
        delivery: u8,
    },
    Agreement {
        by: u16,
        project: u8,
    },
    Recipients {
        by: u16,
        lab: u8,
        what: u8,
    },
    Declare {
        by: u16,
        labs: u8,
        days: u8,
    },
    Change {
        by: u16,
        wall: u8,
        lab: u8,
        days: u8,
    },
    Lift {
        by: u16,
        wall: u8,
    },
    Rotate {
        by: u16,
        project: u8,
    },
    Token {
        by: u16,
        engagement: u16,
    },
    Login {
        by: u16,
        person: u8,
    },
    Revoke {
        by: u16,
        credential: u16,
    },
    Project {
        by: u16,
        project: u8,
    },
    Clock {
        seconds: i64,
    },
    Restart,
    Integrate,
    Reseal,
}

impl Command {
    /// Its kind.
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["do"].as_str().unwrap_or_default().to_owned()
    }
}

/// What the clock is moved by: mostly a little, now and then over the end of a lease, an hour or a day, or back.
const STEPS: [i64; 24] = [
    0, 1, 1, 5, 30, 30, 59, 60, 61, 90, 120, 121, 130, 300, 601, 1_801, 3_600, 2, 40, 86_400, 100_000, -1,
    -61, -4_000,
];

/// How often each kind comes, out of the sum. Work is most of it; what stops work is rare, or little would be done.
pub(crate) fn strategy() -> impl Strategy<Value = Command> {
    prop_oneof![
        40 => work(),
        12 => oversight(),
        8 => administration(),
        5 => stops(),
        8 => passing(),
    ]
}

fn work() -> impl Strategy<Value = Command> {
    use Command as C;
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        10 => (w, w).prop_map(|(with, engagement)| C::Claim { with, engagement }),
        3 => (w, w, b).prop_map(|(with, hold, under)| C::Reopen { with, hold, under }),
        3 => (w, w, b).prop_map(|(with, hold, under)| C::Draft { with, hold, under }),
        9 => (w, w, b, b).prop_map(|(with, hold, under, choice)| C::Submit { with, hold, under, choice }),
        2 => (w, w, b).prop_map(|(with, hold, under)| C::Skip { with, hold, under }),
        6 => (w, w).prop_map(|(with, engagement)| C::ClaimReview { with, engagement }),
        6 => (w, w, b, b).prop_map(|(with, review, under, verdict)| C::Verdict { with, review, under, verdict }),
        3 => (w, w, b).prop_map(|(with, review, under)| C::Withdraw { with, review, under }),
        5 => (w, w, b).prop_map(|(with, engagement, step)| C::Timer { with, engagement, step }),
        1 => (w, w).prop_map(|(with, engagement)| C::Hours { with, engagement }),
        1 => (w, w).prop_map(|(with, engagement)| C::Assignments { with, engagement }),
        2 => (w, w, b).prop_map(|(with, engagement, project)| C::ReadGuideline { with, engagement, project }),
        1 => (w, w, b).prop_map(|(with, engagement, project)| C::WriteGuideline { with, engagement, project }),
        2 => (w, w, b, b, b).prop_map(|(with, engagement, project, rows, what)| C::Import {
            with, engagement, project, rows, what,
        }),
        5 => (w, w, b, b).prop_map(|(with, engagement, project, stop)| C::Export {
            with, engagement, project, stop,
        }),
    ]
}

fn oversight() -> impl Strategy<Value = Command> {
    use Command as C;
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        5 => (w, b).prop_map(|(by, project)| C::Deliver { by, project }),
        1 => (w, b).prop_map(|(by, delivery)| C::Accept { by, delivery }),
        3 => (w, b, b, b).prop_map(|(by, delivery, row, rows)| C::ReturnRows { by, delivery, row, rows }),
        1 => (w, b).prop_map(|(by, delivery)| C::Reasons { by, delivery }),
        1 => (w, b).prop_map(|(by, project)| C::Agreement { by, project }),
        1 => (w, b, b).prop_map(|(by, lab, what)| C::Recipients { by, lab, what }),
        1 => (w, b).prop_map(|(by, project)| C::Project { by, project }),
    ]
}

fn administration() -> impl Strategy<Value = Command> {
    use Command as C;
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        6 => (w, b, b, b, b, b).prop_map(|(by, project, person, role, until, budget)| C::Engage {
            by, project, person, role, until, budget,
        }),
        1 => (w, b, b).prop_map(|(by, lab, person)| C::Appoint { by, lab, person }),
        1 => (w, w).prop_map(|(by, engagement)| C::End { by, engagement }),
        3 => (w, w).prop_map(|(by, engagement)| C::Token { by, engagement }),
        2 => (w, b).prop_map(|(by, person)| C::Login { by, person }),
        1 => (w, w).prop_map(|(by, credential)| C::Revoke { by, credential }),
        1 => (w, b).prop_map(|(by, project)| C::Rotate { by, project }),
    ]
}

fn stops() -> impl Strategy<Value = Command> {
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        2 => (w, b, w, b).prop_map(|(by, on, which, until)| Command::Halt { by, on, which, until }),
        3 => (w, b).prop_map(|(by, halt)| Command::Resume { by, halt }),
        1 => (w, b, b).prop_map(|(by, labs, days)| Command::Declare { by, labs, days }),
        1 => (w, b, b, b).prop_map(|(by, wall, lab, days)| Command::Change { by, wall, lab, days }),
        2 => (w, b).prop_map(|(by, wall)| Command::Lift { by, wall }),
    ]
}

fn passing() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => select(&STEPS[..]).prop_map(|seconds| Command::Clock { seconds }),
        2 => Just(Command::Restart),
        1 => Just(Command::Integrate),
        1 => Just(Command::Reseal),
    ]
}
