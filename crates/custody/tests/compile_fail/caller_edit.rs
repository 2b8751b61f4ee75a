//! And stays who they are.

fn become_another(caller: &mut cofferdam_custody::Caller, other: cofferdam_model::PrincipalId) {
    caller.0.principal = other;
}

fn main() {
    let _ = become_another;
}
