//! The platform before anything happens: labs, a project in each, contractors and components.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::scenario::Scenario;
use crate::client::Client;
use crate::demo::source;
use crate::demo::stage::{Lab, Project, Seat, Stage};
use crate::fail::Outcome;

/// Everybody and everything that takes part.
pub(super) struct Set {
    pub(super) operator: Client,
    pub(super) labs: Vec<Lab>,
    pub(super) projects: Vec<Project>,
    /// From a contractor's name to their seats: the place of the project, and the seat.
    pub(super) contractors: Seats,
    /// The same of components.
    pub(super) components: Seats,
}

type Seats = BTreeMap<String, Vec<(usize, Seat)>>;

impl Set {
    pub(super) async fn new(operator: Client, folder: &Path, scenario: &Scenario) -> Outcome<Self> {
        let mut stage = Stage::set(operator.clone(), folder).await?;
        let mut projects = Vec::new();
        let mut contractors: Seats = BTreeMap::new();
        let mut components: Seats = BTreeMap::new();
        for (index, (mut source, people)) in source::sample()?
            .into_iter()
            .zip(&scenario.contractors)
            .enumerate()
        {
            source.annotators.clone_from(people);
            let project = stage.open(index, &source, false).await?;
            for (name, seat) in people.iter().zip(&project.authors) {
                contractors
                    .entry(name.clone())
                    .or_default()
                    .push((index, seat.clone()));
            }
            for seat in [&project.importer, &project.exporter] {
                components
                    .entry(seat.name.clone())
                    .or_default()
                    .push((index, seat.clone()));
            }
            projects.push(project);
        }
        say_what_fits(&operator, scenario, &contractors, &projects).await?;
        for component in &scenario.components {
            let seats = components.entry(component.name.clone()).or_default();
            for &index in &component.projects {
                let Some(project) = projects.get(index) else {
                    return Err(super::absent("project", &index.to_string()));
                };
                let grant = json!({ "role": "integration", "purposes": ["export"] });
                seats.push((
                    index,
                    stage
                        .engage(&project.id, &component.name, "component", grant)
                        .await?,
                ));
            }
        }
        Ok(Self {
            operator,
            labs: stage.labs,
            projects,
            contractors,
            components,
        })
    }

    /// The name of a project and of its lab.
    pub(super) fn place(&self, project: usize) -> String {
        let name = self.projects.get(project).map_or("", |known| &known.name);
        format!("{name} of {}", self.lab_of(project))
    }

    /// The seats of a component.
    pub(super) fn component(&self, name: &str) -> Outcome<&[(usize, Seat)]> {
        let seats = self.components.get(name).filter(|seats| !seats.is_empty());
        seats
            .map(Vec::as_slice)
            .ok_or_else(|| super::absent("component", name))
    }

    /// The component that holds the engagement of a scope, and the lab that it is engaged for.
    pub(super) fn named(&self, scope: &str) -> Option<(&str, &str)> {
        let engagement = scope.strip_prefix("engagement:")?;
        self.components.iter().find_map(|(name, seats)| {
            let (project, _) = seats.iter().find(|(_, seat)| seat.engagement == engagement)?;
            Some((name.as_str(), self.lab_of(*project)))
        })
    }

    /// A lab by its place.
    pub(super) fn lab(&self, index: usize) -> Outcome<&Lab> {
        self.labs
            .get(index)
            .ok_or_else(|| super::absent("lab", &index.to_string()))
    }

    /// The name of the lab of a project.
    pub(super) fn lab_of(&self, project: usize) -> &str {
        self.labs.get(project).map_or("", |lab| &lab.name)
    }
}

/// What contractors can do and projects ask for, by which whoever is stopped finds other work.
async fn say_what_fits(
    operator: &Client,
    scenario: &Scenario,
    contractors: &Seats,
    projects: &[Project],
) -> Outcome {
    for (name, able) in &scenario.able {
        if let Some((_, seat)) = contractors.get(name).and_then(|seats| seats.first()) {
            operator
                .put(&format!("/people/{}/abilities", seat.person), able)
                .await?;
        }
    }
    for (project, wanted) in projects.iter().zip(&scenario.wanted) {
        if let Some(wanted) = wanted {
            operator
                .put(&format!("/projects/{}/wanted", project.id), wanted)
                .await?;
        }
    }
    Ok(())
}
