"""What becomes of bad files in each mode."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from against_csv import SAMPLES, Load
from pyspark.errors import PythonException

DIMS = "mediaType,queueId"
DAY = SAMPLES / "queue-day.json"
BAD = SAMPLES / "bad/S001-wrong-type.json"
CUT = SAMPLES / "bad/J002-truncated.json"


def partly_bad(folder: Path) -> Path:
    """A day with one wrong bucket of ten rows among 303."""
    document = json.loads(DAY.read_text())
    bucket = document["results"][0]["data"][0]
    bucket["metrics"][0]["stats"]["count"] = "16"
    path = folder / "partly.json"
    path.write_text(json.dumps(document))
    return path


def rows_of_first_bucket() -> int:
    return len(json.loads(DAY.read_text())["results"][0]["data"][0]["metrics"])


def test_failfast_is_the_default_and_says_where(load: Load) -> None:
    with pytest.raises(PythonException) as raised:
        load([str(DAY), str(BAD)], dims=DIMS).collect()
    text = str(raised.value)
    assert (
        "S001" in text
        and f"{BAD}:15:26" in text
        and "/results/0/data/0/metrics/0/stats/count" in text
    )


def test_a_file_that_is_cut_off_says_where(load: Load) -> None:
    with pytest.raises(PythonException, match=f"(?s)J002.*{CUT}:41:24|{CUT}:41:24.*J002"):
        load(CUT, dims=DIMS).collect()


def test_dropmalformed_leaves_bad_parts_out(load: Load, tmp_path: Path) -> None:
    path = partly_bad(tmp_path)
    df = load([str(path), str(BAD), str(CUT)], dims=DIMS, mode="dropMalformed")
    assert df.count() == 303 - rows_of_first_bucket()
    assert "_corrupt_record" not in df.columns


def test_permissive_keeps_bad_parts_as_rows(load: Load, tmp_path: Path) -> None:
    path = partly_bad(tmp_path)
    df = load([str(path), str(CUT)], dims=DIMS, mode="PERMISSIVE")
    assert df.columns[-1] == "_corrupt_record"
    rows = df.collect()
    good = [row for row in rows if row["_corrupt_record"] is None]
    assert len(good) == 303 - rows_of_first_bucket()
    bad = [row for row in rows if row["_corrupt_record"] is not None]
    assert all(row[name] is None for row in bad for name in df.columns[:-1])
    rejects = {one["file"]: one for one in (json.loads(row["_corrupt_record"]) for row in bad)}
    assert set(rejects) == {str(path), str(CUT)}
    assert (
        rejects[str(path)]["unit"] == "bucket"
        and rejects[str(path)]["pointer"] == "/results/0/data/0"
    )
    assert rejects[str(path)]["value"]["metrics"][0]["stats"]["count"] == "16"
    assert [one["code"] for one in rejects[str(CUT)]["diagnostics"]] == ["J002"]
    assert rejects[str(CUT)]["text"].startswith("{")


def test_the_column_of_corrupt_records_has_the_name_that_is_asked_for(load: Load) -> None:
    df = load(BAD, dims=DIMS, mode="PERMISSIVE", columnNameOfCorruptRecord="bad")
    assert df.columns[-1] == "bad" and df.where("bad IS NOT NULL").count() == 1
    # Without the column in a schema, bad parts are left out, as by Spark's JSON reader.
    assert load(BAD, schema="queueId string, count bigint", mode="PERMISSIVE").count() == 0


def test_a_survey_finds_bad_files_as_well(load: Load) -> None:
    assert load([str(DAY), str(BAD)], mode="DROPMALFORMED").columns[:2] == ["mediaType", "queueId"]
    with pytest.raises(Exception, match="S001"):
        load([str(DAY), str(BAD)])


def test_rules_can_be_turned_off_and_on(load: Load, tmp_path: Path) -> None:
    overlapping = SAMPLES / "bad/T003-overlapping-buckets.json"
    with pytest.raises(PythonException, match="T003"):
        load(overlapping, dims=DIMS).collect()
    assert load(overlapping, dims=DIMS, allow="T003").count() > 0
    with pytest.raises(PythonException, match="M001"):
        load(SAMPLES / "bad/M001-min-above-max.json", dims=DIMS, deny="M001").collect()


def test_overlaps_across_files_do_not_depend_on_tasks(load: Load) -> None:
    for size in ("64m", "1"):
        df = load(
            [str(DAY), str(SAMPLES / "queue-day-2.json.gz")] * 2, dims=DIMS, maxPartitionBytes=size
        )
        assert df.count() > 303


def test_an_error_in_a_span_has_the_line_of_the_file(load: Load, tmp_path: Path) -> None:
    document = json.loads(DAY.read_text())
    results = [
        {**deepcopy(one), "group": {"queueId": f"{number}-{index}"}}
        for number in range(30)
        for index, one in enumerate(document["results"])
    ]
    results[-1]["data"][-1]["metrics"][-1]["stats"]["count"] = "wrong"
    path = tmp_path / "large.json"
    path.write_text(json.dumps({"results": results}, indent=1))
    line = next(
        number for number, text in enumerate(path.read_text().splitlines(), 1) if '"wrong"' in text
    )
    df = load(path, dims="queueId", spanBytes="50k")
    assert df.rdd.getNumPartitions() > 5
    with pytest.raises(PythonException, match=f"{path}:{line}:"):
        df.collect()


def test_what_other_findings_mean(load: Load) -> None:
    # Warnings do not stop a run.
    assert load(SAMPLES / "bad/M001-min-above-max.json", dims=DIMS).count() > 0
    # A file with both dialects cannot be one table, in any mode.
    for mode in ("FAILFAST", "DROPMALFORMED", "PERMISSIVE"):
        with pytest.raises(PythonException, match="F006"):
            load(SAMPLES / "bad/F006-mixed-dialects.ndjson", dims=DIMS, mode=mode).collect()


def corrupt(df: Any) -> list[str]:
    return [
        row[0]
        for row in df.where("_corrupt_record IS NOT NULL").select("_corrupt_record").collect()
    ]


def test_filters_do_not_hide_bad_parts(load: Load, tmp_path: Path) -> None:
    path = partly_bad(tmp_path)
    df = load(path, dims=DIMS, mode="PERMISSIVE", where="mediaType=email")
    assert df.where("mediaType IS NOT NULL AND mediaType <> 'email'").count() == 0
    assert len(corrupt(df)) == 1
