//! What trees, tiles and hashes refuse, and what they say of it.

use std::collections::BTreeMap;

use cofferdam_ledger::hash::{BadHash, Hash};
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree::{
    Frontier, HashReader, ProofError, ReadError, TileWriter, TreeError, TreeReader, integrate,
    root_of_inclusion, verify_consistency,
};

type Tiles = BTreeMap<TileCoord, Vec<u8>>;

fn leaves(count: u64) -> impl Iterator<Item = Hash> {
    (0..count).map(|index| Hash::leaf(&index.to_be_bytes()))
}

#[test]
fn a_tree_resumes_from_its_own_edge_only() {
    let built = integrate(0, &[], leaves(300)).unwrap();
    let edge: Vec<Tile> = built
        .tiles
        .iter()
        .filter(|tile| TileCoord::edges(300).any(|coord| coord == tile.coord))
        .cloned()
        .collect();
    assert_eq!(edge.len(), 2);
    assert_eq!(TileWriter::resume(300, &edge).unwrap().root(), built.root);
    let reversed: Vec<Tile> = edge.iter().rev().cloned().collect();
    assert_eq!(TileWriter::resume(300, &reversed).unwrap().root(), built.root);

    let error = TileWriter::resume(300, &edge[..1]).unwrap_err();
    assert_eq!(
        error,
        TreeError::Edge {
            size: 300,
            expected: "tile/1/000.p/1".to_owned()
        }
    );
    assert!(error.to_string().contains("load it from the store"));
    assert!(TileWriter::resume(301, &edge).is_err());
    assert!(TileWriter::resume(300, &built.tiles).is_err(), "a tile too many");
    assert!(integrate(0, &edge, leaves(1)).is_err());
    let mut cut = edge.clone();
    cut[0].bytes.pop();
    assert!(TileWriter::resume(300, &cut).is_err());
}

#[test]
fn integration_yields_only_what_changed() {
    let built = integrate(0, &[], leaves(300)).unwrap();
    let edge: Vec<Tile> = TileCoord::edges(300)
        .map(|coord| {
            built
                .tiles
                .iter()
                .find(|tile| tile.coord == coord)
                .cloned()
                .unwrap()
        })
        .collect();
    let nothing = integrate(300, &edge, []).unwrap();
    assert_eq!(
        (nothing.tiles, nothing.size, nothing.root),
        (Vec::new(), 300, built.root)
    );
    let one = integrate(300, &edge, leaves(1)).unwrap();
    assert_eq!(
        one.tiles
            .iter()
            .map(|tile| tile.coord.to_string())
            .collect::<Vec<_>>(),
        ["tile/0/001.p/45"]
    );
}

#[test]
fn a_reader_says_which_tile_is_at_fault() {
    let built = integrate(0, &[], leaves(600)).unwrap();
    let all: Tiles = built
        .tiles
        .into_iter()
        .map(|tile| (tile.coord, tile.bytes))
        .collect();
    let coord = TileCoord {
        level: 0,
        index: 1,
        width: 256,
    };

    let mut missing = all.clone();
    missing.remove(&coord);
    let error = TreeReader::new(missing, 600).inclusion(300).unwrap_err();
    assert!(
        matches!(error, ReadError::Missing(tile) if tile == coord),
        "{error}"
    );

    let mut short = all.clone();
    short.insert(coord, vec![0; 31]);
    let error = TreeReader::new(short, 600).inclusion(300).unwrap_err();
    assert_eq!(
        error.to_string(),
        "tile/0/001 has 31 bytes, not 8192: restore it, or rebuild the tiles from the entries"
    );

    let mut tree = TreeReader::new(&all, 600);
    assert!(matches!(
        tree.inclusion(600),
        Err(ReadError::Outside {
            asked: 600,
            size: 600
        })
    ));
    assert!(matches!(tree.consistency(601), Err(ReadError::Outside { .. })));
    assert!(matches!(tree.root(601), Err(ReadError::Outside { .. })));
    assert_eq!(tree.root(0).unwrap(), Hash::EMPTY);
    assert_eq!(tree.consistency(0).unwrap(), []);
    assert_eq!(tree.consistency(600).unwrap(), []);
}

/// The specification lets a log drop a partial tile once the full one exists.
#[test]
fn a_full_tile_stands_in_for_a_partial_one() {
    let built = integrate(0, &[], leaves(512)).unwrap();
    let tiles: Tiles = built
        .tiles
        .into_iter()
        .map(|tile| (tile.coord, tile.bytes))
        .collect();
    assert!(tiles.tile(0, 1, 44).is_ok());
    let mut frontier = Frontier::new();
    frontier.extend(leaves(300));
    // Read as a tree of 300, of which only the larger tree's tiles are left; its own level 1 has one hash.
    let level1 = tiles[&TileCoord {
        level: 1,
        index: 0,
        width: 2,
    }][..32]
        .to_vec();
    let mut tiles = tiles;
    tiles.insert(
        TileCoord {
            level: 1,
            index: 0,
            width: 1,
        },
        level1,
    );
    assert_eq!(TreeReader::new(&tiles, 300).root(300).unwrap(), frontier.root());
}

#[test]
fn proofs_of_other_sizes_are_refused() {
    let leaf = Hash::leaf(b"");
    assert_eq!(
        root_of_inclusion(leaf, 3, 3, &[]),
        Err(ProofError::Outside { asked: 3, size: 3 })
    );
    assert_eq!(
        root_of_inclusion(leaf, 0, 2, &[]),
        Err(ProofError::Length { found: 0 })
    );
    assert_eq!(
        root_of_inclusion(leaf, 0, 1, &[leaf]),
        Err(ProofError::Length { found: 1 })
    );
    // The first entry of the largest tree is 64 levels down; the last one, on its ragged edge, 63.
    assert!(root_of_inclusion(leaf, 0, u64::MAX, &[leaf; 64]).is_ok());
    assert!(root_of_inclusion(leaf, u64::MAX - 1, u64::MAX, &[leaf; 63]).is_ok());
    assert_eq!(
        verify_consistency(3, leaf, 2, leaf, &[]),
        Err(ProofError::Outside { asked: 3, size: 2 })
    );
    assert_eq!(
        verify_consistency(3, leaf, 4, leaf, &[]),
        Err(ProofError::Length { found: 0 })
    );
    assert_eq!(verify_consistency(0, Hash::EMPTY, 4, leaf, &[]), Ok(()));
    assert!(verify_consistency(0, leaf, 4, leaf, &[]).is_err());
    assert!(verify_consistency(0, Hash::EMPTY, 4, leaf, &[leaf]).is_err());
    assert!(verify_consistency(4, leaf, 4, Hash::EMPTY, &[]).is_err());
}

#[test]
fn frontiers_have_a_peak_per_set_bit() {
    let expected = TreeError::Peaks {
        size: 5,
        expected: 2,
        found: 1,
    };
    assert_eq!(Frontier::from_parts(5, vec![Hash::EMPTY]), Err(expected));
}

#[test]
fn hashes_have_one_form() {
    let hash = Hash::leaf(b"");
    let text = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
    assert_eq!(
        (hash.to_base64(), hash.to_string()),
        (text.to_owned(), text.to_owned())
    );
    assert_eq!((Hash::from_base64(text), text.parse()), (Ok(hash), Ok(hash)));
    assert_eq!(serde_json::to_value(hash).unwrap(), text);
    assert_eq!(
        serde_json::from_str::<Hash>(&format!("\"{text}\"")).unwrap(),
        hash
    );
    for bad in [
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB0=",
        "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0",
    ] {
        assert_eq!(Hash::from_base64(bad), Err(BadHash), "{bad}");
    }
    // Both ways of hashing a leaf agree where one gives way to the other.
    let long = vec![7; 2000];
    for len in [1022, 1023, 1024, 1025, 2000] {
        let whole = [b"\0", &long[..len]].concat();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &whole);
        assert_eq!(Hash::leaf(&long[..len]).0, digest.as_ref());
    }
}
