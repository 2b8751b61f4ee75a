//! The embedded keyholder: leases, bindings, shredding, and what it does about damaged or exposed files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::key::EpochKey;
use crate::object::{self, Binding};
use crate::{Id128, SystemRandom, ingest};

const COMPARTMENT: Id128 = Id128::new([0xC0; 16]);
const PROJECT: Id128 = Id128::new([0xD0; 16]);
const EPOCH: Id128 = Id128::new([0xE0; 16]);
const OTHER: Id128 = Id128::new([0xFF; 16]);
const MINT: Mint = Mint {
    compartment: COMPARTMENT,
    project: PROJECT,
    epoch: EPOCH,
    before: Before::Nothing,
};
const DESTROY: Destroy = Destroy {
    compartment: COMPARTMENT,
    project: PROJECT,
    now_micros: 5,
};

/// The embedded keyholder's answers are ready at once.
fn now<T>(mut answer: Answer<'_, T>) -> Result<T, KeyholderError> {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the embedded keyholder does not wait"),
    }
}

fn policy() -> Box<FixedPolicy> {
    Box::new(FixedPolicy {
        terms: LeaseTerms { micros: 100 },
        denied: [LeaseReason::ModelCall].into(),
    })
}

fn keyholder_in(folder: &Path) -> EmbeddedKeyholder {
    EmbeddedKeyholder::open(folder, policy(), Arc::new(SystemRandom)).unwrap()
}

fn keyholder() -> (tempfile::TempDir, EmbeddedKeyholder) {
    let folder = tempfile::tempdir().unwrap();
    let keyholder = keyholder_in(&folder.path().join("keys"));
    (folder, keyholder)
}

fn request(wrapped: WrappedKey) -> LeaseRequest {
    LeaseRequest {
        compartment: COMPARTMENT,
        project: PROJECT,
        epoch: EPOCH,
        wrapped,
        reason: LeaseReason::Work,
        node: "node-1".into(),
        checkpoint: None,
        now_micros: 1_000,
    }
}

fn file(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder
        .path()
        .join("keys")
        .join(COMPARTMENT.to_string())
        .join(name)
}

fn project_file(folder: &tempfile::TempDir) -> PathBuf {
    file(folder, &format!("{PROJECT}.project"))
}

fn binding() -> Binding {
    Binding {
        compartment: COMPARTMENT,
        project: PROJECT,
        object: OTHER,
        kind: 1,
        version: 1,
        epoch: EPOCH,
    }
}

#[test]
fn a_minted_key_is_leased_for_the_time_that_the_policy_gives() {
    let (_folder, keyholder) = keyholder();
    let keyholder: &dyn Keyholder = &keyholder;
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let lease = now(keyholder.lease(request(wrapped.clone())))
        .unwrap()
        .into_lease();
    assert_eq!(
        (lease.epoch(), lease.reason(), lease.expires_at_micros()),
        (EPOCH, LeaseReason::Work, 1_100)
    );
    assert!(lease.open(1_100).is_err());
    let sealed = object::seal(lease.open(1_099).unwrap(), &binding(), b"text", &SystemRandom).unwrap();
    let again = now(keyholder.lease(request(wrapped))).unwrap().into_lease();
    let opened = object::open(again.open(0).unwrap(), &binding(), sealed.as_bytes()).unwrap();
    assert_eq!(&*opened, b"text");
}

#[test]
fn keys_survive_a_restart_and_differ_each_time() {
    let (folder, keyholder) = keyholder();
    let first = now(keyholder.mint(MINT)).unwrap();
    let second = now(keyholder.mint(MINT)).unwrap();
    assert_eq!(first.key_id, second.key_id);
    drop(keyholder);
    let keyholder = keyholder_in(&folder.path().join("keys"));
    let first = now(keyholder.lease(request(first))).unwrap().key;
    let second = now(keyholder.lease(request(second))).unwrap().key;
    assert_ne!(first.expose(), second.expose());
}

#[test]
fn a_wrapped_key_unwraps_in_no_other_place() {
    let (_folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let other_epoch = LeaseRequest {
        epoch: OTHER,
        ..request(wrapped.clone())
    };
    assert!(matches!(
        now(keyholder.lease(other_epoch)),
        Err(KeyholderError::Tampered { .. })
    ));
    // Another project, and another compartment with the same project: each has a key of its own.
    let neighbours = [
        Mint {
            project: OTHER,
            ..MINT
        },
        Mint {
            compartment: OTHER,
            ..MINT
        },
    ];
    for place in neighbours {
        let own = now(keyholder.mint(place.clone())).unwrap();
        let Mint {
            compartment,
            project,
            epoch,
            ..
        } = place;
        let moved = LeaseRequest {
            compartment,
            project,
            epoch,
            ..request(wrapped.clone())
        };
        assert!(matches!(
            now(keyholder.lease(moved.clone())),
            Err(KeyholderError::Unknown { .. })
        ));
        let disguised = WrappedKey {
            key_id: own.key_id,
            ..wrapped.clone()
        };
        let moved = LeaseRequest {
            wrapped: disguised,
            ..moved
        };
        assert!(matches!(
            now(keyholder.lease(moved)),
            Err(KeyholderError::Tampered { .. })
        ));
    }
}

#[test]
fn no_byte_of_a_wrapped_key_can_be_changed_or_cut_off() {
    let (_folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    for at in 0..wrapped.bytes.len() {
        let mut changed = wrapped.clone();
        changed.bytes[at] ^= 1;
        let shorter = WrappedKey {
            bytes: wrapped.bytes[..at].to_vec(),
            ..wrapped.clone()
        };
        for bad in [changed, shorter] {
            assert!(
                matches!(
                    now(keyholder.lease(request(bad))),
                    Err(KeyholderError::Tampered { .. })
                ),
                "{at}"
            );
        }
    }
}

#[test]
fn epoch_and_ingest_keys_are_not_interchangeable() {
    let (_folder, keyholder) = keyholder();
    let epoch = now(keyholder.mint(MINT)).unwrap();
    let ingest = now(keyholder.mint_ingest(MINT)).unwrap();
    assert!(matches!(
        now(keyholder.lease(request(ingest.wrapped))),
        Err(KeyholderError::Tampered { .. })
    ));
    assert!(matches!(
        now(keyholder.lease_ingest(request(epoch))),
        Err(KeyholderError::Tampered { .. })
    ));
}

#[test]
fn a_draft_is_sealed_without_a_lease_and_opened_with_one() {
    let (_folder, keyholder) = keyholder();
    let minted = now(keyholder.mint_ingest(MINT)).unwrap();
    let draft = ingest::seal(&minted.public, &binding(), b"draft", &SystemRandom).unwrap();
    let lease = now(keyholder.lease_ingest(request(minted.wrapped)))
        .unwrap()
        .into_lease()
        .unwrap();
    let opened = ingest::open(lease.open(0).unwrap(), &binding(), draft.as_bytes()).unwrap();
    assert_eq!(&*opened, b"draft");
}

#[test]
fn the_policy_refuses_by_reason() {
    let (_folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let refused = LeaseRequest {
        reason: LeaseReason::ModelCall,
        ..request(wrapped)
    };
    let answer = now(keyholder.lease(refused)).unwrap_err();
    assert_eq!(
        answer.to_string(),
        "the keyholder refuses: its policy grants no lease for model-call"
    );
}

#[test]
fn a_shredded_project_opens_nothing_and_mints_nothing() {
    let (folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let neighbour = Mint {
        project: OTHER,
        ..MINT
    };
    let kept = now(keyholder.mint(neighbour)).unwrap();
    let secret = fs::read(project_file(&folder)).unwrap();
    now(keyholder.destroy(DESTROY)).unwrap();
    now(keyholder.destroy(DESTROY)).unwrap();
    let shredded = Err(KeyholderError::Shredded { project: PROJECT });
    assert_eq!(now(keyholder.lease(request(wrapped))).map(drop), shredded);
    assert_eq!(now(keyholder.mint(MINT)).map(drop), shredded);
    assert_eq!(now(keyholder.mint_ingest(MINT)).map(drop), shredded);
    now(keyholder.lease(LeaseRequest {
        project: OTHER,
        ..request(kept)
    }))
    .unwrap();
    let left: Vec<_> = fs::read_dir(file(&folder, ""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
    for path in left {
        assert!(
            !fs::read(&path)
                .unwrap()
                .windows(16)
                .any(|part| part == &secret[1..17]),
            "{path:?}"
        );
    }
}

/// The old file's own bytes are overwritten, not only its name: seen through a second name.
#[test]
fn shredding_overwrites_what_it_replaces() {
    let (folder, keyholder) = keyholder();
    now(keyholder.mint(MINT)).unwrap();
    let second_name = folder.path().join("second-name");
    fs::hard_link(project_file(&folder), &second_name).unwrap();
    now(keyholder.destroy(DESTROY)).unwrap();
    assert_eq!(fs::read(second_name).unwrap(), [0; 77]);
}

#[test]
fn a_project_can_be_shredded_before_it_has_a_key_or_when_its_file_is_damaged() {
    let (folder, keyholder) = keyholder();
    now(keyholder.destroy(DESTROY)).unwrap();
    assert!(matches!(
        now(keyholder.mint(MINT)),
        Err(KeyholderError::Shredded { .. })
    ));
    now(keyholder.mint(Mint {
        project: OTHER,
        ..MINT
    }))
    .unwrap();
    fs::write(project_file(&folder), b"damaged").unwrap();
    assert!(matches!(
        now(keyholder.mint(MINT)),
        Err(KeyholderError::Tampered { .. })
    ));
    now(keyholder.destroy(DESTROY)).unwrap();
    assert!(matches!(
        now(keyholder.mint(MINT)),
        Err(KeyholderError::Shredded { .. })
    ));
}

#[test]
fn a_pipe_in_place_of_a_key_is_not_waited_for() {
    let (folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let path = project_file(&folder);
    fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let refused = now(keyholder.lease(request(wrapped))).unwrap_err();
    assert!(
        matches!(refused, KeyholderError::Unavailable { .. }),
        "{refused:?}"
    );
}

#[test]
fn key_files_are_for_their_owner_only() {
    let (folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    for path in [file(&folder, "root.key"), project_file(&folder)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let refused = now(keyholder.lease(request(wrapped.clone()))).unwrap_err();
            let file = path.display().to_string();
            assert_eq!(refused, KeyholderError::Exposed { file, mode });
        }
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        now(keyholder.lease(request(wrapped.clone()))).unwrap();
    }
    assert_eq!(
        fs::metadata(file(&folder, "")).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn no_byte_of_a_key_file_can_be_changed() {
    let (folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    for path in [file(&folder, "root.key"), project_file(&folder)] {
        let content = fs::read(&path).unwrap();
        for at in 0..content.len() {
            let mut changed = content.clone();
            changed[at] ^= 0x80;
            for bad in [&changed[..], &content[..at]] {
                fs::write(&path, bad).unwrap();
                assert!(
                    now(keyholder.lease(request(wrapped.clone()))).is_err(),
                    "{path:?} at {at}"
                );
            }
        }
        fs::write(&path, [&content[..], &[0]].concat()).unwrap();
        assert!(
            now(keyholder.lease(request(wrapped.clone()))).is_err(),
            "{path:?} with one byte more"
        );
        fs::write(&path, content).unwrap();
    }
    now(keyholder.lease(request(wrapped))).unwrap();
}

#[test]
fn files_of_another_project_or_compartment_do_not_serve() {
    let (folder, keyholder) = keyholder();
    now(keyholder.mint(MINT)).unwrap();
    fs::copy(project_file(&folder), file(&folder, &format!("{OTHER}.project"))).unwrap();
    let moved = now(keyholder.mint(Mint {
        project: OTHER,
        ..MINT
    }));
    assert!(matches!(moved, Err(KeyholderError::Tampered { .. })));
}

#[test]
fn a_lost_root_key_is_not_silently_replaced() {
    let (folder, keyholder) = keyholder();
    now(keyholder.mint(MINT)).unwrap();
    fs::remove_file(file(&folder, "root.key")).unwrap();
    for project in [PROJECT, OTHER] {
        let answer = now(keyholder.mint(Mint { project, ..MINT })).unwrap_err();
        assert!(
            matches!(&answer, KeyholderError::Unavailable { detail } if detail.contains("restore it")),
            "{answer}"
        );
    }
}

#[test]
fn what_was_minted_before_and_is_gone_is_not_minted_anew() {
    let (folder, keyholder) = keyholder();
    now(keyholder.mint(MINT)).unwrap();
    let again = |before| {
        let [own, other] = [PROJECT, OTHER].map(|project| {
            now(keyholder.mint(Mint {
                project,
                before,
                ..MINT
            }))
        });
        [own, other].map(|answer| match answer {
            Ok(_) => true,
            Err(KeyholderError::Unavailable { detail }) => {
                assert!(detail.contains("restore it"), "{detail}");
                false
            }
            Err(error) => panic!("{error}"),
        })
    };
    fs::remove_file(project_file(&folder)).unwrap();
    assert_eq!(again(Before::InProject), [false, false]);
    fs::remove_dir_all(file(&folder, "")).unwrap();
    assert_eq!(again(Before::InProject), [false, false]);
    assert_eq!(again(Before::InCompartment), [false, false]);
    assert!(!file(&folder, "").exists(), "nothing is made in its place");
    assert_eq!(again(Before::Nothing), [true, true]);
}

#[test]
fn many_at_once_agree_on_one_project_key() {
    let (folder, _) = keyholder();
    let path = folder.path().join("keys");
    let wrapped: Vec<_> = std::thread::scope(|scope| {
        let mint = || now(keyholder_in(&path).mint(MINT)).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(mint)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let keyholder = keyholder_in(&path);
    for wrapped in wrapped {
        now(keyholder.lease(request(wrapped))).unwrap();
    }
    assert_eq!(
        fs::read_dir(file(&folder, "")).unwrap().count(),
        2,
        "no temporary file is left"
    );
}

/// A folder and a wrapped key of format 1, made once and kept.
#[test]
fn frozen_key_files_unwrap_for_ever() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let (folder, keyholder) = keyholder();
    fs::create_dir_all(file(&folder, "")).unwrap();
    let root = (testdata.join("keyholder_v1_root.bin"), file(&folder, "root.key"));
    let project = (testdata.join("keyholder_v1_project.bin"), project_file(&folder));
    for (from, to) in [root, project] {
        fs::copy(from, &to).unwrap();
        fs::set_permissions(&to, Permissions::from_mode(0o600)).unwrap();
    }
    let wrapped = fs::read(testdata.join("keyholder_v1_wrapped.json")).unwrap();
    let lease = now(keyholder.lease(request(serde_json::from_slice(&wrapped).unwrap()))).unwrap();
    let sealed = fs::read(testdata.join("keyholder_v1_object.bin")).unwrap();
    let opened = object::open(&EpochKey::new(&lease.key), &binding(), &sealed).unwrap();
    assert_eq!(&*opened, b"sealed under a lease of format 1");
}

#[test]
#[ignore = "writes the frozen files of a new format"]
fn write_frozen_key_files() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let (folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let key = EpochKey::new(&now(keyholder.lease(request(wrapped.clone()))).unwrap().key);
    let sealed = object::seal(
        &key,
        &binding(),
        b"sealed under a lease of format 1",
        &SystemRandom,
    )
    .unwrap();
    fs::write(
        testdata.join("keyholder_v1_root.bin"),
        fs::read(file(&folder, "root.key")).unwrap(),
    )
    .unwrap();
    fs::write(
        testdata.join("keyholder_v1_project.bin"),
        fs::read(project_file(&folder)).unwrap(),
    )
    .unwrap();
    fs::write(
        testdata.join("keyholder_v1_wrapped.json"),
        serde_json::to_vec(&wrapped).unwrap(),
    )
    .unwrap();
    fs::write(testdata.join("keyholder_v1_object.bin"), sealed.into_bytes()).unwrap();
}

#[test]
fn messages_are_json_of_known_fields() {
    let wrapped = WrappedKey {
        key_id: OTHER,
        bytes: vec![1, 2, 3],
    };
    let request = LeaseRequest {
        reason: LeaseReason::BreakGlass,
        ..request(wrapped)
    };
    let mut json = serde_json::to_value(&request).unwrap();
    assert_eq!(json["reason"], "break-glass");
    assert_eq!(json["wrapped"]["bytes"], "AQID");
    assert_eq!(
        serde_json::from_value::<LeaseRequest>(json.clone()).unwrap(),
        request
    );
    json["surprise"] = true.into();
    assert!(serde_json::from_value::<LeaseRequest>(json).is_err());
    let error = serde_json::to_value(KeyholderError::Shredded { project: PROJECT }).unwrap();
    assert_eq!(
        error,
        serde_json::json!({ "error": "shredded", "project": PROJECT.to_string() })
    );
}

#[test]
fn reasons_read_as_they_are_written() {
    for reason in LeaseReason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(reason));
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
    assert_eq!("Work".parse::<LeaseReason>(), Err(ParseReasonError));
}

#[test]
fn a_grant_crosses_the_wire_and_debug_shows_no_key() {
    let (_folder, keyholder) = keyholder();
    let wrapped = now(keyholder.mint(MINT)).unwrap();
    let grant = now(keyholder.lease(request(wrapped))).unwrap();
    let back: LeaseGrant = serde_json::from_slice(&serde_json::to_vec(&grant).unwrap()).unwrap();
    assert_eq!(back.key.expose(), grant.key.expose());
    assert!(format!("{grant:?}").contains("key: SecretBytes,"));
}
