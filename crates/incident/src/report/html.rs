//! A report as one page to read and print: no script, no picture, nothing from elsewhere.
//!
//! Its sentences are fixed; what stands in them are ids, times and counts, and what the case says, escaped.

use std::fmt::{self, Display, Write as _};

use cofferdam_model::{Timestamp, Window};

use super::case::{Case, Credential, Elsewhere, Subject};
use super::document::SignedReport;
use super::results::{Classes, Count, ProjectKeys, SubjectResult, WindowResult};

/// The most object versions that a table lists: the file has them all.
const MOST_LISTED: usize = 200;

const STYLE: &str = "
:root{color-scheme:light}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;color:#1a1f26;background:#fff;margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.2rem;margin:2.4rem 0 .6rem;padding-top:1rem;border-top:2px solid #1a1f26}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p{margin:.4rem 0;max-width:46rem}
code{font:.85em/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.32rem .6rem .32rem 0;border-bottom:1px solid #d5dae0}
th{font-weight:600;color:#48525f}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.lead{color:#48525f}
.mark{display:inline-block;padding:.05rem .5rem;border:1px solid currentColor;border-radius:1rem;font-size:.82rem;font-weight:600}
.bad{color:#9b1c1c}.warn{color:#8a4b00}.ok{color:#1d5c36}
ul{padding-left:1.2rem;max-width:46rem}li{margin:.25rem 0}
@media print{body{padding:0;max-width:none;font-size:10.5pt}tr{break-inside:avoid}h2,h3{break-after:avoid}@page{margin:18mm 16mm}}
";

/// Text in which nothing is a tag.
struct Escaped<T>(T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The page.
#[must_use]
pub fn html(signed: &SignedReport) -> String {
    let mut page = String::new();
    // Writing into a text cannot fail.
    let _ = write(signed, &mut page);
    page
}

fn write(signed: &SignedReport, page: &mut String) -> fmt::Result {
    let report = &signed.report;
    let lab = Escaped(report.lab);
    writeln!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Exposure report to {lab}</title>\n<style>{STYLE}</style></head><body>\n\
         <h1>Exposure report</h1>\n<p class=\"lead\">To <code>{lab}</code>, made {}. Incident <code>{}</code>.</p>",
        moment(report.made_at),
        Escaped(report.case.incident)
    )?;
    if report.case.availability.is_empty() {
        writeln!(
            page,
            "<p><b>No window is claimed yet</b>, so that nothing is counted in one. The firm says when it was, source by source: \
             <code>cofferdam incident claim</code>. Then ask for the report again.</p>"
        )?;
    }
    overview(&report.results, &report.case, page)?;
    basis(signed, page)?;
    for (subject, result) in report.case.subjects.iter().zip(&report.results) {
        one(subject, result, page)?;
    }
    writeln!(page, "<h2>What this report does not prove</h2>\n<ul>")?;
    for limit in &report.limits {
        writeln!(page, "<li>{}</li>", Escaped(limit))?;
    }
    writeln!(
        page,
        "</ul>\n<h2>How to check it</h2>\n<p>Every number follows from the case, the entries of your ledger and its lists of objects. This page is \
         not signed: the report's file is. Hold the file against an export of your ledger:</p>\n\
         <p><code>cofferdam verify report.json --ledger ledger/ --vkey KEY</code></p>\n</body></html>"
    )
}

/// The widest window, which is where a reader begins.
fn overview(results: &[SubjectResult], case: &Case, page: &mut String) -> fmt::Result {
    writeln!(
        page,
        "<h2>At a glance</h2>\n<p>For the widest window that any source gives. Object versions, by the first that holds of each.</p>\n\
         <table><tr><th>Subject</th><th>In the window</th>{}</tr>",
        heads()
    )?;
    for (result, subject) in results.iter().zip(&case.subjects) {
        write!(page, "<tr><td>{}</td>", called(result))?;
        match &result.windows.widest {
            None => writeln!(page, "<td>there is no window</td>{}</tr>", "<td></td>".repeat(7))?,
            Some(window) => {
                let (class, words) = verdict(subject, window);
                write!(page, "<td><span class=\"mark {class}\">{words}</span></td>")?;
                writeln!(page, "{}</tr>", cells(&window.totals.classes))?;
            }
        }
    }
    writeln!(page, "</table>")
}

/// What a subject is, and its name in this lab if it has one.
fn called(result: &SubjectResult) -> String {
    let name = result
        .subject
        .map_or_else(String::new, |name| format!(" <code>{}</code>", Escaped(name)));
    format!("{}{name}", Escaped(&result.kind))
}

/// The strongest that is known of what a component ran.
fn verdict(subject: &Subject, window: &WindowResult) -> (&'static str, &'static str) {
    if !matches!(subject, Subject::Component { .. }) {
        return ("warn", "exposed");
    }
    let is = |known: &str| window.ran.iter().any(|seen| seen.known == known);
    match () {
        () if is("ran") => ("bad", "ran"),
        () if is("may-have-run") => ("bad", "may have run"),
        () if is("unknown") => ("warn", "unknown"),
        () if window.exposed.is_some() => ("bad", "may have run later"),
        () => ("ok", "not seen"),
    }
}

fn basis(signed: &SignedReport, page: &mut String) -> fmt::Result {
    let (report, case) = (&signed.report, &signed.report.case);
    let witness = format!("<span class=\"mark warn\">{}</span>", Escaped(&report.witness));
    writeln!(
        page,
        "<h2>What it goes by</h2>\n<table>\n<tr><th>Ledger</th><td><code>{}</code>, entries 0 to {}</td></tr>\n\
         <tr><th>Root</th><td><code>{}</code></td></tr>\n<tr><th>Witness</th><td>{witness}</td></tr>",
        Escaped(&report.ledger.origin),
        number(report.ledger.size.saturating_sub(1)),
        Escaped(&report.ledger.root)
    )?;
    for advisory in &case.advisories {
        let hash = cofferdam_model::entry::hex32::encode(&advisory.sha256);
        writeln!(
            page,
            "<tr><th>Advisory</th><td>{}<br><code>{hash}</code></td></tr>",
            Escaped(&advisory.id)
        )?;
    }
    for claim in &case.availability {
        writeln!(
            page,
            "<tr><th>Claim</th><td>{}<br>{}</td></tr>",
            span(claim.window),
            Escaped(&claim.source)
        )?;
    }
    writeln!(page, "</table>")
}

fn one(subject: &Subject, result: &SubjectResult, page: &mut String) -> fmt::Result {
    writeln!(page, "<h2>The {}</h2>", called(result))?;
    if matches!(subject, Subject::Platform {}) {
        writeln!(
            page,
            "<p>What a platform that is itself compromised did not record is unknown, and it may hold keys still: every version that \
             existed since is unknown, whatever the ledger says, and there is no end.</p>"
        )?;
    }
    if let Subject::Component {
        scans,
        credentials,
        others_revoked,
        rebuilt,
        elsewhere,
        ..
    } = subject
    {
        let rebuilt = rebuilt.map_or_else(|| "not declared yet".to_owned(), moment);
        let open = credentials
            .iter()
            .filter(|credential| credential.revoked.is_none())
            .count();
        let others = if others_revoked.is_some() {
            "revoked"
        } else {
            "not revoked yet"
        };
        writeln!(
            page,
            "<p>Scans in this ledger: {}. Host rebuilt: {rebuilt}. Credentials that were in its reach: {} by name here, not revoked yet: {open}; others, if it has any: {others}.</p>",
            scans.len(),
            credentials.len()
        )?;
        in_reach(credentials, page)?;
        let told = match elsewhere {
            Elsewhere::Nothing => return windows(result, page),
            Elsewhere::Seen => "nothing is inferred from those that it has",
            Elsewhere::SinceRebuilt => {
                "nothing is inferred from those that it has, and the rebuilding of the host does not count: it was seen, or doubted, since"
            }
        };
        writeln!(
            page,
            "<p>Scans that are not in this ledger found it, or left it in doubt: {told}.</p>"
        )?;
    }
    keys(&result.keys, page)?;
    windows(result, page)
}

/// What is to be rotated, unless it was: each credential by its names in this ledger.
fn in_reach(credentials: &[Credential], page: &mut String) -> fmt::Result {
    if credentials.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "<table><tr><th>Credential that was in its reach</th><th>Revoked, or expired</th></tr>"
    )?;
    for credential in credentials {
        let tags: Vec<String> = credential.tags.iter().map(ToString::to_string).collect();
        let revoked = credential
            .revoked
            .map_or_else(|| "not yet: to be rotated".to_owned(), moment);
        writeln!(
            page,
            "<tr><td><code>{}</code></td><td>{revoked}</td></tr>",
            tags.join("</code>, <code>")
        )?;
    }
    writeln!(page, "</table>")
}

/// What the platform could open: its keys, unless they were replaced.
fn keys(keys: &[ProjectKeys], page: &mut String) -> fmt::Result {
    if keys.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "<table><tr><th>Project whose keys the platform held</th><th>Last called to be replaced</th></tr>"
    )?;
    for ProjectKeys { project, rotated } in keys {
        let rotated = rotated.map_or_else(|| "never: to be rotated".to_owned(), moment);
        writeln!(page, "<tr><td><code>{project}</code></td><td>{rotated}</td></tr>")?;
    }
    writeln!(page, "</table>")
}

fn windows(result: &SubjectResult, page: &mut String) -> fmt::Result {
    let windows = &result.windows;
    for (name, window) in [
        ("Narrowest window: what all sources agree on", &windows.narrowest),
        ("Widest window: all that any source says", &windows.widest),
        ("Chosen window", &windows.chosen),
    ] {
        writeln!(page, "<h3>{name}</h3>")?;
        match window {
            None => writeln!(page, "<p>There is no such window.</p>")?,
            Some(window) => self::window(window, page)?,
        }
    }
    Ok(())
}

fn window(window: &WindowResult, page: &mut String) -> fmt::Result {
    writeln!(page, "<p>Possible {}.</p>", span(window.availability))?;
    if !window.ran.is_empty() {
        writeln!(page, "<table><tr><th>What it ran</th><th>When</th></tr>")?;
        for seen in &window.ran {
            let why = seen
                .why
                .as_ref()
                .map_or_else(String::new, |why| format!(" ({})", Escaped(words(why))));
            writeln!(
                page,
                "<tr><td>{}{why}</td><td>{}</td></tr>",
                Escaped(words(&seen.known)),
                span(seen.during)
            )?;
        }
        writeln!(page, "</table>")?;
    }
    let Some(exposed) = window.exposed else {
        return writeln!(
            page,
            "<p><b>Not exposed:</b> its scans leave no instant then at which it could have run, and none since at which it was seen.</p>"
        );
    };
    writeln!(page, "<p><b>Exposed</b> {}.</p>", span(exposed))?;
    writeln!(page, "<table><tr><th>Object versions</th>{}</tr>", heads())?;
    for project in &window.projects {
        let cells = cells(&project.totals.classes);
        writeln!(
            page,
            "<tr><td><code>{}</code></td>{cells}</tr>",
            Escaped(project.project)
        )?;
    }
    writeln!(
        page,
        "<tr><th>in all</th>{}</tr></table>",
        cells(&window.totals.classes)
    )?;
    if !window.deliveries.is_empty() {
        writeln!(
            page,
            "<table><tr><th>Delivery</th><th class=\"n\">Rows</th><th></th></tr>"
        )?;
        for delivery in &window.deliveries {
            let what = match (delivery.made_by_subject, delivery.accepted) {
                (true, true) => "made by it, and accepted",
                (true, false) => "made by it",
                _ => "accepted",
            };
            let (id, rows) = (Escaped(delivery.delivery), number(delivery.rows));
            writeln!(
                page,
                "<tr><td><code>{id}</code></td><td class=\"n\">{rows}</td><td>{what}</td></tr>"
            )?;
        }
        writeln!(page, "</table>")?;
    }
    objects(window, page)
}

fn objects(window: &WindowResult, page: &mut String) -> fmt::Result {
    if window.objects.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "<table><tr><th>Object, version</th><th class=\"n\">Bytes</th><th>Class</th><th>Facts</th></tr>"
    )?;
    for object in window.objects.iter().take(MOST_LISTED) {
        let facts: Vec<_> = object.facts.iter().map(|fact| fact.name()).collect();
        writeln!(
            page,
            "<tr><td><code>{}</code>, {}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(object.object),
            object.version,
            number(object.bytes),
            object.class.name(),
            facts.join(", ")
        )?;
    }
    writeln!(page, "</table>")?;
    match window.objects.len().saturating_sub(MOST_LISTED) {
        0 => Ok(()),
        more => writeln!(
            page,
            "<p>And {} more, which the file lists.</p>",
            number(more as u64)
        ),
    }
}

const fn all(c: &Classes) -> [(&'static str, Count); 7] {
    [
        ("altered", c.altered),
        ("touched", c.touched),
        ("leased", c.leased),
        ("held", c.held),
        ("unknown", c.unknown),
        ("reachable", c.reachable),
        ("untouched", c.untouched),
    ]
}

fn heads() -> String {
    let heads = all(&Classes::default()).map(|(name, _)| format!("<th class=\"n\">{name}</th>"));
    heads.concat()
}

fn cells(classes: &Classes) -> String {
    let cells = all(classes).map(|(_, count)| match count.objects {
        0 => "<td class=\"n\">–</td>".to_owned(),
        objects => format!(
            "<td class=\"n\">{}<br>{} B</td>",
            number(objects),
            number(count.bytes)
        ),
    });
    cells.concat()
}

/// `may-have-run` for readers.
fn words(name: &str) -> String {
    name.replace('-', " ")
}

/// `2026-03-24 10:39:00 UTC`, with what there is of a fraction.
fn moment(t: Timestamp) -> String {
    let text = t.rfc3339();
    let text = text
        .trim_end_matches('Z')
        .trim_end_matches('0')
        .trim_end_matches('.');
    format!("{} UTC", text.replacen('T', " ", 1))
}

fn span(window: Window) -> String {
    match window.to() {
        Some(to) => format!("from {} until before {}", moment(window.from()), moment(to)),
        None => format!("from {} on, <b>still open</b>", moment(window.from())),
    }
}

/// With a thin space between thousands.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}
