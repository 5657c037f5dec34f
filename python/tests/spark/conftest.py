"""One Spark session for all tests: two executor processes, on the loopback interface."""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from against_csv import ROOT, Convert, Load

if any(importlib.util.find_spec(name) is None for name in ("pyspark", "pyarrow")):
    # The test that is left says why.
    files = Path(__file__).parent.glob("test_*.py")
    collect_ignore = [path.name for path in files if path.name != "test_needs.py"]

# Workers must run this Python, and not the first `python3` on the path.
os.environ["PYSPARK_PYTHON"] = sys.executable


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def spark(folder: Path) -> Iterator[Any]:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Java")
    import gcagg.spark
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["SPARK_WORKER_DIR"] = str(folder / "work")
    os.environ["SPARK_LOCAL_DIRS"] = str(folder / "local")
    # Relative paths, as on the page, are relative to where the driver was started.
    before = Path.cwd()
    os.chdir(ROOT)
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "OFF")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.task.maxFailures", "2")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    os.chdir(before)
    session.dataSource.register(gcagg.spark.Source)
    yield session
    session.stop()


@pytest.fixture
def load(spark: Any) -> Load:
    """`load(paths, layout="wide", ...)`: a data frame of the source."""

    def load(paths: Any, schema: Any = None, **options: Any) -> Any:
        reader = spark.read.format("gcagg").options(**options)
        if schema is not None:
            reader = reader.schema(schema)
        return reader.load(paths if isinstance(paths, list) else str(paths))

    return load


@pytest.fixture(scope="session")
def convert() -> Convert:
    """`convert(paths, "--layout", "wide")`: the rows that the command line writes as CSV."""
    program = os.environ.get("GCAGG_BIN")
    command = [program] if program else [sys.executable, "-m", "gcagg"]
    command += ["convert", "--quiet", "--no-config", "--columns", "all"]

    def convert(paths: list[str], *options: str) -> list[dict[str, str]]:
        run = subprocess.run(
            [*command, *options, *paths], check=True, capture_output=True, text=True
        )
        return list(csv.DictReader(io.StringIO(run.stdout)))

    return convert
