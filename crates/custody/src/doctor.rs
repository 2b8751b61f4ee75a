//! The check of the whole: every entry, tree and row that the gate would believe.
//!
//! It opens nothing: rows carry keyed hashes, so that they can be checked without the keys to their content. Keys are
//! asked for only to see that they are there, and dropped.

mod incidents;
mod notices;
mod rows;
mod strays;
mod walls;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool};

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::tile::Tile;
use cofferdam_ledger::tree::TileWriter;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::{
    Authority, Compartment, CredentialId, CredentialKind, EngagementId, Entry, EpochId, Fact, Id, ObjectId,
    ObjectRef, ObjectSet, ProjectId,
};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::epoch::EpochRow;
use cofferdam_store::ledger::{EntryRow, HeadRow};
use cofferdam_store::{Reader, StoreError, credential, engagement, epoch, ledger, object, passkey};

use self::rows::{Engaged, Recorded};
use self::strays::Named;
use crate::auth::row_hash;
use crate::error::Integrity;
use crate::gate::{Gate, Inner};
use crate::passkey::check_key;
use crate::state::{StateError, fold, gone};
use crate::watermark::Marks;
use crate::{keys, record, vault};

/// Entries read at a time.
const PAGE: u32 = 4_096;
/// Objects read at a time.
const OBJECTS: u32 = 256;

/// Something that is not as it was written.
pub type Finding = Integrity;

/// What a check of the whole found.
#[derive(Debug, Clone, Default)]
pub struct Health {
    /// Ledgers read.
    pub ledgers: u64,
    /// Entries read.
    pub entries: u64,
    /// Rows held against them.
    pub rows: u64,
    /// Signed ledgers without a watermark: whether an older state of them was put back cannot be told.
    pub unmarked: u64,
    /// Projects whose keys a keyholder of the lab's own holds, which was not asked: whether it has them is not known here.
    pub held_elsewhere: u64,
    /// What is wrong. Nothing of it is obeyed.
    pub findings: Vec<Finding>,
}

impl Gate {
    /// Reads every ledger and every row that authorises or is sealed, asks the keyholder for a key of each project, and
    /// says what is wrong.
    pub async fn examine(&self) -> Result<Health, StoreError> {
        let inner = Arc::clone(&self.inner);
        let marks = inner.secrets.watermarks().read()?;
        let mut health = self
            .inner
            .store
            .read(move |reader| examine(&inner, marks, reader))
            .await?;
        let readable = |reader: &mut Reader<'_>| {
            reader.leave_out_unreadable();
            epoch::all(reader)
        };
        let epochs = self.inner.store.read(readable).await?;
        // Ids are in the order of time, so the last of a project is its youngest.
        let youngest: HashMap<ProjectId, EpochRow> = epochs.into_iter().map(|e| (e.project, e)).collect();
        for epoch in youngest.values() {
            if keys::is_labs(epoch) {
                health.held_elsewhere += 1;
                continue;
            }
            health.findings.extend(self.inner.keys.is_held(epoch).await.err());
        }
        Ok(health)
    }

    /// Whether the embedded keyholder has the key that was used last of every lab. None was used of a new one. That a keyholder of a lab's
    /// own is away keeps nobody from another lab's work, and this node from no other.
    pub async fn keyholder_answers(&self) -> Result<Result<(), Integrity>, StoreError> {
        let labs = self.labs();
        let newest = move |reader: &mut Reader<'_>| {
            let all = labs.into_iter().map(|lab| epoch::newest(reader, lab.into()));
            all.collect::<Result<Vec<_>, StoreError>>()
        };
        let newest = self.inner.store.read(newest).await?;
        let own = |epoch: &&EpochRow| !keys::is_labs(epoch);
        for epoch in newest.iter().flatten().filter(own) {
            let held = self.inner.keys.is_held(epoch).await;
            if held.is_err() {
                return Ok(held);
            }
        }
        Ok(Ok(()))
    }

    /// Whether a ledger was closed when this node folded it. Lists leave out what is in it: one that does not check is
    /// no reason to show nothing of the others.
    pub fn is_closed(&self, compartment: Compartment) -> bool {
        self.inner.state().is_broken(compartment)
    }

    /// The ledger whose last entry is furthest ahead of the clock, and by how many microseconds: the clock was put back.
    /// Entries get that entry's time until the clock has caught up.
    pub fn ahead_of_clock(&self) -> Option<(Compartment, i64)> {
        self.inner.state().ahead_of(self.inner.env.now())
    }

    /// Ledgers that were closed when this node folded them, and why.
    pub fn closed(&self) -> Vec<Integrity> {
        self.inner.state().broken()
    }
}

/// An examination under way. It reads one snapshot, and asks nothing of what the node remembers.
struct Exam<'a> {
    inner: &'a Inner,
    marks: Marks,
    health: Health,
    issued: HashMap<CredentialId, (u64, [u8; 32])>,
    authorities: HashMap<Compartment, Arc<Authority>>,
    epochs: HashSet<EpochId>,
    engaged: HashMap<EngagementId, Engaged>,
    recorded: Recorded,
    named: Named,
    /// Whose ledgers there are, or were.
    begun: HashSet<Compartment>,
    /// Whether the database's own file was found to be damaged, or a table of it to be missing: what cannot be read then is no
    /// news.
    damaged: bool,
    lacking: bool,
    /// Whether nobody waits for it any more.
    left: &'a AtomicBool,
}

type Section<'a> = fn(&mut Exam<'a>, &mut Reader<'_>) -> Result<(), StoreError>;

fn examine(inner: &Inner, marks: Marks, reader: &mut Reader<'_>) -> Result<Health, StoreError> {
    let all = [
        Exam::file,
        Exam::tables,
        Exam::ledgers,
        Exam::credentials,
        Exam::holders,
        Exam::names,
        Exam::work,
        Exam::notices,
        Exam::strays,
        Exam::passkeys,
        Exam::epochs,
        Exam::objects,
    ];
    look_through(inner, marks, reader, &all, &AtomicBool::new(false))
}

/// The same, but for what a patrol goes over anyhow: trees, and what is sealed. It is broken off when nobody waits for it.
pub(crate) fn inspect(
    inner: &Inner,
    marks: Marks,
    reader: &mut Reader<'_>,
    left: &AtomicBool,
) -> Result<Health, StoreError> {
    let rows = [
        Exam::tables,
        Exam::entries,
        Exam::credentials,
        Exam::holders,
        Exam::names,
        Exam::work,
        Exam::notices,
        Exam::strays,
        Exam::passkeys,
        Exam::epochs,
    ];
    look_through(inner, marks, reader, &rows, left)
}

fn look_through<'a>(
    inner: &'a Inner,
    marks: Marks,
    reader: &mut Reader<'_>,
    sections: &[Section<'a>],
    left: &'a AtomicBool,
) -> Result<Health, StoreError> {
    let mut exam = Exam {
        inner,
        marks,
        health: Health::default(),
        issued: HashMap::new(),
        authorities: HashMap::new(),
        epochs: HashSet::new(),
        engaged: HashMap::new(),
        recorded: Recorded::default(),
        named: Named::default(),
        begun: HashSet::new(),
        damaged: false,
        lacking: false,
        left,
    };
    reader.leave_out_unreadable();
    for section in sections {
        let ended = section(&mut exam, reader);
        let left_out = reader.left_out().into_iter().map(Err);
        for outcome in left_out.chain([ended]) {
            match outcome {
                // What is told already ends the examination, but is not lost with it.
                Err(StoreError::Damaged(_)) if exam.damaged => return Ok(exam.told()),
                Err(StoreError::Lacking(_)) if exam.lacking => return Ok(exam.told()),
                Err(StoreError::Corrupt { table, problem }) => {
                    exam.find(format!("the table {table}"), problem)
                }
                other => other?,
            }
        }
    }
    Ok(exam.told())
}

/// Who holds what by right; and what is wrong with a row, or with the lack of one.
pub(crate) fn holders(
    rows: &[HolderRow],
    authorities: &HashMap<Compartment, Arc<Authority>>,
) -> (HashMap<EngagementId, Engaged>, Vec<Finding>) {
    let (mut engaged, mut findings) = (HashMap::new(), Vec::new());
    for row in rows {
        let lab = authorities.get(&Compartment::Lab(row.lab));
        let problem = match lab.and_then(|a| a.engagement(row.engagement)) {
            None => "no ledger that checks grants that engagement",
            Some(e) if e.holder != HolderCommitment::new(&row.salt, row.principal) => {
                "it names another holder than the ledger"
            }
            Some(e) => {
                engaged.insert(row.engagement, (row.lab, e.project(), row.principal));
                continue;
            }
        };
        let what = format!("the holder row of {}", row.engagement);
        findings.push(Integrity::of(what, problem));
    }
    let granted = authorities.values().flat_map(|a| a.engagements());
    for unheld in granted.filter(|e| !engaged.contains_key(&e.id)) {
        let what = format!("the holder row of {}", unheld.id);
        findings.push(Integrity::of(
            what,
            "there is none that opens the ledger's commitment",
        ));
    }
    (engaged, findings)
}

impl Exam<'_> {
    fn find(&mut self, what: impl Into<String>, problem: impl Into<String>) {
        self.health.findings.push(Integrity::of(what, problem));
    }

    /// Keeps what is wrong and goes on.
    fn keep<T>(&mut self, result: Result<T, StateError>) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(StateError::Store(error)) => Err(error),
            Err(StateError::Integrity(found)) => {
                self.health.findings.push(found);
                Ok(None)
            }
        }
    }

    /// What was found, each thing once.
    fn told(self) -> Health {
        let (mut seen, mut health) = (HashSet::new(), self.health);
        health
            .findings
            .retain(|f| seen.insert((f.what.clone(), f.problem.clone())));
        health
    }

    /// What the database itself says of its file.
    fn file(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let damage = reader.damage()?;
        self.damaged = !damage.is_empty();
        for problem in damage {
            let problem = problem.replace('\n', " ");
            let problem = format!("it is damaged ({problem}); restore it from a backup");
            self.find("the database's file", problem);
        }
        Ok(())
    }

    /// Whether every table is there, those too that nobody may ask for.
    fn tables(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for (table, problem) in reader.lacking()? {
            self.lacking = true;
            let problem = format!("it is not there, or not all of its columns ({problem})");
            self.find(format!("the table {table}"), problem);
        }
        Ok(())
    }

    fn ledgers(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let there = ledger::compartments(reader)?;
        let mut missed = self.marks.gone(&there);
        for compartment in there {
            self.begun.insert(compartment);
            self.health.ledgers += 1;
            let sealed = record::head(reader, &self.inner.secrets, compartment);
            let signed = self
                .keep(sealed)?
                .flatten()
                .is_some_and(|head| head.integrated > 0);
            self.health.unmarked += u64::from(signed && !self.marks.is_marked(compartment));
            let read = self.ledger(reader, compartment);
            if self.keep(read.map_err(StateError::from))?.is_none() {
                self.find(format!("the ledger of {compartment}"), "it does not read");
            }
            let folded = fold(reader, &self.inner.secrets, &self.marks, compartment);
            if let Some(folded) = self.keep(folded)? {
                self.authorities.insert(compartment, Arc::new(folded.authority));
            }
        }
        let installation = self.authorities.get(&Compartment::Installation);
        missed.extend(gone(installation.map(Arc::as_ref), |lab| {
            self.begun.contains(&lab) || missed.iter().any(|(known, _)| *known == lab)
        }));
        let found = missed.into_iter().map(|(_, found)| found);
        self.health.findings.extend(found);
        Ok(())
    }

    /// Takes in what the ledgers say, and no more.
    fn entries(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for compartment in ledger::compartments(reader)? {
            self.begun.insert(compartment);
            let mut next = 0;
            loop {
                let rows = ledger::entries(reader, compartment, next, PAGE)?;
                let Some(last) = rows.last() else { break };
                if self.left.load(atomic::Ordering::Relaxed) {
                    return Err(StoreError::Stopped);
                }
                next = last.n + 1;
                for row in &rows {
                    self.entry(reader, compartment, row)?;
                }
            }
            let folded = fold(reader, &self.inner.secrets, &self.marks, compartment);
            if let Some(folded) = self.keep(folded)? {
                self.authorities.insert(compartment, folded.authority.into());
            }
        }
        Ok(())
    }

    fn ledger(&mut self, reader: &mut Reader<'_>, compartment: Compartment) -> Result<(), StoreError> {
        let Some(head) = &ledger::head(reader, compartment)? else {
            return Ok(());
        };
        let (mut next, mut tree) = (0, Some(TileWriter::new()));
        self.tree_at(reader, compartment, head, &TileWriter::new())?;
        loop {
            let rows = ledger::entries(reader, compartment, next, PAGE)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                if row.n != next {
                    let problem = format!("it is missing: the next one is {}", row.n);
                    let missing = Integrity::entry(compartment, next, problem);
                    self.health.findings.push(missing);
                    // Beyond a gap there is no tree, but there are entries.
                    tree = None;
                }
                next = row.n + 1;
                self.entry(reader, compartment, row)?;
                if let Some(tree) = &mut tree {
                    self.grow(reader, compartment, head, tree, row)?;
                }
            }
        }
        let problem = match next.cmp(&head.size) {
            Ordering::Equal => return Ok(()),
            Ordering::Less => format!("it is missing: the ledger's head says {} entries", head.size),
            Ordering::Greater => format!("it is there, but the ledger's head says {} entries", head.size),
        };
        let odd = Integrity::entry(compartment, next.min(head.size), problem);
        self.health.findings.push(odd);
        Ok(())
    }

    /// Takes an entry into the tree, and holds what that completes against what is stored.
    fn grow(
        &mut self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        head: &HeadRow,
        tree: &mut TileWriter,
        row: &EntryRow,
    ) -> Result<(), StoreError> {
        let mut full = Vec::new();
        tree.push(Hash::leaf(&row.body), |tile| full.push(tile));
        if tree.size() <= head.integrated {
            self.tiles(reader, compartment, &full)?;
        }
        self.tree_at(reader, compartment, head, tree)
    }

    fn entry(
        &mut self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        row: &EntryRow,
    ) -> Result<(), StoreError> {
        self.health.entries += 1;
        match record::check(&self.inner.secrets, compartment, row) {
            Ok(entry) => self.what_it_names(reader, compartment, &entry),
            Err(found) => {
                self.health.findings.push(found);
                Ok(())
            }
        }
    }

    /// What came in must still be there; what went out in a set must still be listed.
    fn what_it_names(
        &mut self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        if let Compartment::Lab(lab) = compartment {
            self.recorded.take(lab, entry);
        }
        match &entry.fact {
            Fact::PrincipalEnrolled { principal } if compartment == Compartment::Installation => {
                self.recorded.enrolled.insert(*principal);
                Ok(())
            }
            Fact::InventoryKept { .. }
            | Fact::AdvisoryTaken { .. }
            | Fact::IncidentOpened { .. }
            | Fact::IncidentSubjectAdded { .. }
            | Fact::IncidentMoved { .. }
            | Fact::ClaimTaken { .. }
            | Fact::HostRebuilt { .. }
            | Fact::WallDeclared { .. }
            | Fact::WallChanged { .. }
            | Fact::WallLifted { .. }
                if compartment == Compartment::Installation =>
            {
                if let Fact::AdvisoryTaken { sha256, .. } = &entry.fact {
                    self.named.advisories.insert(*sha256);
                }
                self.recorded.said(&entry.fact);
                Ok(())
            }
            Fact::CredentialIssued { credential, row } if compartment == Compartment::Installation => {
                self.issued.insert(*credential, (entry.n, *row));
                Ok(())
            }
            Fact::TasksImported { set, project } => {
                for object in self.listed(reader, set)? {
                    self.recorded.inputs.insert(object.object, *project);
                    self.is_kept(reader, &object)?;
                }
                Ok(())
            }
            Fact::ReadIntended { set, .. } => self.listed(reader, set).map(|_| ()),
            fact => fact
                .written()
                .map_or(Ok(()), |object| self.is_kept(reader, object)),
        }
    }

    fn is_kept(&mut self, reader: &mut Reader<'_>, wanted: &ObjectRef) -> Result<(), StoreError> {
        let found = object::reference(reader, wanted.object, wanted.version)?;
        if found != Some(*wanted) {
            let what = format!("object {} version {}", wanted.object, wanted.version);
            self.find(
                what,
                "it is missing, or not of the length that the ledger recorded",
            );
        }
        Ok(())
    }

    fn listed(&mut self, reader: &mut Reader<'_>, set: &ObjectSet) -> Result<Vec<ObjectRef>, StoreError> {
        self.named.sets.insert(set.sha256);
        let objects = object::set(reader, &set.sha256)?.and_then(|list| ObjectRef::read_list(&list));
        let objects = objects.filter(|objects| record::object_set(objects).0 == *set);
        if objects.is_none() {
            let digits = cofferdam_model::entry::hex32::encode(&set.sha256);
            self.find(
                format!("the object set {digits}"),
                "its list is missing, or another",
            );
        }
        Ok(objects.unwrap_or_default())
    }

    /// Holds the tree against what was signed, once it is as large.
    fn tree_at(
        &mut self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        head: &HeadRow,
        tree: &TileWriter,
    ) -> Result<(), StoreError> {
        if tree.size() != head.integrated {
            return Ok(());
        }
        let edge: Vec<Tile> = tree.edge().collect();
        self.tiles(reader, compartment, &edge)?;
        let Some(text) = &head.checkpoint else {
            if head.integrated > 0 {
                self.find(format!("the checkpoint of {compartment}"), "it is missing");
            }
            return Ok(());
        };
        let what = format!("the checkpoint of {compartment}");
        let Ok(key) = self.inner.secrets.ledger_key(compartment) else {
            self.find(what, "its key could not be derived");
            return Ok(());
        };
        match Checkpoint::open(text.as_bytes(), key.verifying_key(), &[]) {
            Err(error) => self.find(what, error.to_string()),
            Ok(open) if (open.checkpoint.size(), open.checkpoint.root()) != (tree.size(), tree.root()) => {
                self.find(what, "the entries do not give the root that was signed");
            }
            Ok(_) => {}
        }
        Ok(())
    }

    fn tiles(
        &mut self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        expected: &[Tile],
    ) -> Result<(), StoreError> {
        for tile in expected {
            let stored = ledger::tile(reader, compartment, tile.coord.level, tile.coord.index)?;
            if stored.is_none_or(|bytes| bytes != tile.bytes) {
                let what = format!("{} of the ledger of {compartment}", tile.coord);
                self.find(
                    what,
                    "it is missing, or does not hold the entries' hashes and nothing else",
                );
            }
        }
        Ok(())
    }

    fn credentials(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut issued = std::mem::take(&mut self.issued);
        for row in credential::all(reader)? {
            self.health.rows += 1;
            if issued.remove(&row.id) != Some((row.n, row_hash(&row))) {
                let what = format!("the row of credential {}", row.id);
                self.find(what, "the ledger recorded another, or none");
            }
        }
        for id in issued.into_keys() {
            self.find(format!("the row of credential {id}"), "it is missing");
        }
        Ok(())
    }

    fn holders(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let rows = engagement::all(reader)?;
        self.health.rows += rows.len() as u64;
        // Of a ledger that does not check, that much was said: its rows are held against its single entries.
        let (closed, checked): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| {
            let lab = Compartment::Lab(row.lab);
            self.begun.contains(&lab) && !self.authorities.contains_key(&lab)
        });
        let (engaged, findings) = holders(&checked, &self.authorities);
        self.engaged = engaged;
        self.health.findings.extend(findings);
        for row in closed {
            let commitment = HolderCommitment::new(&row.salt, row.principal);
            match self.recorded.granted.get(&row.engagement) {
                Some((lab, project, holder)) if (*lab, *holder) == (row.lab, commitment) => {
                    self.engaged
                        .insert(row.engagement, (row.lab, *project, row.principal));
                }
                _ => self.find(
                    format!("the holder row of {}", row.engagement),
                    "no entry grants that engagement to its holder",
                ),
            }
        }
        Ok(())
    }

    /// Every passkey is the one that its credential was made with, and no credential that is one lacks it.
    fn passkeys(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut there = HashSet::new();
        for row in passkey::all(reader)? {
            self.health.rows += 1;
            let named = format!("the passkey of credential {}", row.credential);
            match credential::get(reader, row.credential)? {
                Some(credential) => {
                    let checked = check_key(&row, &credential);
                    self.health.findings.extend(checked.err());
                    there.insert(row.credential);
                }
                None => self.find(named, "its credential is missing"),
            }
        }
        for row in credential::all(reader)? {
            if row.kind == CredentialKind::Passkey && !there.contains(&row.id) {
                self.find(format!("the passkey of credential {}", row.id), "it is missing");
            }
        }
        Ok(())
    }

    fn epochs(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for row in epoch::all(reader)? {
            self.health.rows += 1;
            self.epochs.insert(row.id);
            let checked = keys::check(&self.inner.secrets, &row);
            self.health.findings.extend(checked.err());
        }
        Ok(())
    }

    fn objects(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut after = (ObjectId::from_bytes([0; 16]), 0);
        loop {
            let rows = object::page(reader, after, OBJECTS)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.object.object, last.object.version);
            for row in &rows {
                self.health.rows += 1;
                let checked = vault::check(&self.inner.secrets, row);
                self.health.findings.extend(checked.err());
                if self.epochs.insert(row.epoch) {
                    self.find(format!("epoch {}", row.epoch), "its row is missing");
                }
            }
        }
    }
}
