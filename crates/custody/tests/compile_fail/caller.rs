//! A caller is somebody whose credential was checked.

fn forge(caller: cofferdam_model::Caller) -> cofferdam_custody::Caller {
    cofferdam_custody::Caller(caller, None)
}

fn main() {
    let _ = forge;
}
