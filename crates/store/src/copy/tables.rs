//! Every table, as a copy reads and writes it. A test holds this against the schema.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An integer.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

/// A table: its columns, the first `key` of which are its primary key.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many columns the primary key has.
    pub key: usize,
    /// Names and kinds.
    pub columns: &'static [(&'static str, Kind)],
}

macro_rules! tables {
    ($($name:ident $key:literal { $($column:ident $kind:ident),* $(,)? })*) => {
        &[$(Table {
            name: stringify!($name),
            key: $key,
            columns: &[$((stringify!($column), Kind::$kind)),*],
        }),*]
    };
}

/// Tables that others refer to stand before these.
pub const TABLES: &[Table] = tables! {
    lab 1 { id Blob, name Text, created Int }
    principal 1 { id Blob, kind Int, name Text, created Int }
    project 1 {
        id Blob, lab Blob, name Text, template_kind Text, template Blob, overlap Int, lease_seconds Int,
        guideline Blob, guideline_version Int, next_seq Int, created Int,
    }
    holder 1 { engagement Blob, lab Blob, principal Blob, salt Blob }
    pseudonym 2 { lab Blob, principal Blob, pseudonym Blob }
    credential 1 {
        id Blob, secret Blob, kind Int, principal Blob, bound_to Blob, label Text, created Int, expires Int, n Int,
    }
    epoch 1 { id Blob, compartment Blob, project Blob, wrapped Blob, opened Int, rotation Int, seal Blob }
    object 2 {
        id Blob, version Int, compartment Blob, project Blob, kind Int, epoch Blob, bytes Int, sealed Blob, seal Blob,
    }
    object_set 1 { sha256 Blob, list Blob }
    task 1 { id Blob, project Blob, seq Int, slots Int, external Blob, input Blob }
    assignment 1 {
        id Blob, task Blob, project Blob, seq Int, principal Blob, engagement Blob, state Int, until Int, claimed Int,
    }
    draft 1 { assignment Blob, object Blob, version Int, saved Int }
    submission 1 {
        id Blob, assignment Blob, task Blob, project Blob, engagement Blob, principal Blob, version Int, state Int,
        answer Blob, received Int, seal Blob,
    }
    review 1 {
        id Blob, submission Blob, version Int, engagement Blob, until Int, verdict Int, comment Blob,
        amended Blob, given Int,
    }
    remark 1 {
        id Blob, question Blob, project Blob, task Blob, broken Int, engagement Blob, words Blob, said Int,
    }
    timer 1 {
        id Blob, lab Blob, project Blob, engagement Blob, principal Blob, started Int, beat Int, until Int,
        ended Int, cause Int, seal Blob,
    }
    delivery 1 {
        id Blob, lab Blob, project Blob, format Text, state Int, row_count Int, left_out Int, bytes Int, sha256 Blob,
        manifest Text, created Int, decided Int, seal Blob,
    }
    delivery_row 2 { delivery Blob, row Int, task Blob, answers Blob, returned Int, reason Blob, seal Blob }
    inventory 1 { id Blob, component Blob, sha256 Blob, scanned Int, received Int }
    inventory_document 1 { sha256 Blob, document Text }
    advisory 1 { id Text, sha256 Blob, document Text, taken Int, seal Blob }
    advisory_replaced 1 { sha256 Blob, document Text }
    incident 1 {
        id Blob, title Text, reason Text, for_labs Text, record Text, records Blob, operator Blob, opened Int,
    }
    incident_subject 3 {
        incident Blob, kind Int, subject Blob, grounds Int, added Int, rebuilt Int, seal Blob,
    }
    incident_claim 2 {
        incident Blob, n Int, source Text, since Int, until Int, operator Blob, taken Int, seal Blob,
    }
    incident_move 2 {
        incident Blob, n Int, state Int, reason Text, for_labs Text, operator Blob, moved Int, seal Blob,
    }
    incident_lab 2 { incident Blob, lab Blob, own Blob, told Int, decision Int, conditions Int, decided Int, seal Blob }
    able 1 { principal Blob, skills Text, languages Text, hours Int, seal Blob }
    wanted 1 { project Blob, skills Text, languages Text, hours Int, seats Int, notice Text, seal Blob }
    wall_act 2 { wall Blob, n Int, name Text, reason Text, operator Blob, done Int, seal Blob }
    notice 2 {
        recipient Blob, n Int, id Blob, kind Int, about Blob, engagement Blob, lab Blob, compartment Blob, entry Int,
        moment Int,
    }
    notice_read 1 { recipient Blob, n Int }
    notice_cursor 1 { compartment Blob, next Int, seal Blob }
    notice_missed 2 { lab Blob, entry Int, seal Blob }
    address 1 { principal Blob, email Text, operator Blob, since Int, seal Blob }
    webhook 1 { id Blob, lab Blob, url Text, principal Blob, since Int }
    outbox 1 {
        id Blob, channel Int, target Blob, kind Int, about Blob, engagement Blob, lab Blob, compartment Blob, entry Int,
        moment Int, state Int, attempts Int, due Int,
    }
    outbox_attempt 2 { message Blob, n Int, tried Int, outcome Int, status Int, seal Blob }
    ledger 2 { compartment Blob, n Int, t Int, body Blob, leaf Blob, seal Blob, authorising Int, engagement Blob, about Blob }
    ledger_head 1 {
        compartment Blob, size Int, t Int, authorising Int, integrated Int, checkpoint Text, seal Blob,
    }
    ledger_tile 3 { compartment Blob, level Int, position Int, hashes Blob }
    passkey 1 { credential Blob, handle Blob, key Blob }
    challenge 1 { nonce Blob, until Int }
    idempotency 1 { request Blob, body Blob, outcome Text, created Int }
};

/// The statements of a copy of one table. Made once: statements live as long as the program.
pub(super) struct Statements {
    pub(super) count: &'static str,
    pub(super) first: &'static str,
    pub(super) next: &'static str,
    pub(super) last: &'static str,
    pub(super) insert: &'static str,
}

impl Table {
    pub(super) fn statements(&self, page: usize) -> Statements {
        let name = self.name;
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let (columns, key) = (names.join(", "), names[..self.key].join(", "));
        let values = |count: usize| {
            let numbers: Vec<String> = (1..=count).map(|n| format!("${n}")).collect();
            numbers.join(", ")
        };
        let (some, all) = (values(self.key), values(names.len()));
        let back = names[..self.key].join(" DESC, ");
        let select = format!("SELECT {columns} FROM {name}");
        let text = |text: String| -> &'static str { text.leak() };
        Statements {
            count: text(format!("SELECT COUNT(*) FROM {name}")),
            first: text(format!("{select} ORDER BY {key} LIMIT {page}")),
            next: text(format!(
                "{select} WHERE ({key}) > ({some}) ORDER BY {key} LIMIT {page}"
            )),
            last: text(format!("{select} ORDER BY {back} DESC LIMIT 1")),
            insert: text(format!("INSERT INTO {name} ({columns}) VALUES ({all})")),
        }
    }
}
