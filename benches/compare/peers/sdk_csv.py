"""Long CSV through the models of the official Python SDK (PureCloudPlatformClientV2)."""

import csv
import json
import sys

import PureCloudPlatformClientV2 as sdk

STATS = "count sum min max ratio numerator denominator target".split()


class Response:
    def __init__(self, text):
        self.data = text

    def getheader(self, name):
        return "application/json" if name == "Content-Type" else None


with open(sys.argv[1]) as file:
    text = file.read()
client = sdk.ApiClient()
answer = client.deserialize(Response(text), "ConversationAggregateQueryResponse")
with open(sys.argv[2], "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["mediaType", "queueId", "interval_start", "interval_end", "metric", *STATS])
    for container in answer.results:
        group = [container.group.get(name) for name in ("mediaType", "queueId")]
        for bucket in container.data:
            ends = bucket.interval.split("/")
            for metric in bucket.metrics:
                stats = [getattr(metric.stats, name, None) for name in STATS]
                out.writerow([*group, *ends, metric.metric, *stats])
