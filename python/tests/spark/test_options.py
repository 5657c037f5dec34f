"""Options, and what each task reads: no session is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import gcagg
import pytest
from gcagg.spark._options import Settings, _size, _where
from gcagg.spark._reader import _parts


def test_the_driver_warns_of_statistics_without_a_column(tmp_path: Path) -> None:
    pytest.importorskip("pyspark.sql.datasource")
    from gcagg.spark import Source

    metric = {"metric": "tHandle", "stats": {"count": 2, "p50": 5}}
    bucket = {"interval": "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z", "metrics": [metric]}
    path = tmp_path / "day.json"
    path.write_text(json.dumps({"results": [{"group": {"mediaType": "voice"}, "data": [bucket]}]}))
    with pytest.warns(gcagg.DataWarning, match=r"no column for these statistics: p50 \(1 value\)"):
        Source({"path": str(path)}).schema()


def test_options_have_the_names_of_read_in_any_case() -> None:
    settings = Settings.of(
        {"LAYOUT": "wide", "source_column": "true", "from": "2026-03-02", "Threads": "2"}
    )
    assert settings.read == {
        "layout": "wide",
        "source_column": True,
        "from": "2026-03-02",
        "threads": 2,
    }
    arguments = settings.arguments()
    assert arguments["from_"] == "2026-03-02" and "from" not in arguments


@pytest.mark.parametrize(
    "value", ["mediaType, queueId", '["mediaType", "queueId"]', ["mediaType", "queueId"]]
)
def test_lists_are_text_with_commas_or_json_or_sequences(value: Any) -> None:
    assert Settings.of({"dims": value}).read["dims"] == ["mediaType", "queueId"]


@pytest.mark.parametrize(
    "value",
    [
        "mediaType=voice,chat; queueId=1;",
        "mediaType=voice;queueId=1;mediaType=chat",
        '{"mediaType": ["voice", "chat"], "queueId": "1"}',
        {"mediaType": ["voice", "chat"], "queueId": "1"},
    ],
)
def test_where_names_dimensions_and_their_values(value: Any) -> None:
    assert _where(value) == {"mediaType": ["voice", "chat"], "queueId": ["1"]}


def test_an_empty_value_of_where_is_a_missing_dimension() -> None:
    assert _where("wrapUpCode=") == {"wrapUpCode": [""]}


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("64m", 64 << 20), ("2 GiB", 2 << 30), ("10kb", 10 << 10)]
)
def test_sizes(text: str, size: int) -> None:
    assert _size(text) == size


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": "mediaType"}, "unknown option `dim`; did you mean `dims`?"),
        ({"on_error": "skip"}, "unknown option `on_error`"),
        (
            {"mode": "STRICT"},
            "option `mode`: expected one of FAILFAST, DROPMALFORMED, PERMISSIVE, not `STRICT`",
        ),
        ({"kpi": "yes"}, "option `kpi`: expected true or false, not `yes`"),
        ({"spanBytes": "0"}, "option `spanBytes`: expected a size such as 64m, not `0`"),
        ({"spanBytes": "64x"}, "option `spanBytes`: expected a size such as 64m, not `64x`"),
        (
            {"where": "voice"},
            r"option `where`: expected NAME=VALUE\[,VALUE...\], not `voice`",
        ),
        ({"columns": "present"}, "option `columns`: expected `all` or names"),
        ({"threads": "many"}, "option `threads`: invalid literal"),
    ],
)
def test_a_wrong_option_is_an_error_that_names_it(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^gcagg: {message}"):
        Settings.of(options)


def test_small_files_share_a_task_and_keep_their_order(tmp_path: Path) -> None:
    files = []
    for number in range(5):
        files.append(str(tmp_path / f"{number}.json"))
        Path(files[-1]).write_text("{}")
    assert list(_parts(files, part=64 << 20, span=64 << 20)) == [tuple(files)]
    assert list(_parts(files, part=1, span=64 << 20)) == [(file,) for file in files]
    # Opening a file counts as 0.25 MiB.
    assert list(_parts(files, part=(1 << 19) + 10, span=64 << 20)) == [
        tuple(files[:2]),
        tuple(files[2:4]),
        (files[4],),
    ]


def test_importing_gcagg_does_not_import_pyspark() -> None:
    code = (
        "import sys, gcagg; sys.exit(any(name in sys.modules for name in ('pyspark', 'pyarrow')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
