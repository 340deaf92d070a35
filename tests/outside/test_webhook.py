"""Posting to a webhook: taken, refused, silent and unreachable, always told in words that hide the address."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from incident_cockpit.outside.webhook import post

PATH = "/services/T0/B0/verysecret"


class Hook(HTTPServer):
    """Answers as told, and keeps what it was sent."""

    answer: tuple[int, bytes] = (200, b"ok")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.got: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"


class _Answers(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        code, body = self.server.answer
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_posted_arrives_as_it_is(hook: Hook) -> None:
    assert post(hook.url, "*SEV1* a &lt; b ✓") == ""
    assert hook.got == [{"text": "*SEV1* a &lt; b ✓"}]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, b"no_service"), "refused it (404)"),
        ((500, b""), "refused it (500)"),
        ((200, b"<html>"), "something else than ok"),
    ],
)
def test_every_other_answer_is_a_no(hook: Hook, answer: tuple[int, bytes], why: str) -> None:
    hook.answer = answer
    said = post(hook.url, "x")
    assert why in said
    assert "verysecret" not in said


def test_nobody_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = post(f"http://127.0.0.1:{port}{PATH}", "x")
    assert said.startswith("Slack cannot be reached")
    assert "verysecret" not in said


def test_silence_ends_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert (
            post(f"http://127.0.0.1:{silent.getsockname()[1]}{PATH}", "x", seconds=0.2)
            == "Slack did not answer in time"
        )


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "nonsense", ""])
def test_only_web_addresses_are_used(url: str) -> None:
    assert post(url, "x") == "the webhook's address is none"
