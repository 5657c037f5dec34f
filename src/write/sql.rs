//! Names and columns of a table in SQL.

use crate::json::text::printable;
use crate::table::{Column, ColumnContent, Columns, Type, types};

/// A table that another program is to make.
#[derive(Debug, Clone, Copy)]
pub struct TableSchema<'c> {
    /// The name of the table.
    pub name: &'c str,
    /// Its columns, with types that do not depend on the data.
    pub columns: &'c Columns,
}

impl TableSchema<'_> {
    /// The columns that make a row what it is: no two rows have the same values there.
    pub fn key(&self) -> Vec<&str> {
        let is_key = |column: &&Column| {
            matches!(
                column.holds,
                ColumnContent::Dimension(_)
                    | ColumnContent::IntervalStart
                    | ColumnContent::IntervalEnd
                    | ColumnContent::Metric
                    | ColumnContent::View
                    | ColumnContent::Qualifier
                    | ColumnContent::Id
            )
        };
        let key = self.columns.list.iter().filter(is_key);
        key.map(|column| column.name.as_str()).collect()
    }

    /// `CREATE` of a table of this kind and quoted name with these types; `end` follows the last
    /// column.
    pub fn ddl(&self, kind: &str, name: &str, types: [&str; 5], end: &str) -> String {
        self.ddl_of(kind, name, &|kind| sql_type(types, kind), end)
    }

    /// The same with types that a function gives.
    pub fn ddl_of(
        &self,
        kind: &str,
        name: &str,
        type_of: &dyn Fn(Type) -> String,
        end: &str,
    ) -> String {
        let columns = self.columns.list.iter();
        let columns = columns.map(|column| {
            let name = quoted(&column.name);
            format!("    {name} {}", type_of(column.kind))
        });
        let columns = columns.collect::<Vec<_>>().join(",\n");
        format!("CREATE {kind} {name} (\n{columns}{end}\n);\n")
    }

    /// The key in SQL.
    pub fn quoted_key(&self) -> String {
        let key = self.key();
        let key = key.iter().map(|name| quoted(name));
        key.collect::<Vec<_>>().join(", ")
    }
}

/// The types of PostgreSQL.
pub const POSTGRES: [&str; 5] = [
    "text",
    "bigint",
    "numeric",
    "double precision",
    "timestamptz",
];

/// The types of DuckDB.
pub const DUCKDB: [&str; 5] = ["VARCHAR", "BIGINT", "DECIMAL", "DOUBLE", "TIMESTAMPTZ"];

/// The type of a database, out of those for text, whole numbers, decimals, floating-point numbers
/// and instants.
pub fn sql_type(names: [&str; 5], kind: Type) -> String {
    let [text, integer, decimal, float, instant] = names;
    match kind {
        Type::Text => text.to_owned(),
        Type::Integer => integer.to_owned(),
        Type::Decimal(scale) => format!("{decimal}({}, {scale})", types::PRECISION),
        Type::Float => float.to_owned(),
        Type::Instant => instant.to_owned(),
    }
}

/// A name for SQL, which keeps its capitals. It stays on its line, also in a comment.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", printable(name).replace('"', "\"\""))
}

/// A name for dbt, which runs it as a template and puts it into quotes of SQL as it is.
pub fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for char in printable(name).chars() {
        let opens_template = plain.ends_with('{') && matches!(char, '{' | '%' | '#');
        match char {
            '"' => plain.extend(char.escape_unicode()),
            _ if opens_template => plain.extend(char.escape_unicode()),
            _ => plain.push(char),
        }
    }
    plain
}
