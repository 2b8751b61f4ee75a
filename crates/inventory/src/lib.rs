//! What a machine runs, and whether an advisory concerns it.
//!
//! Two questions, answered from files alone:
//!
//! 1. [`scan()`] reads folders, lock files and bills of materials and yields an [`Inventory`]: packages with what
//!    says so, files that run whenever an interpreter starts, and **gaps**: what could not be read, where and why.
//! 2. [`advisory`] reads records in the OSV format, groups those of one [`advisory::Event`], and says of a package
//!    or of a whole inventory: affected, not affected, or unknown and why.
//!
//! Invariants, as absences:
//! - nothing here says *not affected* for want of knowledge: what was not read, not parsed or not comparable is
//!   unknown;
//! - no clock, no network, no database: times are passed in, and only [`scan()`] and [`advisory::source`] open files;
//! - nothing that is scanned is run, imported or unpacked to disk, and no link is followed out of a root;
//! - no input makes it panic or take memory or time without bound: [`scan::Limits`], [`advisory::source::Limits`].

pub mod advisory;
pub mod digest;
pub mod gap;
pub mod history;
pub mod inventory;
pub mod lock;
pub mod package;
pub mod reading;
pub mod sbom;
pub mod scan;
mod text;
mod yaml;

pub use digest::Sha256;
pub use gap::{Gap, Reason};
pub use history::{Finding, History, Report, Rules, finding};
pub use inventory::{Evidence, Inventory, Item, Place};
pub use package::{Ecosystem, Package, Standing, Version};
pub use scan::{Root, scan};
