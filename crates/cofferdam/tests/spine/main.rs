//! The built binary, from a lab's prompts to a delivery that only the lab can open.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail them")]

mod answers;
mod apart;
mod archives;
mod cli;
mod closed;
mod components;
mod copying;
mod demo;
mod drill;
mod edited;
mod frozen;
mod halted;
mod hours;
mod imports;
mod incidents;
mod itself;
mod lab_keyholder;
mod leaks;
mod matching;
mod notices;
mod offers;
mod only_postgres;
mod operators;
mod pages;
mod reasons;
mod refusals;
mod reports;
mod seat;
mod sent_back;
mod serving;
mod standing;
mod support;
mod walls;
