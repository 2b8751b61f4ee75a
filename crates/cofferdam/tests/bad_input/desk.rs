//! A lab with one project, and somebody who imports into it.

use std::fs;
use std::path::PathBuf;

use reqwest::{Client, Method};
use serde_json::Value;

use crate::support::{Installation, Ran, arg, run};

/// A server with one lab and one project.
pub(crate) struct Desk {
    pub(crate) at: Installation,
    /// The engagement that imports, and its token.
    pub(crate) engagement: String,
    pub(crate) token: String,
    pub(crate) lab: String,
}

/// What a program was told, and with which status.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Told {
    /// The sentence of a problem.
    pub(crate) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }

    /// Status, sentence, and the field that the first error names.
    pub(crate) fn problem(&self) -> (u16, &str, &str) {
        let field = self.body["errors"][0]["field"].as_str().unwrap_or_default();
        (self.status, self.detail(), field)
    }
}

impl Desk {
    pub(crate) fn new(template: &str) -> Self {
        let at = Installation::start();
        let lab = at.ask(&["lab", "add", "Wenham"])["id"]
            .as_str()
            .unwrap()
            .to_owned();
        at.ask(&["project", "add", "Wenham", "Desk", "--template", template]);
        at.ask(&["person", "add", "Script", "--component"]);
        let import = ["--role", "integration", "--purpose", "import"];
        let (engagement, token) = at.seat("Desk", "Script", &import);
        Self {
            at,
            engagement,
            token,
            lab,
        }
    }

    /// The project as the operator sees it: every count of it.
    pub(crate) fn state(&self) -> Value {
        self.at.ask(&["project", "show", "Desk"])
    }

    /// Tasks in the project.
    pub(crate) fn tasks(&self) -> u64 {
        self.state()["tasks"]["total"].as_u64().unwrap()
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.at.beside(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn import(&self, file: &str) -> Ran {
        run(&["import", file, "--server", &self.at.base, "--token", &self.token])
    }

    /// Imports a file that is in order; how many tasks it made.
    pub(crate) fn taken(&self, name: &str, content: &[u8]) -> u64 {
        let before = self.tasks();
        let ran = self.import(&arg(&self.file(name, content)));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self.tasks() - before
    }

    /// Imports a file that is wrong: the whole of standard error is `said`, after the program's and the file's name,
    /// and the project is as it was.
    pub(crate) fn refused(&self, name: &str, content: &[u8], said: &str) {
        let before = self.state();
        let file = arg(&self.file(name, content));
        let ran = self.import(&file);
        assert_eq!(ran.stderr, format!("cofferdam: {file}: {said}\n"), "{name}");
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{name}");
        assert_eq!(self.state(), before, "{name} changed something");
    }

    /// Sends a request as a program would, with the operator's token.
    pub(crate) fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Told {
        let token = fs::read_to_string(self.at.data().join("operator.token")).unwrap();
        self.send_as(token.trim(), method, path, body)
    }

    /// The same with another token.
    pub(crate) fn send_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: impl Into<reqwest::Body>,
    ) -> Told {
        let address = format!("{}/api/v1{path}", self.at.base);
        send(&Client::new(), method, &address, Some(token), body)
    }
}

/// Sends JSON, and takes what is answered.
pub(crate) fn send(
    client: &Client,
    method: Method,
    address: &str,
    token: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> Told {
    let request = client
        .request(method, address)
        .header("content-type", "application/json")
        .body(body);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Told { status, body }
    })
}
