//! A progress bar by bytes on a terminal.

use std::fmt::Write;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{
    BinaryBytes, HumanDuration, ProgressBar as Bar, ProgressDrawTarget, ProgressState,
    ProgressStyle,
};

use crate::Progress;
use crate::cli::options::Shared;

/// Work that is shorter shows no bar.
const LONG: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(100);

/// A progress bar that is removed when this is dropped: the thread that draws it ends when nobody
/// can send it anything.
#[derive(Debug)]
pub struct ProgressBar(Option<(Sender<()>, JoinHandle<()>)>);

impl ProgressBar {
    /// Shows the part of `total` bytes that was read since this call, if progress is shown.
    pub fn start(
        shared: &Shared,
        what: &'static str,
        progress: Progress,
        total: impl FnOnce() -> Option<u64>,
    ) -> Self {
        if !shared.draws_progress() {
            return Self(None);
        }
        let total = total();
        let (end, ended) = mpsc::channel();
        let begin = progress.bytes();
        let thread = std::thread::Builder::new()
            .spawn(move || draw(&ended, what, total, &progress, begin))
            .ok();
        Self(thread.map(|thread| (end, thread)))
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            // What the bar came to is no matter.
            let _ = thread.join();
        }
    }
}

fn draw(
    ended: &Receiver<()>,
    what: &'static str,
    total: Option<u64>,
    progress: &Progress,
    begin: u64,
) {
    // The bar appears late, but the work began now.
    let start = Instant::now();
    let has_ended = |within: Duration| ended.recv_timeout(within) != Err(RecvTimeoutError::Timeout);
    if has_ended(LONG) {
        return;
    }
    let bar = Bar::with_draw_target(total, ProgressDrawTarget::stderr());
    let template = match total {
        Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes}, {rate}, {left} left",
        None => "{spinner} {msg} {bytes}, {rate}",
    };
    // The template is a constant; if it cannot be read, the bar has its usual look.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(
            style
                .with_key("rate", move |state: &ProgressState, out: &mut dyn Write| {
                    let rate = rate(state.pos(), start.elapsed());
                    let _ = write!(out, "{}/s", BinaryBytes(rate));
                })
                .with_key("left", move |state: &ProgressState, out: &mut dyn Write| {
                    let left = left(state.pos(), state.len(), start.elapsed());
                    let _ = write!(out, "{:#}", HumanDuration(left));
                }),
        );
    }
    bar.set_message(what);
    loop {
        let read = progress.bytes() - begin;
        // Places are looked up in a second reading.
        bar.set_position(total.map_or(read, |total| read.min(total)));
        bar.tick();
        if has_ended(STEP) {
            bar.finish_and_clear();
            return;
        }
    }
}

/// Bytes per second since the work began.
fn rate(read: u64, elapsed: Duration) -> u64 {
    (read as f64 / elapsed.as_secs_f64().max(0.001)) as u64
}

/// The time that is left at this rate.
fn left(read: u64, total: Option<u64>, elapsed: Duration) -> Duration {
    let rest = total.unwrap_or(read).saturating_sub(read);
    let seconds = rest as f64 / rate(read, elapsed).max(1) as f64;
    Duration::from_secs(seconds as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_counts_from_the_beginning() {
        let half = Duration::from_millis(500);
        assert_eq!(rate(1_000_000, half), 2_000_000);
        assert_eq!(
            left(1_000_000, Some(5_000_000), half),
            Duration::from_secs(2)
        );
        assert_eq!(left(1_000_000, None, half), Duration::ZERO);
        assert_eq!(
            (rate(0, Duration::ZERO), left(0, Some(9), half).as_secs()),
            (0, 9)
        );
    }
}
