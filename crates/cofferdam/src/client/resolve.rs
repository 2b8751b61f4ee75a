//! Labs, projects and people by id, or by a name that only one of them has.

use cofferdam_model::{LabId, PrincipalId, ProjectId};
use cofferdam_work::ops::kept_name;
use serde_json::Value;

use super::{Client, standing, text};
use crate::fail::{Failure, Outcome};

/// A lab by its id or name.
pub(crate) async fn lab(client: &Client, given: &str) -> Outcome<LabId> {
    if given.starts_with("lab_") {
        return id(given);
    }
    let mut labs = client.all("/labs").await?;
    let me: Value = client.get("/me").await?;
    labs.extend(held(&me).into_iter().map(|(lab, _)| lab));
    let named = labs.iter().map(|lab| (text(lab, "/name"), text(lab, "/id")));
    one("lab", given, named, "cofferdam lab list").map_err(|error| standing::over(&me).unwrap_or(error))
}

/// A project by its id, its name, or its lab's name, `/` and its name.
pub(crate) async fn project(client: &Client, given: &str) -> Outcome<ProjectId> {
    if given.starts_with("prj_") {
        return id(given);
    }
    let overseen = client.all("/projects").await?;
    let me: Value = client.get("/me").await?;
    let named = |lab: &Value, project: &Value| {
        let (name, id) = (text(project, "/name"), text(project, "/id"));
        [(format!("{}/{name}", text(lab, "/name")), id.clone()), (name, id)]
    };
    let overseen = overseen.iter().flat_map(|p| named(&p["lab"], p));
    let own = held(&me);
    let own = own
        .iter()
        .filter_map(|(lab, project)| Some(named(lab, project.as_ref()?)));
    let all = overseen.chain(own.flatten());
    one("project", given, all, "cofferdam project list").map_err(|error| standing::over(&me).unwrap_or(error))
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

/// The labs of one's own engagements, each with its project, where it is for one.
fn held(me: &Value) -> Vec<(Value, Option<Value>)> {
    let engagements = me["engagements"].as_array().into_iter().flatten();
    let place = |e: &Value| {
        (
            e["lab"].clone(),
            Some(e["project"].clone()).filter(Value::is_object),
        )
    };
    engagements.map(place).collect()
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
    let there: Vec<(String, String)> = all.collect();
    let mut all = there.clone();
    let given = &kept_name(given);
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
        several => {
            let (by, named) = told_apart(given, several, &there);
            let count = several.len();
            Err(Failure::new(format!(
                "{count} are called `{given}`; say which by {by}: {named}"
            )))
        }
    }
}

/// By what those of one name are told apart, and each: of projects, by the names that begin with their labs'.
fn told_apart(given: &str, ids: &[String], there: &[(String, String)]) -> (&'static str, String) {
    let end = format!("/{}", given.to_lowercase());
    let whole = |id: &String| {
        let mut names = there.iter().filter(|(_, of)| of == id).map(|(name, _)| name);
        names.find(|name| name.to_lowercase().ends_with(&end))
    };
    let shown = |id: &String| match whole(id) {
        Some(name) => format!("{name} ({id})"),
        None => id.clone(),
    };
    let by = match ids.iter().any(|id| whole(id).is_some()) {
        true => "LAB/NAME or its id",
        false => "its id",
    };
    (by, ids.iter().map(shown).collect::<Vec<_>>().join(", "))
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
    fn projects_of_one_name_are_told_apart_by_their_labs() {
        let ids = ["prj_01ARZ3NDEKTSV4RRFFQ69G5FAV", "prj_01ARZ3NDEKTSV4RRFFQ69G5FAW"];
        let all = [
            ("Aurelia/Replies", ids[0]),
            ("Replies", ids[0]),
            ("Boreal/replies", ids[1]),
            ("replies", ids[1]),
        ];
        let find = |given| {
            let all = all.iter().map(|(n, i)| ((*n).to_owned(), (*i).to_owned()));
            one::<ProjectId>("project", given, all, "cofferdam project list")
        };
        assert_eq!(
            find("REPLIES").unwrap_err().to_string(),
            format!(
                "2 are called `REPLIES`; say which by LAB/NAME or its id: Aurelia/Replies ({}), Boreal/replies ({})",
                ids[0], ids[1]
            )
        );
        assert_eq!(find("boreal/Replies").unwrap().to_string(), ids[1]);
    }

    #[test]
    fn a_name_that_two_have_is_not_guessed() {
        assert_eq!(
            find("Tern").unwrap().to_string(),
            "lab_01ARZ3NDEKTSV4RRFFQ69G5FAV"
        );
        assert!(find("Tern\u{301}").is_err());
        assert_eq!(
            find("T\u{c9}RN").unwrap_err().to_string(),
            find("TE\u{301}RN").unwrap_err().to_string()
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
