"""Overlaps and gaps across files."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from against_csv import Load
from gcagg.spark import gaps, overlaps, resolve_repeats


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=timezone.utc)


def write(
    folder: Path, name: str, queue: str | None, *buckets: str, metric: str = "nOffered"
) -> None:
    """A response with buckets such as `08:00/08:30`."""
    data = [
        {
            "interval": "/".join(f"2026-03-02T{time}:00.000Z" for time in bucket.split("/")),
            "metrics": [{"metric": metric, "stats": {"count": 1}}],
        }
        for bucket in buckets
    ]
    group = {} if queue is None else {"queueId": queue}
    (folder / f"{name}.json").write_text(json.dumps({"results": [{"group": group, "data": data}]}))


def rows(df: Any) -> list[dict[str, Any]]:
    def order(row: dict[str, Any]) -> list[str]:
        return [
            value.isoformat() if isinstance(value, datetime) else str(value)
            for value in row.values()
        ]

    return sorted(df.toArrow().to_pylist(), key=order)


def test_overlaps_are_found_across_files(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/08:30", "08:30/09:00")
    write(tmp_path, "b", "1", "08:45/09:15", "09:15/09:45")
    write(tmp_path, "c", "2", "08:45/09:15")
    write(tmp_path, "d", "1", "08:00/10:00", metric="nConnected")
    df = load(tmp_path, dims="queueId", source_column="true")
    found = overlaps(df)
    assert found.columns == [
        *("queueId", "metric", "view", "qualifier", "interval_start", "interval_end"),
        *("other_start", "other_end", "source", "other_source"),
    ]
    assert rows(found) == [
        {
            "queueId": "1",
            "metric": "nOffered",
            "view": None,
            "qualifier": None,
            "interval_start": at(8, 45),
            "interval_end": at(9, 15),
            "other_start": at(8, 30),
            "other_end": at(9),
            "source": str(tmp_path / "b.json"),
            "other_source": str(tmp_path / "a.json"),
        }
    ]


def test_copies_in_several_files_count_once(load: Load, tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path, name, "1", "08:00/08:30", "08:30/09:00")
    df = load(tmp_path, dims="queueId", source_column="true", maxPartitionBytes="1")
    for repeats, file in [("same", "a"), ("last", "b")]:
        kept = rows(resolve_repeats(df, repeats))
        assert [row["source"] for row in kept] == [str(tmp_path / f"{file}.json")] * 2
    path = tmp_path / "b.json"
    path.write_text(path.read_text().replace('"count": 1', '"count": 2'))
    df = load(tmp_path, dims="queueId", source_column="true", maxPartitionBytes="1")
    with pytest.raises(Exception, match=r"R003: a bucket has different figures in .*a.json and .*b.json"):
        resolve_repeats(df, "same").collect()
    assert {row["count"] for row in rows(resolve_repeats(df, "last"))} == {2}
    with pytest.raises(ValueError, match="source_column"):
        resolve_repeats(load(tmp_path, dims="queueId"), "last")


def test_a_file_that_is_there_twice_overlaps_everywhere(load: Load, tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path, name, "1", "08:00/08:30", "08:30/09:00")
    found = rows(overlaps(load(tmp_path, dims="queueId")))
    assert [(row["interval_start"], row["other_start"]) for row in found] == [
        (at(8), at(8)),
        (at(8, 30), at(8, 30)),
    ]


def test_a_long_bucket_overlaps_all_that_are_in_it(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/12:00")
    write(tmp_path, "b", "1", "08:30/09:00", "11:00/11:30", "12:00/12:30")
    found = rows(overlaps(load(tmp_path, dims="queueId")))
    assert [(row["interval_start"], row["other_start"], row["other_end"]) for row in found] == [
        (at(8, 30), at(8), at(12)),
        (at(11), at(8), at(12)),
    ]


def test_the_keys_of_overlaps_can_be_chosen(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/08:30")
    write(tmp_path, "b", "2", "08:00/08:30")
    df = load(tmp_path, dims="queueId")
    assert overlaps(df).count() == 0
    assert overlaps(df, []).count() == 1
    assert overlaps(df, ["metric"]).columns[0] == "metric"


def test_groups_without_a_dimension_are_compared(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", None, "08:00/08:30")
    write(tmp_path, "b", None, "08:15/08:45")
    assert overlaps(load(tmp_path, dims="queueId")).count() == 1
    assert overlaps(load(tmp_path, layout="wide")).count() == 1


def test_gaps_are_found_across_files(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/08:30", "08:30/09:00")
    write(tmp_path, "b", "1", "10:00/10:30")
    write(tmp_path, "c", "2", "08:00/08:30", "08:30/09:00", "09:00/09:30")
    df = load(tmp_path, dims="queueId")
    assert rows(gaps(df)) == [{"queueId": "1", "gap_start": at(9), "gap_end": at(10)}]
    assert rows(gaps(df, [])) == [{"gap_start": at(9, 30), "gap_end": at(10)}]


def test_gaps_at_both_ends(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/08:30", "09:00/09:30")
    write(tmp_path, "b", "2", "06:00/06:30")
    df = load(tmp_path, dims="queueId")
    assert rows(gaps(df, since=at(7), until=at(10))) == [
        {"queueId": "1", "gap_start": at(7), "gap_end": at(8)},
        {"queueId": "1", "gap_start": at(8, 30), "gap_end": at(9)},
        {"queueId": "1", "gap_start": at(9, 30), "gap_end": at(10)},
        {"queueId": "2", "gap_start": at(7), "gap_end": at(10)},
    ]
    assert rows(gaps(df, [], since=at(8, 45), until=at(9))) == [
        {"gap_start": at(8, 45), "gap_end": at(9)}
    ]


def test_the_last_second_of_a_day_is_no_gap(load: Load, tmp_path: Path) -> None:
    write(tmp_path, "a", "1", "08:00/08:30", "08:30/09:00")
    text = (tmp_path / "a.json").read_text().replace("08:30:00.000Z/", "08:30:01.000Z/")
    (tmp_path / "a.json").write_text(text)
    assert gaps(load(tmp_path, dims="queueId")).count() == 0
    (tmp_path / "a.json").write_text(text.replace("08:30:01.000Z/", "08:30:02.000Z/"))
    assert gaps(load(tmp_path, dims="queueId")).count() == 1


def test_a_data_frame_without_intervals_is_refused(load: Load) -> None:
    df = load("samples/summary-flat.json")
    for check in overlaps, gaps:
        with pytest.raises(ValueError, match="no columns interval_start and interval_end"):
            check(df)
