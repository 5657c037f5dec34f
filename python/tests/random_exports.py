"""Random folders of responses: absent dimensions, copies of buckets, two media types, a clock change, and
sums that lack their count. What counts of them is computed here, without gcagg."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

METRICS = ("nOffered", "tAnswered", "tHandle")
Bucket = dict[str, Any]


def _bucket(dice: random.Random) -> Bucket:
    group = {"mediaType": dice.choice(["voice", "chat"])}
    if queue := dice.choice(["q1", "q2", None]):
        group["queueId"] = queue
    count = dice.randint(1, 9)
    # Copies of a bucket always share this metric.
    metrics: dict[str, dict[str, int]] = {"tAnswered": {"count": count, "sum": 1000 * count}}
    if dice.random() < 0.7:
        metrics["nOffered"] = {"count": dice.randint(0, 20)}
    if dice.random() < 0.7:
        metrics["tHandle"] = {"count": dice.randint(1, 9), "sum": dice.randint(1, 9000)}
        if dice.random() < 0.2:
            del metrics["tHandle"]["count"]
    return {"group": group, "hour": dice.randrange(48), "metrics": metrics}


def _key(bucket: Bucket) -> tuple[str, int]:
    return json.dumps(bucket["group"], sort_keys=True), bucket["hour"]


def _document(buckets: list[Bucket]) -> str:
    def container(bucket: Bucket) -> dict[str, Any]:
        day, hour = divmod(bucket["hour"], 24)
        start = f"2026-03-{28 + day}T{hour:02}:00:00.000Z"
        end = f"2026-03-{28 + day}T{hour:02}:59:59.999Z"
        entries = [{"metric": name, "stats": stats} for name, stats in bucket["metrics"].items()]
        data = [{"interval": f"{start}/{end}", "metrics": entries}]
        return {"group": bucket["group"], "data": data}

    # Every document is of one query, whichever groups it has.
    whole = {"group": {"mediaType": "voice", "queueId": "q1"}, "data": []}
    return json.dumps({"results": [*map(container, buckets), whole]})


def write(folder: Path, seed: int) -> tuple[str, list[Bucket]]:
    """Writes a folder, and returns ``repeats`` for it and the buckets that count."""
    dice = random.Random(seed)
    repeats = dice.choice(["same", "last"])
    buckets: list[Bucket] = []
    for _ in range(dice.randint(1, 60)):
        bucket = _bucket(dice)
        if repeats == "same":
            known = (it for it in buckets if _key(it) == _key(bucket))
            bucket = next(known, bucket)
        buckets += [bucket] * dice.choice([1, 1, 1, 2])
    files = dice.randint(1, 3)
    for number in range(files):
        size = -(-len(buckets) // files)
        part = buckets[number * size : (number + 1) * size]
        (folder / f"{number}.json").write_text(_document(part))
    return repeats, list({_key(bucket): bucket for bucket in buckets}.values())


def sums(buckets: list[Bucket], merged: bool) -> dict[str, dict[str, int]]:
    """The sums of the statistics by metric. If they are merged, a sum of several needs its count."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for metric in METRICS:
        entries = [bucket["metrics"][metric] for bucket in buckets if metric in bucket["metrics"]]
        for stats in entries:
            for stat, value in stats.items():
                if not merged or "count" in stats or len(entries) == 1:
                    found[metric][stat] += value
    return found


def by_day(buckets: list[Bucket], zone: str) -> dict[datetime, list[Bucket]]:
    """The buckets of each local day, by its start in UTC."""
    days: dict[datetime, list[Bucket]] = defaultdict(list)
    for bucket in buckets:
        start = datetime(2026, 3, 28, tzinfo=timezone.utc) + timedelta(hours=bucket["hour"])
        midnight = start.astimezone(ZoneInfo(zone)).replace(hour=0, fold=0)
        days[midnight.astimezone(timezone.utc)].append(bucket)
    return days
