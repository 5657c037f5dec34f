//! The columns of a table in the words of other programs, with the key of its rows.

use serde_json::{Value, json};

use crate::diagnostic::carry;
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

/// A way to write the schema of a table.
#[derive(Debug)]
pub struct SchemaFormat {
    /// Its name in `--format`.
    pub name: &'static str,
    /// Writes it.
    pub write: fn(&TableSchema<'_>) -> String,
}

/// The ways to write the schema of a table, in the order in which help lists them.
pub const SCHEMA_FORMATS: &[SchemaFormat] = &[
    SchemaFormat {
        name: "ddl-postgres",
        write: postgres,
    },
    SchemaFormat {
        name: "ddl-duckdb",
        write: duckdb,
    },
    SchemaFormat {
        name: "arrow-json",
        write: arrow,
    },
    SchemaFormat {
        name: "dbt",
        write: dbt,
    },
];

impl TableSchema<'_> {
    /// The columns that make a row what it is: no two rows have the same values there.
    fn key(&self) -> Vec<&str> {
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

    /// `CREATE TABLE` with these types; `end` is what stands behind the last column.
    fn ddl(&self, types: [&str; 5], end: &str) -> String {
        let columns = self.columns.list.iter();
        let columns = columns.map(|column| {
            let name = quoted(&column.name);
            format!("    {name} {}", sql_type(types, column.kind))
        });
        let columns = columns.collect::<Vec<_>>().join(",\n");
        format!("CREATE TABLE {} (\n{columns}{end}\n);\n", quoted(self.name))
    }

    fn quoted_key(&self) -> String {
        let key = self.key();
        let key = key.iter().map(|name| quoted(name));
        key.collect::<Vec<_>>().join(", ")
    }
}

/// The type of a database, out of those for text, whole numbers, decimals, floating-point numbers
/// and instants.
fn sql_type(names: [&str; 5], kind: Type) -> String {
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
fn quoted(name: &str) -> String {
    format!("\"{}\"", printable(name).replace('"', "\"\""))
}

/// A name for dbt, which runs it as a template and puts it into quotes of SQL as it is.
fn plain(name: &str) -> String {
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

/// PostgreSQL 15 and later: a missing dimension or qualifier is null, and two nulls are one key.
fn postgres(table: &TableSchema<'_>) -> String {
    let key = table.quoted_key();
    let types = [
        "text",
        "bigint",
        "numeric",
        "double precision",
        "timestamptz",
    ];
    table.ddl(types, &format!(",\n    UNIQUE NULLS NOT DISTINCT ({key})"))
}

/// DuckDB, whose keys tell nulls apart: the key is a comment, for `MERGE INTO`.
fn duckdb(table: &TableSchema<'_>) -> String {
    let types = ["VARCHAR", "BIGINT", "DECIMAL", "DOUBLE", "TIMESTAMPTZ"];
    let key = table.quoted_key();
    format!(
        "-- One row per {key}; null is a value there.\n{}",
        table.ddl(types, "")
    )
}

/// The JSON that Arrow's implementations use to test each other.
fn arrow(table: &TableSchema<'_>) -> String {
    let key = table.key();
    let fields = table.columns.list.iter().enumerate().map(|(id, column)| {
        let kind = match column.kind {
            Type::Text => json!({ "name": "utf8" }),
            Type::Integer => json!({ "name": "int", "bitWidth": 64, "isSigned": true }),
            Type::Decimal(scale) => {
                json!({ "name": "decimal", "precision": types::PRECISION, "scale": scale, "bitWidth": 128 })
            }
            Type::Float => json!({ "name": "floatingpoint", "precision": "DOUBLE" }),
            Type::Instant => {
                json!({ "name": "timestamp", "unit": "MILLISECOND", "timezone": "UTC" })
            }
        };
        let mut field = json!({
            "name": column.name,
            "nullable": true,
            "type": kind,
            "children": [],
        });
        if column.kind == Type::Text {
            field["dictionary"] = json!({
                "id": id,
                "indexType": { "name": "int", "bitWidth": 32, "isSigned": true },
                "isOrdered": false,
            });
        }
        if let Some(unit) = column.unit {
            field["metadata"] = json!([{ "key": "unit", "value": unit }]);
        }
        field
    });
    let schema: Value = json!({
        "schema": {
            "fields": fields.collect::<Vec<_>>(),
            "metadata": [{ "key": "key", "value": key.join(",") }],
        }
    });
    carry::pretty(&schema)
}

/// A model of dbt; JSON strings are YAML, too.
fn dbt(table: &TableSchema<'_>) -> String {
    let types = [
        "varchar",
        "bigint",
        "decimal",
        "double precision",
        "timestamp with time zone",
    ];
    let text = |name: &str| carry::quoted(&plain(name));
    // dbt does not quote the names of a key.
    let key = table.key();
    let key = key.iter().map(|name| carry::quoted(&quoted(&plain(name))));
    let key: Vec<String> = key.collect();
    let mut out = format!(
        "version: 2\nmodels:\n  - name: {}\n    config:\n      materialized: incremental\n      unique_key: [{}]\n    columns:\n",
        text(table.name),
        key.join(", ")
    );
    for column in &table.columns.list {
        out.push_str(&format!(
            "      - name: {}\n        quote: true\n        data_type: {}\n",
            text(&column.name),
            sql_type(types, column.kind)
        ));
        if let Some(unit) = column.unit {
            out.push_str(&format!("        meta:\n          unit: {}\n", text(unit)));
        }
    }
    out
}
