//! Messages of a run while it works: a line that changes on a terminal, plain lines elsewhere.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;

use crate::json::text::printable;

/// The amount of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Nothing.
    None,
    /// Waits and failures.
    Some,
    /// Every request, too.
    All,
}

/// The progress of a run.
#[derive(Debug)]
pub struct FetchProgress {
    bar: Option<ProgressBar>,
    words: Verbosity,
    state: Arc<Mutex<ProgressState>>,
}

/// The text behind the number of requests.
#[derive(Debug, Default)]
struct ProgressState {
    bytes: u64,
    /// The reason for waiting, and its end.
    waiting: Option<(String, Instant)>,
}

impl ProgressState {
    fn text(&self) -> String {
        let mut text = format!(", {}", HumanBytes(self.bytes));
        if let Some((why, until)) = &self.waiting {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                // Writing to a string cannot fail.
                let _ = write!(text, ", waiting {} {why}", seconds(left));
            }
        }
        text
    }
}

impl FetchProgress {
    /// Shows how many of `requests` are done, on a terminal where `drawn`.
    pub fn new(requests: usize, drawn: bool, words: Verbosity) -> Self {
        let state = Arc::new(Mutex::new(ProgressState::default()));
        let bar = drawn.then(|| {
            let length = Some(requests as u64);
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
            let shown = Arc::clone(&state);
            let key = move |_: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&shown.lock().text());
            };
            // The template is a constant; one that does not read leaves the usual look.
            let template = "{spinner} {pos}/{len} requests{state}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.with_key("state", key));
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, words, state }
    }

    /// A progress that says nothing.
    #[cfg(any(test, feature = "internals"))]
    pub fn silent() -> Self {
        Self::new(0, false, Verbosity::None)
    }

    /// Shows a wait and its reason.
    pub fn waiting(&self, why: &str, wait: Duration) {
        if self.bar.is_none() {
            self.say(Verbosity::Some, &format!("waiting {} {why}", seconds(wait)));
        }
        self.state.lock().waiting = Instant::now()
            .checked_add(wait)
            .map(|it| (why.to_owned(), it));
    }

    /// Counts bytes that arrived.
    pub fn received(&self, bytes: u64) {
        self.state.lock().bytes += bytes;
    }

    /// Counts a request that is done.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// A line for those who asked for more.
    pub fn detail(&self, line: &str) {
        self.say(Verbosity::All, line);
    }

    fn say(&self, least: Verbosity, line: &str) {
        if self.words < least {
            return;
        }
        // Where standard error is closed there is nobody to inform.
        let write = || drop(writeln!(std::io::stderr(), "{}", printable(line)));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the line off the terminal.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A time in seconds, with a decimal where it is short.
pub fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} s", time.as_secs_f64().ceil())
    }
}
