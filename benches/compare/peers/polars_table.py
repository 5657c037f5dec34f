"""A long table with Polars: read, explode, unnest, write CSV or Parquet, by the output's extension."""

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
frame = frame.select(name for name in order if name in frame.columns)
if sys.argv[2].endswith(".parquet"):
    times = [pl.col(name).str.to_datetime(time_unit="ms", time_zone="UTC") for name in ("interval_start", "interval_end")]
    frame.with_columns(times).write_parquet(sys.argv[2], compression="zstd", compression_level=1)
else:
    frame.write_csv(sys.argv[2])
