//! The allocator of the binary, which ends a run that gets no memory with a reason and exit 3.
//!
//! Rust's own answer to a failed allocation is an abort: a core dump, exit 134 and temporary files
//! left behind. An allocator can only be written with `unsafe`; each call is handed on as it is.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{c_int, c_long};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use mimalloc::MiMalloc;

/// Windows and rows are large buffers, allocated and freed all the time: the system's allocator
/// costs a tenth more.
pub struct Allocator;

// SAFETY: every call goes to `MiMalloc` with the same arguments, and its answer comes back
// unchanged, or the process ends.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        or_end(unsafe { MiMalloc.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        or_end(unsafe { MiMalloc.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        or_end(unsafe { MiMalloc.realloc(block, layout, size) }, size)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { MiMalloc.dealloc(block, layout) }
    }
}

/// Freed memory goes back to the system after a millisecond, not after a second: the buffers of a long
/// element double as they grow, and the old ones would take as much memory as the last.
pub fn return_freed_memory() {
    // The number of `mi_option_purge_delay` in the header of mimalloc; its unit is milliseconds.
    const PURGE_DELAY: c_int = 15;
    unsafe extern "C" {
        fn mi_option_set(option: c_int, value: c_long);
    }
    // SAFETY: mimalloc is linked, and stores the number.
    unsafe { mi_option_set(PURGE_DELAY, 1) }
}

#[inline]
fn or_end(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        end(size);
    }
    block
}

/// Ends the process. Nothing in here allocates.
#[cold]
fn end(size: usize) -> ! {
    static ENDING: AtomicBool = AtomicBool::new(false);
    if !ENDING.swap(true, Ordering::SeqCst) {
        let _ = writeln!(
            std::io::stderr(),
            "error: out of memory: {size} bytes were refused\n  \
             help: raise the memory limit (ulimit -v, the container's), or use fewer threads: -j 1"
        );
        gcagg::process::clear_at_once();
    }
    std::process::exit(3)
}
