//! The files and documents that a run checked. A run without findings shows that it checked something.

use super::words::counted;
use std::path::PathBuf;
use std::sync::Arc;

/// Counts of inputs that were found, read, checked and skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coverage {
    /// The inputs in their order, and whether each could be read.
    pub files: Vec<(Arc<str>, bool)>,
    /// Arguments that lead to nothing.
    pub missing: usize,
    /// Entries of folders that were ignored because they are hidden.
    pub hidden: usize,
    /// Entries of folders that were ignored because they are of another kind.
    pub other: usize,
    /// Files that `--exclude` left out.
    pub excluded: usize,
    /// Inputs that were named twice and read once.
    pub repeated: usize,
    /// Documents.
    pub documents: u64,
    /// Buckets.
    pub buckets: u64,
    /// Different metrics and views.
    pub metrics: u64,
    /// Rows of the long layout.
    pub rows: u64,
    /// Bytes of the inputs, decompressed.
    pub bytes: u64,
    /// Findings that a baseline hides.
    pub known: usize,
    /// Seconds since reading began.
    pub seconds: f64,
    /// The working folder: where relative paths begin.
    pub folder: Option<PathBuf>,
}

impl Coverage {
    /// Returns the number of readable inputs.
    pub fn read(&self) -> usize {
        self.files.iter().filter(|(_, read)| *read).count()
    }

    /// Returns the number of unreadable inputs.
    pub fn unread(&self) -> usize {
        self.files.len() - self.read()
    }

    /// Returns a text about skipped files; empty if there are none.
    pub fn passed_over(&self) -> Vec<String> {
        [
            (self.hidden, "hidden"),
            (self.other, "of another kind"),
            (self.excluded, "excluded"),
            (self.repeated, "named twice"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect()
    }

    /// The line for people.
    pub fn line(&self) -> String {
        let mut line = format!("coverage: {} found, {} read", self.files.len(), self.read());
        if self.unread() > 0 {
            line.push_str(&format!(", {} unreadable", self.unread()));
        }
        if self.missing > 0 {
            line.push_str(&format!(", {} missing", self.missing));
        }
        let skipped = self.hidden + self.other + self.excluded + self.repeated;
        if skipped > 0 {
            let why = self.passed_over().join(", ");
            line.push_str(&format!(", {skipped} skipped ({why})"));
        }
        for (count, noun) in [(self.buckets, "bucket"), (self.metrics, "metric")] {
            line.push_str(&format!(", {}", counted(count, noun)));
        }
        line.push_str(&format!(", {} bytes", self.bytes));
        if self.known > 0 {
            line.push_str(&format!(", {} known from the baseline", self.known));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_was_left_out_and_why() {
        let mut coverage = Coverage {
            files: vec![("a.json".into(), true), ("b.json".into(), true)],
            buckets: 1,
            metrics: 3,
            bytes: 12,
            ..Coverage::default()
        };
        assert_eq!(
            coverage.line(),
            "coverage: 2 found, 2 read, 1 bucket, 3 metrics, 12 bytes"
        );
        coverage.files[1].1 = false;
        (coverage.hidden, coverage.other, coverage.missing) = (1, 2, 1);
        coverage.known = 4;
        assert_eq!(
            coverage.line(),
            "coverage: 2 found, 1 read, 1 unreadable, 1 missing, 3 skipped (1 hidden, 2 of \
             another kind), 1 bucket, 3 metrics, 12 bytes, 4 known from the baseline"
        );
    }
}
