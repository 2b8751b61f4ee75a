//! Power cuts and failing disks beneath the store: whoever was answered finds what they wrote.
//!
//! A few moments of each run are looked at; with `COFFERDAM_TEST_POWER` set to a number, that many times as many.
//! `COFFERDAM_TEST_SEED` decides which, and how writes are torn.

#[cfg(test)]
mod check;
#[cfg(test)]
mod cuts;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod work;
