//! All SQL, one module per subject, and the drivers beneath it.
