//! What is halted, which credentials there are, and what those are told who may do nothing, or no more.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Installation, Ran, arg, data, run};

/// A lab with a project, an author and a steward: engagement and token of each, and the author's credential.
struct Stage {
    at: Installation,
    author: (String, String),
    steward: (String, String),
    credential: String,
}

fn stage() -> Stage {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    let kind = "pairwise-preference";
    at.ask(&["project", "add", "Wenham", "Pairs", "--template", kind]);
    at.ask(&["person", "add", "Ada"]);
    at.ask(&["person", "add", "Stella"]);
    let text = |value: &Value, member: &str| value[member].as_str().unwrap().to_owned();
    let engaged = [
        at.ask(&["engage", "Pairs", "Ada", "--role", "author"]),
        at.ask(&["engage", "--steward", "Wenham", "Stella"]),
    ];
    let [author, steward] = engaged.map(|engaged| {
        let id = text(&engaged, "id");
        let token = at.ask(&["token", "add", &id, "--label", "laptop"]);
        (id, text(&token, "token"), text(&token, "credential"))
    });
    Stage {
        at,
        author: (author.0, author.1),
        steward: (steward.0, steward.1),
        credential: author.2,
    }
}

impl Stage {
    fn run_as(&self, token: &str, args: &[&str]) -> Ran {
        let mut all = args.to_vec();
        all.extend(["--server", &self.at.base, "--token", token]);
        run(&all)
    }

    /// What a command answers that is refused, in one line.
    fn told(&self, token: &str, args: &[&str]) -> String {
        let ran = self.run_as(token, args);
        assert_eq!(
            (ran.code, ran.stderr.lines().count()),
            (1, 1),
            "{args:?}: {}",
            ran.stderr
        );
        assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
        ran.stderr
    }

    fn operator(&self) -> String {
        std::fs::read_to_string(self.at.data().join("operator.token"))
            .unwrap()
            .trim()
            .to_owned()
    }
}

fn soon() -> String {
    use cofferdam_model::{Clock, SystemClock};
    SystemClock.now().plus_seconds(3).rfc3339()
}

#[test]
fn halts_are_listed_and_end_once() {
    let stage = stage();
    let (at, steward) = (&stage.at, &stage.steward.1);
    let long = run(&at.with(&[
        "halt",
        "project:Pairs",
        "--reason",
        "drill",
        "--until",
        "2200-01-01",
    ]));
    assert!(
        long.stdout.contains("it ends by itself at 2200-01-01 00:00:00Z"),
        "{}",
        long.stdout
    );
    let scope = format!("credential:{}", stage.credential);
    let halted = at.ask(&["halt", &scope, "--reason", "credential"]);
    let listed = at.ask(&["halt", "list"]);
    let of = |list: &Value, member: &str| -> Vec<Value> {
        let all = list.as_array().unwrap().iter();
        all.map(|halt| halt[member].clone()).collect()
    };
    assert_eq!(of(&listed, "scope_name"), ["laptop of Ada", "Pairs"]);
    assert_eq!(of(&listed, "state"), ["open", "open"]);
    assert_eq!(of(&listed, "by"), ["operator", "operator"]);
    let own = at.ask_as(steward, &["halt", "list"]);
    assert_eq!(
        of(&own, "scope_name"),
        ["Pairs"],
        "a steward sees its lab's halts alone"
    );
    let none = stage.told(&stage.author.1, &["halt", "list"]);
    assert!(none.contains("this credential"), "{none}");
    assert_eq!(at.ask(&["lab", "list"])[0]["open_halts"], 1);

    let id = halted["id"].as_str().unwrap();
    check_the_end_of_one(&stage, id);

    let brief = at.ask_as(
        steward,
        &["halt", "lab:Wenham", "--reason", "drill", "--until", &soon()],
    );
    std::thread::sleep(Duration::from_millis(3_200));
    let brief = brief["id"].as_str().unwrap();
    assert_eq!(of(&at.ask(&["halt", "list"]), "scope_name"), ["Pairs"]);
    let all = at.ask(&["halt", "list", "--all"]);
    assert_eq!(of(&all, "state"), ["open", "ended", "resumed"]);
    let ended = stage.told(steward, &["resume", brief]);
    assert!(
        ended.contains("ended by itself at") && ended.contains("`cofferdam halt list`"),
        "{ended}"
    );
    check_the_log(&at.log(), id, &stage.steward.0);
}

/// Who is halted is told, a halt that was resumed is resumed once.
fn check_the_end_of_one(stage: &Stage, id: &str) {
    let me = stage.run_as(&stage.author.1, &["whoami"]).stdout;
    assert!(
        me.contains("this credential (crd_") && me.contains("is halted since") && me.contains(id),
        "{me}"
    );
    stage.at.ask(&["resume", id]);
    let me = stage.run_as(&stage.author.1, &["whoami"]).stdout;
    assert!(!me.contains("this credential"), "{me}");
    let again = stage.told(&stage.operator(), &["resume", id]);
    assert!(
        again.contains("was resumed at") && again.contains("`cofferdam halt list`"),
        "{again}"
    );
}

/// The log says what was halted and resumed, by ids alone.
fn check_the_log(log: &str, id: &str, steward: &str) {
    for said in ["halted", "resumed"] {
        let line = log.lines().find(|l| l.contains(&format!(" {said} halt={id}")));
        let line = line.unwrap_or_else(|| panic!("the log has no line of {id} {said}: {log}"));
        for field in ["scope=credential:crd_", "reason=\"credential\"", "by=pri_"] {
            assert!(line.contains(field), "{line}");
        }
    }
    let by_steward = log.lines().find(|l| l.contains("scope=lab:"));
    assert!(by_steward.is_some_and(|l| l.contains(steward)), "{log}");
    for name in ["Wenham", "Pairs", "Ada", "laptop"] {
        assert!(!log.contains(name), "the log has the name {name}: {log}");
    }
}

#[test]
fn whether_a_scope_is_there_is_told_to_those_alone_who_may_halt_it() {
    let stage = stage();
    stage.at.ask(&["lab", "add", "Elsewhere"]);
    let labs = stage.at.ask(&["lab", "list"]);
    let elsewhere = format!("lab:{}", labs[0]["id"].as_str().unwrap());
    let absent = [
        "lab:lab_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "engagement:eng_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "credential:crd_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ];
    let there = [
        elsewhere.as_str(),
        "installation",
        &format!("credential:{}", stage.credential),
    ];
    let halt = |scope: &str| ["halt".to_owned(), scope.to_owned(), "--reason=drill".to_owned()];
    for token in [&stage.author.1, &stage.steward.1] {
        for scope in absent.into_iter().chain(there) {
            let args = halt(scope);
            let told = stage.told(token, &args.each_ref().map(String::as_str));
            assert_eq!(
                told,
                "cofferdam: only operators can halt and resume that, or, within their lab, its stewards; ask one of them\n"
            );
        }
    }
    let made = stage.at.ask(&["halt", &elsewhere, "--reason", "drill"]);
    let made = made["id"].as_str().unwrap();
    for halt in [made, "hlt_01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        for token in [&stage.author.1, &stage.steward.1] {
            assert!(
                stage
                    .told(token, &["resume", halt])
                    .contains("only operators can")
            );
        }
    }
    for scope in absent {
        let args = halt(scope);
        let told = stage.told(&stage.operator(), &args.each_ref().map(String::as_str));
        assert!(told.contains("there is no such"), "{told}");
    }
}

#[test]
fn credentials_of_an_engagement_are_listed_for_operators_and_for_its_holder() {
    let stage = stage();
    let (engagement, token) = (&stage.author.0, &stage.author.1);
    stage.at.ask(&["person", "invite", "Ada"]);
    let file = arg(&data("mt_bench/question.jsonl"));
    stage.told(token, &["import", &file, "--engagement", engagement]);
    let kinds = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter();
        all.map(|c| c["kind"].as_str().unwrap().to_owned()).collect()
    };
    let listed = stage.at.ask(&["token", "list", engagement]);
    assert_eq!(kinds(&listed), ["link", "token"]);
    let own = stage.at.ask_as(token, &["token", "list", engagement]);
    assert_eq!(
        kinds(&own),
        ["token"],
        "a token shows what is bound like itself alone"
    );
    assert_eq!(own[0]["id"].as_str(), Some(stage.credential.as_str()));
    assert_eq!(own[0]["label"], "laptop");
    assert!(own[0]["last_used"].is_string(), "a refusal is a use: {own}");
    for list in [&listed, &own] {
        assert!(
            !list.to_string().contains("cft_") && !list.to_string().contains("cfl_"),
            "{list}"
        );
    }
    let told = stage.told(&stage.steward.1, &["token", "list", engagement]);
    assert!(told.contains("there is no such engagement"), "{told}");

    stage.at.ask(&["token", "revoke", &stage.credential]);
    assert_eq!(kinds(&stage.at.ask(&["token", "list", engagement])), ["link"]);
    let all = stage.at.ask(&["token", "list", engagement, "--all"]);
    assert_eq!(kinds(&all), ["link", "token"]);
    assert!(all[1]["revoked"].is_string() && all[1]["good"] == false, "{all}");
}

#[test]
fn those_who_may_not_are_told_why_and_whom_to_ask() {
    let stage = stage();
    let author = &stage.author.1;
    let ask = "ask your operator for";
    for (args, said) in [
        (&["deliver", "Pairs"][..], ask),
        (&["project", "show", "Wenham/Pairs"], ask),
        (&["lab", "recipients", "Wenham"], ask),
        (&["ledger", "tail", "Wenham"], ask),
        (&["person", "add", "Bea"], "only an operator may do that"),
        (&["deliver", "Nothing"], "there is no project called `Nothing`"),
    ] {
        let told = stage.told(author, args);
        assert!(told.contains(said), "{args:?}: {told}");
    }
    let empty = stage.run_as(author, &["project", "list"]);
    assert!(
        empty.code == 0 && empty.stderr.contains("`cofferdam whoami`"),
        "{}",
        empty.stderr
    );
    for (engagement, _) in [&stage.author, &stage.steward] {
        stage.at.ask(&["engage", "--end", engagement]);
    }
    let file = arg(&data("mt_bench/question.jsonl"));
    for ((engagement, token), role) in [
        (&stage.author, "author in Pairs"),
        (&stage.steward, "steward in Wenham"),
    ] {
        let said = format!("your engagement as {role} ended at 20");
        for args in [
            &["project", "list"][..],
            &["lab", "list"],
            &["deliver", "Pairs"],
            &["lab", "recipients", "Wenham"],
            &["project", "guideline"],
            &["import", &file],
            &["import", &file, "--engagement", engagement],
        ] {
            let told = stage.told(token, args);
            assert!(told.contains(&said), "{args:?}: {told}");
        }
        let me = stage.run_as(token, &["whoami"]).stdout;
        assert!(me.contains("ended 20"), "{me}");
    }
}
