//! Progress bars on standard error: only for a person, and only once something takes longer than a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::out::watched;

const QUIET: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Something under way.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    watched: bool,
}

impl Progress {
    /// Of so many bytes.
    pub(crate) fn bytes(total: u64, what: &str) -> Self {
        Self::new(total, what, "{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
    }

    /// Of so many things.
    pub(crate) fn things(total: u64, what: &str) -> Self {
        Self::new(total, what, "{msg} {wide_bar} {human_pos}/{human_len} {eta}")
    }

    fn new(total: u64, what: &str, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what.to_owned());
        Self {
            bar,
            watched: watched(),
        }
    }

    /// So many more.
    pub(crate) fn add(&self, more: u64) {
        if self.watched && self.bar.is_hidden() && self.bar.elapsed() > QUIET {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(more);
    }

    /// There is more to do than was known.
    pub(crate) fn expect(&self, more: u64) {
        self.bar.inc_length(more);
    }

    /// Done: the line is cleared.
    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// Waits for something that does not tell how far it is, and says so to a person once it takes longer than a second.
pub(crate) async fn waiting<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(QUIET) => {}
    }
    if !watched() {
        return work.await;
    }
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(TICK);
    let done = work.await;
    spinner.finish_and_clear();
    done
}
