//! The one gate: no plaintext without an admitted, budgeted and durable record.
