//! Scripts that load a table: they replace the rows of a time range in one transaction.
//!
//! A range is the interval of the query, so rows that a correction withdrew disappear, too, and an
//! empty table empties its range. Rows outside the range are an error.

use crate::diagnostic::carry;
use crate::table::{ColumnContent, Type};

use super::sql::{DUCKDB, POSTGRES, TableSchema, plain, quoted, sql_type};

/// The column that selects the rows to be replaced.
enum ReplacedBy {
    /// The time of a row.
    Range(String),
    /// The id of an entity, in tables without times.
    Id(String),
}

impl TableSchema<'_> {
    fn replaced_by(&self) -> ReplacedBy {
        let column = |holds| {
            let at = self.columns.position(&holds)?;
            Some(self.columns.list.get(at)?.name.clone())
        };
        match column(ColumnContent::IntervalStart) {
            Some(start) => ReplacedBy::Range(start),
            None => ReplacedBy::Id(column(ColumnContent::Id).unwrap_or_default()),
        }
    }

    /// The name of the staging table.
    fn staging(&self) -> String {
        quoted(&format!("fresh_{}", self.name))
    }

    fn names(&self, quoted: impl Fn(&str) -> String, between: &str) -> String {
        let columns = self.columns.list.iter();
        let names: Vec<String> = columns.map(|column| quoted(&column.name)).collect();
        names.join(between)
    }
}

/// The condition that a time is in the range of these two expressions.
fn in_range(column: &str, [from, until]: [&str; 2]) -> String {
    format!("{column} >= {from} AND {column} < {until}")
}

/// The end of the staging table, and the rows that are deleted.
fn staged(schema: &TableSchema<'_>, bounds: [&str; 2]) -> (String, String) {
    match schema.replaced_by() {
        ReplacedBy::Range(start) => {
            let start = quoted(&start);
            let range = in_range(&start, bounds);
            // A time that is null is outside, too.
            let check = format!(
                ",\n    CONSTRAINT \"rows start in the range\" CHECK (coalesce({range}, false))"
            );
            (check, range)
        }
        ReplacedBy::Id(id) => {
            let (id, staging) = (quoted(&id), schema.staging());
            (
                String::new(),
                format!("{id} IN (SELECT {id} FROM {staging})"),
            )
        }
    }
}

const RANGE: &str = "\
-- Replaces the rows from `from` to before `until`, the interval of the query. Dates are days in UTC.
-- Keep one table per query: the rows of all groups are replaced.
";

const IDS: &str = "-- Replaces the rows of the entities that the new table has.\n";

fn head(schema: &TableSchema<'_>) -> &'static str {
    match schema.replaced_by() {
        ReplacedBy::Range(_) => RANGE,
        ReplacedBy::Id(_) => IDS,
    }
}

/// The constraint that no decimal is rounded. A CSV keeps the decimals of the input, and PostgreSQL would
/// round them to those of the column.
fn decimals_fit(schema: &TableSchema<'_>) -> String {
    let columns = schema.columns.list.iter();
    let fits = columns.filter_map(|column| match column.kind {
        Type::Decimal(scale) => {
            let name = quoted(&column.name);
            Some(format!("scale(trim_scale({name})) <= {scale}"))
        }
        _ => None,
    });
    match fits.collect::<Vec<_>>().join(" AND ").as_str() {
        "" => String::new(),
        fits => format!(",\n    CONSTRAINT \"no decimal is rounded\" CHECK ({fits})"),
    }
}

/// A script for `psql`.
pub fn postgres(schema: &TableSchema<'_>) -> String {
    let (check, replaced) = staged(schema, [":'from'", ":'until'"]);
    let (variables, are_set) = match schema.replaced_by() {
        ReplacedBy::Range(_) => (
            " -v from=2026-03-02 -v until=2026-03-03",
            "CREATE TEMPORARY TABLE time_range (\n    since timestamptz,\n    until timestamptz,\n    CONSTRAINT \"from is before until\" CHECK (coalesce(since < until, false))\n) ON COMMIT DROP;\nINSERT INTO time_range VALUES (:'from', :'until');\n",
        ),
        ReplacedBy::Id(_) => ("", ""),
    };
    let (table, staging) = (quoted(schema.name), schema.staging());
    let end = check + &decimals_fit(schema);
    let all_decimals = |kind| match kind {
        Type::Decimal(_) => "numeric".to_owned(),
        kind => sql_type(POSTGRES, kind),
    };
    let columns = schema.ddl_of("TEMPORARY TABLE", &staging, &all_decimals, &end);
    let columns = columns.trim_end().trim_end_matches(';');
    format!(
        "{head}-- psql{variables} -f load.sql < table.csv\n\
         \\set ON_ERROR_STOP on\n\
         BEGIN;\n\
         SET LOCAL TimeZone = 'UTC';\n\
         {are_set}\
         {columns} ON COMMIT DROP;\n\
         \\copy {staging} FROM pstdin WITH (FORMAT csv, HEADER match)\n\
         LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; -- another load waits\n\
         DELETE FROM {table} WHERE {replaced};\n\
         INSERT INTO {table} ({names})\nSELECT * FROM {staging};\n\
         COMMIT;\n",
        head = head(schema),
        names = schema.names(quoted, ", "),
    )
}

/// A script for DuckDB, of a Parquet file.
pub fn duckdb(schema: &TableSchema<'_>) -> String {
    let bounds = [
        "getvariable('from')::TIMESTAMPTZ",
        "getvariable('until')::TIMESTAMPTZ",
    ];
    let (check, replaced) = staged(schema, bounds);
    let (variables, are_set) = match schema.replaced_by() {
        ReplacedBy::Range(_) => (
            "-- SET VARIABLE \"from\" = '2026-03-02'; SET VARIABLE until = '2026-03-03';\n",
            "SELECT error('set the variables from and until: from must be before until') WHERE coalesce(getvariable('from')::TIMESTAMPTZ >= getvariable('until')::TIMESTAMPTZ, true);\n",
        ),
        ReplacedBy::Id(_) => ("", ""),
    };
    let (table, staging) = (quoted(schema.name), schema.staging());
    let columns = schema.ddl("TEMPORARY TABLE", &staging, DUCKDB, &check);
    // A column that is missing is an error of REPLACE, an unknown one is an error of BY NAME.
    let same = |name: &str| format!("{name} AS {name}", name = quoted(name));
    format!(
        "{head}{variables}-- SET VARIABLE file = 'table.parquet';\n\
         SET TimeZone = 'UTC';\n\
         BEGIN;\n\
         {are_set}\
         {columns}\
         INSERT INTO {staging} BY NAME\nSELECT * REPLACE ({names})\nFROM read_parquet(getvariable('file'));\n\
         DELETE FROM {table} WHERE {replaced};\n\
         INSERT INTO {table} BY NAME SELECT * FROM {staging};\n\
         DROP TABLE {staging};\n\
         COMMIT;\n",
        head = head(schema),
        names = schema.names(same, ", "),
    )
}

/// A variable of dbt that is a time; a date is a day in UTC.
fn time(variable: &str) -> String {
    format!(
        "cast('{{{{ var('{variable}') }}}}{{{{ 'T00:00:00Z' if var('{variable}') | string | length == 10 }}}}' as timestamptz)"
    )
}

/// A model of dbt, for dbt-duckdb and dbt-postgres.
pub fn dbt_model(schema: &TableSchema<'_>) -> String {
    let name = |name: &str| quoted(&plain(name));
    let (head, replaced, check) = match schema.replaced_by() {
        ReplacedBy::Range(start) => {
            let start = name(&start);
            let [from, until] = [time("from"), time("until")];
            let range = in_range(&start, [&from, &until]);
            (
                "{#- Replaces the rows from `from` to before `until`, the interval of the query. Dates are days in UTC.\n    \
                 Keep one model per query: the rows of all groups are replaced.\n    \
                 dbt run --vars '{from: 2026-03-02, until: 2026-03-03}' -#}\n",
                range.clone(),
                format!(
                    "{{%- set in_order %}}select count(*) where {from} < {until}{{% endset -%}}\n\
                     {{%- if not run_query(in_order).columns[0][0] -%}}\n\
                     {{{{ exceptions.raise_compiler_error('from must be before until') }}}}\n\
                     {{%- endif -%}}\n\
                     {{%- set rows_outside %}}select count(*) from {{{{ source('gcagg', 'fresh') }}}}\n\
                     where not coalesce({range}, false){{% endset -%}}\n\
                     {{%- set outside = run_query(rows_outside).columns[0][0] -%}}\n\
                     {{%- if outside -%}}\n\
                     {{{{ exceptions.raise_compiler_error(outside ~ ' rows start outside ' ~ var('from') ~ ' to ' ~ var('until')) }}}}\n\
                     {{%- endif -%}}\n"
                ),
            )
        }
        ReplacedBy::Id(id) => (
            "{#- Replaces the rows of the entities that the new table has. -#}\n",
            format!(
                "{id} in (select {id} from {{{{ source('gcagg', 'fresh') }}}})",
                id = name(&id)
            ),
            String::new(),
        ),
    };
    let known = schema.names(|name| carry::quoted(&plain(name)), ", ");
    let check = format!(
        "{{%- if execute -%}}\n{check}\
         {{%- set all_columns %}}select * from {{{{ source('gcagg', 'fresh') }}}} limit 0{{% endset -%}}\n\
         {{%- set unknown = run_query(all_columns).column_names | reject('in', [{known}]) | list -%}}\n\
         {{%- if unknown -%}}\n\
         {{{{ exceptions.raise_compiler_error('the table has no column for ' ~ unknown | join(', ')) }}}}\n\
         {{%- endif -%}}\n{{%- endif -%}}\n"
    );
    let hook = carry::quoted(&format!(
        "{{% if is_incremental() %}}delete from {{{{ this }}}} where {replaced}{{% endif %}}"
    ));
    format!(
        "{head}\
         {{{{ config(\n    \
             materialized = 'incremental',\n    \
             incremental_strategy = 'append',\n    \
             full_refresh = false,\n    \
             pre_hook = {hook}\n\
         ) }}}}\n\
         {check}\
         select\n    {columns}\n\
         from {{{{ source('gcagg', 'fresh') }}}}\n",
        columns = schema.names(name, ",\n    "),
    )
}
