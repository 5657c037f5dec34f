"""Prints the key figures of a saved response, one row per queue and media type.

python examples/day.py [FILE]
"""

import sys
from pathlib import Path

import gcagg

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FIGURES = ["nOffered_count", "kpi_answered", "kpi_service_level", "kpi_aht"]

source = sys.argv[1] if len(sys.argv) > 1 else SAMPLES / "queue-day.json"
buckets = gcagg.read(
    source,
    layout="wide",
    columns=["mediaType", "queue_name", *FIGURES],
    names=SAMPLES / "names.csv",
    durations="s",
    kpi=True,
)
day = gcagg.rollup(buckets, by=["mediaType", "queueId"], every="1d")

for frame in (day.to_polars, day.to_pandas, day.to_arrow):
    try:
        print(frame())
        break
    except gcagg.UsageError:
        continue
else:
    # Without any of them.
    day.show()
