//! `cofferdam deliver`

use clap::Args;
use cofferdam_work::formats::DeliveryFormat;
use serde_json::{Value, json};

use super::delivery::described;
use crate::client::{self, Connect, text};
use crate::fail::Outcome;
use crate::out::Out;
use crate::progress::waiting;

/// Make a delivery of a project's answers: encrypted to the lab's recipients, with a signed manifest
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
            format!("{}\nits lab fetches it with: {fetch}", described(made))
        })
    }
}
