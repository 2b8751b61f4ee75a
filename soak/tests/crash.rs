//! The short form of the soak with kills: on both databases, and with a standby that takes over.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use cofferdam_soak::crash::{Args, Seen, soak};

async fn killed(kills: u32, postgres: bool, failover: bool) -> Seen {
    let args = Args {
        kills,
        check_every: kills.div_ceil(2),
        postgres,
        failover,
        program: None,
        seed: None,
    };
    let seen = soak(&args).await.unwrap();
    assert_eq!(seen.servers + seen.databases, kills);
    assert!(seen.submissions > 20, "too few to mean anything: {seen:?}");
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_twenty_kills() {
    killed(20, false, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_on_postgresql_kills_of_its_server_too() {
    let seen = killed(20, true, false).await;
    assert!(seen.servers > 0 && seen.databases > 0, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn and_a_standby_that_takes_over() {
    killed(6, true, true).await;
}
