//! The firms and people of the demonstration. None of them exists.

use cofferdam_work::template::TemplateKind;

/// The three labs and who speaks for each.
pub(super) const LABS: [(&str, &str); 3] = [
    ("Merrowby Research", "Hanne Osterveld"),
    ("Oxlip Intelligence", "Callum Adeyinka"),
    ("Tarnholm AI", "Priya Lindqvist"),
];
/// Runs the platform.
pub(super) const OPERATOR: &str = "Robin Achterberg";
/// Reviews, one in each lab's projects.
pub(super) const REVIEWERS: [&str; 3] = ["Noor Bakkali", "Emil Strand", "Wanjiru Castell"];
/// Contractors of files that name no annotators.
pub(super) const SIMULATED: [&str; 2] = ["Aino Varga", "Tomoko Ferreira"];
/// Whoever logs in as a contractor where the sample is shown: engaged for every project.
pub(super) const GUEST: &str = "Ines";
/// The firm's own tools.
pub(super) const IMPORTER: &str = "Import script";
/// The tool that reads a project out while it is halted.
pub(super) const EXPORTER: &str = "Quality dashboard";

/// What the reviewer writes to the author of the one submission that comes back.
pub(super) const COMMENT: &str = "Please read the second half of the task again before you hand this in: I am not sure that you took it into account.";

/// A guideline for tasks out of a file.
pub(super) const fn guideline(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::PairwisePreference => include_str!("guidelines/pairwise-preference.md"),
        TemplateKind::Ranking => include_str!("guidelines/ranking.md"),
        TemplateKind::Rubric => include_str!("guidelines/rubric.md"),
        TemplateKind::Chat => include_str!("guidelines/chat.md"),
        TemplateKind::Classification => include_str!("guidelines/classification.md"),
        TemplateKind::Spans => include_str!("guidelines/spans.md"),
        TemplateKind::Freeform => include_str!("guidelines/freeform.md"),
    }
}
