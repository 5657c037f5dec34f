"""Columns and their types, in Arrow and in Spark."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql.types import (
    DataType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

import gcagg
from gcagg import _native

from ._options import NOWHERE, PERMISSIVE, Settings

# Columns of text behind the dimensions.
NAMES = ("metric", "view", "qualifier")


def spark_type(arrow: pa.DataType) -> DataType:
    if pa.types.is_dictionary(arrow) or pa.types.is_string(arrow):
        return StringType()
    if pa.types.is_timestamp(arrow):
        return TimestampType()
    if pa.types.is_decimal128(arrow):
        return DecimalType(arrow.precision, arrow.scale)
    return LongType() if pa.types.is_integer(arrow) else DoubleType()


def _arrow_type(field: StructField) -> pa.DataType:
    spark = field.dataType
    if isinstance(spark, DecimalType):
        return pa.decimal128(spark.precision, spark.scale)
    types = {
        StringType: pa.string(),
        LongType: pa.int64(),
        DoubleType: pa.float64(),
        TimestampType: pa.timestamp("us", "UTC"),
    }
    if type(spark) not in types:
        raise TypeError(
            f"gcagg: column `{field.name}` cannot be {spark.simpleString()}:"
            " the types are string, bigint, decimal, double and timestamp"
        )
    return types[type(spark)]


def arrow_schema(schema: StructType) -> pa.Schema:
    return pa.schema([pa.field(field.name, _arrow_type(field), field.nullable) for field in schema])


def declared(settings: Settings, found: pa.Schema) -> StructType:
    """The columns of the data frame, out of all that were found."""
    names = settings.columns or found.names
    check_names(names, found.names)
    fields = [StructField(name, spark_type(found.field(name).type)) for name in names]
    if settings.mode == PERMISSIVE:
        fields.append(StructField(settings.corrupt, StringType()))
    return StructType(fields)


def check_names(names: Sequence[str], found: Sequence[str]) -> None:
    """Refuses columns that do not exist."""
    for name in names:
        if name not in found:
            near = difflib.get_close_matches(name, found, 1, 0.8)
            near += [one for one in found if one.lower() == name.lower()]
            hint = f"; did you mean `{near[-1]}`?" if near else ""
            raise ValueError(f"gcagg: unknown column `{name}`{hint}; the columns are {', '.join(found)}")


def may_exist(name: str, settings: Settings) -> bool:
    """Whether a column is one of every table, or of a dimension or a metric that the API has."""
    dimensions, metrics = _native.catalog()
    others = ("source", settings.corrupt, *fixed(settings).names)
    if settings.read.get("layout", "long") == "long":
        return name in others or name in dimensions
    return name in others or name in dimensions or name.split("_")[0] in metrics


def is_fixed(settings: Settings) -> bool:
    """Whether the columns are known without looking at a file."""
    return "dims" in settings.read and settings.read.get("layout", "long") == "long"


def fixed(settings: Settings) -> pa.Schema:
    table = settings.table(b'{"results":[]}', threads=1, part_of=NOWHERE, allow="F005")
    return pa.schema(table.schema)


def surveyed(settings: Settings, files: list[str]) -> gcagg.Table:
    # Overlaps across files are no matter of columns; `overlaps` finds them.
    allow = [*settings.read.get("allow", []), "T003"]
    return settings.table(files, threads=0, allow=allow)


def dimensions(columns: Sequence[str]) -> list[str]:
    """The columns before ``interval_start``, but for the path of the file."""
    columns = list(columns)
    before = columns[: columns.index("interval_start")] if "interval_start" in columns else []
    return [name for name in before if name != "source"]
