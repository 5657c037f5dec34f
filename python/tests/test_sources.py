"""Everything that can be read: paths, bytes, open files, dicts, objects of the SDK, URLs."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import shutil
import tempfile
import zipfile
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY

pytestmark = pytest.mark.usefixtures("at_root")

ROWS = 303
CONTENT = Path(__file__).resolve().parents[2].joinpath(DAY).read_bytes()
DOCUMENT = json.loads(CONTENT)


def name(source: Any) -> set[Any]:
    """How the only input is called, in a column."""
    return set(gcagg.read(source, source_column=True).to_arrow().column("source").to_pylist())


@pytest.mark.parametrize(
    "source",
    [
        DAY,
        Path(DAY),
        "samples/queue-d?y.json",
        [DAY],
        (Path(DAY),),
        {DAY},
        CONTENT,
        bytearray(CONTENT),
        memoryview(CONTENT),
        gzip.compress(CONTENT),
        CONTENT.decode().encode("utf-16"),
        ("day.json", CONTENT),
        ("day.json", bytearray(CONTENT)),
        (Path("day.json"), gzip.compress(CONTENT)),
        DOCUMENT,
        DOCUMENT["results"],
        [{"results": DOCUMENT["results"][:2]}, [json.dumps({"results": DOCUMENT["results"][2:]}).encode()]],
        io.BytesIO(CONTENT),
        io.StringIO(CONTENT.decode()),
    ],
    ids=lambda source: type(source).__name__,
)
def test_every_kind_has_the_same_rows(source: Any) -> None:
    # Dictionaries would differ where one document is several.
    table = gcagg.read(source, types="plain")
    assert table.to_arrow() == gcagg.read(DAY, types="plain").to_arrow()
    # What was read once, as a file object is, stays readable.
    assert table.to_arrow().num_rows == table.rows == ROWS


def test_a_generator_is_read_once() -> None:
    table = gcagg.read(path for path in (DAY, "samples/queue-day-2.json.gz"))
    assert table.to_arrow() == gcagg.read([DAY, "samples/queue-day-2.json.gz"]).to_arrow()


def test_folders_and_files_in_their_order(tmp_path: Path) -> None:
    for index in (2, 1):
        path = tmp_path / f"{index}.json"
        path.write_text(json.dumps({"results": DOCUMENT["results"][index : index + 1]}))
    (tmp_path / "notes.txt").write_text("no document")
    assert gcagg.files(tmp_path) == [str(tmp_path / "1.json"), str(tmp_path / "2.json")]
    assert gcagg.files([tmp_path / "2.json", str(tmp_path / "1*")])[0].endswith("2.json")
    assert gcagg.files(b"{}") == []
    assert name(tmp_path) == {str(tmp_path / "1.json"), str(tmp_path / "2.json")}


def test_a_file_of_two_sources_is_listed_once() -> None:
    assert gcagg.files(["samples/queue-day.json", "samples/queue-*.json"]) == ["samples/queue-day.json"]


def test_open_files(tmp_path: Path) -> None:
    with open(DAY, "rb") as binary, open(DAY, encoding="utf-8") as text, gzip.open("samples/queue-day-2.json.gz") as packed:
        assert name(binary) == name(text) == {DAY}
        assert gcagg.read(packed).rows == gcagg.read("samples/queue-day-2.json.gz").rows
    with tempfile.TemporaryFile() as nameless:
        nameless.write(CONTENT)
        nameless.seek(0)
        assert name(nameless) == {"<file>"}
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("day.json", CONTENT)
        with archive.open("day.json") as member:
            assert name(member) == {"day.json"}


def test_what_has_no_name_is_called_after_its_kind() -> None:
    first, second = ({"results": DOCUMENT["results"][it : it + 1]} for it in (0, 1))
    assert name(first) == {"<dict>"}
    assert name(CONTENT) == {"<bytes>"}
    assert name([first, [json.dumps(second).encode()]]) == {"<dict[0]>", "<bytes[1][0]>"}
    assert name(("any name, even é\n", CONTENT)) == {"any name, even é\n"}


def test_two_pieces_of_bytes_are_two_documents() -> None:
    pieces = tuple(json.dumps({"results": [container]}).encode() for container in DOCUMENT["results"][:2])
    assert gcagg.read(pieces).rows == gcagg.read(pieces[0]).rows + gcagg.read(pieces[1]).rows


def test_names_that_are_no_ascii(tmp_path: Path) -> None:
    for file in ("Übersicht – März.json", "a b'\"$.json", os.fsdecode(b"\xff.json")):
        path = tmp_path / file
        shutil.copy(DAY, path)
        assert gcagg.read(path).rows == gcagg.read(str(path)).rows == ROWS
        assert gcagg.files(path) == [str(path)]
        path.unlink()


class Summary:
    """A model of the official SDK: names as in Python, and every member, also those that are absent."""

    def __init__(self, count: int) -> None:
        self.count = count

    def to_dict(self) -> dict[str, Any]:
        return {"count": self.count, "count_negative": None, "max": None, "p95": None}


class Response:
    def to_dict(self) -> dict[str, Any]:
        metric = {"metric": "nOffered", "qualifier": None, "stats": Summary(12)}
        start, end = (datetime(2026, 3, 2, hour, tzinfo=timezone.utc) for hour in (8, 9))
        bucket = {"interval": f"{start.isoformat()}/{end.isoformat()}", "metrics": [metric], "views": None}
        group = {"mediaType": "voice", "wrapUpCode": None, "when_called": start}
        return {"results": [{"group": group, "data": [bucket]}], "system_to_organization_mappings": None}


def test_objects_of_the_sdk() -> None:
    start = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
    row = {
        "mediaType": "voice",
        "when_called": "2026-03-02T08:00:00+00:00",
        "interval_start": start,
        "interval_end": start.replace(hour=9),
        "metric": "nOffered",
        "count": 12,
    }
    table = gcagg.read(Response(), source_column=True)
    assert table.to_arrow().to_pylist() == [{"source": "<Response>", **row}]
    assert gcagg.read(Response().to_dict()).to_arrow().to_pylist() == [row]
    saved = json.loads(Path("samples/python-sdk.json").read_text())
    assert gcagg.read(saved).to_arrow() == gcagg.read("samples/python-sdk.json").to_arrow()


def test_dicts_are_read_as_they_are() -> None:
    metrics = {"hold_time": {"value": 3, "unit": "s"}, "waitTime": {"value": None, "unit": "s"}}
    document = {"entities": [{"id": "all", "metrics": metrics}]}
    rows = gcagg.read(document).to_arrow().to_pylist()
    assert [(row["metric"], row["value"]) for row in rows] == [("hold_time", 3), ("waitTime", None)]
    figures = {"results": [{"group": {}, "data": [{"interval": DOCUMENT["results"][0]["data"][0]["interval"], "metrics": [
        {"metric": "tHandle", "stats": {"count": 2**70, "sum": 1e300, "max": 0.1}}]}]}]}
    row = gcagg.read(figures).to_arrow().to_pylist()[0]
    assert (int(row["count"]), float(row["sum"]), row["max"]) == (2**70, 1e300, row["max"])


def test_numbers_that_json_does_not_have() -> None:
    numpy = pytest.importorskip("numpy")
    stats = {
        "count": numpy.int64(7), "sum": Decimal("1234567890123456789.0123456789"), "max": numpy.float64(0.1),
        "min": numpy.float32(0.5), "p95": Decimal(7),
    }
    bucket = {"interval": DOCUMENT["results"][0]["data"][0]["interval"], "metrics": [{"metric": "tHandle", "stats": stats}]}
    [row] = gcagg.read({"results": [{"group": {"n": "x"}, "data": numpy.array([bucket])}]})
    found = [row[name] for name in stats]
    assert found == [7, Decimal("1234567890123456789.0123456789"), Decimal("0.1"), Decimal("0.5"), 7]
    bucket["metrics"] = [{"metric": "tHandle", "stats": {"count": Decimal("NaN")}}]
    assert gcagg.validate({"results": [{"group": {}, "data": [bucket]}]})[0].code == "J001"


def test_numbers_of_numpy_have_the_digits_of_their_type() -> None:
    numpy = pytest.importorskip("numpy")
    interval = DOCUMENT["results"][0]["data"][0]["interval"]
    for kind, text in [
        ("float16", "0.1"), ("float32", "0.1"), ("float64", "0.1"), ("longdouble", "0.1"), ("float32", "16777216"),
        ("int64", "9223372036854775807"), ("uint64", "18446744073709551615"), ("int8", "-5"), ("longdouble", "1e300"),
    ]:
        number = numpy.dtype(kind).type(text)
        for value in (number, numpy.array(number)):
            metric = {"metric": "tHandle", "stats": {"sum": value}}
            [row] = gcagg.read({"results": [{"group": {"a": "b"}, "data": [{"interval": interval, "metrics": [metric]}]}]})
            assert Decimal(str(row["sum"])) == Decimal(text), (kind, row)
    several = numpy.array([0.1, 0.2], dtype="float32")
    assert gcagg._sources._document({"a": several}) == b'{"a":[0.1,0.2]}'


def test_places_in_a_dict_are_pointers_into_it() -> None:
    document = {"results": [{"group": {}, "data": [{"interval": "today", "metrics": []}]}]}
    finding = gcagg.validate(document)[0]
    assert (finding.code, finding.file, finding.pointer) == ("T001", "<dict>", "/results/0/data/0/interval")
    assert gcagg.validate({"results": [{"group": {}, "data": float("nan")}]})[0].code == "J001"


def test_spans_are_the_file(large: Path, tmp_path: Path) -> None:
    spans = gcagg.spans(large, size=1_000_000)
    assert len(spans) > 5
    assert gcagg.read(spans, types="plain").to_arrow() == gcagg.read(large, types="plain").to_arrow()
    assert gcagg.read(spans[1]).rows == gcagg.read(pickle.loads(pickle.dumps(spans[1]))).rows > 0
    assert pickle.loads(pickle.dumps(spans)) == spans
    assert gcagg.spans(large) == gcagg.spans(str(large), size=1 << 40)
    packed = tmp_path / "large.json.gz"
    packed.write_bytes(gzip.compress(large.read_bytes(), 1))
    assert len(gcagg.spans(packed, size=1000)) == 1


def test_a_span_knows_the_lines_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    container = {"group": {"mediaType": "voice"}, "data": []}
    good = [{**container, "group": {"queueId": f"{index:08}"}} for index in range(40_000)]
    bad = {"group": {"queueId": "last"}, "data": [{"interval": "today", "metrics": []}]}
    path.write_text(json.dumps({"results": [*good, bad]}, indent=0))
    spans = gcagg.spans(path, size=500_000)
    assert len(spans) > 2
    (whole,) = (finding for finding in gcagg.validate(path) if finding.severity == "error")
    (last,) = (finding for finding in gcagg.validate(spans[-1]) if finding.severity == "error")
    assert (last.line, last.column, last.file) == (whole.line, whole.column, str(path))


@pytest.mark.parametrize("url", ["memory://day/one.json", "memory://day/*.json", "memory://day/two.json.gz"])
def test_urls(url: str) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/day/one.json", CONTENT)
    memory.pipe("/day/two.json.gz", gzip.compress(CONTENT))
    assert name(url) == {url.replace("memory://", "memory:///").replace("*", "one")}
    assert gcagg.read([url]).to_arrow() == gcagg.read(DAY).to_arrow()


def test_files_of_fsspec() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/day/one.json", CONTENT)
    memory.pipe("/day/two.json", b'{"results":[]}')
    assert name(fsspec.open("memory://day/one.json")) == {"memory:///day/one.json"}
    assert gcagg.read(fsspec.open_files("memory://day/*.json")).rows == ROWS
    with memory.open("/day/one.json") as opened:
        assert name(opened) == {"/day/one.json"}
    for missing in (fsspec.open("memory://day/none.json"), "nosuch://day.json", ["s3://a/b"]):
        with pytest.raises(gcagg.Error):
            gcagg.read(missing)


def test_the_files_of_urls_are_those_that_are_read() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/listed/one.json", CONTENT)
    memory.pipe("/listed/two.json.gz", gzip.compress(b'{"results":[]}'))
    urls = ["memory:///listed/one.json", "memory:///listed/two.json.gz"]
    assert gcagg.files("memory://listed/*.json*") == urls
    assert gcagg.files([DAY, "memory://listed/one.json", b"{}"]) == [DAY, urls[0]]
    assert gcagg.files(fsspec.open_files("memory://listed/*.gz")) == urls[1:]
    for url in ("memory://listed/none.json", "memory://none/*.json"):
        with pytest.raises(gcagg.ReadError, match="none") as caught:
            gcagg.files(url)
        assert caught.value.help


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"a":"\xe9"}')
    with path.open(encoding="utf-8") as text, pytest.raises(gcagg.ReadError, match="latin.json.*\n.*binary mode"):
        gcagg.read(text)
    with pytest.raises(gcagg.ReadError, match="closed file"):
        gcagg.read(text)


def test_urls_that_lead_to_nothing() -> None:
    pytest.importorskip("fsspec")
    for url in ("memory://no/day.json", "memory://no/*.json"):
        with pytest.raises(gcagg.ReadError, match=url.replace("*", r"\*")):
            gcagg.read(url)


@pytest.mark.parametrize("source", [None, 5, [None], [DAY, 5], gcagg.read(CONTENT), [gcagg.read(CONTENT)]], ids=str)
def test_what_cannot_be_read(source: Any) -> None:
    with pytest.raises(gcagg.UsageError, match="cannot read an object of type (NoneType|int|Table)"):
        gcagg.read(source)


@pytest.mark.parametrize("source", [[], (), [[]], iter([])], ids=str)
@pytest.mark.parametrize("function", [gcagg.read, gcagg.validate, gcagg.report, gcagg.rollup])
def test_nothing_to_read_is_refused(function: Any, source: Any) -> None:
    with pytest.raises(gcagg.UsageError, match="nothing to read"):
        function(source)


class Failing:
    """An object whose conversion fails."""

    def to_dict(self) -> dict[str, Any]:
        raise RuntimeError("long " * 200)


@pytest.mark.parametrize("source", ["\ud800.json", ["\ud800.json"], Failing(), {"results": Failing()}], ids=ascii)
def test_what_fails_before_it_is_read(source: Any) -> None:
    for function in (gcagg.read, gcagg.validate, gcagg.report):
        with pytest.raises(gcagg.UsageError) as caught:
            function(source)
        assert len(str(caught.value)) <= 500
    deep: Any = CONTENT
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(gcagg.UsageError, match="too deep"):
        gcagg.read(deep)
    for word in ("\ud800", "a\udfffb"):
        with pytest.raises(gcagg.UsageError, match="expected text"):
            gcagg.explain(word)
    # The name of bytes is only shown.
    assert gcagg.read(("\ud800", CONTENT)).rows == gcagg.read(CONTENT).rows


def test_values_that_json_does_not_have() -> None:
    with pytest.raises(gcagg.UsageError, match="cannot have a value of type set"):
        gcagg.read({"results": {1}})
