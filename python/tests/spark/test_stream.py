"""`readStream` over a folder: each file once, across batches, restarts and failures."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from against_csv import SAMPLES
from pyspark.errors import StreamingQueryException

DAY = SAMPLES / "queue-day.json"
RESULTS = json.loads(DAY.read_text())["results"]
DIMS = "mediaType,queueId"


def save(folder: Path, name: str) -> int:
    """A file with one group, whose queue has the name of the file. Returns its number of rows."""
    folder.mkdir(exist_ok=True)
    group = {**RESULTS[0], "group": {"mediaType": "voice", "queueId": name}}
    # As writers should: a file has its name when it is complete.
    path = folder / f".{name}.part"
    path.write_text(json.dumps({"results": [group]}))
    path.rename(folder / f"{name}.json")
    return sum(len(bucket["metrics"]) for bucket in group["data"])


class Query:
    """A stream from a folder into Parquet, with its own checkpoint."""

    def __init__(self, spark: Any, folder: Path, **options: str) -> None:
        self.spark = spark
        self.source = folder / "exports"
        self.sink, self.checkpoint = folder / "sink", folder / "checkpoint"
        self.options = {"dims": DIMS, **options}
        self.source.mkdir(exist_ok=True)

    def start(self, schema: str | None = None, **trigger: Any) -> Any:
        reader = self.spark.readStream.format("gcagg").options(**self.options)
        if schema:
            reader = reader.schema(schema)
        writer = reader.load(str(self.source)).writeStream.format("parquet")
        writer = writer.option("checkpointLocation", str(self.checkpoint))
        return writer.trigger(**trigger or {"availableNow": True}).start(str(self.sink))

    def run(self, schema: str | None = None) -> int:
        """Reads what is there. Returns the number of batches with rows."""
        for _ in range(10):
            query = self.start(schema)
            try:
                assert query.awaitTermination(300)
                return sum(it["numInputRows"] > 0 for it in query.recentProgress)
            except StreamingQueryException as error:
                # Spark waits ten seconds for a process of Python, which a busy machine exceeds.
                if "failed to connect back" not in str(error):
                    raise
        raise AssertionError("no process of Python started")

    def rows(self) -> dict[str, int]:
        """The number of rows of each file."""
        frame = self.spark.read.parquet(str(self.sink))
        return {row.queueId: row["count"] for row in frame.groupBy("queueId").count().collect()}


@pytest.fixture
def query(spark: Any, tmp_path: Path) -> Query:
    return Query(spark, tmp_path)


def test_each_file_once(query: Query) -> None:
    rows = save(query.source, "monday")
    save(query.source, "tuesday")
    query.run()
    assert query.rows() == {"monday": rows, "tuesday": rows}
    # A file that arrives late, with an old time and a name before the others.
    save(query.source, "late")
    os.utime(query.source / "late.json", (1, 1))
    query.run()
    assert query.run() == 0
    assert query.rows() == {"monday": rows, "tuesday": rows, "late": rows}
    offsets = (query.checkpoint / "offsets" / "1").read_text().splitlines()[-1]
    assert json.loads(offsets)["files"]["late.json"] == (query.source / "late.json").stat().st_size


def test_an_empty_folder_and_other_files(query: Query) -> None:
    (query.source / "README.md").write_text("not data")
    (query.source / ".part.json").write_text("{")
    assert query.run() == 0
    rows = save(query.source, "monday")
    query.run()
    assert query.rows() == {"monday": rows}


def test_batches_of_a_number_of_files(spark: Any, tmp_path: Path) -> None:
    query = Query(spark, tmp_path, maxFilesPerTrigger="2", pathGlobFilter="day-*")
    for name in ("day-1", "day-2", "day-3", "other"):
        rows = save(query.source, name)
    assert query.run() == 2
    assert query.rows() == dict.fromkeys(("day-1", "day-2", "day-3"), rows)


def test_a_query_that_goes_on(query: Query) -> None:
    rows = save(query.source, "monday")
    running = query.start(processingTime="500 milliseconds")
    try:
        running.processAllAvailable()
        save(query.source, "tuesday")
        running.processAllAvailable()
    finally:
        running.stop()
    assert query.rows() == {"monday": rows, "tuesday": rows}


def test_a_bad_file_stops_the_query_until_it_is_good(query: Query) -> None:
    rows = save(query.source, "monday")
    good = (query.source / "monday.json").read_text()
    (query.source / "torn.json").write_text(good[:300])
    with pytest.raises(Exception, match=r"J002.*torn\.json"):
        query.run()
    (query.source / "torn.json").write_text(good.replace("monday", "torn"))
    query.run()
    save(query.source, "tuesday")
    query.run()
    assert query.rows() == {"monday": rows, "torn": rows, "tuesday": rows}


def test_a_file_that_is_gone_is_named(query: Query) -> None:
    save(query.source, "monday")
    query.run()
    (query.source / "torn.json").write_text("{")
    with pytest.raises(Exception, match="J002"):
        query.run()
    (query.source / "torn.json").unlink()
    with pytest.raises(Exception, match=r"torn\.json arrived and is gone before it was read; put it back"):
        query.run()


def test_a_folder_that_moved_and_files_that_left(query: Query, tmp_path: Path) -> None:
    rows = save(query.source, "monday")
    query.run()
    shutil.move(query.source, tmp_path / "moved")
    query.source = tmp_path / "moved"
    assert query.run() == 0
    (query.source / "monday.json").unlink()
    save(query.source, "tuesday")
    query.run()
    assert query.rows() == {"monday": rows, "tuesday": rows}


def test_a_schema_and_spans(spark: Any, tmp_path: Path) -> None:
    query = Query(spark, tmp_path, spanBytes="1k")
    shutil.copy(DAY, query.source)
    query.run("queueId string, metric string, count bigint")
    assert sum(query.rows().values()) == 303
    with pytest.raises(Exception, match="unknown column `nope`"):
        Query(spark, tmp_path).run("queueId string, nope string")


def test_a_folder_that_does_not_exist(spark: Any, tmp_path: Path) -> None:
    reader = spark.readStream.format("gcagg").option("dims", DIMS)
    with pytest.raises(Exception, match="exportz"):
        reader.load(str(tmp_path / "exportz"))
