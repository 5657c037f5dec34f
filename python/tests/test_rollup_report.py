"""Roll-ups and reports, against `gcagg rollup` and `gcagg report`."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY, ROOT, assert_same, flags, run

pytestmark = pytest.mark.usefixtures("at_root")

NEXT = "samples/queue-day-2.json.gz"
SKILLS = "samples/bad/G003-multivalued-dimension.json"
FORMATS = ["text", "markdown", "html", "json"]
#: The options of `read` among those of a roll-up or a report.
FILTERS = {"layout", "columns", "metric", "where", "names", "durations", "kpi", "limit", "source_column"}


def split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of `read`, and the others."""
    read = {name: value for name, value in options.items() if name in FILTERS}
    return read, {name: value for name, value in options.items() if name not in FILTERS}


@pytest.mark.parametrize(
    ("sources", "options"),
    [
        ([DAY], {}),
        ([DAY, NEXT], {"by": "mediaType"}),
        ([DAY, NEXT], {"by": ["queueId", "mediaType"], "every": "1d", "timezone": "Europe/Berlin"}),
        ([DAY, NEXT], {"by": "", "every": "1w", "week_start": "sunday"}),
        ([DAY, NEXT], {"every": "1mo", "timezone": "America/New_York", "layout": "wide"}),
        ([DAY], {"every": "PT1H", "metric": "t*", "durations": "s"}),
        ([DAY], {"by": "queueId", "names": "samples/names.csv", "where": {"mediaType": ["voice", "email"]}}),
        ([DAY], {"by": "mediaType", "every": "1d", "layout": "wide", "kpi": True}),
        ([DAY], {"by": "mediaType", "columns": ["metric", "count"], "limit": 3, "source_column": True}),
        ([DAY, "copy"], {"dedupe": True, "by": "mediaType"}),
        ([SKILLS], {"by": "mediaType", "drop_multivalued": "wrapUpCode"}),
        (["samples/views.json"], {"every": "1d"}),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::gcagg.DataWarning")
def test_the_roll_up_is_that_of_the_command_line(sources: list[str], options: dict[str, Any], tmp_path: Path) -> None:
    if "copy" in sources:
        sources = [DAY, shutil.copy(DAY, tmp_path)]
    text = run("rollup", *sources, *flags(options), "--to", "csv").stdout
    of_table, asked = split(options)
    source = gcagg.read(sources, **of_table) if of_table else sources
    assert_same(gcagg.rollup(source, **asked), text)


def test_a_roll_up_of_a_roll_up() -> None:
    days = gcagg.rollup([DAY, NEXT], every="1d", by=["mediaType", "queueId"])
    assert gcagg.rollup(days).to_arrow().to_pylist() == days.to_arrow().to_pylist()
    one_step = gcagg.rollup([DAY, NEXT], every="1d", by="mediaType")
    assert gcagg.rollup(days, by="mediaType").to_arrow().to_pylist() == one_step.to_arrow().to_pylist()


def test_the_table_stays_as_it_is() -> None:
    voice = gcagg.read(DAY, where={"mediaType": "voice"}, metric="nOffered")
    before = voice.to_arrow()
    total = gcagg.rollup(voice, by=[], every="1d").to_arrow()
    assert total.column_names == ["interval_start", "interval_end", "metric", "count"]
    assert total["count"].to_pylist() == [224]
    assert voice.to_arrow() == before


def test_buckets_that_came_twice(tmp_path: Path) -> None:
    twice = [DAY, shutil.copy(DAY, tmp_path)]
    with pytest.raises(gcagg.DataError, match="T003"):
        gcagg.rollup(twice)
    with pytest.warns(gcagg.DataWarning, match="32 buckets occur more than once and count once"):
        once = gcagg.rollup(twice, dedupe=True)
    assert once.to_arrow().to_pylist() == gcagg.rollup(DAY).to_arrow().to_pylist()
    table = gcagg.read(twice, allow="overlapping-buckets")
    with pytest.warns(gcagg.DataWarning, match="occur more than once"):
        assert gcagg.rollup(table, dedupe=True).rows == once.rows


def test_buckets_that_cannot_be_joined() -> None:
    with pytest.raises(gcagg.DataError, match=r"cannot be joined\nerror\[R002\]") as caught:
        gcagg.rollup(DAY, every="20m")
    assert caught.value.findings[0].line


def test_dimensions_that_may_not_be_dropped() -> None:
    text = Path(SKILLS).read_text()
    # A single group counts no conversation twice; two of the same conversation may.
    assert gcagg.rollup(SKILLS, by="mediaType").rows
    [group] = json.loads(text)["results"]
    other = {**group, "group": {**group["group"], "wrapUpCode": "another"}}
    with pytest.raises(gcagg.Error, match="drop_multivalued"):
        gcagg.rollup({"results": [group, other]}, by="mediaType")


def test_no_input_is_an_output(tmp_path: Path) -> None:
    content = (ROOT / DAY).read_bytes()
    copy = tmp_path / "copy.json"
    copy.write_bytes(content)
    with copy.open("rb") as opened:
        for source in (copy, [str(tmp_path)], (str(copy), content), opened, gcagg.read(copy)):
            with pytest.raises(gcagg.UsageError, match="also an input"):
                gcagg.report(source, path=copy)
    for path in (copy, os.fsencode(copy)):
        with pytest.raises(gcagg.UsageError, match="also an input"):
            gcagg.report(content, compare=copy, path=path)  # type: ignore[call-overload]
    assert copy.read_bytes() == content
    for path in ("r\ud800.html", "r\0.html", b"r\0.html"):
        with pytest.raises(gcagg.UsageError, match="path="):
            gcagg.report(copy, path=path)  # type: ignore[call-overload]
    gcagg.report(copy, path=tmp_path / "report.json")


def test_statistics_that_are_left_out_are_warned_of() -> None:
    metrics = [{"metric": "tHandle", "stats": {"count": 2, "sum": 20, "p95": 15}}]
    buckets = [{"interval": f"2026-03-02T0{hour}:00:00Z/2026-03-02T0{hour + 1}:00:00Z", "metrics": metrics} for hour in (1, 2)]
    with pytest.warns(gcagg.DataWarning, match="R001") as caught:
        day = gcagg.rollup({"results": [{"group": {}, "data": buckets}]}, every="1d")
    assert caught[0].filename == __file__
    assert (day.to_arrow()["count"].to_pylist(), day.to_arrow()["sum"].to_pylist()) == ([4], [40])


def timeless(report: str) -> str:
    """Without the time at which the report was made."""
    return re.sub(r'("time": "|made at |)20(?!26-03)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ)?', "-", report)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("sources", "options"),
    [
        ([DAY], {}),
        ([DAY, NEXT], {"by": "mediaType", "top": 1, "sort": "aht", "timezone": "Europe/Berlin"}),
        ([DAY], {"by": ["queue", "queueId+mediaType"], "title": "A day", "every": "1h"}),
        ([DAY], {"metric": ["n*", "tHandle"], "where": {"mediaType": "voice"}, "names": "samples/names.csv"}),
        (["samples/summary-grouped.json"], {}),
        (["samples/user-presence.json"], {"names": "samples/names.csv"}),
        ([SKILLS], {}),
    ],
    ids=str,
)
def test_the_report_is_that_of_the_command_line(sources: list[str], options: dict[str, Any], format: str) -> None:
    # JSON has no title: the command refuses one.
    options = {key: value for key, value in options.items() if (key, format) != ("title", "json")}
    text = run("report", *sources, *flags(options), "--format", format).stdout
    of_table, asked = split(options)
    source = gcagg.read(sources, **of_table) if of_table else sources
    assert timeless(gcagg.report(source, format=format, **asked)) == timeless(text)


@pytest.mark.parametrize("format", FORMATS)
def test_a_comparison(format: str) -> None:
    where = {"mediaType": "voice"}
    text = run("report", DAY, "--compare", NEXT, "--by", "mediaType", *flags({"where": where}), "--format", format).stdout
    now, before = (gcagg.read(source, where=where) for source in (DAY, NEXT))
    assert timeless(gcagg.report(now, compare=before, by="mediaType", format=format)) == timeless(text)


def test_every_figure_of_every_group() -> None:
    for format in ("text", "markdown"):
        text = run("report", DAY, "--detail", "--format", format).stdout
        assert gcagg.report(DAY, detail=True, format=format) == text


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.txt", "text"), ("a.md", "markdown"), ("a.MARKDOWN", "markdown"), ("a.html", "html"), ("a.htm", "html"), ("a.json", "json")],
)
def test_the_extension_is_the_format(name: str, format: str, tmp_path: Path) -> None:
    path = tmp_path / name
    gcagg.report(DAY, path=path)
    assert timeless(path.read_text()) == timeless(gcagg.report(DAY, format=format))
    gcagg.report(DAY, path=str(path), format="text")
    assert path.read_text() == gcagg.report(DAY)
    assert os.listdir(tmp_path) == [name]


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_text("before")
    with pytest.raises(gcagg.DataError):
        gcagg.report("samples/bad/S001-wrong-type.json", path=path)
    with pytest.raises(gcagg.UsageError):
        gcagg.report(DAY, path=path, sort="nothing")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(gcagg.ReadError, match="No space left on device"):
        gcagg.report(DAY, path=path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["report.txt"]


def test_what_a_report_is_written_to(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to("target.txt")
    gcagg.report(DAY, path=link)
    assert link.is_symlink()
    assert target.read_text() == gcagg.report(DAY)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    gcagg.report(DAY, path="/dev/null", format="text")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(gcagg.ReadError, match="Is a directory"):
        gcagg.report(DAY, path=tmp_path, format="text")


def test_a_report_without_figures() -> None:
    report = json.loads(gcagg.report({"results": []}, format="json"))
    assert report["groups"] == 0
