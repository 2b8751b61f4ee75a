//! From a script that fails to a short one.
//!
//! The strategies of proptest make the scripts; to make one short, whole runs of commands are left out first, halving
//! the runs, as long as something still fails: a hundred times fewer scripts are done than when one command after the
//! other is left out. Then numbers are made small.

use anyhow::Result;
use serde_json::Value;

use super::command::Command;

/// Makes a failing script short. `fails` says after how many commands a script fails, if it does.
pub(crate) fn shrink(
    mut script: Vec<Command>,
    mut fails: impl FnMut(&[Command]) -> Option<usize>,
) -> Vec<Command> {
    loop {
        let before = script.clone();
        without_runs(&mut script, &mut fails);
        with_small_numbers(&mut script, &mut fails);
        if script == before {
            return script;
        }
    }
}

fn without_runs(script: &mut Vec<Command>, fails: &mut impl FnMut(&[Command]) -> Option<usize>) {
    let mut run = script.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < script.len() {
            let end = (at + run).min(script.len());
            let shorter = [&script[..at], &script[end..]].concat();
            match fails(&shorter) {
                Some(done) => *script = shorter[..done.min(shorter.len())].to_vec(),
                None => at = end,
            }
        }
        run /= 2;
    }
}

fn with_small_numbers(script: &mut [Command], fails: &mut impl FnMut(&[Command]) -> Option<usize>) {
    for at in 0..script.len() {
        let Ok(Value::Object(members)) = serde_json::to_value(script[at]) else {
            continue;
        };
        for (name, value) in members {
            let Some(number) = value.as_i64() else { continue };
            for smaller in [0, 1, number % 8, number / 2] {
                let candidate = with(&script[at], &name, smaller)
                    .ok()
                    .filter(|_| smaller.abs() < number.abs());
                let Some(candidate) = candidate else { continue };
                let kept = std::mem::replace(&mut script[at], candidate);
                if fails(script).is_some() {
                    break;
                }
                script[at] = kept;
            }
        }
    }
}

fn with(command: &Command, name: &str, number: i64) -> Result<Command> {
    let mut value = serde_json::to_value(command)?;
    value[name] = number.into();
    Ok(serde_json::from_value(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let script: Vec<Command> = (0..100).map(|seconds| Command::Clock { seconds }).collect();
        let long = |c: &Command| matches!(c, Command::Clock { seconds } if *seconds >= 40);
        let shrunk = shrink(script, |script| {
            let found: Vec<usize> = (0..script.len()).filter(|at| long(&script[*at])).collect();
            (found.len() >= 2).then(|| found[1] + 1)
        });
        assert_eq!(shrunk.len(), 2);
        assert!(shrunk.iter().all(long));
    }
}
