//! From arguments to documents: finds the files, reads their bytes and splits them into documents.

pub mod content;
pub mod cut;
pub mod decode;
pub mod discover;
pub mod fault;
pub mod file_span;
pub mod foreign;
pub mod forward;
pub mod frame;
pub mod identify;
pub mod limits;
pub mod magic;
pub mod near_path;
pub mod open_error;
pub mod patch;
pub mod position;
pub mod reading;
pub mod selection;
pub mod spool;
pub mod stamp;
pub mod wrong;

pub use discover::Input;
