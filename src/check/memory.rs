//! The data of inputs that the checks across elements use.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::input::frame::Opened;
use crate::json::{Path, Span};

use super::chains::Chains;
use super::dimensions::GroupDimensions;
use super::place::BucketPlace;

/// The chains, dimensions and documents of an input.
#[derive(Debug, Clone, Copy)]
pub struct InputMemory<'i> {
    pub chains: &'i Chains,
    pub dimensions: &'i GroupDimensions,
    /// The documents of which elements were read.
    pub opened: &'i [Option<Arc<Opened>>],
}

impl InputMemory<'_> {
    /// Joins a path below the element of this place to the path of the element.
    pub fn at(&self, place: &BucketPlace, below: Path) -> Path {
        let opened = self.opened.get(place.document as usize);
        let opened = opened.and_then(Option::as_ref);
        opened.map_or_else(Path::default, |it| it.at(place.element as usize, below))
    }

    /// The path to the interval of a bucket.
    pub fn interval(&self, place: &BucketPlace) -> Path {
        self.at(place, Path::bucket(place.bucket as usize).key("interval"))
    }
}

/// A finding and the number of its input.
pub type InputFinding = (usize, Diagnostic);

/// Names places of inputs, each by the number of its input, its bytes and its path, for a
/// sentence.
pub type NamePlaces<'n> = &'n dyn Fn(Vec<(usize, Span, Path)>) -> Vec<String>;
