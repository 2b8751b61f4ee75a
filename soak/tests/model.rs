//! The short form of the soak: fixed scripts, on the database that the environment names.

use cofferdam_soak::model;

/// How many commands make a script,
const LENGTH: usize = 200;
/// and how many scripts make 10,000 commands.
const SCRIPTS: u64 = 50;

#[test]
fn the_service_decides_and_records_as_the_model_does() {
    for seed in 1..=SCRIPTS {
        let script = model::script_of(seed, LENGTH).unwrap();
        if let Err(wrong) = model::check(script, &format!("script {seed} of {LENGTH} commands")) {
            panic!("{wrong}");
        }
    }
}
