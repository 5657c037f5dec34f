//! Which query each document comes from: see [`crate::check::shapes`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::check::overlap;
use crate::check::shapes::{self, DimensionSet, MetricCoverage, TimeCoverage};
use crate::record::Element;
use crate::table::Filter;

use super::batch::Changed;
use super::visit::{self, Elements, PassError};
use super::{Run, Surveyed};

/// What is remembered of the documents of an input, for the search for query shapes.
#[derive(Debug, Default)]
pub struct DocumentShapes {
    sets: Vec<(Arc<DimensionSet>, TimeCoverage)>,
    known: HashMap<Arc<DimensionSet>, u32>,
    /// The set of each document, or none where it has no data.
    documents: Vec<Option<u32>>,
    /// The documents that are followed by another page of the same query.
    continued: BTreeSet<usize>,
}

impl DocumentShapes {
    /// Adds a document with these dimensions, which covers these times.
    pub fn add(&mut self, dimensions: &DimensionSet, times: &TimeCoverage, continues: bool) {
        if continues {
            self.continued.insert(self.documents.len());
        }
        let at = match self.known.get(dimensions) {
            Some(at) => *at,
            None => {
                let (at, set) = (self.sets.len() as u32, Arc::new(dimensions.clone()));
                self.known.insert(Arc::clone(&set), at);
                self.sets.push((set, TimeCoverage::default()));
                at
            }
        };
        if let Some((_, covered)) = self.sets.get_mut(at as usize) {
            covered.merge(times);
        }
        self.documents.push(Some(at));
    }

    /// Adds a document without data.
    pub fn add_empty(&mut self) {
        self.documents.push(None);
    }
}

/// The shapes of the documents of several inputs.
#[derive(Debug)]
pub struct Shapes {
    /// By input and document; empty where there is only one shape.
    documents: Vec<Vec<u32>>,
    /// The dimensions of each, where there are several.
    dimensions: Vec<DimensionSet>,
    /// How many shapes there are.
    pub count: usize,
}

impl Shapes {
    /// The shape of a document, counted from 0.
    pub fn of(&self, input: usize, document: usize) -> usize {
        let documents = self.documents.get(input);
        let shape = documents.and_then(|documents| documents.get(document));
        shape.map_or(0, |shape| *shape as usize)
    }

    /// The dimensions of a shape, where there are several shapes.
    pub fn dimensions(&self, shape: usize) -> Vec<String> {
        let names = self.dimensions.get(shape).into_iter().flatten();
        names.cloned().collect()
    }

    /// The first document of a shape, where there are several: its input and its number.
    pub fn first(&self, shape: usize) -> Option<(usize, usize)> {
        self.dimensions.get(1)?;
        let mut inputs = self.documents.iter().enumerate();
        inputs.find_map(|(input, documents)| {
            let document = documents.iter().position(|it| *it as usize == shape)?;
            Some((input, document))
        })
    }
}

/// Finds the shapes of all documents.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn find(run: &Run<'_>, inputs: &[Surveyed]) -> Result<Shapes, PassError> {
    let sets = document_sets(inputs);
    let mut hulls: BTreeMap<&DimensionSet, TimeCoverage> = BTreeMap::new();
    for input in inputs {
        for (set, covered) in &input.shapes.sets {
            hulls.entry(set).or_default().merge(covered);
        }
    }
    let may_conflict = shapes::any_overlap(hulls.values());
    let distinct: BTreeSet<&DimensionSet> = sets.iter().flatten().map(|set| &**set).collect();
    if !may_conflict || distinct.len() < 2 {
        return Ok(Shapes {
            documents: Vec::new(),
            dimensions: Vec::new(),
            count: 1,
        });
    }
    let mut coverage: BTreeMap<&DimensionSet, MetricCoverage> = BTreeMap::new();
    for set in distinct {
        coverage.insert(set, MetricCoverage::new());
    }
    visit::elements(
        run,
        inputs,
        |_| true,
        &|elements| times_of(elements, &run.spec.filter),
        &mut |times: BucketTimes| {
            let set = sets
                .get(times.input)
                .and_then(|sets| sets.get(times.document));
            let Some(coverage) = set.and_then(|set| coverage.get_mut(&**set)) else {
                return Ok(());
            };
            for (times, names) in times.times.iter().zip(&times.names) {
                for name in names {
                    coverage.entry(*name).or_default().add(*times);
                }
            }
            Ok(())
        },
    )?;
    let Some(found) = shapes::shapes(&coverage) else {
        return Err(PassError::TooManyQueries);
    };
    let shape_of: HashMap<&DimensionSet, usize> = coverage.keys().copied().zip(found).collect();
    let count = shape_of.values().max().map_or(1, |last| last + 1);
    let mut dimensions = vec![DimensionSet::new(); count];
    for (set, shape) in &shape_of {
        if let Some(own) = dimensions.get_mut(*shape) {
            own.extend(set.iter().cloned());
        }
    }
    let documents = sets.iter().map(|sets| {
        let shapes = sets.iter().map(|set| shape_of.get(&**set).copied());
        shapes
            .map(|shape| shape.unwrap_or_default() as u32)
            .collect()
    });
    Ok(Shapes {
        documents: documents.collect(),
        dimensions,
        count,
    })
}

/// The set of dimensions of every document, where the pages of one query have all of theirs.
fn document_sets(inputs: &[Surveyed]) -> Vec<Vec<Arc<DimensionSet>>> {
    let mut all: Vec<Vec<Arc<DimensionSet>>> = Vec::new();
    let mut pages: Vec<(usize, usize)> = Vec::new();
    let empty = Arc::new(DimensionSet::new());
    for (number, input) in inputs.iter().enumerate() {
        let shapes = &input.shapes;
        let sets = shapes.documents.iter().map(|at| {
            let set = at.and_then(|at| shapes.sets.get(at as usize));
            set.map_or_else(|| Arc::clone(&empty), |(set, _)| Arc::clone(set))
        });
        all.push(sets.collect());
        for document in 0..shapes.documents.len() {
            pages.push((number, document));
            if !shapes.continued.contains(&document) {
                unite(&mut all, &mut pages);
            }
        }
    }
    unite(&mut all, &mut pages);
    all
}

/// Gives the pages of one query all of its dimensions.
fn unite(all: &mut [Vec<Arc<DimensionSet>>], pages: &mut Vec<(usize, usize)>) {
    if pages.len() > 1 {
        let sets = pages
            .iter()
            .filter_map(|(input, page)| all.get(*input)?.get(*page));
        let whole: DimensionSet = sets.flat_map(|set| set.iter().cloned()).collect();
        let whole = Arc::new(whole);
        for (input, page) in pages.iter() {
            if let Some(set) = all.get_mut(*input).and_then(|it| it.get_mut(*page)) {
                *set = Arc::clone(&whole);
            }
        }
    }
    pages.clear();
}

/// The buckets of some elements of one document: each time with the metrics that occur in it.
struct BucketTimes {
    input: usize,
    document: usize,
    times: Vec<(i64, i64)>,
    names: Vec<HashSet<u64>>,
}

fn times_of(elements: &Elements<'_>, filter: &Filter) -> Result<BucketTimes, Changed> {
    let mut found = BTreeMap::<(i64, i64), HashSet<u64>>::new();
    elements.each(|visit| {
        if let Element::Container(view) = visit.element {
            if !filter.group(view) {
                return;
            }
            for bucket in view.buckets().iter().filter(|it| filter.bucket(view, it)) {
                let Some(times) = overlap::times(bucket) else {
                    continue;
                };
                let names = found.entry(times).or_default();
                let entries = view.entries(bucket).iter();
                let entries = entries.filter(|entry| filter.metric(view.str(entry.name)));
                names.extend(entries.map(|entry| overlap::metric_number(view, entry)));
            }
        }
    })?;
    let (times, names) = found.into_iter().unzip();
    Ok(BucketTimes {
        input: elements.index,
        document: elements.document(),
        times,
        names,
    })
}
