//! YAML as lock files use it: maps, lists and plain values, read from the events of `saphyr-parser`.
//!
//! No library's own tree is used: an alias is refused rather than expanded, and depth and size are bounded while the
//! events come in, so that no file costs more than its length.

use saphyr_parser::{Event, Parser, StrInput};

use crate::gap::Reason;

/// The deepest nesting.
const MAX_DEPTH: usize = 32;
/// The most values in a file; a project of fifty thousand packages has a million.
const MAX_NODES: usize = 2_000_000;

/// A value. Of scalars, the text is kept as it stands; numbers are not interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn map(&self) -> Option<&[(String, Node)]> {
        match self {
            Self::Map(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let members = self.map()?;
        members.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }
}

/// What is open while events come in.
enum Open {
    List(Vec<Node>),
    Map {
        members: Vec<(String, Node)>,
        key: Option<String>,
    },
}

/// Reads the documents of a file; an empty file has none.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Reason> {
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut nodes = 0_usize;
    while let Some(next) = parser.next_event() {
        let (event, span) =
            next.map_err(|error| Reason::malformed(u64::try_from(error.marker().line()).ok(), error.info()))?;
        let fault = |why: &str| Reason::malformed(u64::try_from(span.start.line()).ok(), why);
        nodes += 1;
        if nodes > MAX_NODES || open.len() > MAX_DEPTH {
            return Err(fault("more values, or deeper nesting, than a lock file has"));
        }
        let done = match event {
            Event::Scalar(value, ..) => Node::Text(value.into_owned()),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map {
                    members: Vec::new(),
                    key: None,
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Node::List(items),
                Some(Open::Map { members, .. }) => Node::Map(members),
                None => return Err(fault("something ends that did not begin")),
            },
            Event::Alias(_) => return Err(fault("an alias, which no lock file has")),
            _ => continue,
        };
        put(done, &mut open, &mut documents).map_err(fault)?;
    }
    Ok(documents)
}

/// Puts a finished value where it belongs.
fn put(node: Node, open: &mut [Open], documents: &mut Vec<Node>) -> Result<(), &'static str> {
    match open.last_mut() {
        None => documents.push(node),
        Some(Open::List(items)) => items.push(node),
        Some(Open::Map { members, key }) => match (key.take(), node) {
            (None, Node::Text(text)) => *key = Some(text),
            (None, _) => return Err("a key that is no text"),
            (Some(key), node) => members.push((key, node)),
        },
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_and_lists() {
        let documents = read("a: 1\nb: [x, {y: 'z'}]\n---\nc: \"d\"\n").unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].get("a").and_then(Node::text), Some("1"));
        assert!(matches!(documents[0].get("b"), Some(Node::List(items)) if items.len() == 2));
        assert_eq!(documents[1].get("c").and_then(Node::text), Some("d"));
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn hostile_files_are_refused() {
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\n";
        assert!(matches!(read(bomb), Err(Reason::Malformed { line: Some(2), .. })));
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read(&"- ".repeat(10_000)).is_err());
        assert!(read("? {a: b}\n: c\n").is_err());
        assert!(read("a: [\n").is_err());
    }
}
