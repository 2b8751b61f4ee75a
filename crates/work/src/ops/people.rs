//! Labs, persons and components.

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Again, Bound, Caller, GateError, Issued, KnownCredential,
};
use cofferdam_model::{
    Compartment, CredentialId, CredentialKind, EngagementId, Fact, LabId, PrincipalId, Timestamp,
};
use cofferdam_store::lab::{self, LabRow};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::{Reader, StoreError, credential};
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

use super::{Platform, WorkError};

const MOST_NAME_BYTES: usize = 200;

/// A name that people read: not empty, not long, without characters that nobody sees, and [as it is kept](kept_name). Two
/// names that look the same are the same but for letters that look alike, which every script has.
///
/// # Errors
/// [`WorkError::Invalid`], naming `field`.
pub fn check_name(field: &str, name: &str) -> Result<String, WorkError> {
    let kept = kept_name(name);
    if kept.is_empty() || kept.len() > MOST_NAME_BYTES || name.trim().chars().any(char::is_control) {
        return Err(WorkError::invalid(
            field,
            "1 to 200 bytes of text without control characters are needed",
        ));
    }
    if is_like_an_id(&kept) {
        return Err(WorkError::invalid(
            field,
            "it reads like an id, and would be taken for one; choose a name",
        ));
    }
    match unseen(name.trim()) {
        Some(unseen) => Err(WorkError::invalid(
            field,
            format!(
                "it has U+{:04X}, which nobody sees, or which turns what follows around: two names could look the same; \
                 remove it",
                u32::from(unseen)
            ),
        )),
        None => Ok(kept),
    }
}

/// Whether a name has the form of an id: three letters and 26 digits.
fn is_like_an_id(name: &str) -> bool {
    let parts = name.split_once('_');
    parts.is_some_and(|(kind, digits)| {
        let letters = kind.len() == 3 && kind.bytes().all(|b| b.is_ascii_alphabetic());
        letters && digits.len() == 26 && digits.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// A name as it is kept and compared: trimmed, with one plain space between words, and each letter with its marks in the
/// one way that Unicode's Normalization Form C has for it (keyboards and systems differ in that, and nobody sees it).
#[must_use]
pub fn kept_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// The first character that nobody sees. Joiners between letters of scripts that are written with them, as Persian is,
/// are part of a name; between Latin letters they hide.
fn unseen(name: &str) -> Option<char> {
    let all: Vec<char> = name.chars().collect();
    let joins = |at: usize| {
        let mark = |c: char| get_general_category(c) == GeneralCategory::NonspacingMark;
        let letter = |c: Option<&char>| c.is_some_and(|c| !c.is_ascii() && (c.is_alphabetic() || mark(*c)));
        let joiner = matches!(all.get(at), Some('\u{200C}' | '\u{200D}'));
        joiner && letter(at.checked_sub(1).and_then(|at| all.get(at))) && letter(all.get(at + 1))
    };
    let mut marks = all.iter().enumerate().filter(|(_, c)| is_unseen(**c));
    marks.find(|(at, _)| !joins(*at)).map(|(_, c)| *c)
}

/// Whether a character only arranges others (Unicode's general categories Cf, Zl and Zp), or is a letter or a sign that
/// is empty.
fn is_unseen(c: char) -> bool {
    use GeneralCategory::{Format, LineSeparator, ParagraphSeparator};
    matches!(
        get_general_category(c),
        Format | LineSeparator | ParagraphSeparator
    ) || EMPTY.contains(&c)
}

/// The joiner of graphemes, the fillers of Hangul, two vowels of Khmer that are not to be used, and Braille without a dot.
const EMPTY: [char; 8] = [
    '\u{34F}', '\u{115F}', '\u{1160}', '\u{17B4}', '\u{17B5}', '\u{2800}', '\u{3164}', '\u{FFA0}',
];

/// Whether two names differ by capitals at most: what is called by one of them would be mistaken for the other.
pub(super) fn same_to_the_eye(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether two names have letters that look alike in the same places, as a Cyrillic and a Latin a do: by the skeletons of Unicode's UTS 39,
/// section 4, with and without capitals.
fn looks_like(one: &str, other: &str) -> bool {
    let alike = |one: &str, other: &str| skeleton(one).eq(skeleton(other));
    alike(one, other) || alike(&one.to_lowercase(), &other.to_lowercase())
}

/// What commands call everything that there is, as a scope and as a ledger.
const INSTALLATION: &str = "installation";

/// Refuses a lab's name that commands would not take for a lab's.
fn check_lab_name(name: &str) -> Result<(), WorkError> {
    if !same_to_the_eye(name, INSTALLATION) && !looks_like(name, INSTALLATION) {
        return Ok(());
    }
    let text = format!(
        "`{name}` is no name for a lab: `{INSTALLATION}` is what commands call everything that there is, as in \
         `cofferdam halt {INSTALLATION}`; choose another"
    );
    Err(WorkError::invalid("/name", text))
}

struct OpenLab(String);

impl AdminCommand for OpenLab {
    type Output = LabRow;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("open-lab"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<LabRow>, GateError<WorkError>> {
        let all = lab::all(scope.tx.reader())?;
        if let Some(known) = all.iter().find(|known| same_to_the_eye(&known.name, &self.0)) {
            return Err(WorkError::Conflict(format!(
                "there is a lab called `{}` already; choose another name",
                known.name
            ))
            .into());
        }
        if let Some(known) = all.iter().find(|known| looks_like(&known.name, &self.0)) {
            let text = format!(
                "that name looks like the lab `{}`, and one would be taken for the other; choose a name that does not",
                known.name
            );
            return Err(WorkError::Conflict(text).into());
        }
        let row = scope.secrets.bound(LabRow {
            id: scope.env.new_id()?,
            name: self.0,
            created: scope.now,
        });
        lab::insert(scope.tx, &row)?;
        let opened = |compartment| (compartment, Fact::LabOpened { lab: row.id });
        Ok(AdminDone {
            facts: vec![
                opened(Compartment::Lab(row.id)),
                opened(Compartment::Installation),
            ],
            consequences: Vec::new(),
            output: row,
        })
    }
}

/// Somebody to be enrolled.
#[derive(Debug, Clone)]
pub struct NewPrincipal {
    /// What the firm calls them.
    pub name: String,
    /// A person or a component.
    pub kind: PrincipalKind,
    /// Whether the person administers the installation.
    pub operator: bool,
    /// Whether somebody else may be called so already.
    pub another: bool,
}

struct Enrol(NewPrincipal);

/// The row with an id that nobody has. An id is made of what the row says and of nothing random: where the clock stands
/// still, or went back, two of one name would have one, and the later of them is told by the next microsecond.
fn told_apart(scope: &mut AdminScope<'_, '_>, mut row: PrincipalRow) -> Result<PrincipalRow, StoreError> {
    loop {
        let bound = scope.secrets.bound(row.clone());
        if principal::get(scope.tx.reader(), bound.id)?.is_none() {
            return Ok(bound);
        }
        row.created = Timestamp::from_micros(row.created.as_micros().saturating_add(1));
    }
}

impl AdminCommand for Enrol {
    type Output = PrincipalRow;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("enrol"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<PrincipalRow>, GateError<WorkError>> {
        let new = self.0;
        // People are told apart by their names: where two have one, every command must name an id.
        let known = principal::by_name(scope.tx.reader(), &new.name)?.filter(|_| !new.another);
        if let Some(known) = known {
            let text = format!(
                "there is a {} called `{}` already: {}; take that one, or say that another is meant (--another, or \
                 \"another\": true)",
                known.kind.name(),
                known.name,
                known.id
            );
            return Err(WorkError::Conflict(text).into());
        }
        let fresh = PrincipalRow {
            id: scope.env.new_id()?,
            kind: new.kind,
            name: new.name,
            created: scope.now,
        };
        let row = told_apart(scope, fresh)?;
        principal::insert(scope.tx, &row)?;
        let principal = row.id;
        let granted = new.operator.then_some(Fact::OperatorGranted { principal });
        let facts = [Fact::PrincipalEnrolled { principal }].into_iter().chain(granted);
        let facts = facts.map(|fact| (Compartment::Installation, fact)).collect();
        Ok(AdminDone {
            output: row,
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Platform {
    /// Opens a lab's compartment.
    pub async fn open_lab(&self, caller: &Caller, name: &str) -> Result<LabRow, WorkError> {
        let name = check_name("/name", name)?;
        check_lab_name(&name)?;
        Ok(self.gate.administer(caller, OpenLab(name)).await?.0)
    }

    /// Enrols a person or a component; an operator only when asked.
    pub async fn enrol(&self, caller: &Caller, new: NewPrincipal) -> Result<PrincipalRow, WorkError> {
        let name = check_name("/name", &new.name)?;
        if new.operator && new.kind != PrincipalKind::Person {
            return Err(WorkError::invalid(
                "/operator",
                "only a person can be an operator",
            ));
        }
        let enrol = Enrol(NewPrincipal { name, ..new });
        Ok(self.gate.administer(caller, enrol).await?.0)
    }

    /// Issues a one-time login link.
    pub async fn invite(
        &self,
        caller: &Caller,
        person: PrincipalId,
        minutes: i64,
    ) -> Result<Issued, WorkError> {
        if !(1..=10_080).contains(&minutes) {
            return Err(WorkError::invalid("/minutes", "1 to 10080 (a week) are possible"));
        }
        let row = self.gate.store().read(move |r| principal::get(r, person)).await?;
        match row {
            Some(row) if row.kind == PrincipalKind::Person => {}
            Some(_) => {
                return Err(WorkError::invalid(
                    "person",
                    "only a person logs in; give a component a token",
                ));
            }
            None => return Err(WorkError::NotFound("person")),
        }
        let seconds = minutes * 60;
        Ok(self
            .gate
            .issue(caller, CredentialKind::Link, person, None, "login link", seconds)
            .await?)
    }

    /// Issues an API token that is good for one engagement alone, and not for one that has ended. (A link is issued to whoever
    /// is a person: their own hours stay theirs to read.)
    pub async fn issue_token(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        label: &str,
        days: i64,
    ) -> Result<Issued, WorkError> {
        let label = check_name("/label", label)?;
        let seconds = token_seconds(days)?;
        let found = self.gate.engagement(engagement).await?;
        let (granted, holder) = found.ok_or(WorkError::NotFound("engagement"))?;
        if self.person(holder.principal).await?.kind == PrincipalKind::Job {
            let text = "this engagement is of one of the platform's own jobs, which needs no token";
            return Err(WorkError::Conflict(text.into()));
        }
        if let Some(at) = granted.ended(self.gate.env().now()) {
            return Err(WorkError::Conflict(format!(
                "this engagement ended at {}, and a token for it could do nothing; engage them anew (`cofferdam engage`), \
                 and issue one for the new engagement",
                at.rfc3339()
            )));
        }
        let kind = CredentialKind::Token;
        Ok(self
            .gate
            .issue(caller, kind, holder.principal, Some(engagement), &label, seconds)
            .await?)
    }

    /// Issues an operator, oneself or another, a token that is good for all that they may.
    pub async fn issue_own_token(
        &self,
        caller: &Caller,
        person: PrincipalId,
        label: &str,
        days: i64,
    ) -> Result<Issued, WorkError> {
        let label = check_name("/label", label)?;
        let seconds = token_seconds(days)?;
        let row = self.person(person).await?;
        let installation = self.gate.authority(Compartment::Installation)?;
        if !installation.is_some_and(|a| a.is_operator(row.id)) {
            let text =
                "only an operator has a token that is good for more than one engagement; name an engagement";
            return Err(WorkError::invalid("person", text));
        }
        let kind = CredentialKind::Token;
        Ok(self
            .gate
            .issue(caller, kind, row.id, None, &label, seconds)
            .await?)
    }

    /// The credentials of somebody that are good, or were, for all that they may: for operators and for themselves; newest first.
    pub async fn own_credentials(
        &self,
        caller: &Caller,
        person: PrincipalId,
    ) -> Result<Vec<KnownCredential>, WorkError> {
        let own = person == caller.principal() && caller.bound_to().is_none();
        if !own && !self.gate.is_operator(caller) {
            return Err(WorkError::NotFound("person"));
        }
        self.person(person).await?;
        Ok(self.gate.credentials_of_principal(person).await?)
    }

    /// The credentials that are good, or were, for an engagement: for operators and for who holds it; newest first. A
    /// credential that is good for one engagement alone shows nothing of others.
    pub async fn credentials(
        &self,
        caller: &Caller,
        engagement: EngagementId,
    ) -> Result<Vec<KnownCredential>, WorkError> {
        let missing = || WorkError::NotFound("engagement");
        let (_, holder) = self.gate.engagement(engagement).await?.ok_or_else(missing)?;
        let own =
            holder.principal == caller.principal() && caller.bound_to().is_none_or(|only| only == engagement);
        if !own && !self.gate.is_operator(caller) {
            return Err(missing());
        }
        let mut known = self.gate.credentials_of(engagement).await?.ok_or_else(missing)?;
        if caller.bound_to().is_some() {
            known.retain(|credential| credential.bound_to.is_some());
        }
        Ok(known)
    }

    /// What a credential is called, and whose it is: for operators.
    pub async fn credential_name(&self, id: CredentialId) -> Result<Option<String>, WorkError> {
        let read = move |r: &mut Reader<'_>| {
            let Some(row) = credential::get(r, id)? else {
                return Ok(None);
            };
            let of =
                principal::get(r, row.principal)?.map_or_else(String::new, |p| format!(" of {}", p.name));
            Ok::<_, StoreError>(Some(format!("{}{of}", row.label)))
        };
        Ok(self.gate.store().read(read).await?)
    }

    /// Every lab. One whose row was edited is left out: it might be taken for another.
    pub async fn labs(&self) -> Result<Vec<LabRow>, WorkError> {
        let mut rows = self.gate.store().read(lab::all).await?;
        rows.retain(|row| self.is_whole(row));
        Ok(rows)
    }

    /// Whether a row is as it was made; if not, the log is told.
    pub(super) fn is_whole<R: Bound>(&self, row: &R) -> bool {
        let checked = self.gate.secrets().check(row);
        checked
            .inspect_err(|found| tracing::error!(%found, "a row was not obeyed"))
            .is_ok()
    }

    /// Lets somebody go by their id where their name was edited, and so with labs and projects: none is taken for another.
    pub(super) fn named<R: Bound>(&self, mut row: R, name: impl FnOnce(&mut R) -> &mut String) -> R {
        if !self.is_whole(&row) {
            let id = row.id();
            *name(&mut row) = id.to_string();
        }
        row
    }

    /// A lab by its id.
    pub async fn lab(&self, id: LabId) -> Result<LabRow, WorkError> {
        let found = self.gate.store().read(move |r| lab::get(r, id)).await?;
        let row = found.ok_or(WorkError::NotFound("lab"))?;
        self.gate.secrets().check(&row)?;
        Ok(row)
    }

    /// Persons and components by name, after `(name, id)`. Those whose rows were edited are left out: they might be taken
    /// for others.
    pub async fn people(
        &self,
        after: (String, PrincipalId),
        limit: u32,
    ) -> Result<Vec<PrincipalRow>, WorkError> {
        let (mut whole, mut after) = (Vec::new(), after);
        loop {
            let wanted = (limit as usize).saturating_sub(whole.len());
            let from = after.clone();
            let read = move |r: &mut Reader<'_>| principal::page(r, &from, wanted as u32);
            let rows = self.gate.store().read(read).await?;
            let more = rows.len() == wanted;
            let last = rows.last().map(|row| (row.name.clone(), row.id));
            whole.extend(rows.into_iter().filter(|row| self.is_whole(row)));
            match last {
                Some(last) if more && whole.len() < limit as usize => after = last,
                _ => return Ok(whole),
            }
        }
    }

    /// A person or component by its id.
    pub async fn person(&self, id: PrincipalId) -> Result<PrincipalRow, WorkError> {
        let found = self.gate.store().read(move |r| principal::get(r, id)).await?;
        let row = found.ok_or(WorkError::NotFound("person"))?;
        self.gate.secrets().check(&row)?;
        Ok(row)
    }
}

fn token_seconds(days: i64) -> Result<i64, WorkError> {
    if (1..=366).contains(&days) {
        return Ok(days * 86_400);
    }
    Err(WorkError::invalid("/days", "1 to 366 are possible"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_tell_no_names_apart() {
        assert!(same_to_the_eye("Aurelia", "AURELIA") && same_to_the_eye("ÅSE", "åse"));
        assert!(!same_to_the_eye("Aurelia", "Aurelio"));
    }

    #[test]
    fn letters_that_look_alike_tell_no_labs_apart() {
        for (one, other) in [
            ("Aurelia", "\u{410}urelia"),
            ("\u{410}URELIA", "aurelia"),
            ("Aurelia", "Aure1ia"),
            ("Aurelia", "AureIia"),
        ] {
            assert!(looks_like(one, other) && looks_like(other, one), "{one} {other}");
        }
        for other in [
            "Aurelio",
            "Aurelia 2",
            "Aur\u{e9}lia",
            "\u{410}\u{432}\u{440}\u{435}\u{43b}\u{438}\u{44f}",
        ] {
            assert!(!looks_like("Aurelia", other), "{other}");
        }
    }

    #[test]
    fn a_lab_is_not_called_what_commands_call_everything() {
        for name in [
            "installation",
            "Installation",
            "INSTALLATION",
            "\u{456}nstallation",
            "instal1ation",
        ] {
            let told = check_lab_name(name).unwrap_err().to_string();
            assert!(
                told.starts_with(&format!("/name: `{name}` is no name for a lab")),
                "{told}"
            );
        }
        for name in ["Installations", "The installation", "lab"] {
            assert!(check_lab_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_joiner_belongs_to_names_that_are_written_with_it() {
        for name in ["علی\u{200C}رضا", "क्\u{200D}ष", "Zoë", "lab_one"] {
            assert!(check_name("/name", name).is_ok(), "{name:?}");
        }
        for name in [
            "Ada\u{3164}",
            "Ada\u{34F}m",
            "\u{2800}",
            "Ada\u{200C}m",
            "\u{200D}علی",
            "Mira\u{200B}",
            "a\u{202E}b",
            "lab_01M8HT6AS621K0P3PAAT2GJ51T",
        ] {
            assert!(check_name("/name", name).is_err(), "{name:?}");
        }
    }
    #[test]
    fn names_that_look_the_same_are_kept_the_same() {
        for (one, other) in [
            ("Caf\u{e9}", "Cafe\u{301}"),
            ("\u{212b}ngstr\u{f6}m", "A\u{30a}ngstro\u{308}m"),
            ("\u{d55c}", "\u{1112}\u{1161}\u{11ab}"),
            ("Ada Lovelace", " Ada\u{a0} Lovelace\u{3000}"),
        ] {
            let kept = |name| check_name("/name", name).unwrap();
            assert_eq!(kept(one), kept(other));
            assert_eq!(kept(&kept(one)), kept(one));
        }
        // What marks make of it counts, not how it was typed.
        let (composed, decomposed) = ("\u{e9}".repeat(100), "e\u{301}".repeat(100));
        assert_eq!(check_name("/name", &decomposed).unwrap(), composed);
        assert_ne!(kept_name("Cafe"), kept_name("Caf\u{e9}"));
    }
}
