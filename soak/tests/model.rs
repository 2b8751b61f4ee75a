//! The short form of the soak: fixed scripts, on the database that the environment names.

use cofferdam_soak::model;

/// How many commands make a script,
const LENGTH: usize = 200;
/// how many scripts make 10,000 commands,
const SCRIPTS: u64 = 50;
/// and how many are done on a server, where every commit waits for the disk.
const SCRIPTS_ON_A_SERVER: u64 = 10;

#[test]
fn the_service_decides_and_records_as_the_model_does() {
    let on_server = std::env::var_os(cofferdam_testbed::DATABASE).is_some();
    let scripts = if on_server { SCRIPTS_ON_A_SERVER } else { SCRIPTS };
    for seed in 1..=scripts {
        let script = model::script_of(seed, LENGTH).unwrap();
        if let Err(wrong) = model::check(script, &format!("script {seed} of {LENGTH} commands")) {
            panic!("{wrong}");
        }
    }
}
