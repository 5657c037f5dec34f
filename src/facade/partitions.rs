//! The columns that name the folders of a table.

use crate::error::Error;
use crate::table::choice::check_names;
use crate::table::{ColumnContent, Layout};
use crate::write::partition_keys::PartitionKeys;

use super::table::Table;

impl Table<'_> {
    /// The folders of a partitioned table, whose names come from these columns.
    pub(super) fn partition_keys(&self, names: &[String]) -> Result<PartitionKeys, Error> {
        // The names of the folders, and of the columns: two names can mean one column.
        let both = |name: &'_ String| {
            let place = self.columns.place(name);
            match place.and_then(|at| self.columns.list.get(at)) {
                Some(column) if column.is_called(name) => (name.clone(), column.name.clone()),
                Some(column) => (column.name.clone(), column.name.clone()),
                None if name.eq_ignore_ascii_case("date") => ("date".to_owned(), "date".to_owned()),
                None => (name.clone(), name.clone()),
            }
        };
        let (names, own): (Vec<String>, Vec<String>) = names.iter().map(both).unzip();
        check_names("--partition-by", own.iter().map(String::as_str))?;
        let times = self.checked.run.spec.times;
        let has_row_key = self.has_row_key();
        let keys = PartitionKeys::of(&names, &self.columns, times, has_row_key);
        let keys = keys.map_err(|name| match name.as_str() {
            "date" => Error::usage("--partition-by date needs the column interval_start")
                .help("add it to --columns"),
            name if self.columns.place(name).is_some() => Error::usage(format!(
                "--partition-by: `{name}` is a column of figures or times"
            ))
            .help("name dimensions, or `date` for the day of interval_start"),
            name => self.unknown("--partition-by", name),
        })?;
        if keys.rest(&self.columns).list.is_empty() {
            return Err(Error::usage(
                "--partition-by: no column is left for the files of the folders",
            )
            .help("add a column to --columns"));
        }
        match keys.shared_name(&self.columns) {
            Some(name) => Err(Error::usage(format!(
                "--partition-by: a folder and a column would have the name `{name}`"
            ))
            .help("give the column another name: --columns NAME=TITLE")),
            None => Ok(keys),
        }
    }

    /// Returns true if the columns have all that identifies a row of the inputs.
    fn has_row_key(&self) -> bool {
        let survey = &self.survey;
        let is_long = self.checked.run.spec.layout == Layout::Long;
        let dimensions = survey
            .dimensions
            .iter()
            .filter(|(_, has_value)| **has_value);
        let dimensions = dimensions.map(|(name, _)| ColumnContent::Dimension(name.clone()));
        let others = [
            (survey.intervals, ColumnContent::IntervalStart),
            (survey.ends, ColumnContent::IntervalEnd),
            (survey.metrics && is_long, ColumnContent::Metric),
            (survey.views && is_long, ColumnContent::View),
            (survey.qualifiers && is_long, ColumnContent::Qualifier),
            (survey.ids, ColumnContent::Id),
            (survey.divisions, ColumnContent::Division),
        ];
        let others = others.into_iter().filter(|(is_there, _)| *is_there);
        let mut needed = dimensions.chain(others.map(|(_, content)| content));
        let columns = &self.columns.list;
        needed.all(|content| columns.iter().any(|column| column.holds == content))
    }
}
