//! The end of a run, as the shell sees it.

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// All good.
    Success,
    /// The data is bad: errors were found.
    BadData,
    /// The command line is wrong.
    Usage,
    /// Reading or writing failed.
    Io,
    /// The network, sign-in or the API failed.
    Network,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl ExitStatus {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::BadData => 1,
            Self::Usage => 2,
            Self::Io => 3,
            Self::Network => 4,
            Self::Interrupted => 130,
        }
    }

    /// The status of a run in which both happened: what could not be checked weighs more than
    /// what is bad.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        self.max(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_code_wins() {
        assert_eq!(ExitStatus::BadData.merge(ExitStatus::Io), ExitStatus::Io);
        assert_eq!(
            ExitStatus::Success.merge(ExitStatus::BadData).code(),
            ExitStatus::BadData.code()
        );
    }
}
