//! Black-box tests of the binary: one test binary, a module a subject.

mod docs;
mod house;
mod pages;
mod reading;
mod slow;
mod tables;
mod weather;
mod work;
