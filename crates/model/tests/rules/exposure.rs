//! Exposure: against DESIGN's words, evaluated instant by instant, and what no further input may do.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_model::exposure::{
    Assessed, Case, Class, Concerns, Exposure, Gap, Known, Lease, Missing, Reachable, Subject, Version,
    Which, Windows,
};
use cofferdam_model::{Bounds, EpochId, Id, ObjectId, ObjectRef, ProjectId, Timestamp, Window};
use proptest::prelude::*;

/// Random times lie before this, and what has no end lasts until here.
const HORIZON: i64 = 24;
const LAST: i64 = 16;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn id<I: Id>(n: u8) -> I {
    I::from_bytes([n + 1; 16])
}

/// A write or a release.
#[derive(Debug, Clone)]
struct Deed {
    /// Whether the subject wrote it, or else it was released to the subject.
    written: bool,
    object: ObjectRef,
    earliest: i64,
    latest: Option<i64>,
}

/// A history of one owner, with everything as plain numbers.
#[derive(Debug, Clone)]
struct Story {
    subject: Subject,
    windows: Windows,
    versions: Vec<Version>,
    deeds: Vec<Deed>,
    reachable: Vec<Reachable>,
    leases: Vec<Lease>,
    gaps: Vec<Gap>,
}

impl Story {
    fn assess(&self) -> Assessed {
        let known = Known {
            reachable: &self.reachable,
            leases: &self.leases,
            gaps: &self.gaps,
        };
        let mut exposure = Exposure::new(Case::new(self.subject, self.windows, known));
        for deed in &self.deeds {
            let when = Bounds::between(at(deed.earliest), deed.latest.map(at));
            if deed.written {
                exposure.write(deed.object, when);
            } else {
                exposure.release(deed.object, when);
            }
        }
        self.versions.iter().for_each(|version| exposure.version(version));
        exposure.assess()
    }

    fn classes(&self, which: Which) -> BTreeMap<(ObjectId, u32), Class> {
        let versions = self.assess();
        let versions = versions.versions(which);
        versions
            .map(|exposed| {
                (
                    (exposed.object.object, exposed.object.version),
                    exposed.facts.class(),
                )
            })
            .collect()
    }
}

fn instants(window: Window) -> impl Iterator<Item = i64> + Clone {
    window.from().as_micros().max(-1)..window.to().map_or(HORIZON, Timestamp::as_micros)
}

fn share_an_instant(one: Window, other: Window) -> bool {
    instants(one).any(|t| other.contains(at(t)))
}

/// The facts of one version, instant by instant; nothing, if it was not alive in the window.
fn oracle(story: &Story, object: ObjectRef, window: Window) -> Option<BTreeSet<Class>> {
    let mut facts = of_deeds(story, object, window);
    let released = facts.contains(&Class::Altered) || facts.contains(&Class::Touched);
    let Some(version) = story.versions.iter().find(|version| version.object == object) else {
        // Nothing says that it was ever written: it was lost, unless nothing was done to it until then.
        let known = !facts.is_empty();
        facts.insert(Class::Unknown);
        return known.then_some(facts);
    };
    if !share_an_instant(version.alive, window) {
        return released.then_some(facts);
    }
    for lease in story.leases.iter().filter(|lease| lease.epoch == version.epoch) {
        facts.extend(share_an_instant(lease.during, window).then_some(Class::Leased));
    }
    for gap in &story.gaps {
        let concerned = match gap.concerns {
            Concerns::Everything => true,
            Concerns::Project(own) => own == version.project,
            Concerns::Epoch(own) => own == version.epoch,
        };
        let end = window.to().map_or(HORIZON, Timestamp::as_micros);
        let hides = match gap.missing {
            Missing::Inventory | Missing::Keyholder => share_an_instant(gap.during, window),
            Missing::Ledger => instants(gap.during).any(|t| t < end),
        };
        facts.extend((concerned && hides).then_some(Class::Unknown));
    }
    facts.extend((story.subject == Subject::Platform).then_some(Class::Unknown));
    let allowed = |t: i64| {
        let open = |own: &Reachable| own.project == version.project && own.during.contains(at(t));
        story.reachable.iter().any(open) && version.alive.contains(at(t))
    };
    facts.extend(instants(window).any(allowed).then_some(Class::Reachable));
    Some(facts)
}

/// What was done to it, at each instant at which it may have been done.
fn of_deeds(story: &Story, object: ObjectRef, window: Window) -> BTreeSet<Class> {
    let mut facts = BTreeSet::new();
    for deed in story.deeds.iter().filter(|deed| deed.object == object) {
        let possible: Vec<_> = (deed.earliest..=deed.latest.unwrap_or(HORIZON)).map(at).collect();
        let within = possible.iter().filter(|t| window.contains(**t)).count();
        let before = possible.iter().filter(|t| **t < window.from()).count();
        if within == possible.len() {
            facts.insert(if deed.written {
                Class::Altered
            } else {
                Class::Touched
            });
        } else if within > 0 {
            facts.insert(Class::Unknown);
        }
        if before > 0 && before + within == possible.len() {
            facts.insert(Class::Held);
        }
    }
    facts
}

fn window() -> impl Strategy<Value = Window> {
    (0..LAST, proptest::option::of(1..8_i64))
        .prop_map(|(from, length)| Window::new(at(from), length.map(|length| at(from + length))).unwrap())
}

fn windows() -> impl Strategy<Value = Windows> {
    (
        proptest::option::of(window()),
        window(),
        proptest::option::of(window()),
    )
        .prop_map(|(narrowest, widest, chosen)| Windows {
            narrowest,
            widest: Some(widest),
            chosen,
        })
}

fn object() -> impl Strategy<Value = ObjectRef> {
    (0..3_u8, 1..3_u32).prop_map(|(object, version)| ObjectRef {
        bytes: u64::from(object) * 10 + u64::from(version),
        object: id(object),
        version,
    })
}

fn version() -> impl Strategy<Value = Version> {
    (object(), 0..2_u8, 0..2_u8, window()).prop_map(|(object, project, epoch, alive)| Version {
        object,
        project: id(project),
        epoch: id(epoch),
        alive,
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    let blur = prop_oneof![3 => Just(Some(0)), 2 => (1..8_i64).prop_map(Some), 1 => Just(None)];
    (any::<bool>(), object(), 0..LAST, blur).prop_map(|(written, object, earliest, blur)| Deed {
        written,
        object,
        earliest,
        latest: blur.map(|blur| earliest + blur),
    })
}

fn reachable() -> impl Strategy<Value = Reachable> {
    (0..2_u8, window()).prop_map(|(project, during)| Reachable {
        project: id(project),
        during,
    })
}

fn lease() -> impl Strategy<Value = Lease> {
    (0..2_u8, window()).prop_map(|(epoch, during)| Lease {
        epoch: id(epoch),
        during,
    })
}

fn gap() -> impl Strategy<Value = Gap> {
    let missing = prop_oneof![
        Just(Missing::Inventory),
        Just(Missing::Ledger),
        Just(Missing::Keyholder)
    ];
    let concerns = prop_oneof![
        Just(Concerns::Everything),
        (0..2_u8).prop_map(|n| Concerns::Project(id::<ProjectId>(n))),
        (0..2_u8).prop_map(|n| Concerns::Epoch(id::<EpochId>(n))),
    ];
    (missing, window(), concerns).prop_map(|(missing, during, concerns)| Gap {
        missing,
        during,
        concerns,
    })
}

fn some<T: std::fmt::Debug>(of: impl Strategy<Value = T>, most: usize) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(of, 0..=most)
}

fn story() -> impl Strategy<Value = Story> {
    let subject = prop_oneof![5 => Just(Subject::Principal), 1 => Just(Subject::Platform)];
    let versions = some(version(), 6).prop_map(|mut versions| {
        versions.sort_by_key(|version| (version.object.object, version.object.version));
        versions.dedup_by_key(|version| (version.object.object, version.object.version));
        versions
    });
    (
        subject,
        windows(),
        versions,
        some(deed(), 5),
        some(reachable(), 3),
        some(lease(), 1),
        some(gap(), 1),
    )
        .prop_map(
            |(subject, windows, versions, deeds, reachable, leases, gaps)| Story {
                subject,
                windows,
                versions,
                deeds,
                reachable,
                leases,
                gaps,
            },
        )
}

const EACH: [Which; 3] = [Which::Narrowest, Which::Widest, Which::Chosen];

fn window_of(windows: Windows, which: Which) -> Option<Window> {
    match which {
        Which::Narrowest => windows.narrowest,
        Which::Widest => windows.widest,
        Which::Chosen => windows.chosen,
    }
}

/// No version is gone, and none is in a later class.
fn no_better(before: &Story, after: &Story) -> Result<(), TestCaseError> {
    for which in EACH {
        let after = after.classes(which);
        for (object, class) in before.classes(which) {
            let now = after.get(&object).copied();
            prop_assert!(
                now.is_some_and(|now| now <= class),
                "{object:?} was {class:?} and is {now:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn it_is_what_the_words_say_instant_by_instant(story in story()) {
        let assessed = story.assess();
        let all = story.versions.iter().map(|version| version.object).chain(story.deeds.iter().map(|deed| deed.object));
        let objects: BTreeSet<_> = all.map(|object| (object.object, object.version, object.bytes)).collect();
        for which in EACH {
            let window = window_of(story.windows, which);
            let expected: Vec<_> = objects.iter().filter_map(|(object, version, bytes)| {
                let object = ObjectRef { bytes: *bytes, object: *object, version: *version };
                Some((object, oracle(&story, object, window?)?))
            }).collect();
            let found: Vec<_> = assessed.versions(which).map(|exposed| {
                let facts = Class::ALL.into_iter().filter(|fact| exposed.facts.contains(*fact)).collect();
                (exposed.object, facts)
            }).collect();
            prop_assert_eq!(&found, &expected, "{:?}", which);
            let Some(totals) = assessed.totals(which) else {
                prop_assert_eq!(window, None);
                continue;
            };
            for class in Class::ALL {
                let first = |facts: &BTreeSet<Class>| facts.first().copied().unwrap_or(Class::Untouched);
                let of_class = expected.iter().filter(|(_, facts)| first(facts) == class);
                let with_fact = expected.iter().filter(|(_, facts)| facts.contains(&class));
                prop_assert_eq!(totals.class(class).objects, of_class.clone().count() as u64);
                prop_assert_eq!(totals.class(class).bytes, of_class.map(|(object, _)| object.bytes).sum::<u64>());
                prop_assert_eq!(totals.fact(class).objects, with_fact.clone().count() as u64);
                prop_assert_eq!(totals.fact(class).bytes, with_fact.map(|(object, _)| object.bytes).sum::<u64>());
            }
            prop_assert_eq!(totals.all().objects, expected.len() as u64);
        }
    }

    #[test]
    fn a_wider_window_is_never_more_favourable(story in story(), more in window()) {
        let wider = |window: Option<Window>| window.map(|window| window.hull(more));
        let windows = Windows {
            narrowest: wider(story.windows.narrowest),
            widest: wider(story.windows.widest),
            chosen: wider(story.windows.chosen),
        };
        no_better(&story, &Story { windows, ..story.clone() })?;
    }

    #[test]
    fn nothing_that_is_added_is_favourable(story in story(), gap in gap(), deed in deed(), lease in lease(), reach in reachable()) {
        let with = |add: &dyn Fn(&mut Story)| {
            let mut more = story.clone();
            add(&mut more);
            no_better(&story, &more)
        };
        with(&|more| more.gaps.push(gap))?;
        with(&|more| more.deeds.push(deed.clone()))?;
        with(&|more| more.leases.push(lease))?;
        with(&|more| more.reachable.push(reach))?;
        with(&|more| more.subject = Subject::Platform)?;
    }

    #[test]
    fn a_platform_that_is_compromised_leaves_nothing_untouched(story in story()) {
        let story = Story { subject: Subject::Platform, ..story };
        for which in EACH {
            prop_assert!(story.classes(which).values().all(|class| *class < Class::Reachable));
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter(story in story(), seed in any::<u64>()) {
        let mut other = story.clone();
        let turn = |length: usize| if length == 0 { 0 } else { usize::try_from(seed % length as u64).unwrap() };
        other.versions.reverse();
        other.deeds.extend(story.deeds.clone());
        other.deeds.rotate_left(turn(story.deeds.len()));
        other.reachable.reverse();
        other.leases.reverse();
        other.gaps.extend(story.gaps.clone());
        for which in EACH {
            prop_assert_eq!(
                story.assess().versions(which).collect::<Vec<_>>(),
                other.assess().versions(which).collect::<Vec<_>>()
            );
        }
    }
}

// What befell three labs' objects on 2026-03-24, by the facts of the event.

fn t(clock: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("2026-03-24T{clock}:00Z")).unwrap()
}

fn whole_day() -> Window {
    Window::new(t("00:00"), None).unwrap()
}

fn answer(n: u8) -> Version {
    Version {
        object: ObjectRef {
            bytes: 1_000 + u64::from(n),
            object: id(n),
            version: 1,
        },
        project: id(0),
        epoch: id(0),
        alive: whole_day(),
    }
}

/// A component that was engaged until it was halted at 12:00, and read one answer at a time.
fn component(reads: &[(u8, &str)], gaps: Vec<Gap>) -> Story {
    let windows = Windows {
        narrowest: Window::new(t("10:39"), Some(t("11:19"))).ok(),
        widest: Window::new(t("10:39"), Some(t("16:00"))).ok(),
        chosen: Window::new(t("13:11"), Some(t("13:24"))).ok(),
    };
    let read = |(n, clock): &(u8, &str)| Deed {
        written: false,
        object: answer(*n).object,
        earliest: t(clock).as_micros(),
        latest: Some(t(clock).as_micros()),
    };
    let engaged = Window::new(t("08:00"), Some(t("12:00"))).unwrap();
    Story {
        subject: Subject::Principal,
        windows,
        versions: (0..5).map(answer).collect(),
        deeds: reads.iter().map(read).collect(),
        reachable: vec![Reachable {
            project: id(0),
            during: engaged,
        }],
        leases: Vec::new(),
        gaps,
    }
}

fn told(story: &Story, which: Which) -> Vec<&'static str> {
    story.classes(which).values().map(|class| class.name()).collect()
}

#[test]
fn what_a_component_read_depends_on_whose_window_is_believed() {
    let story = component(
        &[(0, "09:00"), (1, "10:39"), (2, "11:19"), (3, "16:00")],
        Vec::new(),
    );
    assert_eq!(
        told(&story, Which::Narrowest),
        ["held", "touched", "reachable", "reachable", "reachable"]
    );
    assert_eq!(
        told(&story, Which::Widest),
        ["held", "touched", "touched", "reachable", "reachable"]
    );
    // By then its engagement was halted: what it had read it may have kept, and the rest it could not reach.
    assert_eq!(
        told(&story, Which::Chosen),
        ["held", "held", "held", "untouched", "untouched"]
    );
    let totals = story.assess().totals(Which::Widest).unwrap();
    assert_eq!(
        (
            totals.class(Class::Touched).objects,
            totals.class(Class::Touched).bytes
        ),
        (2, 2_003)
    );
    assert_eq!(
        (totals.fact(Class::Reachable).objects, totals.all().bytes),
        (5, 5_010)
    );
}

#[test]
fn one_that_was_never_scanned_clears_nothing() {
    let gap = Gap {
        missing: Missing::Inventory,
        during: Window::EVER,
        concerns: Concerns::Everything,
    };
    let story = component(&[(1, "10:45")], vec![gap]);
    assert_eq!(
        told(&story, Which::Narrowest),
        ["unknown", "touched", "unknown", "unknown", "unknown"]
    );
    assert_eq!(
        told(&story, Which::Chosen),
        ["unknown", "held", "unknown", "unknown", "unknown"]
    );
}

#[test]
fn a_gap_in_the_ledger_before_a_window_may_hide_what_was_released_before_it() {
    let during = Window::new(t("09:00"), Some(t("09:10"))).unwrap();
    let gap = |missing| {
        component(
            &[],
            vec![Gap {
                missing,
                during,
                concerns: Concerns::Everything,
            }],
        )
    };
    assert_eq!(told(&gap(Missing::Ledger), Which::Chosen), ["unknown"; 5]);
    assert_eq!(told(&gap(Missing::Inventory), Which::Chosen), ["untouched"; 5]);
}

#[test]
fn an_object_that_only_a_release_names_was_lost_and_is_unknown() {
    let mut story = component(&[(7, "09:00"), (8, "10:45")], Vec::new());
    story.versions.clear();
    assert_eq!(told(&story, Which::Narrowest), ["held", "touched"]);
    assert_eq!(
        story
            .assess()
            .totals(Which::Narrowest)
            .unwrap()
            .fact(Class::Unknown)
            .objects,
        2
    );
}

#[test]
fn many_releases_of_one_version_count_once() {
    let story = component(&[], Vec::new());
    let known = Known {
        reachable: &[],
        leases: &[],
        gaps: &[],
    };
    let mut exposure = Exposure::new(Case::new(story.subject, story.windows, known));
    for n in 0..100_000_u32 {
        let object = ObjectRef {
            bytes: 1,
            object: id((n % 100) as u8),
            version: n % 7,
        };
        exposure.release(object, Bounds::at(t("10:45")));
    }
    let described = Version {
        object: ObjectRef {
            bytes: 50,
            object: id(0),
            version: 0,
        },
        ..answer(0)
    };
    exposure.version(&described);
    let totals = exposure.assess().totals(Which::Narrowest).unwrap();
    let touched = totals.class(Class::Touched);
    assert_eq!(
        (touched.objects, touched.bytes),
        (700, 699 + 50),
        "its own size is what it was written with"
    );
    assert_eq!(totals.fact(Class::Unknown).objects, 699);
}
