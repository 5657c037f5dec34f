"""Exceptions: their classes, their text, what they carry; and bad parts that are left out."""

from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY, assert_same, run

pytestmark = pytest.mark.usefixtures("at_root")

WRONG = "samples/bad/S001-wrong-type.json"


def refused(**options: Any) -> gcagg.UsageError:
    with pytest.raises(gcagg.UsageError) as caught:
        gcagg.read(DAY, **options)
    return caught.value


def test_bad_data_carries_its_findings() -> None:
    with pytest.raises(gcagg.DataError) as caught:
        gcagg.read(WRONG)
    error = caught.value
    finding = error.findings[0]
    assert (finding.code, finding.name, finding.severity) == ("S001", "wrong-type", "error")
    assert (finding.file, finding.line, finding.column) == (WRONG, 15, 26)
    assert finding.pointer == "/results/0/data/0/metrics/0/stats/count"
    assert finding.help == "write the number without quotes"
    assert str(error).splitlines()[1] == f"error[S001] {WRONG}:15:26: {finding.message} ({finding.pointer})"
    assert error.findings == list(gcagg.validate(WRONG))
    assert isinstance(error, ValueError)
    assert error.help == finding.help
    assert str(error).splitlines()[2:] == [f"  help: {finding.help}"]


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("samples/bad/*")), ids=lambda path: path.name)
def test_bad_data_has_a_next_step(path: Path) -> None:
    if gcagg.validate(path, deny="warnings").ok:
        # Nothing but infos.
        gcagg.read(path, deny="warnings")
        return
    with pytest.raises((gcagg.DataError, gcagg.ReadError)) as caught:
        gcagg.read(path, deny="warnings")
    error = caught.value
    assert error.help and str(error).splitlines()[-1].startswith("  help: ")
    assert "--" not in error.help or "`gcagg" in error.help or "gcagg " in error.help


def documents(count: int) -> list[tuple[str, bytes]]:
    """So many documents with an error each."""
    text = '{"results":[{"group":{},"data":[{"interval":"today","metrics":[]}]}]}'
    return [("day.json", text.encode())] * count


def test_the_text_shows_the_first_few() -> None:
    with pytest.raises(gcagg.DataError) as caught:
        gcagg.read(documents(25))
    errors = [it for it in caught.value.findings if it.severity == "error"]
    first, *shown, last, help = str(caught.value).splitlines()
    assert len(errors) == 25
    assert first == "the inputs have errors"
    assert shown == [str(error) for error in errors[: len(shown)]] and shown
    assert last == f"and {25 - len(shown)} more errors"
    assert help == f"  help: {caught.value.help}"
    assert len(str(caught.value)) <= 500


def test_the_text_counts_errors_of_one_cause() -> None:
    # Only the first few of a cause are kept.
    containers = [{"group": {"queueId": str(it)}, "data": [{"interval": "today", "metrics": []}]} for it in range(25)]
    with pytest.raises(gcagg.DataError) as caught:
        gcagg.read({"results": containers})
    *shown, last = str(caught.value).splitlines()[1:-1]
    assert len(shown) < 10
    assert last == f"and {25 - len(shown)} more errors"
    with pytest.raises(gcagg.DataError, match=r"and 1 more error\n"):
        gcagg.read(documents(len(shown) + 1))


LONG = "x" * 100_000


@pytest.mark.parametrize(
    "call",
    [
        lambda: gcagg.read(LONG),
        lambda: gcagg.read([LONG] * 3),
        lambda: gcagg.read(json.dumps({"results": [LONG]})),
        lambda: gcagg.read(5),  # type: ignore[arg-type]
        lambda: gcagg.read({"results": {LONG}}),
        lambda: gcagg.read({("a", 1): 2}),  # type: ignore[dict-item]
        lambda: gcagg.read({"results": [{"group": {}, "data": [{"interval": LONG, "metrics": []}]}]}),
        lambda: gcagg.read(DAY, layout=LONG),
        lambda: gcagg.read(DAY, columns=[LONG]),
        lambda: gcagg.read(DAY, columns=7),
        lambda: gcagg.read(DAY, dims=3.5),
        lambda: gcagg.read(DAY, names=5),
        lambda: gcagg.read(DAY, where=5),
        lambda: gcagg.read(DAY, where={"mediaType": 5}),
        lambda: gcagg.read(DAY, from_=5),
        lambda: gcagg.read(DAY, metric="[" + LONG),
        lambda: gcagg.read(DAY, timezone=LONG),
        lambda: gcagg.read(DAY, threads=LONG),
        lambda: gcagg.read(DAY, progress=5),
        lambda: gcagg.read(DAY).show(-1),
        lambda: gcagg.read(DAY).show(None),  # type: ignore[arg-type]
        lambda: gcagg.read(DAY, types=["exact"]),  # type: ignore[arg-type]
        lambda: gcagg.read(DAY, types="\ud800"),  # type: ignore[arg-type]
        lambda: gcagg.validate(DAY, baseline=True),  # type: ignore[arg-type]
        lambda: gcagg.validate(DAY, baseline="\ud800"),
        lambda: gcagg.report(DAY, format=LONG),
        lambda: gcagg.report(DAY, format=5),
        lambda: gcagg.report(DAY, path=5),
        lambda: gcagg.report(DAY, path=LONG + ".html"),
        lambda: gcagg.report(DAY, by=5),
        lambda: gcagg.rollup(DAY, every=5),
        lambda: gcagg.rollup(DAY, by=[LONG]),
        lambda: gcagg.validate(DAY, schema=LONG),
        lambda: gcagg.validate(DAY, baseline=LONG),
        lambda: gcagg.validate(DAY, min_rows="many"),
        lambda: gcagg.validate(DAY).to(5),
        lambda: gcagg.spans(DAY, size="x"),
        lambda: gcagg.spans(5),
        lambda: gcagg.files(LONG),
        lambda: gcagg.explain(LONG),
        lambda: gcagg.explain(5),
        lambda: gcagg.inspect(LONG),
        lambda: gcagg.fetch(interval=LONG),
    ],
)
def test_every_failure_is_an_error_of_at_most_500_characters(call: Any) -> None:
    with pytest.raises(gcagg.Error) as caught:
        call()
    text = str(caught.value)
    assert len(text) <= 500
    assert type(caught.value) is not gcagg.Error
    # Only arguments that say what they expect have no next step.
    assert caught.value.help or isinstance(caught.value, gcagg.UsageError)
    # The value is named, or its place.
    named = ("xxx", "5", "7", "-1", "many", "'x'", "('a', 1)", "None", "exact", "True", "ud800")
    assert any(part in text for part in named), text
    copied = pickle.loads(pickle.dumps(caught.value))
    assert str(copied) == text


def test_text_of_a_document_is_no_path() -> None:
    for text in (Path(DAY).read_text(), '[{"group":{}}]', " [[]]", "\ufeff{}"):
        with pytest.raises(gcagg.UsageError, match="as bytes: text.encode"):
            gcagg.read(text)


@pytest.mark.parametrize("source", ["no.json", "no*.json", [DAY, "no.json"], "", "a\0b", "samples/no/"])
@pytest.mark.parametrize("on_error", ["fail", "skip"])
def test_what_cannot_be_read(source: Any, on_error: Any) -> None:
    with pytest.raises(gcagg.ReadError, match=r"error\[F00[19]\]") as caught:
        gcagg.read(source, on_error=on_error)
    assert isinstance(caught.value, OSError)
    assert [it.code for it in caught.value.findings if it.severity == "error"][0] in ("F001", "F009")
    assert caught.value.help


def test_other_things_that_cannot_be_read(tmp_path: Path) -> None:
    for function in (gcagg.files, gcagg.spans):
        with pytest.raises(gcagg.ReadError, match="no.json"):
            function("no.json")
    with pytest.raises(gcagg.ReadError, match=r"no\.csv"):
        gcagg.read(DAY, names="no.csv")
    with pytest.raises(gcagg.ReadError, match="cannot write .*/no/report.html: No such file"):
        gcagg.report(DAY, path=tmp_path / "no/report.html")


def test_an_input_that_changes(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_bytes(large.read_bytes())
    table = gcagg.read(path)
    path.write_bytes(Path(DAY).read_bytes())
    with pytest.raises(gcagg.ReadError, match=r"day\.json changed"):
        table.to_arrow()
    path.unlink()
    with pytest.raises(gcagg.ReadError, match=r"day\.json"):
        table.to_arrow()


@pytest.mark.parametrize(
    ("keyword", "words"),
    {
        "layout": "long or wide",
        "durations": "ms, s, min or h",
        "on_error": "fail or skip",
        "types": "compact or plain",
    }.items(),
)
def test_words(keyword: str, words: str) -> None:
    assert str(refused(**{keyword: "tall"})) == f'{keyword}="tall": expected {words}'


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("limit", -1),
        ("limit", 2**64),
        ("limit", "3"),
        ("threads", -1),
        ("columns", []),
        ("columns", [1]),
        ("dims", [None]),
        ("kpi", "yes"),
        ("layout", b"wide"),
        ("timezone", "Mars/Base"),
        ("from_", "soon"),
        ("until", "2026-13-01"),
        ("where", "mediaType"),
        ("where", ["mediaType=voice", "queueId"]),
        ("absent_zero", True),
    ],
)
def test_values(keyword: str, value: Any) -> None:
    assert str(refused(**{keyword: value})).startswith(keyword)


def test_what_does_not_exist_and_what_is_near() -> None:
    assert str(refused(columns=["mediaTyp"])) == "`mediaTyp` is not a column\n  help: did you mean `mediaType`?"
    assert refused(sort="cuont:desc").help == "did you mean `count`?"
    assert "`Z9`" in str(refused(select="Z9"))
    with pytest.raises(gcagg.UsageError, match="did you mean `mediaType`"):
        gcagg.rollup(DAY, by="mediatyp")
    with pytest.raises(gcagg.UsageError, match="did you mean `AHT`"):
        gcagg.report(DAY, sort="ahtt")


def test_words_of_other_functions() -> None:
    findings = gcagg.validate(DAY)
    calls: list[tuple[Any, str]] = [
        (lambda: findings.to("pdf"), "sarif"),  # type: ignore[arg-type]
        (lambda: gcagg.report(DAY, format="pdf"), "markdown"),
        (lambda: gcagg.report(DAY, path="report.pdf"), "format="),
        (lambda: gcagg.report(DAY, timezone="Mars/Base"), "Europe/Berlin"),
        (lambda: gcagg.report(DAY, format="html", detail=True), "detail"),
        (lambda: gcagg.rollup(DAY, every="fortnight"), "15m"),
        (lambda: gcagg.rollup(DAY, week_start="someday"), "monday"),  # type: ignore[arg-type]
        (lambda: gcagg.rollup(DAY, timezone="Mars/Base"), "Europe/Berlin"),
        (lambda: gcagg.schema_of(durations="hms"), "min"),  # type: ignore[arg-type]
        (lambda: gcagg.read(DAY, kpi=True, layout="long"), "wide"),
    ]
    for call, help in calls:
        with pytest.raises(gcagg.UsageError, match=help):
            call()


def test_sizes_of_spans() -> None:
    for size in (0, -1):
        with pytest.raises(gcagg.UsageError, match=f"size={size}"):
            gcagg.spans(DAY, size=size)


def test_two_dialects_have_no_table() -> None:
    for on_error in ("fail", "skip"):
        with pytest.raises(gcagg.DataError, match="one table"):
            gcagg.read([DAY, "samples/summary-flat.json"], on_error=on_error)  # type: ignore[arg-type]


SKIPPED = ["S001-wrong-type", "T001-bad-interval", "T003-overlapping-buckets", "J001-json-syntax", "M006-duplicate-metric"]


@pytest.mark.parametrize("bad", SKIPPED)
def test_bad_parts_are_left_out(bad: str, tmp_path: Path) -> None:
    sources = [DAY, f"samples/bad/{bad}.json"]
    rejects = tmp_path / "rejects.ndjson"
    text = run("convert", *sources, "--on-error", "skip", "--rejects", rejects, "--columns", "all").stdout
    table = gcagg.read(sources, on_error="skip", columns="all")
    assert_same(table, text)
    assert table.rejects == [json.loads(line) for line in rejects.read_text().splitlines()]
    assert table.rejects
    assert {it.code for it in table.findings if it.severity == "error"} == {bad[:4]}


def test_a_part_is_left_out_whole_whatever_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(Path(WRONG).read_bytes().replace(b"\n", b"\r\n"))
    (reject,) = gcagg.read(path, on_error="skip").rejects
    assert (reject["unit"], reject["pointer"]) == ("bucket", "/results/0/data/0")
    assert reject["value"] == json.loads(path.read_bytes())["results"][0]["data"][0]
    assert gcagg.read(DAY, on_error="skip").rejects == []


def test_errors_can_be_pickled_and_copied() -> None:
    with pytest.raises(gcagg.DataError) as data:
        gcagg.read(WRONG)
    with pytest.raises(gcagg.ReadError) as unread:
        gcagg.read("no.json")
    for error in (data.value, unread.value, refused(columns=["mediaTyp"]), gcagg.Error("text", "help")):
        for same in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert type(same) is type(error)
            assert (str(same), same.help, same.findings) == (str(error), error.help, error.findings)


def test_an_error_crosses_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(gcagg.DataError) as caught:
            pool.submit(gcagg.read, WRONG).result()
    assert caught.value.findings[0].code == "S001"


def test_names_cannot_control_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\nFORGED\x1b[2J\u202e"
    group = {"group": {name: "v"}, "data": [{"interval": name, "metrics": []}]}
    bucket = {"interval": "2026-03-02T00:00:00Z/2026-03-03T00:00:00Z"}
    metrics = [{"metric": name, "stats": {"count": 1}}]
    good = {"group": {name: name}, "data": [{**bucket, "metrics": metrics}]}
    table = gcagg.read(json.dumps({"results": [good]}).encode())
    table.show()
    with pytest.raises(gcagg.DataError) as caught:
        gcagg.read(json.dumps({"results": [group]}).encode())
    texts = [capsys.readouterr().out, repr(table), repr(table.schema), str(caught.value)]
    for text in texts:
        assert "\x1b" not in text and "\u202e" not in text
        assert not any(line.startswith("FORGED") for line in text.splitlines())
