//! From a command to requests, and from answers to what the model is told.

mod administration;
mod data;
mod lab;
mod walls;
mod work;

use anyhow::{Result, anyhow};

use super::command::Command;
use super::reference::*;
use super::world::World;

fn wrong(found: String) -> anyhow::Error {
    anyhow!("{found}")
}

/// The element that a number chooses.
pub(super) fn chosen(number: impl Into<u64>, of: usize) -> Option<usize> {
    let of = u64::try_from(of).ok().filter(|n| *n > 0)?;
    usize::try_from(number.into() % of).ok()
}

impl World {
    /// Does one command, and checks all that came of it.
    pub(crate) async fn step(&mut self, command: Command) -> Result<()> {
        self.news.clear();
        "No request".clone_into(&mut self.said);
        let before: Vec<usize> = self.model.labs.iter().map(|lab| lab.ledger.lines.len()).collect();
        let received = self.received.len();
        self.dispatch(command).await?;
        self.covered(&before)?;
        self.on_one_side(received)
    }

    /// Whether nothing came that a wall should have kept back.
    fn on_one_side(&self, before: usize) -> Result<()> {
        for received in self.received.iter().skip(before) {
            if self.model.walled(received.person, received.mark.lab) {
                return Err(anyhow!("{} was received through a wall", received.mark));
            }
        }
        Ok(())
    }

    /// Whether everything that came was recorded by this very command, under an engagement or a job of that lab.
    fn covered(&self, before: &[usize]) -> Result<()> {
        for mark in &self.news {
            let lab = &self.model.labs[mark.lab];
            let lines = lab.ledger.lines.iter().skip(before[mark.lab]);
            let mut parts = lines.flat_map(|line| match &line.released {
                Released::Parts(parts) | Released::Set(parts) => parts.as_slice(),
                _ => &[],
            });
            if !parts.any(|part| part.mark == Some(*mark)) {
                return Err(anyhow!("{mark} was received, and no entry covers it"));
            }
        }
        Ok(())
    }

    async fn dispatch(&mut self, command: Command) -> Result<()> {
        use Command as C;
        match command {
            C::Claim { with, engagement } => self.claim(with, engagement).await,
            C::Reopen { with, hold, under } => self.reopen(with, hold, under).await,
            C::Draft { with, hold, under } => self.draft(with, hold, under).await,
            C::Submit {
                with,
                hold,
                under,
                choice,
            } => self.submit(with, hold, under, choice).await,
            C::Skip { with, hold, under } => self.skip(with, hold, under).await,
            C::ClaimReview { with, engagement } => self.claim_review(with, engagement).await,
            C::Verdict {
                with,
                review,
                under,
                verdict,
            } => self.verdict(with, review, under, verdict).await,
            C::Withdraw { with, review, under } => self.withdraw(with, review, under).await,
            C::Timer {
                with,
                engagement,
                step,
            } => self.timer(with, engagement, step).await,
            C::Hours { with, engagement } => self.hours(with, engagement).await,
            C::Assignments { with, engagement } => self.assignments(with, engagement).await,
            C::Clock { seconds } => {
                self.service.pass(seconds);
                self.model.now = self.service.now();
                Ok(())
            }
            C::Restart => {
                self.service.restart().await?;
                self.model.projects.iter_mut().for_each(|p| p.known = false);
                Ok(())
            }
            C::Integrate => Ok(self.service.gate()?.integrate().await?),
            C::Reseal => self.service.gate()?.rotate().await.map_err(anyhow::Error::msg),
            other => self.dispatch_rest(other).await,
        }
    }

    async fn dispatch_rest(&mut self, command: Command) -> Result<()> {
        use Command as C;
        match command {
            C::Engage { .. } | C::Appoint { .. } | C::End { .. } | C::Halt { .. } | C::Resume { .. } => {
                self.administer(command).await
            }
            C::Declare { by, labs, days } => self.declare(by, labs, days).await,
            C::Change { by, wall, lab, days } => self.change_wall(by, wall, lab, days).await,
            C::Lift { by, wall } => self.lift(by, wall).await,
            C::Rotate { by, project } => self.rotate(by, project).await,
            C::Token { by, engagement } => self.token(by, engagement).await,
            C::Login { by, person } => self.session(by, person).await,
            C::Revoke { by, credential } => self.revoke(by, credential).await,
            C::ReadGuideline {
                with,
                engagement,
                project,
            } => self.read_guideline(with, engagement, project).await,
            C::WriteGuideline {
                with,
                engagement,
                project,
            } => self.write_guideline(with, engagement, project).await,
            C::Import {
                with,
                engagement,
                project,
                rows,
                what,
            } => self.bring_in(with, engagement, project, rows, what).await,
            C::Export {
                with,
                engagement,
                project,
                stop,
            } => self.export(with, engagement, project, stop).await,
            C::Deliver { by, project } => self.deliver(by, project).await,
            C::Accept { by, delivery } => self.accept(by, delivery).await,
            C::ReturnRows {
                by,
                delivery,
                row,
                rows,
            } => self.return_rows(by, delivery, row, rows).await,
            C::Reasons { by, delivery } => self.reasons(by, delivery).await,
            C::Agreement { by, project } => self.agreement(by, project).await,
            C::Recipients { by, lab, what } => self.recipients(by, lab, what).await,
            C::Project { by, project } => self.project(by, project).await,
            _ => Ok(()),
        }
    }

    /// An engagement: mostly one of those that fit.
    pub(super) fn engagement(&self, number: u16, fits: impl Fn(&Engagement) -> bool) -> usize {
        let all = self.model.engagements.len();
        let fitting: Vec<usize> = (0..all).filter(|at| fits(&self.model.engagements[*at])).collect();
        match chosen(number / 16, fitting.len()) {
            Some(at) if number % 16 != 15 => fitting[at],
            _ => chosen(number / 16, all).unwrap_or(0),
        }
    }

    /// A project to be named: under a whole lab's engagement always, under others now and then.
    pub(super) fn named(&self, engagement: usize, number: u8) -> Option<usize> {
        let held = &self.model.engagements[engagement];
        let own = |at: &usize| self.model.projects[*at].lab == held.lab;
        let own: Vec<usize> = (0..self.model.projects.len()).filter(own).collect();
        match (number % 8, held.project) {
            (7, _) => chosen(number / 8, self.model.projects.len()),
            (6, _) => None,
            (_, None) => chosen(number / 8, own.len()).map(|at| own[at]),
            (5, Some(project)) => Some(project),
            _ => None,
        }
    }
}
