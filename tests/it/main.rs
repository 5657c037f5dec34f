//! Black-box tests of the binary: one test binary, a module a subject.

mod docs;
mod pages;
mod tables;
mod work;
