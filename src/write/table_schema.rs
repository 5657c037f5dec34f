//! The columns of a table in the words of other programs, with the key of its rows.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::diagnostic::carry;
use crate::error::Error;
use crate::json::text::printable;
use crate::table::{Type, types};

use super::sql::{DUCKDB, POSTGRES, TableSchema, plain, quoted, sql_type};
use super::table_load;

/// A way to write the schema of a table.
#[derive(Debug)]
pub struct SchemaFormat {
    /// Its name in `--format`.
    pub name: &'static str,
    /// Writes it.
    pub write: fn(&TableSchema<'_>) -> String,
}

impl SchemaFormat {
    /// Refuses columns that the program cannot have: without a name, or with names that are equal once
    /// it has cut them.
    ///
    /// # Errors
    /// The first such column.
    pub fn check(&self, table: &TableSchema<'_>) -> Result<(), Error> {
        let names = table.columns.list.iter().map(|column| &*column.name);
        let (is_sql, is_postgres) = (self.name != "arrow-json", self.name.ends_with("postgres"));
        if is_sql && names.clone().any(str::is_empty) {
            let words = format!(
                "{}: a dimension has an empty name, and SQL has no such column",
                self.name
            );
            let help = "name the dimensions that the table is to have: --dims";
            return Err(Error::data(words).help(help));
        }
        let mut known: HashMap<String, &str> = HashMap::new();
        for name in names.filter(|_| is_postgres) {
            let shown = printable(name);
            let ends = shown.char_indices().map(|(at, char)| at + char.len_utf8());
            let end = ends.take_while(|end| *end <= POSTGRES_NAME).last();
            let end = end.unwrap_or_default();
            let cut = shown.get(..end).unwrap_or_default();
            if let Some(other) = known.insert(cut.to_owned(), name) {
                let words = format!(
                    "{}: the columns `{}` and `{shown}` have the same first {end} bytes, and PostgreSQL ignores the rest",
                    self.name,
                    printable(other)
                );
                let help = "leave one of the dimensions out with --dims; metrics are rows of the long layout: --layout long";
                return Err(Error::data(words).help(help));
            }
        }
        Ok(())
    }
}

/// The number of bytes that PostgreSQL keeps of a name.
const POSTGRES_NAME: usize = 63;

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
        name: "load-postgres",
        write: table_load::postgres,
    },
    SchemaFormat {
        name: "load-duckdb",
        write: table_load::duckdb,
    },
    SchemaFormat {
        name: "arrow-json",
        write: arrow,
    },
    SchemaFormat {
        name: "dbt",
        write: dbt,
    },
    SchemaFormat {
        name: "dbt-model",
        write: table_load::dbt_model,
    },
];

/// PostgreSQL 15 and later: a missing dimension or qualifier is null, and two nulls are one key.
fn postgres(table: &TableSchema<'_>) -> String {
    let key = table.quoted_key();
    let unique = format!(",\n    UNIQUE NULLS NOT DISTINCT ({key})");
    table.ddl("TABLE", &quoted(table.name), POSTGRES, &unique)
}

/// DuckDB, whose keys tell nulls apart: the key is a comment.
fn duckdb(table: &TableSchema<'_>) -> String {
    let key = table.quoted_key();
    format!(
        "-- One row per {key}; null is a value there.\n{}",
        table.ddl("TABLE", &quoted(table.name), DUCKDB, "")
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

/// The new rows: a file in dbt-duckdb, a table `fresh` elsewhere.
const DBT_SOURCE: &str = "\
sources:
  - name: gcagg
    schema: \"{{ target.schema }}\"
    config:
      meta:
        external_location: \"read_parquet('{{ var('file', 'fresh.parquet') }}')\"
    tables:
      - name: fresh
";

/// The columns of a model of dbt and the source that it reads; JSON strings are YAML, too.
fn dbt(table: &TableSchema<'_>) -> String {
    let types = [
        "varchar",
        "bigint",
        "decimal",
        "double precision",
        "timestamp with time zone",
    ];
    let text = |name: &str| carry::quoted(&plain(name));
    let mut out = format!(
        "version: 2\n{DBT_SOURCE}models:\n  - name: {}\n    columns:\n",
        text(table.name)
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
