//! What released versions wrote opens today: `tests/frozen` has an installation as each of them left it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cofferdam_testbed::Place;

use crate::support::{arg, json, ok, run};

/// The versions that were kept.
fn frozen() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen");
    let kept: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!kept.is_empty());
    kept
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        // A checkout gives files to everybody to read.
        fs::set_permissions(to, Permissions::from_mode(0o600)).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// Everything in it is as it was written: every row that authorises, every object, every ledger.
fn is_sound(data: &Path) {
    let folder = arg(data);
    let brought = json(&["migrate", "--data", &folder]);
    assert!(brought["to"].as_u64() >= Some(1), "{brought}");
    let found = json(&["doctor", "--data", &folder]);
    assert_eq!(found["ok"], true, "{found}");
    assert!(found["entries"].as_u64() > Some(300), "{found}");
}

#[test]
fn an_installation_that_a_released_version_left_opens_today() {
    for kept in frozen() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&kept, &data);
        is_sound(&data);
        let mut opened = 0;
        for delivery in fs::read_dir(data.join("demo/deliveries")).unwrap() {
            let file = delivery.unwrap().path();
            if file.extension().is_some_and(|ext| ext == "age") {
                opened += usize::from(opens(&data, &file));
            }
        }
        assert_eq!(opened, 3, "{}", kept.display());
    }
}

/// Whether a lab opens a delivery and finds it in its ledger.
fn opens(data: &Path, file: &Path) -> bool {
    let manifest = format!("{}.manifest", arg(file));
    let labs = fs::read_dir(data.join("demo/identities")).unwrap();
    labs.map(|lab| lab.unwrap().path()).any(|identity| {
        let ledger = data.join("demo/ledgers").join(identity.file_stem().unwrap());
        ok(&["verify", &arg(&ledger)]);
        let args = [
            "open",
            &arg(file),
            "-i",
            &arg(&identity),
            "--manifest",
            &manifest,
            "--ledger",
            &arg(&ledger),
        ];
        run(&args).code == 0
    })
}

/// Runs a dump, in parts that a command line takes.
fn load(place: &Place, dump: &str) {
    let mut part = String::new();
    for line in dump.lines() {
        part.push_str(line);
        part.push('\n');
        if part.len() > 50_000 && line.ends_with(';') {
            place.sql(&part).unwrap();
            part.clear();
        }
    }
    place.sql(&part).unwrap();
}

#[test]
fn rows_that_a_released_version_left_on_a_server_open_today() {
    for kept in frozen() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&kept, &data);
        fs::remove_file(data.join("cofferdam.sqlite")).unwrap();
        let place = Place::on_postgres().unwrap();
        load(&place, &fs::read_to_string(kept.join("postgres.sql")).unwrap());
        let file = data.join("cofferdam.toml");
        let text = fs::read_to_string(&file).unwrap();
        let others = text.lines().filter(|line| !line.starts_with("database ="));
        let own = format!("database = \"{}\"\n", place.database());
        fs::write(&file, own + &others.collect::<Vec<_>>().join("\n")).unwrap();
        is_sound(&data);
    }
}

#[test]
fn a_delivery_whose_file_was_changed_is_named_by_doctor() {
    let kept = frozen().pop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copy(&kept, &data);
    let mut files: Vec<_> = fs::read_dir(data.join("deliveries"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    fs::remove_file(&files[0]).unwrap();
    let mut bytes = fs::read(&files[1]).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&files[1], bytes).unwrap();
    let ran = run(&["doctor", "--data", &arg(&data), "--json"]);
    let id = |file: &Path| file.file_stem().unwrap().to_string_lossy().into_owned();
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let wanted = [
        format!("the file of delivery {}: it is missing", id(&files[0])),
        format!(
            "the file of delivery {}: it is not the one that was made; do not hand it out",
            id(&files[1])
        ),
    ];
    assert_eq!(found["findings"], serde_json::json!(wanted), "{}", ran.stderr);
    assert_eq!(ran.code, 1);
}
