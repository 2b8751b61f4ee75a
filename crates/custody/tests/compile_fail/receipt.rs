//! A receipt says that something is durable: only the gate knows.

use cofferdam_custody::Receipt;
use cofferdam_model::{Compartment, Timestamp};

fn main() {
    let _ = Receipt {
        compartment: Compartment::Installation,
        n: 0,
        t: Timestamp::from_micros(0),
        leaf: [0; 32],
    };
}
