//! Agreement, measured by the platform's own job on the sealed labels.

use std::collections::BTreeMap;

use cofferdam_custody::{LeaseReason, Selection};
use cofferdam_model::{Act, ProjectId, Purpose, TaskId};
use serde_json::Value;

use super::answered::{Given, answered, kept};
use super::jobs::AGREEMENT;
use super::{Platform, WorkError};
use crate::agreement::{Ratings, Scale, cohen_pairs, fleiss_kappa, krippendorff_alpha};
use crate::template::Level;

/// How far raters agree.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    /// Tasks with a label.
    pub items: u64,
    /// Labels.
    pub labels: u64,
    /// Raters, by their pseudonyms in this lab, in a fixed order.
    pub raters: Vec<String>,
    /// Cohen's kappa of each pair of raters.
    pub cohen: Vec<PairAgreement>,
    /// Fleiss' kappa, where it is defined.
    pub fleiss: Option<f64>,
    /// Krippendorff's alpha, where it is defined.
    pub krippendorff: Option<f64>,
    /// Why a measure is not defined.
    pub explained: Vec<String>,
}

/// Cohen's kappa of two raters.
#[derive(Debug, Clone)]
pub struct PairAgreement {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// Their kappa, where it is defined.
    pub kappa: Option<f64>,
    /// Items that both rated.
    pub items: u64,
}

impl Platform {
    /// Measures the agreement of a project's raters. The job reads every label, and the ledger says so.
    pub async fn agreement(&self, project: ProjectId) -> Result<Agreement, WorkError> {
        let (job, engagement) = self.job(AGREEMENT, project).await?;
        let row = self.project_row(project).await?;
        let template = self.template(&job, engagement, project).await?;
        let Some(field) = template.layout().agreement.clone() else {
            let explained = vec!["the template names no field to compare".to_owned()];
            return Ok(Agreement {
                explained,
                ..Agreement::default()
            });
        };
        let standing = self.gate.standing(&row).await?;
        let gate = self.gate.clone();
        let items = Box::new(move |tx: &mut cofferdam_store::Tx<'_>| {
            let mut items = Vec::new();
            let answered = answered(tx.reader(), gate.secrets(), standing, project)?;
            for Given { row, author, .. } in answered.into_iter().flat_map(|answered| answered.given) {
                let answer = kept(tx.reader(), row.answer, row.version)?;
                items.push(((row.task, author.to_string()), answer));
            }
            Ok(items)
        });
        let (act, purpose, reason) = (Act::MeasureAgreement, Purpose::Agreement, LeaseReason::Job);
        let selection = Selection {
            act,
            project,
            purpose,
            reason,
            items,
        };
        let mut stream = self.gate.stream(&job, engagement, selection).await?;
        let mut ratings = Ratings::new();
        let mut labels = 0;
        let mut tasks: BTreeMap<TaskId, ()> = BTreeMap::new();
        while let Some(item) = stream.next().await {
            let item = item?;
            let (task, author) = item.about;
            let answer: Value = serde_json::from_slice(&item.plaintext)
                .map_err(|_| WorkError::Failed("a sealed answer is not JSON".into()))?;
            if let Some(label) = template.label(&answer) {
                ratings
                    .add(&task.to_string(), &author, &label)
                    .map_err(|_| WorkError::Failed("somebody rated a task twice".into()))?;
                labels += 1;
                tasks.insert(task, ());
            }
        }
        stream.finish().await?;
        let order = template.layout().agreement_order();
        Ok(measure(&ratings, field.level, &order, tasks.len() as u64, labels))
    }
}

fn measure(ratings: &Ratings, level: Level, order: &[String], items: u64, labels: u64) -> Agreement {
    let mut out = Agreement {
        items,
        labels,
        raters: ratings.raters().to_vec(),
        ..Agreement::default()
    };
    for pair in cohen_pairs(ratings) {
        let kappa = pair.result.as_ref().ok().map(|k| k.kappa);
        if let Err(why) = &pair.result {
            out.explained.push(format!(
                "Cohen's kappa of {} and {}: {why}",
                pair.first, pair.second
            ));
        }
        out.cohen.push(PairAgreement {
            first: pair.first,
            second: pair.second,
            kappa,
            items: pair.items,
        });
    }
    match fleiss_kappa(ratings) {
        Ok(found) => out.fleiss = Some(found.kappa),
        Err(why) => out.explained.push(format!("Fleiss' kappa: {why}")),
    }
    let scale = match level {
        Level::Nominal => Scale::Nominal,
        Level::Ordinal => Scale::Ordinal(order),
        Level::Interval => Scale::Interval,
    };
    match krippendorff_alpha(ratings, scale) {
        Ok(found) => out.krippendorff = Some(found.alpha),
        Err(why) => out.explained.push(format!("Krippendorff's alpha: {why}")),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rater_makes_no_pair_and_no_measure() {
        let mut ratings = Ratings::new();
        for task in ["one", "two"] {
            ratings.add(task, "rater", "a").unwrap();
        }
        for found in [
            measure(&ratings, Level::Nominal, &[], 2, 2),
            measure(&Ratings::new(), Level::Nominal, &[], 0, 0),
        ] {
            assert!(found.cohen.is_empty());
            assert_eq!((found.fleiss, found.krippendorff), (None, None));
            assert_eq!(found.explained.len(), 2, "{:?}", found.explained);
        }
    }
}
