"""Says why the tests of this folder do not run, where they do not."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

MISSING = [name for name in ("pyspark", "pyarrow") if importlib.util.find_spec(name) is None]
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    MISSING.append("java")


def test_what_spark_needs_is_installed() -> None:
    if MISSING:
        pytest.skip(f"the tests of Spark need {', '.join(MISSING)}")
