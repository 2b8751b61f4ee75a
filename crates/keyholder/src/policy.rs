//! Which leases are granted: a TOML file of the lab's, read again whenever it has changed.
//!
//! The first rule that a request fits decides; where none does, `default` does. Rules say which requests they fit by
//! reasons, projects, compartments, nodes, days and hours, each of which fits all where it is left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::{LeaseReason, LeaseRequest};
use serde::Deserialize;

use crate::clock::SECOND;
use crate::config::said;
use crate::fail::{Failure, OnFile as _, Outcome};
use crate::state::{Leasing, State};
use crate::{hex, id};

const DAY: i64 = 86_400;
/// The longest lease for any reason but break-glass, in seconds,
const LONGEST: u32 = 3_600;
/// and for that.
const LONGEST_BREAK_GLASS: u32 = 4 * 3_600;
const MAX_RULES: usize = 256;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    #[serde(default)]
    default: Action,
    #[serde(default = "minute")]
    lease_seconds: u32,
    #[serde(default = "hour")]
    break_glass_seconds: u32,
    /// Whether nodes may have projects' keys destroyed; else the lab alone does, by its own command.
    #[serde(default)]
    pub(crate) nodes_may_destroy: bool,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

const fn minute() -> u32 {
    60
}

const fn hour() -> u32 {
    3_600
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    Allow,
    #[default]
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    action: Action,
    #[serde(default)]
    reasons: BTreeSet<LeaseReason>,
    #[serde(default, deserialize_with = "id::projects")]
    projects: BTreeSet<Id128>,
    #[serde(default, deserialize_with = "id::compartments")]
    compartments: BTreeSet<Id128>,
    #[serde(default)]
    nodes: BTreeSet<String>,
    #[serde(default)]
    days: BTreeSet<Day>,
    #[serde(default)]
    hours: Option<Hours>,
    /// The most leases that this rule grants within an hour.
    #[serde(default)]
    per_hour: Option<u32>,
    /// The length of its leases, where it is another than the whole policy's.
    #[serde(default)]
    lease_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// `08:00-18:00+02:00`: from, to (not included; on the next day where it is the earlier), and the zone's offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Hours {
    from: i64,
    to: i64,
    offset: i64,
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text).ok_or_else(|| {
            format!("`{text}` are no hours; they are like 08:00-18:00+02:00, with the zone's offset from UTC")
        })
    }
}

impl Hours {
    fn read(text: &str) -> Option<Self> {
        let (from, rest) = text.split_at_checked(5)?;
        let (to, zone) = rest.strip_prefix('-')?.split_at_checked(5)?;
        let offset = match zone.split_at_checked(1)? {
            ("Z", "") => 0,
            ("+", offset) => seconds(offset)?,
            ("-", offset) => -seconds(offset)?,
            _ => return None,
        };
        let (from, to) = (seconds(from)?, seconds(to)?);
        let sound = offset.abs() <= 14 * 3_600 && from < DAY && from != to;
        sound.then_some(Self { from, to, offset })
    }

    fn hold(self, of_day: i64) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&of_day)
        } else {
            of_day >= self.from || of_day < self.to
        }
    }
}

/// Seconds of `hh:mm`.
fn seconds(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 24 && minutes < 60).then_some(hours * 3_600 + minutes * 60)
}

impl Policy {
    /// Reads the text of a file of that name.
    pub(crate) fn read(text: &str, file: &str) -> Outcome<Self> {
        let policy: Self =
            toml::from_str(text).map_err(|error| Failure::new(format!("{file}: {}", said(text, &error))))?;
        policy
            .sound()
            .map_err(|what| Failure::new(format!("{file}: {what}")))?;
        Ok(policy)
    }

    fn sound(&self) -> Result<(), String> {
        if !(1..=LONGEST).contains(&self.lease_seconds) {
            return Err(format!("lease_seconds is a number from 1 to {LONGEST}"));
        }
        if !(1..=LONGEST_BREAK_GLASS).contains(&self.break_glass_seconds) {
            return Err(format!(
                "break_glass_seconds is a number from 1 to {LONGEST_BREAK_GLASS}: 4 hours"
            ));
        }
        if self.rules.len() > MAX_RULES {
            return Err(format!("there are more than {MAX_RULES} rules"));
        }
        for (n, rule) in (1..).zip(&self.rules) {
            let alone = rule.reasons.iter().eq(&[LeaseReason::BreakGlass]);
            let longest = if alone { LONGEST_BREAK_GLASS } else { LONGEST };
            if rule
                .lease_seconds
                .is_some_and(|len| !(1..=longest).contains(&len))
            {
                return Err(format!("rule {n}: lease_seconds is a number from 1 to {longest}"));
            }
            if rule.action == Action::Deny && (rule.per_hour.is_some() || rule.lease_seconds.is_some()) {
                return Err(format!(
                    "rule {n} denies, so per_hour and lease_seconds say nothing; take them out, or allow"
                ));
            }
        }
        Ok(())
    }

    /// How long a lease runs that is asked for at `now`, in microseconds, or why it is refused.
    pub(crate) fn decide(&self, request: &LeaseRequest, state: &State, now: i64) -> Result<i64, String> {
        let found = (1..).zip(&self.rules).find(|(_, rule)| rule.fits(request, now));
        let denied = |by: &str| format!("its policy grants no lease for {} ({by})", request.reason);
        let Some((n, rule)) = found else {
            return match self.default {
                Action::Allow => Ok(self.length(request.reason, None)),
                Action::Deny => Err(denied("no rule allows it")),
            };
        };
        if rule.action == Action::Deny {
            return Err(denied(&format!("rule {n}")));
        }
        if let Some(most) = rule.per_hour {
            let granted = state.leased_within_hour(now, |leasing| rule.counts(leasing));
            if granted >= u64::from(most) {
                return Err(format!(
                    "its policy grants {most} of these leases an hour (rule {n}), and {granted} were granted"
                ));
            }
        }
        Ok(self.length(request.reason, rule.lease_seconds))
    }

    fn length(&self, reason: LeaseReason, own: Option<u32>) -> i64 {
        let whole = match reason {
            LeaseReason::BreakGlass => self.break_glass_seconds,
            _ => self.lease_seconds,
        };
        i64::from(own.unwrap_or(whole)) * SECOND
    }

    /// What it means, line by line.
    pub(crate) fn told(&self) -> Vec<String> {
        let action = |action| match action {
            Action::Allow => "allowed",
            Action::Deny => "denied",
        };
        let rule = |(n, rule): (usize, &Rule)| {
            let reasons: Vec<&str> = rule.reasons.iter().map(|reason| reason.as_str()).collect();
            let reasons = if reasons.is_empty() {
                "every reason".to_owned()
            } else {
                reasons.join(", ")
            };
            let mut text = format!("rule {n}: {reasons} {}", action(rule.action));
            for (what, count) in [
                ("projects", rule.projects.len()),
                ("compartments", rule.compartments.len()),
                ("nodes", rule.nodes.len()),
                ("days", rule.days.len()),
                ("hours", usize::from(rule.hours.is_some())),
            ] {
                if count > 0 {
                    text.push_str(&format!(", only {what} that it names"));
                }
            }
            if let Some(most) = rule.per_hour {
                text.push_str(&format!(", at most {most} an hour"));
            }
            text
        };
        let mut lines: Vec<String> = (1..).zip(&self.rules).map(rule).collect();
        lines.push(format!("everything else {}", action(self.default)));
        lines.push(format!(
            "leases of {} s, break-glass {} s; nodes {} destroy keys",
            self.lease_seconds,
            self.break_glass_seconds,
            if self.nodes_may_destroy { "may" } else { "may not" }
        ));
        lines
    }

    /// A file to begin with.
    pub(crate) const fn default_text() -> &'static str {
        "# Which leases this keyholder grants. It is read again as soon as it is saved; while it does not read, nothing is\n\
         # leased. The first rule that a request fits decides: see docs/keyholder-protocol.md.\n\
         \n\
         default = \"deny\"\n\
         lease_seconds = 60\n\
         break_glass_seconds = 3600\n\
         \n\
         [[rule]]\n\
         action = \"allow\"\n\
         reasons = [\"work\", \"review\", \"delivery\", \"model-call\", \"job\", \"rotation\", \"incident\"]\n\
         # projects = [\"0197…\"]             compartments = [\"…\"]             nodes = [\"node-1\"]\n\
         # days = [\"mon\", \"tue\"]           hours = \"08:00-18:00+02:00\"       per_hour = 10000\n\
         \n\
         [[rule]]\n\
         action = \"allow\"\n\
         reasons = [\"break-glass\"]\n\
         per_hour = 3\n"
    }
}

impl Rule {
    fn fits(&self, request: &LeaseRequest, now: i64) -> bool {
        let (zone, hours) = match self.hours {
            Some(hours) => (hours.offset, Some(hours)),
            None => (0, None),
        };
        let local = now.div_euclid(SECOND) + zone;
        let of_day = local.rem_euclid(DAY);
        let when = hours.is_none_or(|hours| hours.hold(of_day));
        let days = self.days.is_empty() || self.days.contains(&Day::of(local.div_euclid(DAY)));
        when && days
            && self.selects(
                request.reason,
                request.project,
                request.compartment,
                &request.node,
            )
    }

    fn selects(&self, reason: LeaseReason, project: Id128, compartment: Id128, node: &str) -> bool {
        (self.reasons.is_empty() || self.reasons.contains(&reason))
            && (self.projects.is_empty() || self.projects.contains(&project))
            && (self.compartments.is_empty() || self.compartments.contains(&compartment))
            && (self.nodes.is_empty() || self.nodes.contains(node))
    }

    fn counts(&self, leasing: &Leasing) -> bool {
        self.selects(
            leasing.reason,
            leasing.project,
            leasing.compartment,
            &leasing.node,
        )
    }
}

impl Day {
    /// Of a day counted from 1970-01-01, which was a Thursday.
    fn of(day: i64) -> Self {
        match (day + 3).rem_euclid(7) {
            0 => Self::Mon,
            1 => Self::Tue,
            2 => Self::Wed,
            3 => Self::Thu,
            4 => Self::Fri,
            5 => Self::Sat,
            _ => Self::Sun,
        }
    }
}

/// The policy's file, read again when it has changed.
pub(crate) struct PolicyFile {
    path: PathBuf,
    read: Mutex<Option<(Stamp, Arc<Current>)>>,
}

/// A policy and the hash of its file.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) policy: Policy,
    pub(crate) sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    /// The time of its last change, which nobody sets.
    changed: (i64, i64),
    node: u64,
}

impl PolicyFile {
    /// The file at `path`.
    pub(crate) const fn at(path: PathBuf) -> Self {
        Self {
            path,
            read: Mutex::new(None),
        }
    }

    /// What it says now. An error while it does not read: then nothing is granted.
    pub(crate) fn current(&self) -> Outcome<Arc<Current>> {
        let stamp = stamp(&self.path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((then, current)) = &*read
            && *then == stamp
        {
            return Ok(Arc::clone(current));
        }
        *read = None;
        let text = std::fs::read_to_string(&self.path).on(&self.path)?;
        let current = Arc::new(Current {
            policy: Policy::read(&text, &self.path.display().to_string())?,
            sha256: hex::sha256_text(text.as_bytes()),
        });
        *read = Some((stamp, Arc::clone(&current)));
        Ok(current)
    }
}

fn stamp(path: &Path) -> Outcome<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).on(path)?;
    Ok(Stamp {
        len: found.len(),
        modified: found.modified().ok(),
        changed: (found.ctime(), found.ctime_nsec()),
        node: found.ino(),
    })
}

#[cfg(test)]
mod tests {
    use cofferdam_seal::key::WrappedKey;

    use super::*;

    /// 2026-09-21, a Monday, 14:13:20 UTC.
    const NOW: i64 = 1_790_000_000 * SECOND;

    fn request(reason: LeaseReason, node: &str) -> LeaseRequest {
        LeaseRequest {
            compartment: Id128::new([1; 16]),
            project: Id128::new([2; 16]),
            epoch: Id128::new([3; 16]),
            wrapped: WrappedKey {
                key_id: Id128::new([4; 16]),
                bytes: Vec::new(),
            },
            reason,
            node: node.into(),
            checkpoint: None,
            now_micros: NOW,
        }
    }

    fn decided(text: &str, request: &LeaseRequest, now: i64) -> Result<i64, String> {
        let policy = Policy::read(text, "p").unwrap();
        policy.decide(request, &State::default(), now)
    }

    #[test]
    fn the_file_to_begin_with_allows_work_and_bounds_break_glass() {
        let text = Policy::default_text();
        assert_eq!(
            decided(text, &request(LeaseReason::Work, "a"), NOW),
            Ok(60 * SECOND)
        );
        assert_eq!(
            decided(text, &request(LeaseReason::BreakGlass, "a"), NOW),
            Ok(3_600 * SECOND)
        );
        assert_eq!(
            decided("", &request(LeaseReason::Work, "a"), NOW),
            Err("its policy grants no lease for work (no rule allows it)".into()),
            "what says nothing allows nothing"
        );
        let told = Policy::read(text, "p").unwrap().told();
        assert_eq!(told[1], "rule 2: break-glass allowed, at most 3 an hour");
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let project = "02".repeat(16);
        let text = format!(
            "default = \"allow\"\n[[rule]]\naction = \"deny\"\nreasons = [\"review\"]\nprojects = [\"{project}\"]\n\
             [[rule]]\naction = \"allow\"\nnodes = [\"a\"]\nlease_seconds = 5\n\
             [[rule]]\naction = \"deny\"\nnodes = [\"b\"]\n"
        );
        let asked = |reason, node| decided(&text, &request(reason, node), NOW);
        assert_eq!(
            asked(LeaseReason::Review, "a"),
            Err("its policy grants no lease for review (rule 1)".into())
        );
        assert_eq!(asked(LeaseReason::Work, "a"), Ok(5 * SECOND));
        assert!(asked(LeaseReason::Work, "b").is_err());
        assert_eq!(asked(LeaseReason::Work, "c"), Ok(60 * SECOND));
    }

    /// A rule that denies must not select nothing for want of the right id.
    #[test]
    fn an_id_of_another_kind_is_refused() {
        let text = |key: &str, id: &str| format!("[[rule]]\naction = \"deny\"\n{key} = [\"{id}\"]\n");
        let (lab, project) = ("lab_01M8NYM2SK3JQE8GA6EM1MXPB2", "prj_01M8NYM2SK3JQE8GA6EM1MXPB2");
        for (key, right, wrong) in [("projects", project, lab), ("compartments", lab, project)] {
            assert!(Policy::read(&text(key, right), "p").is_ok());
            let refused = Policy::read(&text(key, wrong), "p").unwrap_err().to_string();
            assert!(
                refused.contains(wrong) && refused.contains("26 digits"),
                "{refused}"
            );
        }
    }

    #[test]
    fn hours_are_those_of_the_zone_that_is_named() {
        let at = |hours: &str, now: i64| {
            let text = format!("[[rule]]\naction = \"allow\"\nhours = \"{hours}\"\n");
            decided(&text, &request(LeaseReason::Work, "a"), now).is_ok()
        };
        assert!(at("14:00-15:00Z", NOW));
        assert!(!at("14:00-15:00+02:00", NOW));
        assert!(at("16:00-17:00+02:00", NOW));
        assert!(at("08:00-09:00-06:00", NOW));
        assert!(at("22:00-15:00Z", NOW), "over midnight");
        assert!(!at("22:00-14:00Z", NOW));
        assert!(at("00:00-24:00Z", NOW));
        for bad in [
            "8-18",
            "08:00-18:00",
            "08:00-08:00Z",
            "25:00-26:00Z",
            "08:00-18:00+15:00",
            "08:00-18:60Z",
        ] {
            assert_eq!(Hours::read(bad), None, "{bad}");
        }
        let on = |days: &str| {
            let text =
                format!("[[rule]]\naction = \"allow\"\ndays = [{days}]\nhours = \"00:00-24:00+10:00\"\n");
            decided(&text, &request(LeaseReason::Work, "a"), NOW).is_ok()
        };
        assert!(on("\"tue\""), "it is Tuesday there already");
        assert!(!on("\"mon\""));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let said = |text: &str| Policy::read(text, "p.toml").unwrap_err().to_string();
        assert!(said("a = 1").starts_with("p.toml: line 1: unknown field"));
        assert_eq!(
            said("lease_seconds = 3601"),
            "p.toml: lease_seconds is a number from 1 to 3600"
        );
        assert!(said("break_glass_seconds = 14401").ends_with("4 hours"));
        let long = "[[rule]]\naction = \"allow\"\nlease_seconds = 14400\n";
        assert_eq!(
            said(long),
            "p.toml: rule 1: lease_seconds is a number from 1 to 3600"
        );
        assert!(Policy::read(&format!("{long}reasons = [\"break-glass\"]"), "p").is_ok());
        assert!(said("[[rule]]\naction = \"deny\"\nper_hour = 1\n").contains("rule 1 denies"));
        assert!(said("[[rule]]\naction = \"allow\"\nhours = \"x\"\n").contains("are no hours"));
    }
}
