"""Long CSV with DuckDB: read_json, unnest, COPY."""

import sys

import duckdb

source, target = (path.replace("'", "''") for path in sys.argv[1:3])
duckdb.sql(
    f"""
    COPY (
        WITH containers AS (
            SELECT unnest(results) AS c
            FROM read_json('{source}', maximum_object_size = 2000000000, sample_size = -1)
        ), buckets AS (SELECT c."group" AS g, unnest(c.data) AS b FROM containers),
        metrics AS (SELECT g, b.interval AS i, unnest(b.metrics) AS m FROM buckets)
        SELECT g.*, split_part(i, '/', 1) AS interval_start, split_part(i, '/', 2) AS interval_end,
               m.metric AS metric, m.stats.count AS count, m.stats.sum AS sum, m.stats.min AS min,
               m.stats.max AS max, m.stats.ratio AS ratio, m.stats.numerator AS numerator,
               m.stats.denominator AS denominator, m.stats.target AS target
        FROM metrics
    ) TO '{target}' (HEADER, DELIMITER ',')
    """
)
