//! `cofferdam deliver`

use clap::Args;
use cofferdam_work::formats::DeliveryFormat;
use serde_json::{Value, json};

use super::delivery::described;
use crate::client::{self, Connect, number, text};
use crate::fail::Outcome;
use crate::out::Out;
use crate::progress::waiting;

/// Make a delivery of a project's answers: encrypted to the lab's recipients, with a signed manifest
///
/// Each answered task is one row, or is left out: where it has fewer answers than the overlap asks, or one that is back with its author;
/// where they have no majority, or a tie and the format has none; where it lacks what the format needs. Tasks without any answer are not
/// counted. Preferences are votes. Of other tasks each answer that reviewers accepted is a row; while they accepted none, what more than
/// half of the answers say.
#[derive(Debug, Args)]
pub(crate) struct Deliver {
    /// The project: its name, LAB/NAME or its id
    project: String,
    /// In which form: openai-chat, openai-preference, trl-preference, trl-preference-chat or tasks [default: the template's usual]
    #[arg(long, value_name = "FORMAT")]
    format: Option<DeliveryFormat>,
    #[command(flatten)]
    connect: Connect,
}

impl Deliver {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        let project = client::project(&client, &self.project).await?;
        let format = self.format.map(DeliveryFormat::name);
        let body = format.map_or_else(|| json!({}), |format| json!({ "format": format }));
        let path = format!("/projects/{project}/deliveries");
        let made: Value = waiting("making the delivery", client.post(&path, &body)).await?;
        out.answer(&made, |made| {
            let fetch = format!("cofferdam delivery fetch {} --out FILE", text(made, "/id"));
            let left_out = match number(made, "/left_out") {
                0 => "",
                _ => LEFT_OUT,
            };
            format!("{}\n{left_out}its lab fetches it with: {fetch}", described(made))
        })
    }
}

/// Why answered tasks have no row.
const LEFT_OUT: &str = "left out are answered tasks with too few answers yet (the overlap asks for more, or one is back with its author), \
                        whose answers have no majority (a reviewer accepts what is to be delivered; the others need no verdict) or a tie that the format has not, or without what it needs\n";
