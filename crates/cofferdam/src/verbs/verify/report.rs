//! An exposure report, held against an exported ledger.

use std::fmt::Write as _;
use std::path::Path;

use cofferdam_incident::report::{SignedReport, Verdict, html, verify_report};
use cofferdam_ledger::note::VerifyingKey;
use serde_json::{Value, json};

use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::part;
use crate::progress::waiting;
use crate::table::thousands;

/// Whether a file is an exposure report, right or wrong.
pub(super) fn is_one(file: &Path) -> Outcome<bool> {
    Ok(files::bytes(file)?.starts_with(b"{\"note\":"))
}

pub(super) async fn run(
    file: &Path,
    ledger: &Path,
    key: Option<VerifyingKey>,
    page: Option<&Path>,
    out: Out,
) -> Outcome {
    if file.is_dir() {
        return Err(Failure::usage(format!(
            "{} is a folder; with --ledger, name the file of an exposure report",
            file.display()
        )));
    }
    super::exported(ledger)?;
    let (text, folder, vouched) = (files::bytes(file)?, ledger.to_owned(), key.is_some());
    let verify = tokio::task::spawn_blocking(move || (verify_report(&text, &folder, key.as_ref()), text));
    let (verdict, text) = waiting("verifying", verify).await.to("verifying")?;
    let said = out.answer(&told(&verdict, vouched), |_| shown(&verdict, vouched));
    if let Some(wrong) = &verdict.wrong {
        return Err(Failure::new(format!("{}: {wrong}", file.display())));
    }
    // Only of what was found true.
    if let Some(page) = page {
        let signed: SignedReport = serde_json::from_slice(&text).to(file.display())?;
        part::write_new(page, html(&signed).as_bytes())?;
    }
    said
}

/// For programs.
fn told(verdict: &Verdict, vouched: bool) -> Value {
    json!({
        "ok": verdict.wrong.is_none(),
        "vouched": vouched,
        "lab": verdict.lab,
        "entries": verdict.size,
        "values": verdict.values,
        "problem": verdict.wrong.as_ref().map(ToString::to_string),
        "differences": verdict.differences(),
        "ledger": verdict.ledger,
    })
}

/// For people.
fn shown(verdict: &Verdict, vouched: bool) -> String {
    let mut text = verdict.ledger.to_string();
    if !vouched {
        let _ = writeln!(text, "{}", super::UNVOUCHED);
    }
    if let (Some(lab), Some(size)) = (verdict.lab, verdict.size) {
        let _ = writeln!(
            text,
            "report   to {lab}, of entries 0 to {}",
            size.saturating_sub(1)
        );
    }
    for difference in verdict.differences() {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let _ = writeln!(
            text,
            "differs  {}: {} follows, but it says {}",
            difference.at,
            side(&difference.expected),
            side(&difference.found)
        );
    }
    let result = match verdict.wrong {
        None => format!(
            "report   ok: {} values derived again, all equal",
            thousands(verdict.values)
        ),
        Some(_) => "report   NOT OK".to_owned(),
    };
    text + &result
}
