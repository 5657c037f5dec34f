"""Files that Spark has loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from ._options import Settings
from ._rows import Rows
from ._schemas import arrow_schema, check_names, declared, fixed, is_fixed


def map_in_arrow(
    files: DataFrame, schema: StructType | str | None = None, **options: Any
) -> DataFrame:
    """Rows of the files in a data frame of the format ``binaryFile``, in Spark 3.5 and later.

    ``options`` are those of the data source. The columns are those of the long layout with
    ``dims``, or those of ``schema``. Each file is held in memory while it is read.

    >>> files = spark.read.format("binaryFile").load("s3a://exports/*.json")  # doctest: +SKIP
    >>> gcagg.spark.map_in_arrow(files, dims=["mediaType", "queueId"])  # doctest: +SKIP
    """
    settings = Settings.of(options)
    if schema is None and not is_fixed(settings):
        raise ValueError("gcagg: map_in_arrow needs `dims`, or a schema")
    columns = (
        declared(settings, fixed(settings))
        if schema is None
        else files.sparkSession.createDataFrame([], schema).schema
    )
    if is_fixed(settings):
        check_names([name for name in columns.names if name != settings.corrupt], fixed(settings).names)
    rows = Rows(settings, arrow_schema(columns))

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
                yield from rows.of((path.as_py(), content.as_py()))

    return files.select("path", "content").mapInArrow(read, columns)
