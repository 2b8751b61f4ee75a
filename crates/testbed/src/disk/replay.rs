//! What a power cut can leave.

use std::collections::BTreeMap;

use super::dice::Dice;
use super::log::{FileId, Files, Log, Op};

/// A disk writes a sector wholly or not at all.
const SECTOR: usize = 512;

/// What is left of that which was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survives {
    /// Nothing.
    Nothing,
    /// Everything: the system had written it by itself.
    Everything,
    /// What came first, up to the middle of a write.
    Beginning,
    /// Some writes and not others, whichever came first.
    Some,
    /// Some sectors of some writes, and some writes cut at any byte.
    Torn,
}

impl Survives {
    /// Every way.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Everything,
        Self::Beginning,
        Self::Some,
        Self::Torn,
    ];
}

/// A log up to a position.
pub struct Replay<'l> {
    log: &'l Log,
    position: usize,
    durable: BTreeMap<FileId, Vec<u8>>,
    names: BTreeMap<String, FileId>,
    /// Positions of what was done to each file since its last sync.
    pending: BTreeMap<FileId, Vec<usize>>,
    /// Positions of what was done to the folder's entries since its last sync.
    entries: Vec<usize>,
    marks: Vec<u64>,
}

impl<'l> Replay<'l> {
    /// At the beginning.
    #[must_use]
    pub fn new(log: &'l Log) -> Self {
        let first = || log.first_ids();
        Self {
            log,
            position: 0,
            durable: first().map(|(id, _, bytes)| (id, bytes.clone())).collect(),
            names: first().map(|(id, name, _)| (name.clone(), id)).collect(),
            pending: BTreeMap::new(),
            entries: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Goes on to a position; never back.
    pub fn advance(&mut self, to: usize) {
        while self.position < to.min(self.log.ops.len()) {
            self.step();
            self.position += 1;
        }
    }

    /// What was told so far.
    #[must_use]
    pub fn marks(&self) -> &[u64] {
        &self.marks
    }

    /// What is durable of a file.
    pub(super) fn durable(&self, file: FileId) -> &[u8] {
        self.durable.get(&file).map_or(&[], Vec::as_slice)
    }

    /// What was done to a file since its last sync.
    pub(super) fn pending(&self, file: FileId) -> impl Iterator<Item = &'l Op> {
        let log = self.log;
        let pending = self.pending.get(&file).into_iter().flatten();
        pending.map(move |position| &log.ops[*position])
    }

    fn step(&mut self) {
        match &self.log.ops[self.position] {
            Op::Write { file, .. } | Op::Truncate { file, .. } => {
                self.pending.entry(*file).or_default().push(self.position);
            }
            Op::Create { .. } => self.entries.push(self.position),
            Op::Delete { durable, .. } => {
                self.entries.push(self.position);
                if *durable {
                    self.settle_entries(self.position + 1);
                }
            }
            Op::Sync {
                file, begun, folder, ..
            } => {
                self.settle(*file, *begun);
                if *folder {
                    self.settle_entries(*begun);
                }
            }
            Op::Lost(file) => {
                self.pending.remove(file);
            }
            Op::Replaced { file, bytes } => {
                self.pending.remove(file);
                self.durable.insert(*file, bytes.to_vec());
            }
            Op::Mark(mark) => self.marks.push(*mark),
        }
    }

    fn settle(&mut self, file: FileId, before: usize) {
        let pending = self.pending.entry(file).or_default();
        let durable = self.durable.entry(file).or_default();
        for position in pending.extract_if(.., |position| *position < before) {
            apply(durable, &self.log.ops[position]);
        }
    }

    fn settle_entries(&mut self, before: usize) {
        for position in self.entries.extract_if(.., |position| *position < before) {
            rename(&mut self.names, &self.log.ops[position]);
        }
    }

    /// The files that a power cut here could leave.
    #[must_use]
    pub fn cut(&self, survives: Survives, dice: &mut Dice) -> Files {
        let mut names = self.names.clone();
        let entries = match survives {
            Survives::Nothing => 0,
            Survives::Everything => self.entries.len(),
            // File systems keep the order of these.
            _ => dice.index(self.entries.len() + 1),
        };
        for position in &self.entries[..entries] {
            rename(&mut names, &self.log.ops[*position]);
        }
        let files = names.into_iter().map(|(name, file)| {
            let mut bytes = self.durable(file).to_vec();
            let pending: Vec<&Op> = self.pending(file).collect();
            leave(&mut bytes, &pending, survives, dice);
            (name, bytes)
        });
        Files(files.collect())
    }
}

/// Does to a file what is left of that which was not synced.
fn leave(file: &mut Vec<u8>, pending: &[&Op], survives: Survives, dice: &mut Dice) {
    match survives {
        Survives::Nothing => {}
        Survives::Everything => pending.iter().for_each(|op| apply(file, op)),
        Survives::Beginning => {
            let whole = dice.index(pending.len() + 1);
            pending[..whole].iter().for_each(|op| apply(file, op));
            if let Some(Op::Write { offset, bytes, .. }) = pending.get(whole) {
                write(file, *offset, &bytes[..dice.index(bytes.len() + 1)]);
            }
        }
        Survives::Some => {
            let left = pending.iter().filter(|_| dice.coin());
            left.for_each(|op| apply(file, op));
        }
        Survives::Torn => {
            for op in pending {
                match op {
                    Op::Write { offset, bytes, .. } => tear(file, *offset, bytes, dice),
                    other if dice.coin() => apply(file, other),
                    _ => {}
                }
            }
        }
    }
}

/// Writes some sectors, or up to some byte, or everything.
fn tear(file: &mut Vec<u8>, offset: u64, bytes: &[u8], dice: &mut Dice) {
    match dice.below(3) {
        0 => write(file, offset, bytes),
        1 => write(file, offset, &bytes[..dice.index(bytes.len() + 1)]),
        _ => {
            let mut at = 0;
            while at < bytes.len() {
                let place = offset + at as u64;
                let end = bytes.len().min(at + SECTOR - place as usize % SECTOR);
                if dice.coin() {
                    write(file, place, &bytes[at..end]);
                }
                at = end;
            }
        }
    }
}

fn apply(file: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write { offset, bytes, .. } => write(file, *offset, bytes),
        Op::Truncate { size, .. } => file.resize(*size as usize, 0),
        _ => {}
    }
}

fn write(file: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let from = offset as usize;
    let until = from + bytes.len();
    if file.len() < until {
        file.resize(until, 0);
    }
    file[from..until].copy_from_slice(bytes);
}

fn rename(names: &mut BTreeMap<String, FileId>, op: &Op) {
    match op {
        Op::Create { file, name } => {
            names.insert(name.clone(), *file);
        }
        Op::Delete { name, .. } => {
            names.remove(name);
        }
        _ => {}
    }
}
