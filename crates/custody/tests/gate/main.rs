//! What must hold of the gate, whoever asks and whatever somebody did to the database beneath it.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod budgets;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod listening;
#[cfg(test)]
mod once;
#[cfg(test)]
mod only_postgres;
#[cfg(test)]
mod only_sqlite;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod release;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod support;
#[cfg(test)]
mod walls;
