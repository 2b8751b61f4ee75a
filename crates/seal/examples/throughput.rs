//! Measures sealing and opening of objects on every core: objects per second at 1 KiB, bytes per second above.
//!
//! Run it with `cargo run --release -p cofferdam-seal --example throughput`.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use cofferdam_seal::key::{EpochKey, SecretBytes};
use cofferdam_seal::object::{self, Binding};
use cofferdam_seal::{Id128, SystemRandom};

const SPAN: Duration = Duration::from_millis(1_000);

/// How often something was done, per second of time on the wall and per second of one core's work.
struct Rate {
    wall: f64,
    core: f64,
}

fn main() -> Result<(), object::ObjectError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let epoch = EpochKey::new(&SecretBytes::copy_of(&[7; 32]));
    let id = Id128::new([1; 16]);
    let binding = Binding {
        compartment: id,
        project: id,
        object: id,
        kind: 1,
        version: 1,
        epoch: id,
    };
    report(&format!(
        "{cores} threads; per core: in a second of one core's own time (Linux only)"
    ));
    for (name, len) in [
        ("1 KiB", 1 << 10),
        ("64 KiB", 64 << 10),
        ("1 MiB", 1 << 20),
        ("16 MiB", 16 << 20),
    ] {
        let data = vec![0x5A; len];
        let sealed = object::seal(&epoch, &binding, &data, &SystemRandom)?;
        let seal = || black_box(object::seal(&epoch, &binding, &data, &SystemRandom)).is_ok();
        let open = || black_box(object::open(&epoch, &binding, sealed.as_bytes())).is_ok();
        for (what, Rate { wall, core }) in [("seal", measure(cores, seal)), ("open", measure(cores, open))] {
            let gigabytes = |rate: f64| rate * len as f64 / 1e9;
            report(&format!(
                "{what} {name:>6}: {wall:>8.0}/s {:>6.2} GB/s; per core {core:>8.0}/s {:>6.2} GB/s",
                gigabytes(wall),
                gigabytes(core)
            ));
        }
    }
    Ok(())
}

/// How often all `cores` together do `work` in a second.
fn measure(cores: usize, work: impl Fn() -> bool + Sync) -> Rate {
    let counted = || {
        let (start, worked) = (now(), core_seconds());
        let mut done = 0_u64;
        while start.elapsed() < SPAN {
            done += (0..16).filter(|_| work()).count() as u64;
        }
        (
            done as f64,
            start.elapsed().as_secs_f64(),
            core_seconds() - worked,
        )
    };
    let counts: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(counted)).collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    let done: f64 = counts.iter().map(|(done, ..)| done).sum();
    let worked: f64 = counts.iter().map(|(.., worked)| worked).sum();
    Rate {
        wall: counts.iter().map(|(done, wall, _)| done / wall).sum(),
        core: done / worked,
    }
}

/// Seconds that a core has spent on this thread; the first field of the kernel's `schedstat`, in nanoseconds.
fn core_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1e9
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about real time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "an example reports on its standard output")]
fn report(line: &str) {
    println!("{line}");
}
