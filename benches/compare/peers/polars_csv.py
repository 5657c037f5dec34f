"""Long CSV with Polars: read, explode, unnest, sink."""

import sys

import polars as pl

STATS = "count sum min max ratio numerator denominator target".split()
frame = pl.read_json(sys.argv[1], infer_schema_length=None)
frame = frame.explode("results").unnest("results").explode("data").unnest("data")
frame = frame.unnest("group").explode("metrics").unnest("metrics").unnest("stats")
ends = pl.col("interval").str.split_exact("/", 1)
frame = frame.with_columns(
    ends.struct.field("field_0").alias("interval_start"),
    ends.struct.field("field_1").alias("interval_end"),
)
known = ["interval", "interval_start", "interval_end", "metric", *STATS]
dimensions = sorted(name for name in frame.columns if name not in known)
order = [*dimensions, "interval_start", "interval_end", "metric", *STATS]
frame.select(name for name in order if name in frame.columns).write_csv(sys.argv[2])
