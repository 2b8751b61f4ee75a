//! Labs, projects and people by id, or by a name that only one of them has.

use cofferdam_model::{LabId, PrincipalId, ProjectId};
use serde_json::Value;

use super::{Client, text};
use crate::fail::{Failure, Outcome};

/// A lab by its id or name.
pub(crate) async fn lab(client: &Client, given: &str) -> Outcome<LabId> {
    if given.starts_with("lab_") {
        return id(given);
    }
    let me: Value = client.get("/me").await?;
    let labs = if me["operator"] == true {
        client.all("/labs").await?
    } else {
        held(&me, "lab")
    };
    one(
        "lab",
        given,
        labs.iter().map(|lab| (text(lab, "/name"), text(lab, "/id"))),
        "cofferdam lab list",
    )
}

/// A project by its id, its name, or its lab's name, `/` and its name.
pub(crate) async fn project(client: &Client, given: &str) -> Outcome<ProjectId> {
    if given.starts_with("prj_") {
        return id(given);
    }
    let projects = match client.all("/projects").await {
        Ok(found) => found,
        Err(error) if error.is("not-in-role") || error.is("not-found") => {
            held(&client.get("/me").await?, "project")
        }
        Err(error) => return Err(error.into()),
    };
    let full = |p: &Value| format!("{}/{}", text(p, "/lab/name"), text(p, "/name"));
    let named = projects.iter().flat_map(|p| {
        let id = text(p, "/id");
        [(text(p, "/name"), id.clone()), (full(p), id)]
    });
    one("project", given, named, "cofferdam project list")
}

/// A person or component by its id or name.
pub(crate) async fn person(client: &Client, given: &str) -> Outcome<PrincipalId> {
    if given.starts_with("pri_") {
        return id(given);
    }
    let people = client.all("/people").await?;
    one(
        "person or component",
        given,
        people.iter().map(|p| (text(p, "/name"), text(p, "/id"))),
        "cofferdam person list",
    )
}

/// The labs or projects of one's own engagements.
fn held(me: &Value, member: &str) -> Vec<Value> {
    let engagements = me["engagements"].as_array().into_iter().flatten();
    engagements
        .map(|e| e[member].clone())
        .filter(Value::is_object)
        .collect()
}

fn id<T: cofferdam_model::Id>(given: &str) -> Outcome<T> {
    given
        .parse()
        .map_err(|error: cofferdam_model::id::IdError| Failure::usage(error.to_string()))
}

/// The id of the only one of that name; exactly so written, or else but for capitals.
fn one<T: cofferdam_model::Id>(
    kind: &str,
    given: &str,
    all: impl Iterator<Item = (String, String)>,
    list: &str,
) -> Outcome<T> {
    let mut all: Vec<(String, String)> = all.collect();
    if all.iter().any(|(name, _)| name == given) {
        all.retain(|(name, _)| name == given);
    } else {
        all.retain(|(name, _)| name.to_lowercase() == given.to_lowercase());
    }
    let mut ids: Vec<String> = all.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.as_slice() {
        [only] => id(only),
        [] => Err(Failure::new(format!(
            "there is no {kind} called `{given}`; `{list}` shows those there are"
        ))),
        several => Err(Failure::new(format!(
            "{} are called `{given}`; say which by its id: {}",
            several.len(),
            several.join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(given: &str) -> Outcome<LabId> {
        let ids = ["lab_01ARZ3NDEKTSV4RRFFQ69G5FAV", "lab_01ARZ3NDEKTSV4RRFFQ69G5FAW"];
        let all = [("Tern", ids[0]), ("tern", ids[1]), ("Oxlip", ids[1])];
        one(
            "lab",
            given,
            all.into_iter().map(|(n, i)| (n.to_owned(), i.to_owned())),
            "cofferdam lab list",
        )
    }

    #[test]
    fn a_name_that_two_have_is_not_guessed() {
        assert_eq!(
            find("Tern").unwrap().to_string(),
            "lab_01ARZ3NDEKTSV4RRFFQ69G5FAV"
        );
        assert_eq!(
            find("oxlip").unwrap().to_string(),
            "lab_01ARZ3NDEKTSV4RRFFQ69G5FAW"
        );
        assert!(
            find("TERN")
                .unwrap_err()
                .to_string()
                .starts_with("2 are called `TERN`; say which by its id")
        );
        assert!(
            find("x")
                .unwrap_err()
                .to_string()
                .contains("`cofferdam lab list` shows")
        );
    }
}
