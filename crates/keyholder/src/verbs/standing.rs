//! How the keyholder stands, for people and for programs.

use cofferdam_seal::keyholder::wire::LedgerStatus;

use crate::clock::shown;
use crate::fail::{Failure, Outcome};
use crate::lab::{NodeStanding, Standing};
use crate::out;

/// `status`.
pub(super) fn status(standing: &Standing, json: bool) -> Outcome {
    if json {
        out::json(standing)?;
    } else {
        told(standing)?;
    }
    let waits = waiting(standing);
    if waits.is_empty() {
        return Ok(());
    }
    Err(Failure::stands(format!(
        "for the lab to look at: {}",
        waits.join("; ")
    )))
}

fn told(standing: &Standing) -> Outcome {
    let serving = if standing.serving {
        "serving"
    } else {
        "not serving"
    };
    out::line(format!(
        "{serving} at {}, version {}, {} entries in its log",
        standing.address, standing.version, standing.entries
    ))?;
    out::line(format!("authority {}", standing.authority))?;
    out::line(format!("witness   {}", standing.witness))?;
    for halt in &standing.halts {
        let what = halt
            .project
            .map_or_else(|| "everything".to_owned(), |id| format!("project {id}"));
        out::line(format!(
            "halted    {what} since {}: {}",
            shown(halt.since_micros),
            halt.reason
        ))?;
    }
    nodes(standing, false)?;
    for code in &standing.codes {
        out::line(format!(
            "code      {} for {}, until {}, tried in vain {} times{}",
            code.code,
            code.node,
            shown(code.expires_at_micros),
            code.failures,
            if code.used { ", used" } else { "" }
        ))?;
    }
    ledgers(standing, false)
}

/// What the lab must look at.
fn waiting(standing: &Standing) -> Vec<String> {
    let cloned = standing.nodes.iter().filter(|node| node.cloned);
    let cloned = cloned.map(|node| format!("node {} may run as two, and was revoked", node.node));
    let diverged = standing.ledgers.iter().filter_map(|ledger| {
        let found = ledger.diverged.as_ref()?;
        Some(format!(
            "the ledger of compartment {}: {} (`ledger list`, then `ledger accept`)",
            ledger.compartment, found.why
        ))
    });
    let tried = standing.codes.iter().filter(|code| code.failures > 0);
    let tried = tried.map(|code| format!("code {} was tried {} times in vain", code.code, code.failures));
    let policy = standing.policy_problem.iter();
    let policy =
        policy.map(|problem| format!("nothing is leased, since its policy does not read: {problem}"));
    let glass = Some(standing.break_glass).filter(|count| *count > 0);
    let glass =
        glass.map(|count| format!("{count} leases for break-glass within the last hour (`exposure`)"));
    let away = (!standing.serving).then(|| "it does not serve: nothing is leased (`serve`)".to_owned());
    let all = away
        .into_iter()
        .chain(cloned)
        .chain(diverged)
        .chain(tried)
        .chain(policy)
        .chain(glass);
    all.collect()
}

/// `node list`.
pub(super) fn nodes(standing: &Standing, json: bool) -> Outcome {
    if json {
        return out::json(&standing.nodes);
    }
    standing
        .nodes
        .iter()
        .try_for_each(|node| out::line(node_line(node)))
}

fn node_line(node: &NodeStanding) -> String {
    let state = match (&node.revoked_why, node.certificate_expires_at_micros) {
        (Some(why), _) => format!(
            "revoked {}: {why}",
            shown(node.revoked_at_micros.unwrap_or_default())
        ),
        (None, Some(end)) => format!("certificate until {}", shown(end)),
        (None, None) => "its certificate is over; enrol it again".to_owned(),
    };
    format!(
        "node      {} enrolled {}, last heard {}, {} calls, {state}",
        node.node,
        shown(node.enrolled_at_micros),
        shown(node.seen_at_micros),
        node.calls
    )
}

/// `ledger list`.
pub(super) fn ledgers(standing: &Standing, json: bool) -> Outcome {
    if json {
        return out::json(&standing.ledgers);
    }
    standing.ledgers.iter().try_for_each(ledger)
}

fn ledger(ledger: &LedgerStatus) -> Outcome {
    out::line(format!(
        "ledger    {} of compartment {}, {} entries seen",
        ledger.vkey, ledger.compartment, ledger.size
    ))?;
    let Some(found) = &ledger.diverged else {
        return Ok(());
    };
    out::line(format!(
        "  no lease since {}: {}",
        shown(found.at_micros),
        found.why
    ))?;
    for (name, note) in [("known", &found.known), ("brought", &found.brought)] {
        out::line(format!("  {name}:"))?;
        note.lines()
            .try_for_each(|line| out::line(format!("    {line}")))?;
    }
    Ok(())
}
