//! The `gcagg` command: parse, run, map the exit status.

use std::process::ExitCode;

use clap::Parser as _;

// Windows and rows are large buffers, taken and given back all the time: the system's allocator
// costs a tenth more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = gcagg::cli::args::Args::parse();
    ExitCode::from(gcagg::run(arguments).code())
}
