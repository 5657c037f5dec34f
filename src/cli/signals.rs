//! Signals that end the process. Temporary files are removed first.

use std::sync::Once;

/// Installs handlers: a signal that ends the process first removes the temporary files.
///
/// SIGINT then exits with 130, SIGTERM and SIGHUP with 143. A signal that the parent
/// ignores (`nohup`) stays ignored. If handlers cannot be installed, signals end the process as
/// before.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(platform::install);
}

#[cfg(unix)]
mod platform {
    use crate::output::clear;

    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    pub fn install() {
        // Beyond the limit on file sizes (`ulimit -f`) writing shall fail, not end the process.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP];
        let wanted = wanted
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let Ok(mut signals) = Signals::new(wanted) else {
            return;
        };
        let handle = signals.handle();
        let watch = move || {
            if let Some(signal) = signals.forever().next() {
                let _locked = clear();
                // At once: other threads are at work, and clearing up behind them could deadlock.
                low_level::exit(if signal == SIGINT { 130 } else { 143 });
            }
        };
        if thread::Builder::new()
            .name("signals".to_owned())
            .spawn(watch)
            .is_err()
        {
            handle.close();
        }
    }

    /// The set of signals the parent set to be ignored, where the system shows it without `unsafe`.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod platform {
    use crate::output::clear;

    pub fn install() {
        // Without handlers the process still ends; only its temporary files stay.
        let _ = ctrlc::set_handler(|| {
            let _locked = clear();
            std::process::exit(130);
        });
    }
}
