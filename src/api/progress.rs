//! What a run says while it works: a line that changes on a terminal, plain lines elsewhere.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    None,
    Some,
    All,
}

/// The progress of a run.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    words: Words,
    bytes: Mutex<u64>,
}

impl Progress {
    /// Shows how many of `requests` are done, on a terminal where `drawn`.
    pub fn new(requests: usize, drawn: bool, words: Words) -> Self {
        let bar = drawn.then(|| {
            let bar =
                ProgressBar::with_draw_target(Some(requests as u64), ProgressDrawTarget::stderr());
            // The template is a constant; one that does not read leaves the usual look.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} requests{msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            words,
            bytes: Mutex::new(0),
        }
    }

    /// A progress that says nothing.
    pub fn silent() -> Self {
        Self::new(0, false, Words::None)
    }

    /// Something has to wait so long.
    pub fn waiting(&self, why: &str, wait: Duration) {
        let wait = seconds(wait);
        match &self.bar {
            Some(bar) => bar.set_message(format!(", waiting {wait} {why}")),
            None => self.say(Words::Some, &format!("waiting {wait} {why}")),
        }
    }

    /// So many bytes have arrived.
    pub fn received(&self, bytes: usize) {
        let mut sum = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *sum += bytes as u64;
        if let Some(bar) = &self.bar {
            bar.set_message(format!(", {}", HumanBytes(*sum)));
        }
    }

    /// A request is done.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// A line for those who asked for more.
    pub fn detail(&self, line: &str) {
        self.say(Words::All, line);
    }

    fn say(&self, least: Words, line: &str) {
        let enough = match self.words {
            Words::None => false,
            Words::Some => least == Words::Some,
            Words::All => true,
        };
        if !enough {
            return;
        }
        // Where standard error is closed there is nobody to tell.
        let write = || drop(writeln!(std::io::stderr(), "{line}"));
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
