//! Scripts as text: a JSON line a command, so that one can be read, kept and done again.

use anyhow::{Context as _, Result};

use super::command::Command;

/// Writes a script.
pub(crate) fn write(script: &[Command]) -> String {
    let line = |command| serde_json::to_string(command).unwrap_or_default() + "\n";
    script.iter().map(line).collect()
}

/// Reads a script; empty lines and lines that begin with `#` are passed over.
pub(crate) fn read(text: &str) -> Result<Vec<Command>> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(n, line)| serde_json::from_str(line).with_context(|| format!("line {}", n + 1)))
        .collect()
}
