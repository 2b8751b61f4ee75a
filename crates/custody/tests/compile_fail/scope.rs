//! What a command works with is handed to it, once it was admitted.

#![expect(unreachable_code, reason = "nobody else can name the type of what is missing")]

use cofferdam_custody::{AdminScope, Scope, Secrets};
use cofferdam_model::env::Env;
use cofferdam_model::{Engagement, PrincipalId, Timestamp};
use cofferdam_store::Tx;

fn forge(tx: &mut Tx<'_>, engagement: &Engagement, principal: PrincipalId, now: Timestamp, env: &Env, secrets: &Secrets) {
    let _ = Scope {
        tx,
        engagement,
        principal,
        now,
        env,
        secrets,
        state: unimplemented!(),
        elsewhere: Vec::new(),
    };
}

fn forge_admin(tx: &mut Tx<'_>, operator: PrincipalId, now: Timestamp, env: &Env) {
    let _ = AdminScope {
        tx,
        by: operator,
        now,
        env,
        credential: None,
        secrets: unimplemented!(),
        state: unimplemented!(),
        inner: unimplemented!(),
    };
}

fn main() {
    let _ = (forge, forge_admin);
}
