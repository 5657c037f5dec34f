//! Black-box tests of the binary: one test binary, a module a subject.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod across;
mod bounds;
mod carried;
mod circles;
mod columns;
mod commandline;
mod configschema;
mod days;
mod delimiters;
mod dimensions;
mod docs;
mod documents;
mod drift;
mod early;
mod entitynames;
mod escapes;
mod explain;
#[cfg(feature = "fetch")]
mod fetch;
mod figures;
mod filters;
mod framing;
mod gate;
mod hostile;
mod house;
mod keyfigures;
mod kpi;
mod library;
mod many;
mod memory;
mod named;
mod order;
mod outputs;
mod pages;
mod partitions;
mod reading;
mod repair;
mod repeats;
mod report;
mod reports;
mod rollup;
mod rules;
mod slow;
mod spans;
mod spreadsheets;
mod table_schemas;
mod tables;
#[cfg(unix)]
mod temporary;
mod times;
mod typed;
mod weather;
mod wfmimport;
mod windows;
mod work;
