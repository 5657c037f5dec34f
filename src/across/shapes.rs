//! The query that each document comes from: see [`crate::check::shapes`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::check::shapes::{self, DimensionSet, DocumentRole, MetricCoverage, TimeCoverage};
use crate::check::{overlap, pages};
use crate::record::Element;
use crate::table::Filter;

use crate::error::Error;
use crate::pipeline::visit::{self, ElementBatch};
use crate::pipeline::{Run, Surveyed};

/// The shapes of the documents of several inputs.
#[derive(Debug)]
pub struct Shapes {
    /// By input and document; empty where there is only one shape.
    documents: Vec<Vec<u32>>,
    /// The dimensions of each, where there are several.
    dimensions: Vec<DimensionSet>,
    /// The dimensions that the query of a document flattened, by input and document.
    flattened: Flattened,
    /// Number of shapes.
    pub count: usize,
    /// The first documents of two sets of dimensions that cover the same time for one metric, if there are
    /// several shapes.
    pub conflict: Option<[ShapedDocument; 2]>,
}

/// A document with the dimensions of its query.
#[derive(Debug, Clone)]
pub struct ShapedDocument {
    /// The numbers of its input, and of the document in the input.
    pub place: (usize, usize),
    pub dimensions: DimensionSet,
}

impl Shapes {
    /// The shape of a document, counted from 0.
    pub fn of(&self, input: usize, document: usize) -> usize {
        let documents = self.documents.get(input);
        let shape = documents.and_then(|documents| documents.get(document));
        shape.map_or(0, |shape| *shape as usize)
    }

    /// Returns true if the query of a document joined the values of a multivalued dimension.
    pub fn is_flattened(&self, (input, document): (usize, usize), name: &str) -> bool {
        let names = self.flattened.get(&(input, document));
        names.is_some_and(|names| names.contains(name))
    }

    /// Returns true if all documents are of one query that flattened no dimension.
    pub fn is_plain(&self) -> bool {
        self.count == 1 && self.flattened.is_empty()
    }

    /// The dimensions of a shape, where there are several shapes.
    pub fn dimensions(&self, shape: usize) -> &DimensionSet {
        self.dimensions.get(shape).unwrap_or(&EMPTY)
    }
}

/// Finds the shapes of all documents, by the data that a filter leaves.
pub fn find(run: &Run<'_>, inputs: &[Surveyed], filter: &Filter) -> Result<Shapes, Error> {
    let (sets, flattened) = document_sets(inputs);
    let distinct: BTreeSet<&DimensionSet> = sets.iter().flatten().map(|set| &**set).collect();
    let mut hulls: BTreeMap<&DimensionSet, TimeCoverage> = BTreeMap::new();
    for (set, covered) in inputs.iter().flat_map(|input| &input.shapes.sets) {
        hulls.entry(set).or_default().merge(covered);
    }
    if distinct.len() < 2 || !shapes::any_overlap(hulls.values()) {
        return Ok(Shapes {
            documents: Vec::new(),
            dimensions: Vec::new(),
            flattened,
            count: 1,
            conflict: None,
        });
    }
    let mut coverage: BTreeMap<&DimensionSet, MetricCoverage> = BTreeMap::new();
    for set in distinct {
        coverage.insert(set, MetricCoverage::new());
    }
    visit::all(
        run,
        inputs,
        &|elements| times_of(elements, filter),
        |((input, document), buckets): ((usize, usize), BucketTimes)| {
            let set = sets.get(input).and_then(|sets| sets.get(document));
            let Some(coverage) = set.and_then(|set| coverage.get_mut(&**set)) else {
                return;
            };
            for (times, names) in buckets {
                for name in names {
                    coverage.entry(name).or_default().add(times);
                }
            }
        },
    )?;
    let Some(found) = shapes::shapes(&coverage) else {
        return Err(Error::data(format!(
            "the documents come from more than {} queries with different dimensions",
            shapes::MOST
        ))
        .help("read those of one query at a time"));
    };
    let conflict = shapes::conflict(&coverage, &found).and_then(|places| {
        let documents = places.map(|at| {
            let wanted = coverage.keys().nth(at)?;
            let mut all = sets.iter().enumerate();
            all.find_map(|(input, sets)| {
                let document = sets.iter().position(|set| **set == **wanted)?;
                Some(ShapedDocument {
                    place: (input, document),
                    dimensions: (*wanted).clone(),
                })
            })
        });
        let [Some(first), Some(second)] = documents else {
            return None;
        };
        Some([first, second])
    });
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
        flattened,
        count,
        conflict,
    })
}

/// The dimensions that were flattened, by input and document.
type Flattened = HashMap<(usize, usize), DimensionSet>;

/// The set of dimensions of every document, and those that were flattened. Documents of one query share
/// the union of their sets. A dimension that is null in all groups of all inputs counts as absent.
fn document_sets(inputs: &[Surveyed]) -> (Vec<Vec<Arc<DimensionSet>>>, Flattened) {
    let valued = inputs.iter().flat_map(|input| &input.shapes.valued);
    let valued: BTreeSet<&String> = valued.collect();
    let empty = Arc::new(DimensionSet::new());
    let own = |input: &Surveyed| {
        let shapes = &input.shapes;
        let sets = shapes.sets.iter().map(|(set, _)| {
            let is_valued = |name: &&String| valued.contains(name);
            Arc::new(set.iter().filter(is_valued).cloned().collect())
        });
        let sets: Vec<Arc<DimensionSet>> = sets.collect();
        let documents = shapes.documents.iter().map(|document| {
            let set = document.set.and_then(|at| sets.get(at as usize));
            Arc::clone(set.unwrap_or(&empty))
        });
        documents.collect()
    };
    let mut all: Vec<Vec<Arc<DimensionSet>>> = inputs.iter().map(own).collect();
    let mut flattened = Flattened::new();
    for (number, input) in inputs.iter().enumerate() {
        let own = input.shapes.flattened.iter();
        flattened.extend(own.map(|(document, names)| ((number, *document), names.clone())));
    }
    for query in queries(inputs, &all) {
        let members = query.iter();
        let sets = members.filter_map(|(input, document)| all.get(*input)?.get(*document));
        let whole: DimensionSet = sets.flat_map(|set| set.iter().cloned()).collect();
        let whole = Arc::new(whole);
        let joined = query.iter().filter_map(|place| flattened.get(place));
        let joined: DimensionSet = joined.flatten().cloned().collect();
        for (input, document) in query {
            if !joined.is_empty() {
                flattened.insert((input, document), joined.clone());
            }
            if let Some(set) = all.get_mut(input).and_then(|it| it.get_mut(document)) {
                *set = Arc::clone(&whole);
            }
        }
    }
    (all, flattened)
}

/// The query of documents that need not follow one another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ScatteredQuery<'s> {
    /// Notifications of one kind of topic.
    Topic(u64),
    /// Notifications without a topic, with the same dimensions.
    Notifications(&'s DimensionSet),
    /// Responses by id of one input, with the same dimensions.
    Responses(usize, &'s DimensionSet),
}

/// Groups of documents that belong to one query by their roles, each as input and number.
fn queries(inputs: &[Surveyed], sets: &[Vec<Arc<DimensionSet>>]) -> Vec<Vec<(usize, usize)>> {
    let mut found = Vec::new();
    let mut scattered: BTreeMap<ScatteredQuery<'_>, Vec<(usize, usize)>> = BTreeMap::new();
    // Pages or parts that follow one another, with the role that they have and their dimensions.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut role, mut dimensions) = (DocumentRole::Response, DimensionSet::new());
    // By name, so that the order of the inputs changes nothing.
    let mut ordered: Vec<(usize, &Surveyed)> = inputs.iter().enumerate().collect();
    ordered.sort_by_key(|(_, input)| &input.name);
    for (number, input) in ordered {
        for (document, shape) in input.shapes.documents.iter().enumerate() {
            let set = sets.get(number).and_then(|sets| sets.get(document));
            let set = set.map_or(&EMPTY, |set| &**set);
            let follows = open.last().is_some_and(|(last, _)| match role {
                DocumentRole::Part => *last == number && shape.role == DocumentRole::Part,
                DocumentRole::Page => {
                    let is_page = matches!(shape.role, DocumentRole::Page | DocumentRole::Response);
                    let last = inputs.get(*last).map_or("", |last| &last.name);
                    is_page && pages::are_of_one_query((&dimensions, last), (set, &input.name))
                }
                _ => false,
            });
            if !follows {
                found.push(std::mem::take(&mut open));
                dimensions.clear();
            }
            role = shape.role;
            let query = match role {
                DocumentRole::Push(Some(topic)) => Some(ScatteredQuery::Topic(topic)),
                DocumentRole::Push(None) => Some(ScatteredQuery::Notifications(set)),
                DocumentRole::Mapped => Some(ScatteredQuery::Responses(number, set)),
                DocumentRole::Response | DocumentRole::Page | DocumentRole::Part => None,
            };
            match query {
                Some(query) => scattered.entry(query).or_default().push((number, document)),
                None => open.push((number, document)),
            }
            dimensions.extend(set.iter().cloned());
        }
    }
    found.push(open);
    found.extend(scattered.into_values());
    found.retain(|query| query.len() > 1);
    found
}

static EMPTY: DimensionSet = DimensionSet::new();

/// The times of buckets, each with the metrics that occur in it.
type BucketTimes = BTreeMap<(i64, i64), HashSet<u64>>;

/// The buckets of some elements of one document, and which document of which input it is.
fn times_of(
    elements: &ElementBatch<'_>,
    filter: &Filter,
) -> Result<((usize, usize), BucketTimes), Error> {
    let mut found = BucketTimes::new();
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
    Ok(((elements.index, elements.document), found))
}
