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
        by: u8,
        project: u8,
        person: u8,
        role: u8,
        until: u8,
        budget: u8,
    },
    Appoint {
        by: u8,
        lab: u8,
        person: u8,
    },
    End {
        by: u8,
        engagement: u16,
    },
    Halt {
        by: u8,
        on: u8,
        which: u16,
        until: u8,
    },
    Resume {
        by: u8,
        halt: u8,
    },
    Import {
        with: u8,
        engagement: u16,
        project: u8,
        rows: u8,
        what: u8,
    },
    Claim {
        with: u8,
        engagement: u16,
    },
    Reopen {
        with: u8,
        hold: u16,
        under: u8,
    },
    Draft {
        with: u8,
        hold: u16,
        under: u8,
    },
    Submit {
        with: u8,
        hold: u16,
        under: u8,
        choice: u8,
    },
    Skip {
        with: u8,
        hold: u16,
        under: u8,
    },
    ClaimReview {
        with: u8,
        engagement: u16,
    },
    Verdict {
        with: u8,
        review: u16,
        under: u8,
        verdict: u8,
    },
    Timer {
        with: u8,
        engagement: u16,
        step: u8,
    },
    Hours {
        with: u8,
        engagement: u16,
    },
    Assignments {
        with: u8,
        engagement: u16,
    },
    ReadGuideline {
        with: u8,
        engagement: u16,
        project: u8,
    },
    WriteGuideline {
        with: u8,
        engagement: u16,
        project: u8,
    },
    Export {
        with: u8,
        engagement: u16,
        project: u8,
        stop: u8,
    },
    Deliver {
        by: u8,
        project: u8,
    },
    Accept {
        by: u8,
        delivery: u8,
    },
    ReturnRows {
        by: u8,
        delivery: u8,
        row: u8,
        rows: u8,
    },
    Reasons {
        by: u8,
        delivery: u8,
    },
    Agreement {
        by: u8,
        project: u8,
    },
    Recipients {
        by: u8,
        lab: u8,
        what: u8,
    },
    Token {
        by: u8,
        engagement: u16,
    },
    Login {
        by: u8,
        person: u8,
    },
    Revoke {
        by: u8,
        credential: u16,
    },
    Project {
        by: u8,
        project: u8,
    },
    Clock {
        seconds: i64,
    },
    Restart,
    Integrate,
}

/// What the clock is moved by: mostly a little, now and then over the end of a lease, an hour or a day, or back.
const STEPS: [i64; 24] = [
    0, 1, 1, 5, 30, 30, 59, 60, 61, 90, 120, 121, 130, 300, 601, 1_801, 3_600, 7_200, 40_000, 86_400,
    100_000, -1, -61, -4_000,
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
        8 => (b, w).prop_map(|(with, engagement)| C::Claim { with, engagement }),
        3 => (b, w, b).prop_map(|(with, hold, under)| C::Reopen { with, hold, under }),
        3 => (b, w, b).prop_map(|(with, hold, under)| C::Draft { with, hold, under }),
        9 => (b, w, b, b).prop_map(|(with, hold, under, choice)| C::Submit { with, hold, under, choice }),
        2 => (b, w, b).prop_map(|(with, hold, under)| C::Skip { with, hold, under }),
        5 => (b, w).prop_map(|(with, engagement)| C::ClaimReview { with, engagement }),
        6 => (b, w, b, b).prop_map(|(with, review, under, verdict)| C::Verdict { with, review, under, verdict }),
        5 => (b, w, b).prop_map(|(with, engagement, step)| C::Timer { with, engagement, step }),
        1 => (b, w).prop_map(|(with, engagement)| C::Hours { with, engagement }),
        1 => (b, w).prop_map(|(with, engagement)| C::Assignments { with, engagement }),
        2 => (b, w, b).prop_map(|(with, engagement, project)| C::ReadGuideline { with, engagement, project }),
        1 => (b, w, b).prop_map(|(with, engagement, project)| C::WriteGuideline { with, engagement, project }),
        2 => (b, w, b, b, b).prop_map(|(with, engagement, project, rows, what)| C::Import {
            with, engagement, project, rows, what,
        }),
        3 => (b, w, b, b).prop_map(|(with, engagement, project, stop)| C::Export {
            with, engagement, project, stop,
        }),
    ]
}

fn oversight() -> impl Strategy<Value = Command> {
    use Command as C;
    let b = any::<u8>();
    prop_oneof![
        4 => (b, b).prop_map(|(by, project)| C::Deliver { by, project }),
        1 => (b, b).prop_map(|(by, delivery)| C::Accept { by, delivery }),
        3 => (b, b, b, b).prop_map(|(by, delivery, row, rows)| C::ReturnRows { by, delivery, row, rows }),
        1 => (b, b).prop_map(|(by, delivery)| C::Reasons { by, delivery }),
        1 => (b, b).prop_map(|(by, project)| C::Agreement { by, project }),
        1 => (b, b, b).prop_map(|(by, lab, what)| C::Recipients { by, lab, what }),
        1 => (b, b).prop_map(|(by, project)| C::Project { by, project }),
    ]
}

fn administration() -> impl Strategy<Value = Command> {
    use Command as C;
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        6 => (b, b, b, b, b, b).prop_map(|(by, project, person, role, until, budget)| C::Engage {
            by, project, person, role, until, budget,
        }),
        1 => (b, b, b).prop_map(|(by, lab, person)| C::Appoint { by, lab, person }),
        2 => (b, w).prop_map(|(by, engagement)| C::End { by, engagement }),
        3 => (b, w).prop_map(|(by, engagement)| C::Token { by, engagement }),
        2 => (b, b).prop_map(|(by, person)| C::Login { by, person }),
        1 => (b, w).prop_map(|(by, credential)| C::Revoke { by, credential }),
    ]
}

fn stops() -> impl Strategy<Value = Command> {
    let (b, w) = (any::<u8>(), any::<u16>());
    prop_oneof![
        2 => (b, b, w, b).prop_map(|(by, on, which, until)| Command::Halt { by, on, which, until }),
        3 => (b, b).prop_map(|(by, halt)| Command::Resume { by, halt }),
    ]
}

fn passing() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => select(&STEPS[..]).prop_map(|seconds| Command::Clock { seconds }),
        1 => Just(Command::Restart),
        1 => Just(Command::Integrate),
    ]
}
