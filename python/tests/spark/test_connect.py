"""Spark Connect: the client has no JVM of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from against_csv import ROOT

# The server has another working folder, so paths are absolute.
CODE = """
import os

import gcagg.spark
from pyspark.sql import SparkSession

options = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.log.level": "OFF",
}
day = os.path.abspath("samples/queue-day.json")
spark = SparkSession.builder.remote("local[2]").config(map=options).getOrCreate()
try:
    spark.dataSource.register(gcagg.spark.Source)
    df = spark.read.format("gcagg").options(dims="mediaType,queueId", mode="PERMISSIVE").load(day)
    assert df.count() == 303
    assert df.columns[-1] == "_corrupt_record"
    files = spark.read.format("binaryFile").load(day)
    assert gcagg.spark.map_in_arrow(files, dims=["mediaType", "queueId"]).count() == 303
    assert gcagg.spark.overlaps(df).count() == 0
    assert gcagg.spark.overlaps(df.union(df)).count() == 303
    assert gcagg.spark.gaps(df, []).count() == 0
finally:
    spark.stop()
"""


@pytest.mark.skipif(importlib.util.find_spec("grpc") is None, reason="needs pyspark[connect]")
def test_connect(tmp_path: Path) -> None:
    environment = {**os.environ, "SPARK_LOCAL_DIRS": str(tmp_path)}
    subprocess.run([sys.executable, "-c", CODE], check=True, cwd=ROOT, env=environment, timeout=120)
