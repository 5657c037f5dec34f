//! `gcagg completions` and `gcagg man`: from the same definition as the parser.

use clap::CommandFactory as _;

use crate::cli::args::{Args, CompletionsArgs};
use crate::cli::failure::Failure;
use crate::exit::ExitStatus;
use crate::write::stdout;

/// Prints the completions of a shell.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: CompletionsArgs) -> Result<ExitStatus, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "gcagg", &mut text);
    print(&text)
}

/// Prints the manual page.
///
/// # Errors
/// Standard output cannot be written.
pub fn man() -> Result<ExitStatus, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut text)?;
    print(&text)
}

fn print(text: &[u8]) -> Result<ExitStatus, Failure> {
    stdout::print(text)?;
    Ok(ExitStatus::Success)
}
