//! An archive as format 1 was first written: it must open, and say the same, for ever.

use std::path::PathBuf;

use cofferdam_archive::{Archive, Versions, Whose};
use cofferdam_model::*;

use crate::support::at;

#[test]
fn an_archive_of_format_1_says_what_it_said() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/format-1");
    let archive = Archive::open(&dir, &[]).unwrap();
    assert_eq!(archive.checkpoint().origin(), "lab.example");
    assert_eq!((archive.end(), archive.rows()), (130, 217));
    let whose = [Whose::Pseudonym(Pseudonym::from_bytes([41; 16]))];
    let found = archive.exposure(&whose, (at(0), at(160))).unwrap();
    let draw = |objects, bytes| Draw { objects, bytes };
    assert_eq!(
        (found.touched.entries, found.touched.released()),
        (9, draw(13, 1_843))
    );
    let versions = Versions {
        altered: draw(1, 124),
        touched: draw(11, 1_545),
    };
    assert_eq!(found.versions, Some(versions));
}
