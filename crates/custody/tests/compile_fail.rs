//! What no other crate can write: each file in `compile_fail/` must not compile, for the reason beside it.

#[cfg(test)]
mod tests {
    #[test]
    fn nobody_else_makes_plaintext_receipts_or_callers() {
        trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
    }
}
