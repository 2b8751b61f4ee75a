//! `cofferdam engage`

use clap::Args;
use cofferdam_model::{Budget, EngagementId};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, text};
use crate::fail::{Failure, Outcome};
use crate::out::Out;

/// Engage somebody for a project, appoint a steward, or end an engagement
#[derive(Debug, Args)]
#[command(
    override_usage = "cofferdam engage PROJECT WHO --role ROLE [OPTIONS]\n       \
                            cofferdam engage --steward LAB WHO\n       cofferdam engage --end ID"
)]
pub(crate) struct Engage {
    /// The project (name, LAB/NAME or id), and the person or component (name or id)
    #[arg(value_name = "PROJECT WHO", num_args = 0..=2)]
    what: Vec<String>,
    /// In which role
    #[arg(long, value_parser = ["author", "reviewer", "lead", "integration"])]
    role: Option<String>,
    /// What an integration is for
    #[arg(long, value_parser = ["import", "export"])]
    purpose: Vec<String>,
    /// Until when, as in 2026-12-31T00:00:00Z; else until it is ended
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    until: Option<String>,
    /// Read budget: objects an hour
    #[arg(long, value_name = "N", value_parser = super::whole::<0, u64>, allow_negative_numbers = true)]
    objects_per_hour: Option<u64>,
    /// Read budget: objects a day
    #[arg(long, value_name = "N", value_parser = super::whole::<0, u64>, allow_negative_numbers = true)]
    objects_per_day: Option<u64>,
    /// Read budget: bytes an hour
    #[arg(long, value_name = "N", value_parser = super::whole::<0, u64>, allow_negative_numbers = true)]
    bytes_per_hour: Option<u64>,
    /// Read budget: bytes a day
    #[arg(long, value_name = "N", value_parser = super::whole::<0, u64>, allow_negative_numbers = true)]
    bytes_per_day: Option<u64>,
    /// Make somebody speak for this lab
    #[arg(long, value_name = "LAB", conflicts_with_all = ["role", "purpose", "until", "end"])]
    steward: Option<String>,
    /// End an engagement: its data, models and hours end at once
    #[arg(long, value_name = "ID", value_parser = super::id::<EngagementId>, conflicts_with_all = ["role", "purpose", "until", "what"])]
    end: Option<String>,
    #[command(flatten)]
    connect: Connect,
}

impl Engage {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let shape = self.shape()?;
        let client = self.connect.client()?;
        let engaged: Value = match shape {
            Shape::End(id) => client.post(&format!("/engagements/{id}/end"), &json!({})).await?,
            Shape::Steward(lab, who) => {
                let lab = client::lab(&client, lab).await?;
                let principal = client::person(&client, who).await?;
                client
                    .post(
                        &format!("/labs/{lab}/stewards"),
                        &json!({ "principal": principal }),
                    )
                    .await?
            }
            Shape::Project(project, who, role) => self.grant(&client, project, who, role).await?,
        };
        out.answer(&engaged, |e| {
            let whole = format!("all of {}", text(e, "/lab/name"));
            let project = Some(text(e, "/project/name"))
                .filter(|name| !name.is_empty())
                .unwrap_or(whole);
            let cells = [
                text(e, "/id"),
                text(e, "/role"),
                text(e, "/principal/name"),
                project,
                text(e, "/state"),
            ];
            cells.join("  ")
        })
    }

    fn shape(&self) -> Outcome<Shape<'_>> {
        match (&self.end, &self.steward, &self.role, self.what.as_slice()) {
            (Some(id), ..) => Ok(Shape::End(id)),
            (None, Some(lab), _, [who]) => Ok(Shape::Steward(lab, who)),
            (None, Some(_), ..) => Err(Failure::usage(
                "who is to speak for the lab? cofferdam engage --steward LAB WHO",
            )),
            (None, None, Some(role), [project, who]) => Ok(Shape::Project(project, who, role)),
            (None, None, None, [_, _]) => Err(Failure::usage(
                "--role is missing: author, reviewer, lead or integration",
            )),
            _ => Err(Failure::usage(
                "a project and a person or component are needed: cofferdam engage PROJECT WHO --role ROLE",
            )),
        }
    }

    async fn grant(&self, client: &Client, project: &str, who: &str, role: &str) -> Outcome<Value> {
        let project = client::project(client, project).await?;
        let principal = client::person(client, who).await?;
        let mut body = json!({ "principal": principal, "role": role, "purposes": self.purpose });
        if let Some(until) = &self.until {
            body["until"] = json!(until);
        }
        if let Some(budget) = self.budget(role) {
            body["budget"] = json!(budget);
        }
        Ok(client
            .post(&format!("/projects/{project}/engagements"), &body)
            .await?)
    }

    /// What was said of the budget, over what the role has by itself.
    fn budget(&self, role: &str) -> Option<Budget> {
        let own = if matches!(role, "author" | "reviewer") {
            Budget::PERSON
        } else {
            Budget::JOB
        };
        let said = [
            self.objects_per_hour,
            self.objects_per_day,
            self.bytes_per_hour,
            self.bytes_per_day,
        ];
        said.iter().any(Option::is_some).then(|| Budget {
            objects_per_hour: self.objects_per_hour.unwrap_or(own.objects_per_hour),
            objects_per_day: self.objects_per_day.unwrap_or(own.objects_per_day),
            bytes_per_hour: self.bytes_per_hour.unwrap_or(own.bytes_per_hour),
            bytes_per_day: self.bytes_per_day.unwrap_or(own.bytes_per_day),
        })
    }
}

enum Shape<'a> {
    End(&'a str),
    Steward(&'a str, &'a str),
    Project(&'a str, &'a str, &'a str),
}
