//! A credential's secret is shown on purpose only.

fn show(secret: &cofferdam_custody::Secret) -> String {
    let _ = &secret.0;
    secret.to_string()
}

fn main() {
    let _ = show;
}
