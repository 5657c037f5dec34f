//! `validate --fix`: what is sure is repaired, what is not stays, and the table is the same.

mod kinds;
mod laws;
mod places;
mod shown;
