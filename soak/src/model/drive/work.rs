//! What contractors do.

use anyhow::{Context as _, Result};
use axum::http::Method;
use serde_json::{Value, json};

use super::super::reference::*;
use super::super::world::{World, number, text};
use super::{chosen, wrong};

fn time(value: &Value, pointer: &str) -> Result<Time> {
    let written = text(value, pointer)?;
    let read = cofferdam_model::Timestamp::parse_rfc3339(&written);
    Ok(read.with_context(|| format!("{written} is no time"))?.as_micros())
}

fn only_mark(value: Option<&Value>) -> Option<Mark> {
    value.and_then(|value| Mark::all(&value.to_string()).pop_first())
}

fn version(value: &Value, pointer: &str) -> Result<u32> {
    Ok(u32::try_from(number(value, pointer)?)?)
}

/// Whether each is the lab's, and its words.
fn remarks(back: &Value) -> Result<Vec<(bool, Option<Mark>)>> {
    let all = back["remarks"]
        .as_array()
        .context("an answer that came back has no remarks")?;
    let each = |remark: &Value| Ok((text(remark, "/by")? == "lab", only_mark(remark.get("text"))));
    all.iter().map(each).collect()
}

fn shown(held: &Value) -> Result<Shown> {
    let draft = match held.get("draft").filter(|d| !d.is_null()) {
        Some(draft) => Some((only_mark(draft.get("answer")), time(draft, "/saved")?)),
        None => None,
    };
    let rework = match held.get("rework").filter(|r| !r.is_null()) {
        Some(back) => Some(ShownRework {
            submission: text(back, "/submission")?,
            version: version(back, "/version")?,
            answer: only_mark(back.get("answer")),
            remarks: remarks(back)?,
        }),
        None => None,
    };
    Ok(Shown {
        hold: text(held, "/assignment")?,
        id: text(held, "/task")?,
        task: only_mark(held.get("input")),
        until: match held.get("until") {
            Some(Value::Null) => None,
            _ => Some(time(held, "/until")?),
        },
        draft,
        rework,
        guideline: version(held, "/guideline_version")?,
    })
}

fn span(value: &Value) -> Result<Span> {
    let cause = match text(value, "/cause")?.as_str() {
        "stopped" => Cause::Stopped,
        "heartbeats-ceased" => Cause::HeartbeatsCeased,
        "halted" => Cause::Halted,
        "walled" => Cause::Walled,
        _ => Cause::EngagementEnded,
    };
    Ok((time(value, "/from")?, time(value, "/to")?, cause))
}

/// Turns a body that was sent with a yes into what the model is told.
pub(super) fn told<T>(said: Said<Value>, read: impl FnOnce(&Value) -> Result<T>) -> Result<Said<T>> {
    Ok(match said {
        Ok(body) => Ok(read(&body)?),
        Err(class) => Err(class),
    })
}

impl World {
    fn is_worker(e: &Engagement) -> bool {
        e.role == Role::Author
    }

    pub(super) async fn claim(&mut self, with: u16, engagement: u16) -> Result<()> {
        let at = self.engagement(engagement, Self::is_worker);
        let who = self.with(with, at);
        let path = format!("/engagements/{}/claims", self.model.engagements[at].id);
        let said = self.call(who, Method::POST, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            if body.is_null() {
                Ok(None)
            } else {
                shown(body).map(Some)
            }
        })?;
        self.model.claim(who, at, said).map_err(wrong)
    }

    /// A hold, and the engagement under which it is asked for: mostly its own, and mostly one still in hand.
    fn hold(&self, number: u16, under: u8) -> Option<(usize, usize)> {
        let in_hand = |at: &usize| {
            let hold = &self.model.holds[*at];
            let back = hold
                .submission
                .is_some_and(|s| self.model.submissions[s].state == SubmissionState::Returned);
            back || hold.state == HoldState::Claimed
        };
        let all = self.model.holds.len();
        let held: Vec<usize> = (0..all).filter(in_hand).collect();
        let at = match chosen(number / 16, held.len()) {
            Some(at) if number % 16 < 14 => held[at],
            _ => chosen(number / 16, all)?,
        };
        let own = self.model.holds[at].engagement;
        let foreign = chosen(under / 16, self.model.engagements.len()).unwrap_or(own);
        let anew = || {
            let (was, all) = (&self.model.engagements[own], self.model.engagements.iter());
            let mut same = all.rev().zip((0..self.model.engagements.len()).rev());
            same.find(|(e, _)| e.person == was.person && e.project == was.project && e.role == was.role)
        };
        let under = match under % 16 {
            15 => foreign,
            8..15 => anew().map_or(own, |(_, at)| at),
            _ => own,
        };
        Some((at, under))
    }

    fn hold_path(&self, hold: usize, under: usize, rest: &str) -> String {
        let (engagement, hold) = (&self.model.engagements[under].id, &self.model.holds[hold].id);
        format!("/engagements/{engagement}/assignments/{hold}{rest}")
    }

    pub(super) async fn reopen(&mut self, with: u16, hold: u16, under: u8) -> Result<()> {
        let Some((hold, under)) = self.hold(hold, under) else {
            return Ok(());
        };
        let who = self.with(with, under);
        let path = self.hold_path(hold, under, "");
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, shown)?;
        self.model.reopen(who, hold, under, said).map_err(wrong)
    }

    fn lab_of_hold(&self, hold: usize) -> usize {
        self.model.engagements[self.model.holds[hold].engagement].lab
    }

    pub(super) async fn draft(&mut self, with: u16, hold: u16, under: u8) -> Result<()> {
        let Some((hold, under)) = self.hold(hold, under) else {
            return Ok(());
        };
        let who = self.with(with, under);
        let mark = self.mark(self.lab_of_hold(hold), 'D');
        let answer = json!({ "reason": format!("so far {mark}") });
        let bytes = answer.to_string().len() as u64;
        let path = self.hold_path(hold, under, "/draft");
        let body = json!({ "answer": answer });
        let said = self.call(who, Method::PUT, &path, &body).await?.said()?;
        let said = told(said, |body| time(body, "/saved"))?;
        self.model
            .draft(who, hold, under, (mark, bytes), said)
            .map_err(wrong)
    }

    pub(super) async fn submit(&mut self, with: u16, hold: u16, under: u8, choice: u8) -> Result<()> {
        let Some((hold, under)) = self.hold(hold, under) else {
            return Ok(());
        };
        let who = self.with(with, under);
        let mark = self.mark(self.lab_of_hold(hold), 'A');
        let fits = choice % 16 != 15;
        let choice = ["a", "a", "b", "tie"][usize::from(choice % 4)];
        let given = if fits { choice } else { "neither" };
        let answer = json!({ "choice": given, "reason": format!("because {mark}") });
        let bytes = answer.to_string().len() as u64;
        let path = self.hold_path(hold, under, "/submission");
        let body = json!({ "answer": answer });
        let said = self.call(who, Method::POST, &path, &body).await?.said()?;
        let said = told(said, |body| {
            Ok((text(body, "/submission")?, version(body, "/version")?))
        })?;
        let answer = Answer { mark, bytes, choice };
        self.model
            .submit(who, hold, under, (answer, fits), said)
            .map_err(wrong)
    }

    pub(super) async fn skip(&mut self, with: u16, hold: u16, under: u8) -> Result<()> {
        let Some((hold, under)) = self.hold(hold, under) else {
            return Ok(());
        };
        let who = self.with(with, under);
        let path = self.hold_path(hold, under, "/return");
        let said = self.call(who, Method::POST, &path, &Value::Null).await?.said()?;
        self.model
            .give_back(who, hold, under, &said.map(|_| ()))
            .map_err(wrong)
    }

    pub(super) async fn assignments(&mut self, with: u16, engagement: u16) -> Result<()> {
        let at = self.engagement(engagement, Self::is_worker);
        let who = self.with(with, at);
        let path = format!("/engagements/{}/assignments", self.model.engagements[at].id);
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            let items = body["items"].as_array().into_iter().flatten();
            items
                .map(|item| {
                    let state = match text(item, "/state")?.as_str() {
                        "claimed" => HoldState::Claimed,
                        "submitted" => HoldState::Submitted,
                        "skipped" => HoldState::Skipped,
                        _ => HoldState::Expired,
                    };
                    Ok((text(item, "/assignment")?, state))
                })
                .collect()
        })?;
        self.model.assignments(who, at, said).map_err(wrong)
    }

    pub(super) async fn claim_review(&mut self, with: u16, engagement: u16) -> Result<()> {
        let at = self.engagement(engagement, |e| e.role == Role::Reviewer);
        let who = self.with(with, at);
        let path = format!("/engagements/{}/reviews/claims", self.model.engagements[at].id);
        let said = self.call(who, Method::POST, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            if body.is_null() {
                return Ok(None);
            }
            Ok(Some(ShownReview {
                review: text(body, "/review")?,
                submission: text(body, "/submission")?,
                version: version(body, "/version")?,
                task: only_mark(body.get("input")),
                answer: only_mark(body.get("answer")),
            }))
        })?;
        self.model.claim_review(who, at, said).map_err(wrong)
    }

    pub(super) async fn verdict(&mut self, with: u16, review: u16, under: u8, verdict: u8) -> Result<()> {
        let open = |at: &usize| {
            let review = &self.model.reviews[*at];
            review.verdict.is_none() && !review.replaced
        };
        let all = self.model.reviews.len();
        let held: Vec<usize> = (0..all).filter(open).collect();
        let at = match chosen(review / 16, held.len()) {
            Some(at) if review % 16 != 15 => Some(held[at]),
            _ => chosen(review / 16, all),
        };
        let Some(at) = at else { return Ok(()) };
        let own = self.model.reviews[at].engagement;
        let foreign = chosen(under / 16, self.model.engagements.len()).unwrap_or(own);
        let under = if under % 16 == 15 { foreign } else { own };
        let who = self.with(with, under);
        let (name, given) = [
            ("accept", Verdict::Accept),
            ("return", Verdict::Return),
            ("reject", Verdict::Reject),
            ("return", Verdict::Return),
        ][usize::from(verdict % 4)];
        let comment =
            (!(verdict / 4).is_multiple_of(4)).then(|| self.mark(self.model.engagements[own].lab, 'C'));
        let comment = comment.map(|mark| (mark, format!("mend {mark}")));
        let body = json!({ "verdict": name, "comment": comment.as_ref().map(|(_, words)| words) });
        let (engagement, id) = (&self.model.engagements[under].id, &self.model.reviews[at].id);
        let path = format!("/engagements/{engagement}/reviews/{id}");
        let said = self.call(who, Method::POST, &path, &body).await?.said()?;
        let said = told(said, |body| {
            Ok(match text(body, "/state")?.as_str() {
                "submitted" => SubmissionState::Submitted,
                "accepted" => SubmissionState::Accepted,
                "returned" => SubmissionState::Returned,
                _ => SubmissionState::Rejected,
            })
        })?;
        let comment = comment.map(|(mark, words)| (mark, words.len() as u64));
        self.model
            .judge(who, at, under, (given, comment), said)
            .map_err(wrong)
    }

    pub(super) async fn withdraw(&mut self, with: u16, review: u16, under: u8) -> Result<()> {
        let all = self.model.reviews.len();
        let given: Vec<usize> = (0..all)
            .filter(|at| self.model.reviews[*at].verdict.is_some())
            .collect();
        // Mostly one that was given just now.
        let last = given
            .iter()
            .copied()
            .max_by_key(|at| self.model.reviews[*at].given);
        let at = match review % 8 {
            7 => chosen(review / 8, all),
            6 => chosen(review / 8, given.len()).map(|at| given[at]),
            _ => last,
        };
        let Some(at) = at else { return Ok(()) };
        let own = self.model.reviews[at].engagement;
        let foreign = chosen(under / 16, self.model.engagements.len()).unwrap_or(own);
        let under = if under % 16 == 15 { foreign } else { own };
        let who = self.with(with, under);
        let (engagement, id) = (&self.model.engagements[under].id, &self.model.reviews[at].id);
        let path = format!("/engagements/{engagement}/reviews/{id}/withdrawal");
        let said = self.call(who, Method::POST, &path, &json!({})).await?.said()?;
        let said = told(said, |_| Ok(()))?;
        self.model.withdraw(who, at, under, said).map_err(wrong)
    }

    pub(super) async fn timer(&mut self, with: u16, engagement: u16, step: u8) -> Result<()> {
        let at = self.engagement(engagement, |e| {
            matches!(e.role, Role::Author | Role::Reviewer | Role::Lead)
        });
        let who = self.with(with, at);
        let (name, step) = [
            ("start", Step::Start),
            ("beat", Step::Beat),
            ("beat", Step::Beat),
            ("stop", Step::Stop),
        ][usize::from(step % 4)];
        let path = format!("/engagements/{}/timer", self.model.engagements[at].id);
        let said = self
            .call(who, Method::POST, &path, &json!({ "do": name }))
            .await?
            .said()?;
        let said = told(said, |body| {
            let running = body.get("started").filter(|s| !s.is_null());
            let running = running.map(|_| time(body, "/started")).transpose()?;
            let today = number(body, "/seconds_today")?;
            Ok(Timing { running, today })
        })?;
        self.model.timer(who, at, step, said).map_err(wrong)
    }

    pub(super) async fn hours(&mut self, with: u16, engagement: u16) -> Result<()> {
        let at = self.engagement(engagement, |e| {
            matches!(e.role, Role::Author | Role::Reviewer | Role::Lead)
        });
        let who = self.with(with, at);
        let path = format!("/engagements/{}/hours", self.model.engagements[at].id);
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            body["items"].as_array().into_iter().flatten().map(span).collect()
        })?;
        self.model.hours(who, at, said).map_err(wrong)
    }
}
