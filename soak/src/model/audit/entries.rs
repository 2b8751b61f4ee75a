//! A ledger held against what the model says must stand in it.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::{Actor, Entry, Fact, ObjectId, ObjectRef, ObjectSet, Timestamp};
use serde_json::Value;

use super::super::reference::*;

/// Which object is which: one to one, over all ledgers.
#[derive(Debug, Default)]
pub(super) struct Objects {
    ids: HashMap<Object, ObjectId>,
    names: HashMap<ObjectId, Object>,
}

impl Objects {
    /// Learns that, or finds that it is another.
    pub(super) fn is(&mut self, object: Object, id: ObjectId) -> Result<()> {
        let known = *self.ids.entry(object).or_insert(id);
        let name = *self.names.entry(id).or_insert(object);
        ensure!(
            known == id && name == object,
            "{object:?} is {known}, and {id} is {name:?}"
        );
        Ok(())
    }

    fn check(&mut self, part: &Part, found: &ObjectRef) -> Result<()> {
        self.is(part.object, found.object)?;
        let expected = (part.version, part.bytes);
        ensure!(
            (found.version, found.bytes) == expected,
            "{:?} is released in version {} of {} bytes, and should be in {expected:?}",
            part.object,
            found.version,
            found.bytes
        );
        Ok(())
    }

    /// Whether a set is the one that has to be: recomputed from its objects.
    fn check_set(&self, parts: &[Part], set: &ObjectSet) -> Result<()> {
        let mut list = Vec::with_capacity(parts.len());
        for part in parts {
            let object = *self
                .ids
                .get(&part.object)
                .with_context(|| format!("{:?} is unknown", part.object))?;
            list.push(ObjectRef {
                bytes: part.bytes,
                object,
                version: part.version,
            });
        }
        let (expected, _) = cofferdam_custody::object_set(&list);
        ensure!(*set == expected, "the set is {set:?}, and should be {expected:?}");
        Ok(())
    }
}

/// Holds entries against the model's lines, one by one and none left over.
pub(super) fn compare(
    model: &Model,
    lab: Option<usize>,
    entries: &[Entry],
    objects: &mut Objects,
) -> Result<()> {
    let lines = &model.ledger(lab).lines;
    for (n, (entry, line)) in entries.iter().zip(lines).enumerate() {
        let compared = one(model, lab, entry, line, objects);
        compared.with_context(|| format!("entry {n}, {:?}, should be {line:?}", entry))?;
    }
    ensure!(
        entries.len() == lines.len(),
        "it has {} entries, and should have {}; the first that is not in both: {:?} {:?}",
        entries.len(),
        lines.len(),
        entries.get(lines.len()),
        lines.get(entries.len())
    );
    Ok(())
}

fn one(model: &Model, lab: Option<usize>, entry: &Entry, line: &Line, objects: &mut Objects) -> Result<()> {
    let json = serde_json::to_value(entry)?;
    let kind = json.pointer("/fact/kind").and_then(Value::as_str);
    ensure!(kind == Some(line.kind), "its kind is {kind:?}");
    ensure!(
        entry.t.as_micros() == line.t,
        "its time is {}",
        entry.t.as_micros()
    );
    let clock = entry.clock.map(Timestamp::as_micros);
    ensure!(clock == line.clock, "the clock is {clock:?}");
    let by = match entry.by {
        Actor::Platform => line.by == By::Platform,
        Actor::Stranger { .. } => line.by == By::Stranger,
        Actor::Operator { principal, .. } => {
            let id = principal.to_string();
            matches!(line.by, By::Operator { person } if model.people[person].id == id)
        }
        Actor::Engaged { engagement, .. } => {
            let id = engagement.to_string();
            matches!(line.by, By::Engaged { engagement } if model.engagements[engagement].id == id)
        }
    };
    ensure!(by, "it is by another");
    learn(model, lab, &entry.fact, objects)?;
    match (&line.released, &entry.fact) {
        (Released::Parts(parts), fact) => {
            let found = fact.objects();
            ensure!(found.len() == parts.len(), "it names {} objects", found.len());
            parts
                .iter()
                .zip(found)
                .try_for_each(|(part, found)| objects.check(part, found))
        }
        (Released::Set(parts), Fact::ReadIntended { set, .. }) => objects.check_set(parts, set),
        (Released::Completed { sent, most }, Fact::ReadCompleted { objects, end, .. }) => {
            ensure!(objects == sent, "{objects} objects were sent");
            ensure!(
                matches!(end, StreamEnd::Finished | StreamEnd::Left),
                "it ended as {end:?}"
            );
            let whole = objects == most;
            ensure!(whole || *end == StreamEnd::Left, "a part is taken for the whole");
            Ok(())
        }
        (Released::Nothing, fact) => {
            ensure!(fact.released().objects == 0, "it releases something");
            Ok(())
        }
        _ => bail!("it releases something else"),
    }
}

/// What came in under which name: so that it is known when it goes out.
fn learn(model: &Model, lab: Option<usize>, fact: &Fact, objects: &mut Objects) -> Result<()> {
    match fact {
        Fact::SubmissionReceived {
            submission, answer, ..
        } => {
            let id = submission.to_string();
            let at = model.submissions.iter().position(|s| s.id == id);
            let submission = at.context("a submission that nobody made")?;
            objects.is(Object::Answer { submission }, answer.object)
        }
        Fact::ReviewGiven {
            review,
            comment: Some(comment),
            ..
        } => {
            let id = review.to_string();
            let review = model.reviews.iter().position(|r| r.id == id);
            let review = review.context("a review that nobody gave")?;
            objects.is(Object::Comment { review }, comment.object)
        }
        Fact::ReviewWithdrawn { review, .. } => {
            let id = review.to_string();
            let review = model.reviews.iter().position(|r| r.id == id);
            let review = review.context("a review that nobody gave")?;
            // what is written with the next verdict is another
            objects.ids.remove(&Object::Comment { review });
            Ok(())
        }
        Fact::ProjectOpened { project, template } => {
            let project = project_of(model, lab, &project.to_string())?;
            objects.is(Object::Template { project }, template.object)
        }
        Fact::GuidelineSet { project, guideline } => {
            let project = project_of(model, lab, &project.to_string())?;
            objects.is(Object::Guideline { project }, guideline.object)
        }
        _ => Ok(()),
    }
}

fn project_of(model: &Model, lab: Option<usize>, id: &str) -> Result<usize> {
    let own = |p: &Project| p.id == id && Some(p.lab) == lab;
    model
        .projects
        .iter()
        .position(own)
        .context("a project that is not this lab's")
}
