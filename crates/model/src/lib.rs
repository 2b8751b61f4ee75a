//! The words of Cofferdam and every rule that needs no I/O.
