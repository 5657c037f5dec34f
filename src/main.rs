//! The `gcagg` command: parse, run, map the exit status.

use std::process::ExitCode;

mod allocator;

#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    target_feature = "crt-static",
    not(getrandom_backend = "linux_getrandom")
))]
compile_error!(
    "a static binary cannot look up getrandom, and ends where there is no /dev/urandom; \
     add to RUSTFLAGS: --cfg getrandom_backend=\"linux_getrandom\""
);

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

#[cfg(unix)]
ctor::declarative::ctor! {
    /// Before `main`, where the runtime would put the null device in place of a closed descriptor.
    #[ctor]
    fn look_at_stdout() {
        let closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        gcagg::process::set_closed(closed);
    }
}

fn main() -> ExitCode {
    allocator::return_freed_memory();
    let status = gcagg::run(std::env::args_os().collect());
    ExitCode::from(status.code())
}
