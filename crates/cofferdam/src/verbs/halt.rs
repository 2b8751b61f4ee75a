//! `cofferdam halt` and `cofferdam resume`

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use cofferdam_model::halt::ScopeError;
use cofferdam_model::{Checked, HaltId, Scope};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::Out;
use crate::table::{Table, counted};

/// Stop a scope at once (work under it ends, open streams are cut, timers stop), or list halts
#[derive(Debug, Args)]
#[command(
    subcommand_negates_reqs = true,
    override_usage = "cofferdam halt SCOPE --reason REASON [--until TIME]\n       cofferdam halt SCOPE --dry-run\n       cofferdam halt list [--all]\n       cofferdam halt place HALT [--engage]"
)]
pub(crate) struct Halt {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// installation, or lab:NAME, project:NAME, person:NAME, component:NAME (or an id in place of the name),
    /// engagement:ID or credential:ID
    #[arg(required = true)]
    scope: Option<String>,
    /// Why; everybody concerned is shown a fixed sentence for it
    #[arg(long, required_unless_present = "dry_run", value_parser = ["incident", "component", "lab-request", "credential", "budget", "maintenance", "drill"])]
    reason: Option<String>,
    /// Until when, as in 2026-12-31T00:00:00Z; else until it is resumed
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    until: Option<String>,
    /// Halt nothing: show what and whom it would stop now
    #[arg(long, conflicts_with = "until")]
    dry_run: bool,
    #[command(flatten)]
    connect: Connect,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The halts that are open, newest first
    List {
        /// Past ones too
        #[arg(long)]
        all: bool,
    },
    /// Find other work for everybody whom a halt leaves without, in one assignment over all of them
    Place {
        /// The halt's id
        #[arg(value_parser = super::id::<HaltId>)]
        halt: String,
        /// Engage those who have a place, as authors
        #[arg(long)]
        engage: bool,
    },
}

/// What may be checked before what is stopped goes on.
pub(super) fn checks() -> PossibleValuesParser {
    PossibleValuesParser::new(Checked::ALL.map(Checked::name))
}

/// End a halt
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The halt's id
    #[arg(value_parser = super::id::<HaltId>)]
    halt: String,
    /// What was checked before; it goes on record. Once for each
    #[arg(long, value_name = "WHAT", value_parser = checks())]
    checked: Vec<String>,
    #[command(flatten)]
    connect: Connect,
}

impl Halt {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let (scope, reason) = match (self.verb, self.scope, self.reason) {
            (Some(Verb::List { all }), None, None) => return list(&self.connect.client()?, all, out).await,
            (Some(Verb::Place { halt, engage }), None, None) => {
                return place(&self.connect.client()?, &halt, engage, out).await;
            }
            (None, Some(scope), _) if self.dry_run => {
                return foresee(&self.connect.client()?, &scope, out).await;
            }
            (None, Some(scope), Some(reason)) => (scope, reason),
            _ => {
                let text = "either halt a scope, for a reason, or list: cofferdam halt SCOPE --reason REASON, or \
                            cofferdam halt list";
                return Err(Failure::usage(text));
            }
        };
        let client = self.connect.client()?;
        let scope = scope_of(&client, &scope).await?;
        let mut body = json!({ "scope": scope.to_string(), "reason": reason });
        if let Some(until) = self.until {
            body["until"] = json!(until);
        }
        let halt: Value = client.post("/halts", &body).await?;
        out.answer(&halt, opened)
    }
}

/// What was halted, what that stopped, and how it ends.
fn opened(halt: &Value) -> String {
    let [id, name, sentence] = ["/id", "/scope_name", "/sentence"].map(|at| text(halt, at));
    let timers = counted(number(halt, "/stopped/timers"), "running timer");
    let engagements = counted(number(halt, "/stopped/engagements"), "engagement");
    let end = match when(halt, "/until") {
        none if none.is_empty() => format!("end it with: cofferdam resume {id}"),
        until => format!("it ends by itself at {until}; before that with: cofferdam resume {id}"),
    };
    format!(
        "{id}  {name} is halted since {}: {sentence}\nstopped: {engagements}, {timers}, {}\n{end}",
        when(halt, "/since"),
        streams(halt)
    )
}

/// Which streams a halt cuts.
fn streams(halt: &Value) -> String {
    match text(halt, "/scope").as_str() {
        "installation" => "every open stream".to_owned(),
        _ => format!("every open stream of {}", text(halt, "/scope_name")),
    }
}

/// What a halt would stop, without halting.
async fn foresee(client: &Client, scope: &str, out: Out) -> Outcome {
    let scope = scope_of(client, scope).await?;
    let path = format!("/halts/preview?scope={scope}");
    let mut preview: Value = client.get(&path).await?;
    if !preview["next"].is_null() {
        preview["items"] = json!(client.all(&path).await?);
        preview["next"] = Value::Null;
    }
    out.answer(&preview, foreseen)
}

fn foreseen(preview: &Value) -> String {
    let mut table = Table::new(&[
        "who",
        "role",
        "project",
        "lab",
        "timer runs since",
        "stopped already",
    ]);
    let items = preview["items"].as_array().into_iter().flatten();
    for each in items {
        let [name, pseudonym, role, project, lab] = [
            "/engagement/principal/name",
            "/engagement/pseudonym",
            "/engagement/role",
            "/engagement/project/name",
            "/engagement/lab/name",
        ]
        .map(|at| text(each, at));
        let who = if name.is_empty() { pseudonym } else { name };
        let halted = if each["engagement"]["halted"].is_null() {
            ""
        } else {
            "yes"
        };
        table.row([
            who,
            role,
            project,
            lab,
            when(each, "/timer_since"),
            halted.to_owned(),
        ]);
    }
    let engagements = counted(number(preview, "/engagements"), "active engagement");
    let timers = counted(number(preview, "/timers"), "running timer");
    let name = text(preview, "/scope_name");
    format!(
        "nothing is halted; a halt of {name} would now stop {engagements}, {timers} and {}\n{table}",
        streams(preview)
    )
}

async fn list(client: &Client, all: bool, out: Out) -> Outcome {
    let path = if all { "/halts" } else { "/halts?open=true" };
    let (halts, unread) = client.all_there_is(path).await?;
    if halts.is_empty() && unread.is_empty() {
        client::nothing(client).await?;
    }
    let mut table = Table::new(&["halt", "what", "scope", "reason", "by", "since", "until", "state"]);
    for h in &halts {
        let [id, name, scope, reason, by] =
            ["/id", "/scope_name", "/scope", "/reason", "/by"].map(|at| text(h, at));
        let state = match when(h, "/resumed") {
            none if none.is_empty() => text(h, "/state"),
            at => match checked(h) {
                none if none.is_empty() => format!("resumed {at}"),
                checked => format!("resumed {at} ({checked})"),
            },
        };
        table.row([
            id,
            name,
            scope,
            reason,
            by,
            when(h, "/since"),
            when(h, "/until"),
            state,
        ]);
    }
    out.table(&halts, &table)?;
    // Who reads that nothing is halted must be able to rely on it.
    client::lacking(&unread).map_or(Ok(()), |lacks| Err(Failure::new(lacks)))
}

async fn place(client: &Client, halt: &str, engage: bool, out: Out) -> Outcome {
    let body = json!({ "engage": engage });
    let found: Value = client.post(&format!("/halts/{halt}/placement"), &body).await?;
    if out.json {
        return out.json(&found);
    }
    let people = found["items"].as_array().cloned().unwrap_or_default();
    let mut table = Table::new(&["person", "project", "engagement", "why it fits"]);
    for one in &people {
        let project = text(one, "/project/name");
        table.row([
            text(one, "/person/name"),
            if project.is_empty() {
                "no place left that fits".to_owned()
            } else {
                project
            },
            text(one, "/engagement"),
            reasons(one),
        ]);
    }
    out.table(&people, &table)
}

/// Why somebody fits, in one line.
fn reasons(of: &Value) -> String {
    let all = of["reasons"].as_array().into_iter().flatten();
    all.map(|reason| text(reason, "")).collect::<Vec<_>>().join("; ")
}

impl Resume {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        let done: Value = client
            .post(
                &format!("/halts/{}/resume", self.halt),
                &json!({ "checked": self.checked }),
            )
            .await?;
        out.answer(&done, |halt| {
            let [id, name] = ["/id", "/scope_name"].map(|at| text(halt, at));
            let checked = checked(halt);
            let checked = if checked.is_empty() {
                "nothing, on record: --checked says what".to_owned()
            } else {
                checked
            };
            format!(
                "{id}  {name} goes on since {}\nchecked: {checked}",
                when(halt, "/resumed")
            )
        })
    }
}

/// What was checked before a halt was ended.
fn checked(halt: &Value) -> String {
    let all = halt["checked"].as_array().into_iter().flatten();
    all.map(|check| text(check, "")).collect::<Vec<_>>().join(", ")
}

/// A scope by ids; of labs, projects, people and components also by name.
async fn scope_of(client: &Client, given: &str) -> Outcome<Scope> {
    let wrong = match given.parse::<Scope>() {
        Ok(scope) => return Ok(scope),
        Err(ScopeError::Unknown(given)) => Failure::usage(format!(
            "there is no scope `{given}`: the scopes are installation, lab:, project:, person:, component:, engagement: and \
             credential:, and behind the colon goes a name or an id (of the last two an id), as in lab:Wenham"
        )),
        Err(wrong) => Failure::usage(wrong.to_string()),
    };
    Ok(match given.split_once(':') {
        Some(("lab", name)) => Scope::Lab(client::lab(client, name).await?),
        Some(("project", name)) => Scope::Project(client::project(client, name).await?),
        Some(("person", name)) => Scope::Person(client::person(client, name).await?),
        Some(("component", name)) => Scope::Component(client::person(client, name).await?),
        _ => return Err(wrong),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_streams_are_cut_is_said() {
        let halt = |scope: &str, name: &str| json!({ "scope": scope, "scope_name": name });
        assert_eq!(streams(&halt("installation", "everything")), "every open stream");
        let one = halt(
            "engagement:eng_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "Ines Barros for Replies",
        );
        assert_eq!(streams(&one), "every open stream of Ines Barros for Replies");
        assert!(opened(&one).contains("every open stream of Ines Barros for Replies\n"));
    }
}
