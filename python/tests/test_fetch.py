"""Responses from a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import gcagg
import pytest
from oracle import DAY, ROOT

pytestmark = pytest.mark.filterwarnings("ignore:warning. not in the response")

CONTENT = (ROOT / DAY).read_bytes()


class Server(BaseHTTPRequestHandler):
    bodies: list[Any] = []
    answer = (200, CONTENT)

    def do_POST(self) -> None:
        self.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, content = self.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Server]]:
    http = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    Server.bodies, Server.answer = [], (200, CONTENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENESYS_API_URL", f"http://127.0.0.1:{http.server_port}")
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", "token-of-a-test")
    yield Server
    http.shutdown()


def test_a_response_is_a_source(server: type[Server]) -> None:
    response = gcagg.fetch(interval="2026-03-02/2026-03-03", group_by=(it for it in ("queueId", "mediaType")), where={"mediaType": ["voice", "email"]})
    assert gcagg.read(response).rows == 303
    [body] = server.bodies
    assert body["groupBy"] == ["queueId", "mediaType"]
    assert [value in json.dumps(body["filter"]) for value in ("mediaType", "voice", "email")] == [True] * 3


def test_a_file_and_a_folder(server: type[Server]) -> None:
    assert gcagg.fetch("day.json", last="24h") == "day.json"
    assert gcagg.read("day.json").rows == 303
    folder = gcagg.fetch("exports/", interval="2026-03-02/2026-03-04", split="1d", concurrency=1)
    assert len(gcagg.files(folder)) == 2
    with pytest.warns(gcagg.DataWarning, match="F005"):
        server.answer = (200, b'{"results":[]}')
        gcagg.fetch(last="24h")


def test_what_fails(server: type[Server], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(gcagg.UsageError, match="group_by.*queueIdd|queueIdd"):
        gcagg.fetch(group_by="queueIdd")
    with pytest.raises(gcagg.UsageError, match="soon"):
        gcagg.fetch(interval="soon")
    for options, words in [
        ({"family": "queues"}, "invalid value 'queues' for 'family'"),
        ({"concurrency": "many"}, "invalid value 'many' for 'concurrency'"),
        ({"names": "queues"}, 'name the folder: output="names/"'),
        ({"query": {"interval": "x"}}, "query=.*expected text or a path"),
        ({"where": b"ab"}, "where=.*expected text or a path"),
        ({"where": {"queueId": b"ab"}}, "where=.*expected text or a path"),
        ({"where": [b"a=b"]}, "where=.*expected text or a path"),
        ({"output": "a,b.csv"}, r"output=\"a,b.csv\": fetch cannot write this format"),
        ({"output": 3}, "output=3: expected a path"),
        ({"output": "x.csv"}, r"output=\"x.csv\": fetch cannot write this format\n.*`gcagg convert day.json -o day.csv` makes"),
        ({"last": "24h\0"}, "null byte"),
        ({"last": "\ud800"}, "surrogates"),
    ]:
        with pytest.raises(gcagg.UsageError, match=words) as refused:
            gcagg.fetch(**options)  # type: ignore[call-overload]
        assert not any(word in str(refused.value) for word in ("--", "<", "Usage:", "For more")), refused.value
    server.answer = (401, b'{"message":"no"}')
    with pytest.raises(gcagg.ReadError, match="401") as caught:
        gcagg.fetch(last="24h")
    assert "token-of-a-test" not in str(caught.value)
    monkeypatch.delenv("GENESYS_ACCESS_TOKEN")
    with pytest.raises(gcagg.ReadError, match="GENESYS_CLIENT_ID"):
        gcagg.fetch(last="24h")
