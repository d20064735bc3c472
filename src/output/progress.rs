//! Progress on a terminal's stderr. Elsewhere it is silent: logs are not progress.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress display. Cloning gives another handle on the same display.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(is_shown: bool) -> Self {
        if !is_shown {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// Sets how much there is to do, as far as known.
    pub fn set_total(&self, total: usize) {
        self.bar.set_length(total as u64);
    }

    /// Sets how much is done.
    pub fn set_done(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// Names what was done last.
    pub fn set_message(&self, message: &str) {
        self.bar
            .set_message(super::sanitize::terminal(message).into_owned());
    }

    /// Takes the display away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
