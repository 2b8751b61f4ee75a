//! Advisories in the OSV format (<https://ossf.github.io/osv-schema/>), and whether they concern what a machine runs.

pub mod assess;
pub mod debian;
pub mod event;
pub mod order;
pub mod osv;
pub mod range;
pub mod source;
pub mod verdict;

pub use assess::{Assessment, Doubted, Hit, Index, Outcome, Subject, assess};
pub use event::{Event, group};
pub use osv::{Advisory, Affected, RecordError};
pub use verdict::{Doubt, Grounds, Verdict, judge};
