"""Genesys Cloud analytics aggregates in Spark.

``Source`` is a data source for Spark 4: rows are read by the executors, as Arrow record batches.
``map_in_arrow`` reads files that Spark itself has listed and loaded, in Spark 3.5 and later.
``overlaps`` and ``gaps`` check buckets across files, and ``resolve_repeats`` counts copies once.

>>> import gcagg.spark
>>> spark.dataSource.register(gcagg.spark.Source)  # doctest: +SKIP
>>> spark.read.format("gcagg").option("dims", "queueId").load("exports/")  # doctest: +SKIP

Only this package imports pyspark and pyarrow; ``import gcagg`` does not.
"""

from ._binary import map_in_arrow
from ._checks import gaps, overlaps, resolve_repeats
from ._source import Source

__all__ = ["Source", "gaps", "map_in_arrow", "overlaps", "resolve_repeats"]
