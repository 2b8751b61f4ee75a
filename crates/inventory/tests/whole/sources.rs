//! Records from files, folders and archives.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use cofferdam_inventory::advisory::source::{Limits, read_all};
use zip::write::SimpleFileOptions;

use crate::support::{RECORDS, shared, write};

fn ids(path: &Path, limits: &Limits) -> (Vec<String>, Vec<String>) {
    let (records, errors) = read_all(path, limits);
    let mut ids: Vec<_> = records.into_iter().map(|record| record.id).collect();
    ids.sort();
    (ids, errors.iter().map(ToString::to_string).collect())
}

fn sorted() -> Vec<String> {
    let mut ids = RECORDS.map(str::to_owned).to_vec();
    ids.sort();
    ids
}

fn archive(at: &Path, files: &[(&str, &[u8])]) {
    let mut archive = zip::ZipWriter::new(File::create(at).unwrap());
    for (name, bytes) in files {
        let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        archive.start_file(*name, deflated).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn a_file_a_folder_and_an_archive_hold_the_same() {
    let limits = Limits::default();
    let folder = shared("advisories");
    assert_eq!(ids(&folder, &limits), (sorted(), vec![]));
    let one = folder.join("PYSEC-2026-2.json");
    assert_eq!(ids(&one, &limits).0, ["PYSEC-2026-2"]);
    let bytes = RECORDS.map(|id| std::fs::read(folder.join(format!("{id}.json"))).unwrap());
    let names = RECORDS.map(|id| format!("PyPI/{id}.json"));
    let files: Vec<_> = names
        .iter()
        .zip(&bytes)
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let temp = tempfile::tempdir().unwrap();
    let zip = temp.path().join("all.zip");
    archive(&zip, &files);
    assert_eq!(ids(&zip, &limits), (sorted(), vec![]));
    assert_eq!(ids(temp.path(), &limits), (sorted(), vec![]));
}

#[test]
fn what_is_malformed_stops_nothing_else() {
    let temp = tempfile::tempdir().unwrap();
    let record = std::fs::read(shared("advisories/PYSEC-2026-2.json")).unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("a.json", b"{"),
        ("b/c.json", b"\xff"),
        ("d.json", &record),
        ("e.txt", b"no record"),
    ];
    archive(&temp.path().join("z.zip"), &files);
    write(temp.path(), "sub/x.json", "[]");
    write(
        temp.path(),
        "y.json",
        "{\"id\": \"Y\", \"modified\": \"2026-01-01T00:00:00Z\"}",
    );
    write(temp.path(), "broken.zip", "no archive");
    let (found, errors) = ids(temp.path(), &Limits::default());
    assert_eq!(found, ["PYSEC-2026-2", "Y"]);
    let places = [
        "broken.zip: ",
        "z.zip!a.json: ",
        "z.zip!b/c.json: ",
        "sub/x.json: ",
    ];
    assert_eq!(errors.len(), places.len(), "{errors:?}");
    for (error, place) in errors.iter().zip(places) {
        assert!(error.contains(place), "{error} should name {place}");
    }
    assert_eq!(ids(&temp.path().join("gone"), &Limits::default()).1.len(), 1);
}

#[test]
fn bombs_are_not_inflated() {
    let temp = tempfile::tempdir().unwrap();
    let zip = temp.path().join("bomb.zip");
    let zeros = vec![b' '; 4 << 20];
    let names: Vec<_> = (0..20).map(|index| format!("{index:02}.json")).collect();
    let files: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), zeros.as_slice()))
        .collect();
    archive(&zip, &files);
    assert!(std::fs::metadata(&zip).unwrap().len() < 200_000);
    let usual = Limits::default();
    let (_, errors) = ids(
        &zip,
        &Limits {
            record_bytes: 1 << 20,
            ..usual
        },
    );
    assert_eq!(errors.len(), 20);
    assert!(errors.iter().all(|error| error.contains("too large")));
    let (_, errors) = ids(
        &zip,
        &Limits {
            total_bytes: 10 << 20,
            ..usual
        },
    );
    assert_eq!(
        errors.len(),
        3,
        "two that were read, and the one that ended it: {errors:?}"
    );
    assert!(errors.last().unwrap().contains("not read"));
    let (_, errors) = ids(&zip, &Limits { records: 5, ..usual });
    assert_eq!(errors.len(), 6);
}
