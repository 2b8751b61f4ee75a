//! What those are told who may do nothing, or no more.

use serde_json::Value;

use crate::support::{Installation, Ran, arg, data, run};

/// A lab with a project, an author and a steward: engagement and token of each.
struct Stage {
    at: Installation,
    author: (String, String),
    steward: (String, String),
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
        (id, text(&token, "token"))
    });
    Stage { at, author, steward }
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
