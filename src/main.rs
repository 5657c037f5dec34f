//! The `gcagg` command: parse, run, map the exit status.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = gcagg::cli::args::Args::parse();
    ExitCode::from(gcagg::run(arguments).code())
}
