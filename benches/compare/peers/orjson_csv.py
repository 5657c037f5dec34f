"""Long CSV with orjson and the csv module: the script that people write."""

import csv
import sys

import orjson

STATS = "count sum min max ratio numerator denominator target".split()
with open(sys.argv[1], "rb") as file:
    results = orjson.loads(file.read())["results"]
dimensions = sorted({name for container in results for name in container["group"]})
with open(sys.argv[2], "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow([*dimensions, "interval_start", "interval_end", "metric", *STATS])
    for container in results:
        group = [container["group"].get(name) for name in dimensions]
        for bucket in container["data"]:
            ends = bucket["interval"].split("/")
            for metric in bucket["metrics"]:
                stats = metric["stats"]
                out.writerow([*group, *ends, metric["metric"], *map(stats.get, STATS)])
